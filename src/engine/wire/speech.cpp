#include "engine/wire/speech.hpp"

#include <cstring>

#include "engine/wire/frame.hpp"

namespace engine::wire {

std::string join_sound(std::string_view head, std::span<const std::int16_t> samples) {
    std::string out;
    out.reserve(4 + head.size() + samples.size_bytes());
    append_u32(out, static_cast<std::uint32_t>(head.size()));
    out.append(head);
    out.append(reinterpret_cast<const char*>(samples.data()), samples.size_bytes());
    return out;
}

base::Result<SplitSound> split_sound(std::string_view payload) {
    if (payload.size() < 4) return base::fail(base::ErrorCode::corrupt, "a sound frame is cut");
    const std::size_t length = read_u32(payload, 0);
    payload.remove_prefix(4);
    if (length > payload.size() || (payload.size() - length) % sizeof(std::int16_t) != 0) {
        return base::fail(base::ErrorCode::corrupt,
                          "a sound frame does not hold what its length says");
    }
    SplitSound parts{payload.substr(0, length), {}};
    payload.remove_prefix(length);
    parts.samples.resize(payload.size() / sizeof(std::int16_t));
    if (!payload.empty()) std::memcpy(parts.samples.data(), payload.data(), payload.size());
    return parts;
}

}  // namespace engine::wire
