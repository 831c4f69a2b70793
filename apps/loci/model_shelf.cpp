#include "model_shelf.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/core.h>
#include <fmt/format.h>

#include "base/text.hpp"
#include "engine/folders/speech_folder.hpp"
#include "json/json.hpp"
#include "models/model_file.hpp"
#include "wake_choice.hpp"

namespace loci {
namespace {

namespace fs = std::filesystem;
namespace folders = engine::folders;

constexpr std::size_t kMaxStatusBytes = 65'536;
constexpr std::string_view kWakeFolder = "wake";

// What the set-up writes beside the models it brings.
json::Value read_progress(const fs::path& folder) {
    std::ifstream in(folder / ".progress.json");
    std::string text(kMaxStatusBytes, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    auto value = json::parse(text);
    return value ? std::move(*value) : json::Value(nullptr);
}

// What the first bytes of a file give away: a web page, a pointer, nothing.
std::string complaint_about(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::array<char, 64> head{};
    in.read(head.data(), head.size());
    const std::string_view bytes(head.data(), static_cast<std::size_t>(in.gcount()));
    const auto kind = models::kind_of_bytes(bytes);
    // Models of speech are of other kinds.
    const bool of_speech = path.extension() != ".gguf" && kind == models::FileKind::other;
    return of_speech ? std::string() : std::string(models::complaint(kind));
}

}  // namespace

ModelShelf::ModelShelf(models::Catalogue catalogue, std::vector<fs::path> folders,
                       Families families)
    : catalogue_(std::move(catalogue)),
      folders_(std::move(folders)),
      families_(std::move(families)) {
    refresh();
}

void ModelShelf::add_speech_folder(const fs::path& path) {
    const std::string name = path.filename().string();
    models::CatalogueEntry entry;
    ShelfState state;
    entry.id = entry.name = entry.file = name;
    const auto stated = families_.find(name);
    std::optional<folders::Family> wanted;
    if (stated != families_.end()) wanted = folders::family_of(stated->second);
    auto folder = folders::read_speech_folder(path.string(), wanted);
    if (stated != families_.end() && !wanted) {
        folder = base::fail(
            base::ErrorCode::invalid_argument,
            fmt::format("speech.families says that {} is of the family `{}`; there are only {}",
                        name, base::shorten(base::to_valid_utf8(stated->second), 40),
                        fmt::join(folders::family_names(), ", ")));
    }
    if (folder) {
        entry.family = folders::name_of(folder->family);
        entry.role = folders::is_voice(folder->family) ? "voice" : "recogniser";
        entry.bytes = folder->bytes;
        entry.note = fmt::format("A {} of yours, of the family {}.", entry.role, entry.family);
        state.facts = std::move(folder->facts);
    } else {
        // Listed as what it was meant to be, so that its owner learns what it lacks.
        entry.role = folders::looks_like_voice(path.string()) ? "voice" : "recogniser";
        entry.family = stated != families_.end() ? stated->second : "auto";
        entry.note = "A folder of yours that cannot be used.";
        state.broken = folder.error().message;
    }
    state.present = state.owners = true;
    state.path = path;
    folders_of_speech_[entry.id] = std::move(state);
    entries_.push_back(std::move(entry));
}

void ModelShelf::find_owners() {
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(folders_.front(), ignored)) {
        const std::string name = file.path().filename().string();
        if (file.is_directory(ignored)) {
            const bool ours =
                models::is_folder_name(name) && folders::is_speech_folder(file.path().string());
            if (ours && catalogue_.find(name) == nullptr) add_speech_folder(file.path());
            continue;
        }
        const bool voice = name.ends_with(".onnx") && models::is_speech_file_name(name) &&
                           fs::is_regular_file(file.path().string() + ".json", ignored);
        if (!voice && !models::is_model_file_name(name)) continue;
        if (catalogue_.find_by_file(name) != nullptr) continue;
        models::CatalogueEntry entry;
        entry.id = file.path().stem().string();
        entry.name = entry.id;
        entry.role = voice ? "voice" : "chat";
        entry.file = name;
        entry.bytes = static_cast<long long>(file.file_size(ignored));
        entry.note = voice ? "A voice of yours." : "A model file of yours.";
        entries_.push_back(std::move(entry));
    }
}

void ModelShelf::find_wake_models() {
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(folders_.front() / kWakeFolder, ignored)) {
        const std::string name = file.path().filename().string();
        if (!name.ends_with(".onnx") || !models::is_speech_file_name(name)) continue;
        models::CatalogueEntry entry;
        entry.id = file.path().stem().string();
        entry.name = spoken_phrase(entry.id);
        entry.role = "wake";
        entry.file = fmt::format("{}/{}", kWakeFolder, name);
        entry.bytes = static_cast<long long>(file.file_size(ignored));
        entry.note = "A wake model of yours.";
        const bool taken =
            std::ranges::find(entries_, entry.id, &models::CatalogueEntry::id) != entries_.end();
        if (taken) entry.id = "wake-" + entry.id;
        entries_.push_back(std::move(entry));
    }
}

