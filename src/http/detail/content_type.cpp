#include "http/detail/content_type.hpp"

#include <array>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace http::detail {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 38> kTypes = {{
    {"html", "text/html; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"webmanifest", "application/manifest+json"},
    {"wasm", "application/wasm"},
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/markdown; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"xml", "application/xml"},
    {"yaml", "application/yaml"},
    {"pdf", "application/pdf"},
    {"zip", "application/zip"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"avif", "image/avif"},
    {"ico", "image/x-icon"},
    {"ktx2", "image/ktx2"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"ttf", "font/ttf"},
    {"otf", "font/otf"},
    {"wav", "audio/wav"},
    {"mp3", "audio/mpeg"},
    {"ogg", "audio/ogg"},
    {"opus", "audio/ogg"},
    {"mp4", "video/mp4"},
    {"webm", "video/webm"},
    {"glb", "model/gltf-binary"},
    {"gltf", "model/gltf+json"},
    {"vrm", "model/gltf-binary"},
    {"vrma", "model/gltf-binary"},
}};

}  // namespace

std::string_view content_type_of(std::string_view file_name) {
    const std::size_t dot = file_name.rfind('.');
    if (dot != std::string_view::npos) {
        const std::string ending = base::to_lower_ascii(file_name.substr(dot + 1));
        for (const auto& [name, type] : kTypes) {
            if (name == ending) return type;
        }
    }
    return "application/octet-stream";
}

}  // namespace http::detail
