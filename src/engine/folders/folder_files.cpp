#include "engine/folders/folder_files.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace engine::folders {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 1000;

bool is_model(std::string_view name) {
    return name.ends_with(".onnx") || name.ends_with(".ort");
}

// "encode" begins "encode.int8.onnx" and not "encoder.onnx".
bool begins(std::string_view name, std::string_view begin) {
    return name.starts_with(begin) && name.size() > begin.size() &&
           std::isalnum(static_cast<unsigned char>(name[begin.size()])) == 0 &&
           name[begin.size()] != '_';
}

}  // namespace

bool Listing::has(std::string_view name) const {
    return std::ranges::find(names, name) != names.end();
}

bool Listing::has_model() const {
    return std::ranges::any_of(names, is_model);
}

std::string Listing::find(std::string_view begin, bool exact) const {
    const std::string* best = nullptr;
    for (const auto& name : names) {
        if (!is_model(name) || !begins(name, begin)) continue;
        const bool small = name.contains("int8");
        if (best == nullptr || small != exact) best = &name;
    }
    return best == nullptr ? std::string() : (fs::path(folder) / *best).string();
}

std::string Listing::find_vocoder() const {
    for (const auto& name : names) {
        const bool vocoder = name.starts_with("vocos") || name.starts_with("hifigan");
        if (vocoder && name.ends_with(".onnx")) return (fs::path(folder) / name).string();
    }
    return {};
}

Listing list_folder(const std::string& path) {
    Listing listing;
    listing.folder = path;
    std::error_code error;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
        if (!it->is_regular_file(error) || listing.names.size() >= kMaxFiles) continue;
        listing.names.push_back(it->path().filename().string());
        std::error_code unreadable;
        const auto size = it->file_size(unreadable);
        if (!unreadable) listing.bytes += static_cast<long long>(size);
    }
    std::ranges::sort(listing.names);
    return listing;
}

}  // namespace engine::folders
