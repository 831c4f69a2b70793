#include "engine/speech/model_bytes.hpp"

#include <filesystem>
#include <fstream>
#include <string_view>

#include <fmt/core.h>

namespace engine::speech {

base::Result<void> check_head(const std::string& path, std::string_view head) {
    const std::string name = std::filesystem::path(path).filename().string();
    const char* what = nullptr;
    if (head.empty()) what = "empty";
    if (head.starts_with("version https://git-lfs")) {
        what = "a pointer to a large file instead of the file itself";
    }
    if (head.starts_with('<')) what = "a web page instead of a model";
    if (what == nullptr) return {};
    return base::fail(base::ErrorCode::corrupt, fmt::format("{} is {}", name, what),
                      "delete it and bring the model again");
}

base::Result<std::string> read_model(const std::string& path, std::size_t most) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) {
        return base::fail(base::ErrorCode::not_found,
                          fmt::format("{} cannot be read: {}", path, error.message()),
                          "see `loci models list`");
    }
    if (size > most) {
        return base::fail(base::ErrorCode::too_large,
                          fmt::format("{} is too large: {} bytes, at most {}", path, size, most));
    }
    std::string bytes(size, '\0');
    std::ifstream file(path, std::ios::binary);
    if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) {
        return base::fail(base::ErrorCode::storage, path + " cannot be read to its end");
    }
    TRY_DO(check_head(path, std::string_view(bytes).substr(0, 64)));
    return bytes;
}

}  // namespace engine::speech
