// LBC1: a clip as bytes, little endian (the table is in docs/rooms/body.md). Read from files and
// from the page, so nothing in it is trusted: every count, time and number is checked.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "body/clip.hpp"

namespace body {

struct ClipLimits {
    static constexpr std::size_t kNameBytes = 64;
    static constexpr float kSeconds = 600;
    static constexpr std::size_t kTracks = 160;
    static constexpr std::size_t kKeys = 18'001;  // 600 s at 30 Hz
    static constexpr std::size_t kBytes = 32U << 20U;
};

// The error says at which byte what is wrong.
[[nodiscard]] std::expected<Clip, std::string> read_clip(std::span<const std::uint8_t> bytes);
// The pack form: u32 count, then for each u32 length and a clip.
[[nodiscard]] std::expected<std::vector<Clip>, std::string> read_clips(
    std::span<const std::uint8_t> bytes);

enum class KeyForm : std::uint8_t { exact, small };  // 32-bit floats, or 16 bits per component
[[nodiscard]] std::vector<std::uint8_t> write_clip(const Clip& clip, KeyForm form = KeyForm::small);
[[nodiscard]] std::vector<std::uint8_t> write_clips(std::span<const Clip> clips,
                                                    KeyForm form = KeyForm::small);

}  // namespace body
