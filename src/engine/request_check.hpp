// Bounds on what a request may ask for, checked before any model sees it; invalid_argument names
// the field. Pure functions; any thread.
#pragma once

#include "base/result.hpp"
#include "engine/wire/messages.hpp"
#include "engine/wire/speech.hpp"

namespace engine {

inline constexpr int kMaxReplyTokens = 131'072;
inline constexpr std::size_t kMaxStops = 32;
inline constexpr std::size_t kMaxStopBytes = 256;
inline constexpr std::size_t kMaxGrammarBytes = std::size_t{256} * 1024;
inline constexpr std::size_t kMaxTexts = 2048;
inline constexpr std::size_t kMaxListenSeconds = 240;
inline constexpr std::size_t kMaxWindows = 512;  // in one request
inline constexpr std::size_t kMaxClauses = 256;
inline constexpr std::size_t kMaxClauseBytes = 4096;  // of its text; of its phonemes twice that
inline constexpr std::size_t kMaxContextBytes = 2048;

[[nodiscard]] base::Result<void> check_request(const wire::Chat& chat);
[[nodiscard]] base::Result<void> check_request(const wire::Embed& embed);
[[nodiscard]] base::Result<void> check_request(const wire::Count& count);
[[nodiscard]] base::Result<void> check_request(const wire::Load& load);
[[nodiscard]] base::Result<void> check_request(const wire::Transcribe& transcribe);
[[nodiscard]] base::Result<void> check_request(const wire::Speak& speak);
[[nodiscard]] base::Result<void> check_request(const wire::Detect& detect);
[[nodiscard]] base::Result<void> check_request(const wire::Judge& judge);
[[nodiscard]] base::Result<void> check_request(const wire::Spot& spot);

}  // namespace engine
