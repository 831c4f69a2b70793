#include "config/folders.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/core.h>

#include "base/files.hpp"
#include "base/text.hpp"
#include "config/detail/files.hpp"
#include "json/json.hpp"

namespace config {
namespace {

using base::ErrorCode;
namespace fs = std::filesystem;

constexpr std::size_t kMaxMarkerBytes = 100'000;

// Whose a folder is: ours when it was empty at first use, so that it may be moved later.
enum class Owner { ours, shared };

struct Used {
    fs::path path;
    Owner owner = Owner::ours;
};
using Places = std::map<std::string, Used>;

bool holds_something(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error)) return false;
    return !fs::is_directory(path, error) || !fs::is_empty(path, error);
}

bool is_inside(const fs::path& path, const fs::path& folder) {
    const fs::path relative = path.lexically_relative(folder);
    return !relative.empty() && *relative.begin() != ".." && relative != ".";
}

bool is_temporary(const fs::path& path) {
    std::error_code error;
    const fs::path own = fs::temp_directory_path(error);
    return std::ranges::any_of(
        std::vector<fs::path>{own.lexically_normal(), "/tmp", "/var/tmp", "/dev/shm"},
        [&](const fs::path& folder) { return path == folder || is_inside(path, folder); });
}

base::Result<void> storage_error(std::string_view what, const fs::path& path,
                                 const std::error_code& error) {
    return base::fail(ErrorCode::storage,
                      fmt::format("{} cannot be {}: {}", path.string(), what, error.message()),
                      "the data is still in its old place");
}

bool same_content(const fs::path& a, const fs::path& b) {
    std::ifstream first(a, std::ios::binary);
    std::ifstream second(b, std::ios::binary);
    return first && second &&
           std::equal(std::istreambuf_iterator<char>(first), {},
                      std::istreambuf_iterator<char>(second), {});
}

base::Result<void> compare(const fs::path& from, const fs::path& copy) {
    std::error_code error;
    const auto check = [&](const fs::path& a, const fs::path& b) -> base::Result<void> {
        if (fs::is_regular_file(fs::symlink_status(a, error)) && !same_content(a, b)) {
            return base::fail(ErrorCode::storage,
                              fmt::format("the copy {} differs from the original", b.string()),
                              "the data is still in its old place; check the disk");
        }
        return {};
    };
    if (!fs::is_directory(from, error)) return check(from, copy);
    for (const fs::directory_entry& item : fs::recursive_directory_iterator(from, error)) {
        TRY_DO(check(item.path(), copy / item.path().lexically_relative(from)));
    }
    if (error) return storage_error("read", from, error);
    return {};
}