ShelfState ModelShelf::look_for(const models::CatalogueEntry& entry) const {
    const auto known = folders_of_speech_.find(entry.id);
    if (known != folders_of_speech_.end()) return known->second;
    std::error_code ignored;
    ShelfState state;
    state.path = (entry.starter ? folders_.back() : folders_.front()) / entry.file;
    for (std::size_t i = 0; i < folders_.size(); ++i) {
        const fs::path path = folders_[i] / entry.file;
        if (!fs::is_regular_file(path, ignored)) continue;
        state.present = true;
        state.owners = i == 0;
        state.path = path;
        state.broken = complaint_about(path);
        break;
    }
    const fs::path part = folders_.front() / (entry.file + ".part");
    if (!state.present && fs::is_regular_file(part, ignored)) {
        state.part_bytes = static_cast<long long>(fs::file_size(part, ignored));
    }
    return state;
}

void ModelShelf::follow_set_up() {
    const auto progress = read_progress(folders_.back());
    const auto* rows = json::find(progress, "models");
    if (rows == nullptr || !rows->is_array()) return;
    for (const auto& row : rows->get_array()) {
        // The larger the file, the less of the time was spent on anything else.
        setup_bytes_per_s_ =
            std::max(setup_bytes_per_s_, json::number_or(json::find(row, "bytes_per_s"), 0));
        const auto known = states_.find(json::string_or(json::find(row, "id")));
        if (known == states_.end() || known->second.present) continue;
        const std::string step = json::string_or(json::find(row, "state"));
        known->second.arriving = step != "failed" && step != "ready";
        known->second.done_bytes = json::int_or(json::find(row, "bytes"), 0);
        known->second.total_bytes = json::int_or(json::find(row, "total"), 0);
        if (step == "failed") {
            known->second.trouble = json::string_or(json::find(row, "message"), "it failed");
        }
    }
}

bool ModelShelf::refresh() {
    entries_ = catalogue_.entries();
    folders_of_speech_.clear();
    find_owners();
    find_wake_models();
    states_.clear();
    for (const auto& entry : entries_) states_[entry.id] = look_for(entry);
    follow_set_up();
    std::string fingerprint;
    for (const auto& [id, state] : states_) {
        fingerprint += fmt::format("{}:{}{}{}{}:{};", id, state.present, state.arriving,
                                   state.trouble.size(), state.broken.size(), state.done_bytes);
    }
    return std::exchange(fingerprint_, fingerprint) != fingerprint;
}

const ShelfState& ModelShelf::state(const std::string& id) const {
    static const ShelfState kNone;
    const auto known = states_.find(id);
    return known == states_.end() ? kNone : known->second;
}

}  // namespace loci
