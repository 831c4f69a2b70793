// The words of a transcript, made comparable: lower case, without punctuation; each Han character
// or kana counts as a word. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace voice {

[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

// Share of `heard` that occurs in `said`, in the same order (longest common subsequence): 1 when
// the microphone only brought back what the loudspeaker said. 0 when nothing was heard.
[[nodiscard]] double share_said(std::span<const std::string> heard,
                                std::span<const std::string> said);

// "mhm", "yeah", "ja genau", "嗯": the listener is still listening; not meant to interrupt.
[[nodiscard]] bool is_backchannel(std::span<const std::string> words);

}  // namespace voice
