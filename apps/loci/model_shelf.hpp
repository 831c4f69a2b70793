// ModelShelf: which model files of the catalogue lie on this machine, and how far the set-up is
// with those that are still on their way. Reads folders and a small status file; io thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/catalogue.hpp"

namespace loci {

struct ShelfState {
    bool present = false;
    bool owners = false;    // in the owner's folder, so it can be removed
    bool arriving = false;  // the set-up is bringing it
    long long done_bytes = 0;
    long long total_bytes = 0;
    long long part_bytes = 0;    // left by a download that was stopped
    std::string trouble;         // why the set-up could not bring it
    std::string broken;          // what its file is instead of a model; empty: nothing known
    std::filesystem::path path;  // where it lies, or will lie
    std::map<std::string, std::string> facts;  // what a model that is a folder says about itself
};

// Families that the owner states for models that are folders, by the folder's name.
using Families = std::map<std::string, std::string>;

class ModelShelf {
public:
    // `folders`: the owner's first, then the one that the set-up fills.
    ModelShelf(models::Catalogue catalogue, std::vector<std::filesystem::path> folders,
               Families families = {});

    // Looks again; true when something is there that was not, or is gone, or moved on.
    bool refresh();
    [[nodiscard]] const models::Catalogue& catalogue() const { return catalogue_; }
    // Entries of the catalogue, then further model files of the owner's folder.
    [[nodiscard]] const std::vector<models::CatalogueEntry>& entries() const { return entries_; }
    [[nodiscard]] const ShelfState& state(const std::string& id) const;
    // Of the last download of the set-up; 0 when it did not measure one.
    [[nodiscard]] double setup_bytes_per_s() const { return setup_bytes_per_s_; }
    [[nodiscard]] const std::filesystem::path& owners_folder() const { return folders_.front(); }
    // The one that the set-up fills; the same when there is no other.
    [[nodiscard]] const std::filesystem::path& starters_folder() const { return folders_.back(); }

private:
    // Adds entries for what lies in the owner's folder and is not of the catalogue.
    void find_owners();
    // Those in its folder `wake`, each called like its phrase.
    void find_wake_models();
    void add_speech_folder(const std::filesystem::path& path);
    [[nodiscard]] ShelfState look_for(const models::CatalogueEntry& entry) const;
    // Takes over how far the set-up says it is.
    void follow_set_up();

    models::Catalogue catalogue_;
    std::vector<std::filesystem::path> folders_;
    std::vector<models::CatalogueEntry> entries_;
    std::map<std::string, ShelfState> states_;
    std::map<std::string, ShelfState> folders_of_speech_;  // models that are folders, by id
    Families families_;
    std::string fingerprint_;
    double setup_bytes_per_s_ = 0;
};

}  // namespace loci
