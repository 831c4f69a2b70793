#include "adapters/speech_wake/wake_speech.hpp"

#include <algorithm>
#include <utility>

namespace adapters::speech_wake {
namespace {

// The phrase begins what is said.
constexpr std::size_t kBeginning = std::size_t{6} * ports::kListenRate;
// Below it no owner's threshold would take it for the phrase.
constexpr float kNever = 0.02F;
constexpr float kSurely = 0.5F;

}  // namespace

async::Task<base::Result<ports::Transcript>> WakeSpeechToText::transcribe(
    ports::ListenRequest request, std::stop_token stop) {
    if (request.phrase.empty() || !spotter_.available()) {
        auto listening = recogniser_.transcribe(std::move(request), std::move(stop));
        co_return co_await std::move(listening);
    }
    const auto length = std::min(request.samples.size(), kBeginning);
    std::vector<float> beginning(request.samples.begin(),
                                 request.samples.begin() + static_cast<std::ptrdiff_t>(length));
    auto spotting = spotter_.spot(std::move(beginning), stop);
    const auto score = co_await std::move(spotting);
    if (!score) co_return base::fail(score.error());
    if (*score < kNever) {
        ports::Transcript other;
        other.no_speech = true;
        other.wake_score = *score;
        co_return other;
    }
    const std::string phrase = std::exchange(request.phrase, {});
    auto listening = recogniser_.transcribe(std::move(request), std::move(stop));
    auto heard = co_await std::move(listening);
    if (!heard) co_return heard;
    heard->wake_score = *score;
    // It was said, even where the recogniser found nothing in it.
    if (*score >= kSurely && (heard->no_speech || heard->text.empty())) {
        heard->no_speech = false;
        heard->text = phrase;
        heard->confidence = *score;
    }
    co_return heard;
}

}  // namespace adapters::speech_wake
