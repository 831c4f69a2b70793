#include "api/app/glb_check.hpp"

#include <cstdint>
#include <utility>

#include <fmt/core.h>

#include "base/text.hpp"
#include "json/json.hpp"

namespace app {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kChunkHeader = 8;
constexpr std::uint32_t kJsonChunk = 0x4E4F534A;
constexpr json::Limits kLimits{.max_bytes = 32'000'000, .max_depth = 64};
constexpr std::size_t kMaxWords = 200;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;)
        value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

base::Error bad(std::string what) {
    return base::make_error(base::ErrorCode::invalid_argument, std::move(what),
                            "export it again as a binary file (.vrm, .vrma)");
}

base::Result<json::Value> json_part(std::string_view bytes) {
    if (bytes.size() < kHeader + kChunkHeader || !bytes.starts_with("glTF")) {
        return base::fail(bad("this is no binary glTF file"));
    }
    if (number_at(bytes, 4) != 2) return base::fail(bad("only version 2 of glTF is understood"));
    if (number_at(bytes, 8) != bytes.size()) {
        return base::fail(bad(fmt::format("the file says it has {} bytes and has {}: it is cut off",
                                          number_at(bytes, 8), bytes.size())));
    }
    const std::size_t length = number_at(bytes, kHeader);
    if (number_at(bytes, kHeader + 4) != kJsonChunk ||
        length > bytes.size() - kHeader - kChunkHeader) {
        return base::fail(bad("the description inside the file is missing or cut off"));
    }
    auto value = json::parse(bytes.substr(kHeader + kChunkHeader, length), kLimits);
    if (!value) return base::fail(bad("the description inside the file cannot be read"));
    return value;
}

std::string words(const json::Value* value) {
    return base::shorten(base::to_valid_utf8(json::string_or(value)), kMaxWords);
}

const json::Array& items_of(const json::Value& value, std::string_view key) {
    static const json::Array kNone;
    const auto* list = json::find(value, key);
    return list != nullptr && list->is_array() ? list->get_array() : kNone;
}

// The time of the last key: the greatest `max` of what the samplers read their times from.
std::optional<double> last_key(const json::Value& gltf) {
    const auto& accessors = items_of(gltf, "accessors");
    std::optional<double> last;
    for (const auto& animation : items_of(gltf, "animations")) {
        for (const auto& sampler : items_of(animation, "samplers")) {
            const double input = json::number_or(json::find(sampler, "input"), -1);
            if (!(input >= 0 && input < static_cast<double>(accessors.size()))) continue;
            const auto& times = items_of(accessors[static_cast<std::size_t>(input)], "max");
            if (times.empty()) continue;
            const double time = json::number_or(&times[0], 0);
            if (!last || time > *last) last = time;
        }
    }
    return last;
}

}  // namespace

base::Result<GlbInfo> check_character(std::string_view bytes) {
    TRY(value, json_part(bytes));
    const auto* extensions = json::find(value, "extensions");
    const auto* newer = extensions ? json::find(*extensions, "VRMC_vrm") : nullptr;
    const auto* older = extensions ? json::find(*extensions, "VRM") : nullptr;
    if (newer == nullptr && older == nullptr) {
        return base::fail(bad("this is a 3D model, but no VRM character"));
    }
    const json::Value& vrm = newer != nullptr ? *newer : *older;
    if (json::find_path(vrm, "humanoid.humanBones") == nullptr) {
        return base::fail(bad("the character has no skeleton of a person"));
    }
    GlbInfo info;
    info.kind = newer != nullptr ? "VRM 1.0" : "VRM 0.x";
    info.title = words(json::find_path(vrm, newer != nullptr ? "meta.name" : "meta.title"));
    info.licence =
        words(json::find_path(vrm, newer != nullptr ? "meta.licenseUrl" : "meta.licenseName"));
    return info;
}

base::Result<GlbInfo> check_animation(std::string_view bytes) {
    TRY(value, json_part(bytes));
    const auto* extensions = json::find(value, "extensions");
    if (extensions == nullptr || json::find(*extensions, "VRMC_vrm_animation") == nullptr) {
        return base::fail(bad("this is a 3D file, but no VRM animation"));
    }
    return GlbInfo{"VRM animation", {}, {}, last_key(value)};
}

}  // namespace app
