// G.711, the telephone's 8-bit code: µ-law and A-law to 16-bit PCM and back, value for value as
// ITU-T G.711 tables 1 and 2 give them (14-bit µ-law and 13-bit A-law, left-aligned in 16 bits).
// Always 8 kHz on the wire. Table look-up; pure; any thread; cannot fail.
#pragma once

#include <cstdint>

namespace media {

[[nodiscard]] std::int16_t decode_mulaw(std::uint8_t code);
[[nodiscard]] std::int16_t decode_alaw(std::uint8_t code);
[[nodiscard]] std::uint8_t encode_mulaw(std::int16_t sample);
[[nodiscard]] std::uint8_t encode_alaw(std::int16_t sample);

}  // namespace media
