#include "api/app/clip_length.hpp"

#include <charconv>
#include <cstdint>
#include <span>

#include "api/app/glb_check.hpp"
#include "base/text.hpp"
#include "body/clip_form.hpp"

namespace app {
namespace {

constexpr double kLongest = 3600;

std::optional<double> plausible(double seconds) {
    if (seconds > 0 && seconds <= kLongest) return seconds;
    return std::nullopt;
}

// The number behind a word of a BVH file: "Frames: 120".
std::optional<double> number_behind(std::string_view text, std::string_view word) {
    const std::size_t at = text.find(word);
    if (at == std::string_view::npos) return std::nullopt;
    const std::size_t first = text.find_first_not_of(" \t", at + word.size());
    if (first == std::string_view::npos) return std::nullopt;
    double value = 0;
    const auto read = std::from_chars(text.data() + first, text.data() + text.size(), value);
    if (read.ec != std::errc()) return std::nullopt;
    return value;
}

std::optional<double> bvh_seconds(std::string_view text) {
    const auto frames = number_behind(text, "Frames:");
    const auto time = number_behind(text, "Frame Time:");
    if (!frames || !time || *frames < 2) return std::nullopt;
    return plausible((*frames - 1) * *time);
}

}  // namespace

std::map<std::string, double> pack_seconds(std::string_view pack) {
    const std::vector<std::uint8_t> bytes(pack.begin(), pack.end());
    const auto clips = body::read_clips(bytes);
    std::map<std::string, double> out;
    if (!clips) return out;
    for (const auto& clip : *clips) out[clip.name] = static_cast<double>(clip.duration);
    return out;
}

std::optional<double> file_seconds(std::string_view name, std::string_view bytes) {
    const std::string lowered = base::to_lower_ascii(name);
    if (lowered.ends_with(".bvh")) return bvh_seconds(bytes);
    if (!lowered.ends_with(".vrma")) return std::nullopt;
    const auto info = check_animation(bytes);
    if (!info || !info->seconds) return std::nullopt;
    return plausible(*info->seconds);
}

}  // namespace app
