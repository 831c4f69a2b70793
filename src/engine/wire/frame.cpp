#include "engine/wire/frame.hpp"

#include <utility>

#include <fmt/core.h>

#include "base/check.hpp"

namespace engine::wire {
namespace {

constexpr std::string_view kMagic = "LOCI-E";  // with the version: kPreambleBytes

std::uint16_t read_u16(std::string_view bytes, std::size_t at) {
    const auto low = static_cast<unsigned char>(bytes[at]);
    const auto high = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<std::uint16_t>(low | (high << 8));
}

}  // namespace

bool is_known(std::uint8_t type) {
    const auto first = [](FrameType t) { return static_cast<std::uint8_t>(t); };
    return (type >= first(FrameType::setup) && type <= first(FrameType::spot)) ||
           (type >= first(FrameType::hello) && type <= first(FrameType::transcript));
}

void append_u32(std::string& out, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xff));
    }
}

std::uint32_t read_u32(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return value;
}

std::string preamble() {
    std::string out(kMagic);
    out.push_back(static_cast<char>(kVersion & 0xff));
    out.push_back(static_cast<char>(kVersion >> 8));
    return out;
}

void append_frame(std::string& out, FrameType type, std::uint32_t id, std::string_view payload) {
    BUG_CHECK(payload.size() <= kMaxPayload) return;
    append_u32(out, static_cast<std::uint32_t>(payload.size()));
    out.push_back(static_cast<char>(type));
    append_u32(out, id);
    out.append(payload);
}

std::unexpected<base::Error> Decoder::broken(base::ErrorCode code, std::string message) {
    broken_ = true;
    buffer_.clear();
    start_ = 0;
    return base::fail(code, std::move(message));
}

base::Result<bool> Decoder::take_preamble() {
    const std::string_view have = buffer_;
    const std::string_view magic = have.substr(0, kMagic.size());
    if (magic != kMagic.substr(0, magic.size())) {
        return broken(base::ErrorCode::corrupt, "the peer does not speak the engine protocol");
    }
    if (have.size() < kPreambleBytes) return false;
    const auto version = read_u16(have, kMagic.size());
    if (version != kVersion) {
        return broken(base::ErrorCode::unsupported,
                      fmt::format("the peer speaks version {} of the engine protocol, not {}",
                                  version, kVersion));
    }
    start_ = kPreambleBytes;
    greeted_ = true;
    return true;
}

base::Result<std::optional<Frame>> Decoder::next() {
    if (broken_) return base::fail(base::ErrorCode::corrupt, "the engine stream is broken");
    if (!greeted_) {
        TRY(greeted, take_preamble());
        if (!greeted) return std::optional<Frame>{};
    }
    const std::string_view have = std::string_view(buffer_).substr(start_);
    if (have.size() < kHeaderBytes) {
        buffer_.erase(0, start_);
        start_ = 0;
        return std::optional<Frame>{};
    }
    const std::size_t length = read_u32(have, 0);
    const auto type = static_cast<std::uint8_t>(have[4]);
    if (length > kMaxPayload) {
        return broken(base::ErrorCode::too_large,
                      fmt::format("an engine frame of {} bytes is over the limit of {}", length,
                                  kMaxPayload));
    }
    if (!is_known(type)) {
        return broken(base::ErrorCode::corrupt, fmt::format("unknown engine frame type {}", type));
    }
    if (have.size() < kHeaderBytes + length) {
        buffer_.erase(0, start_);
        start_ = 0;
        return std::optional<Frame>{};
    }
    Frame frame{static_cast<FrameType>(type), read_u32(have, 5),
                std::string(have.substr(kHeaderBytes, length))};
    start_ += kHeaderBytes + length;
    return std::optional<Frame>(std::move(frame));
}

}  // namespace engine::wire
