// SoundStream: the bytes of an answer, in any split, to mono samples of one rate: a WAV file whose
// length may be open, or bare 16-bit PCM. What it reads is hostile. Owned by one call; one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "media/resampler.hpp"
#include "media/wav.hpp"

namespace adapters::speech_http {

inline constexpr int kVoiceRate = 24'000;  // Hz, of everything that these voices say

class SoundStream {
public:
    // `content_type` as the server gave it; `pcm_rate` counts for PCM that does not name its own.
    // Errors: upstream (no sound, or a form that was not asked for).
    [[nodiscard]] static base::Result<SoundStream> make(std::string_view content_type,
                                                        int pcm_rate);

    // Appends what can be said of it at kVoiceRate. Errors: upstream (broken, no sound at all),
    // unsupported (a rate that cannot be turned into ours).
    [[nodiscard]] base::Result<void> feed(std::string_view bytes, std::vector<float>& out);
    // The answer is over. Errors: upstream (cut off).
    [[nodiscard]] base::Result<void> finish(std::vector<float>& out);

private:
    SoundStream(bool may_be_pcm, int pcm_rate) : may_be_pcm_(may_be_pcm), pcm_rate_(pcm_rate) {}
    [[nodiscard]] base::Result<void> begin();
    [[nodiscard]] base::Result<void> start(media::AudioFormat format);
    void decode(std::vector<float>& out);

    bool may_be_pcm_;
    int pcm_rate_;
    std::string held_;  // the head, later the bytes of a frame that is not whole
    std::optional<media::AudioFormat> format_;
    std::optional<std::uint64_t> left_;  // bytes that the head promised
    std::optional<media::Resampler> resampler_;
    std::vector<float> frame_;
    std::vector<float> mono_;
};

}  // namespace adapters::speech_http