// Copies under another name first, so that `to` is whole or not there.
base::Result<void> copy_across(const fs::path& from, const fs::path& to) {
    const fs::path partial = to.string() + ".moving";
    std::error_code error;
    fs::remove_all(partial, error);
    fs::copy(from, partial, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
    if (!error) {
        if (auto same = compare(from, partial); !same) {
            fs::remove_all(partial, error);
            return same;
        }
        fs::rename(partial, to, error);
    }
    if (error) {
        const std::error_code reason = error;
        fs::remove_all(partial, error);
        return storage_error("written", to, reason);
    }
    fs::remove_all(from, error);
    return {};
}

base::Result<void> move_one(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::create_directories(to.parent_path(), error);
    if (error) return storage_error("made", to.parent_path(), error);
    if (fs::is_directory(to, error)) fs::remove(to, error);  // it is empty
    fs::rename(from, to, error);
    if (!error) return {};
    if (error == std::errc::cross_device_link) return copy_across(from, to);
    return storage_error("moved", from, error);
}

fs::path marker_path(const Loaded& loaded) {
    const std::string stem =
        loaded.config_file.empty() ? "config" : loaded.config_file.stem().string();
    return loaded.config_folder / (stem + ".folders.json");
}

base::Result<Places> read_places(const fs::path& path) {
    Places out;
    if (!detail::is_there(path)) return out;
    TRY(text, base::read_file(path, kMaxMarkerBytes));
    auto value = json::parse(text);
    if (!value || !value->is_object()) {
        return base::fail(ErrorCode::corrupt, fmt::format("{} is damaged", path.string()),
                          "it holds only the folders last used: remove it if your data is in the "
                          "folders of the settings");
    }
    for (const auto& [name, item] : value->get_object()) {
        const std::string used = json::string_or(json::find(item, "path"));
        if (used.empty()) continue;
        const bool ours = json::bool_or(json::find(item, "ours"), false);
        out[std::string(name)] = Used{used, ours ? Owner::ours : Owner::shared};
    }
    return out;
}

base::Result<void> write_places(const fs::path& path, const Places& places) {
    json::Object root;
    for (const auto& [name, used] : places) {
        root[name] =
            json::Object{{"path", used.path.string()}, {"ours", used.owner == Owner::ours}};
    }
    return base::write_file(path, json::write_pretty(json::Value(std::move(root))));
}

class Follow {
public:
    Follow(const Loaded& loaded, Places places) : loaded_(loaded), places_(std::move(places)) {}

    base::Result<void> place(const std::string& key, const std::string& setting) {
        const fs::path now = fs::path(setting).lexically_normal();
        if (setting == ":memory:" || is_for_once(key, now)) return {};
        const auto found = places_.find(key);
        if (found == places_.end()) {
            const bool foreign = holds_something(now) && !is_inside_data(now);
            places_[key] = Used{now, foreign ? Owner::shared : Owner::ours};
            changed_ = true;
            return {};
        }
        const fs::path old = found->second.path;
        if (old == now) return {};
        if (found->second.owner == Owner::shared) {
            say("{} is {} now; {} held other files too and was left as it is", key, now, old);
        } else if (holds_something(old)) {
            TRY_DO(move_data(old, now));
            say("{} is {} now; the data was moved there from {}", key, now, old);
            rebase(old, now);
        } else {
            say("{} is {} now; nothing was found in {}", key, now, old);
        }
        changed_ = true;
        const bool foreign = found->second.owner == Owner::shared && holds_something(now);
        places_[key] = Used{now, foreign ? Owner::shared : Owner::ours};
        return {};
    }

    [[nodiscard]] const Places& places() const { return places_; }
    // Since the last call.
    [[nodiscard]] bool changed() { return std::exchange(changed_, false); }
    [[nodiscard]] std::vector<std::string> take_report() { return std::move(report_); }

private:
    void say(fmt::format_string<std::string, std::string, std::string> text, const std::string& key,
             const fs::path& now, const fs::path& old) {
        report_.push_back(fmt::format(text, std::string(key), now.string(), old.string()));
    }

    // The data folder is ours whatever it holds: it is recognised by its database.
    bool is_inside_data(const fs::path& path) const {
        const fs::path folder = loaded_.settings.data.folder;
        return is_inside(path, folder) || (path == folder && holds_something(folder / "loci.db"));
    }

    // Where the config file itself is in a temporary folder, nothing is meant to last.
    bool is_for_once(const std::string& key, const fs::path& now) const {
        const auto follows = [&](const std::string& name) {
            return loaded_.values.at(name).place.origin == Origin::command_line;
        };
        return (is_temporary(now) && !is_temporary(loaded_.config_folder)) || follows(key) ||
               (is_inside(now, loaded_.settings.data.folder) && follows("data.folder"));
    }

    // What lay inside a moved folder has moved along.
    void rebase(const fs::path& old, const fs::path& now) {
        for (auto& [key, used] : places_) {
            if (is_inside(used.path, old)) used.path = now / used.path.lexically_relative(old);
        }
    }

    const Loaded& loaded_;
    Places places_;
    std::vector<std::string> report_;
    bool changed_ = false;
};

}  // namespace

base::Result<void> move_data(const fs::path& from, const fs::path& to) {
    std::error_code error;
    if (!fs::exists(from, error)) {
        return base::fail(ErrorCode::not_found, fmt::format("{} is not there", from.string()));
    }
    if (from == to || is_inside(to, from) || is_inside(from, to)) {
        return base::fail(
            ErrorCode::conflict,
            fmt::format("{} and {} lie inside one another", from.string(), to.string()),
            "choose a place outside the old one");
    }
    std::vector<std::string> parts = {""};
    if (!fs::is_directory(from, error)) parts = {"", "-wal", "-shm"};
    for (const std::string& part : parts) {
        if (!holds_something(to.string() + part)) continue;
        return base::fail(ErrorCode::conflict,
                          fmt::format("the data cannot move from {} to {}, which holds data "
                                      "already",
                                      from.string(), to.string()),
                          "keep one of the two: set the path back, or empty the place that you do "
                          "not want");
    }
    // The database itself goes last: until then the old place is the whole one.
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        if (!fs::exists(from.string() + *part, error)) continue;
        TRY_DO(move_one(from.string() + *part, to.string() + *part));
    }
    return {};
}

base::Result<std::vector<std::string>> follow_folders(const Loaded& loaded) {
    const fs::path marker = marker_path(loaded);
    TRY(places, read_places(marker));
    Follow follow(loaded, std::move(places));
    const Data& data = loaded.settings.data;
    const std::vector<std::pair<std::string, std::string>> now = {
        {"data.folder", data.folder},
        {"data.models_folder", data.models_folder},
        {"data.assets_folder", data.assets_folder},
        {"data.database", data.database},
        {"persona.workspace", loaded.settings.persona.workspace},
    };
    base::Result<void> outcome;
    for (const auto& [key, path] : now) {
        if (!outcome) break;
        outcome = follow.place(key, path);
        // After each move, so that a crash in the next one loses no trace.
        if (follow.changed()) TRY_DO(write_places(marker, follow.places()));
    }
    if (!outcome) return base::fail(std::move(outcome.error()));
    return follow.take_report();
}

}  // namespace config
