#include "api/app/asset_shelf.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "api/app/clip_length.hpp"
#include "api/app/glb_check.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxKnown = 4000;         // lengths that are remembered
constexpr std::size_t kMaxLooked = 32'000'000;  // bytes of a file of which the length is told

std::vector<std::string_view> endings(AssetKind kind) {
    switch (kind) {
        case AssetKind::animations:
            return {".vrma", ".fbx", ".bvh"};
        case AssetKind::characters:
            return {".vrm"};
        case AssetKind::backgrounds:
            return {".png", ".jpg", ".jpeg", ".webp"};
    }
    return {};
}

std::string ending_of(const std::string& name) {
    const auto dot = name.rfind('.');
    return dot == std::string::npos ? "" : base::to_lower_ascii(name.substr(dot));
}

bool is_safe(AssetKind kind, const std::string& name) {
    const bool plain = !name.empty() && name.size() <= kMaxName && name.front() != '.' &&
                       base::is_valid_utf8(name) && std::ranges::none_of(name, [](char c) {
                           const auto byte = static_cast<unsigned char>(c);
                           return byte < 0x20 || byte == 0x7F || c == '/' || c == '\\';
                       });
    const auto known = endings(kind);
    return plain && std::ranges::find(known, ending_of(name)) != known.end();
}

base::Error bad_name(AssetKind kind) {
    std::string list;
    for (const auto ending : endings(kind))
        list += (list.empty() ? "" : ", ") + std::string(ending);
    return base::make_error(base::ErrorCode::invalid_argument,
                            fmt::format("a file name here has at most {} bytes, no folder, and "
                                        "ends with one of {}",
                                        kMaxName, list));
}

base::Error no_file() {
    return base::make_error(base::ErrorCode::not_found, "there is no such file");
}

base::Result<void> check(AssetKind kind, const std::string& name, std::string_view bytes) {
    const std::string ending = ending_of(name);
    const auto refuse = [](const char* what) {
        return base::fail(base::ErrorCode::invalid_argument, what,
                          "is its name right, and is it whole?");
    };
    if (kind == AssetKind::characters) {
        TRY_DO(check_character(bytes));
    } else if (ending == ".vrma") {
        TRY_DO(check_animation(bytes));
    } else if (ending == ".fbx") {
        if (!bytes.starts_with("Kaydara FBX Binary")) return refuse("this is no binary FBX file");
    } else if (ending == ".bvh") {
        if (!base::trim(bytes.substr(0, 64)).starts_with("HIERARCHY")) {
            return refuse("this is no BVH file");
        }
    } else if (ending == ".png") {
        if (!bytes.starts_with("\x89PNG\r\n\x1a\n")) return refuse("this is no PNG picture");
    } else if (ending == ".webp") {
        const bool webp =
            bytes.starts_with("RIFF") && bytes.size() > 12 && bytes.substr(8, 4) == "WEBP";
        if (!webp) return refuse("this is no WebP picture");
    } else if (!bytes.starts_with("\xFF\xD8\xFF")) {
        return refuse("this is no JPEG picture");
    }
    return {};
}

bool is_plain_file(const fs::path& path) {
    std::error_code ignored;
    return fs::symlink_status(path, ignored).type() == fs::file_type::regular;
}

}  // namespace

AssetShelf::AssetShelf(fs::path folder, fs::path built_in)
    : folder_(std::move(folder)), built_in_(std::move(built_in)) {}

fs::path AssetShelf::folder_of(AssetKind kind) const {
    switch (kind) {
        case AssetKind::animations:
            return folder_ / "anims";
        case AssetKind::characters:
            return folder_ / "characters";
        case AssetKind::backgrounds:
            break;
    }
    return folder_ / "backgrounds";
}

std::vector<AssetFile> AssetShelf::list(AssetKind kind) const {
    constexpr std::size_t kMaxListed = 2000;
    std::vector<AssetFile> files;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_of(kind), ignored)) {
        const std::string name = entry.path().filename().string();
        if (!is_safe(kind, name) || !is_plain_file(entry.path())) continue;
        files.push_back({name, static_cast<long long>(entry.file_size(ignored))});
        if (files.size() >= kMaxListed) break;
    }
    std::ranges::sort(files, {}, &AssetFile::name);
    return files;
}

base::Result<AssetFile> AssetShelf::put(AssetKind kind, const std::string& name,
                                        std::string_view bytes) {
    if (!is_safe(kind, name)) return base::fail(bad_name(kind));
    TRY_DO(check(kind, name, bytes));
    const fs::path path = folder_of(kind) / name;
    std::error_code ignored;
    const bool other = fs::symlink_status(path, ignored).type() != fs::file_type::not_found &&
                       !is_plain_file(path);
    if (other) {
        return base::fail(base::ErrorCode::invalid_argument, "this name is taken by a link");
    }
    TRY_DO(base::write_file(path, bytes));
    return AssetFile{name, static_cast<long long>(bytes.size())};
}

base::Result<void> AssetShelf::remove(AssetKind kind, const std::string& name) {
    TRY(path, find(kind, name));
    std::error_code error;
    fs::remove(path, error);
    if (error) {
        return base::fail(base::ErrorCode::storage,
                          "the file cannot be removed: " + error.message());
    }
    return {};
}

base::Result<fs::path> AssetShelf::find(AssetKind kind, const std::string& name) const {
    if (!is_safe(kind, name)) return base::fail(no_file());
    fs::path path = folder_of(kind) / name;
    if (!is_plain_file(path)) return base::fail(no_file());
    return path;
}

std::optional<double> AssetShelf::seconds(const AssetFile& animation) const {
    const auto path = find(AssetKind::animations, animation.name);
    if (!path) return std::nullopt;
    std::error_code error;
    const auto written = fs::last_write_time(*path, error).time_since_epoch().count();
    const std::string key = fmt::format("{}:{}:{}", animation.name, animation.bytes, written);
    const auto known = seconds_.find(key);
    if (known != seconds_.end()) return known->second;
    if (seconds_.size() >= kMaxKnown) seconds_.clear();
    const auto bytes = base::read_file(*path, kMaxLooked);
    return seconds_[key] = bytes ? file_seconds(animation.name, *bytes) : std::nullopt;
}

const std::map<std::string, double>& AssetShelf::built_in_clips() const {
    if (!clips_) {
        const auto pack = base::read_file(built_in_ / "nook" / "clips.bin", kMaxLooked);
        clips_ = pack ? pack_seconds(*pack) : std::map<std::string, double>{};
    }
    return *clips_;
}

base::Result<fs::path> AssetShelf::built_in_character() const {
    fs::path path = built_in_ / "nook" / "nook.vrm";
    if (built_in_.empty() || !is_plain_file(path)) return base::fail(no_file());
    return path;
}

}  // namespace app
