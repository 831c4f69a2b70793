#include "voice/early_listening.hpp"

#include <algorithm>
#include <utility>

namespace voice {
namespace {

constexpr Time kFirstSpeech{480};
constexpr Time kNewSpeech{800};
// Of the time that somebody speaks at most a fifth is spent on what will be listened to again.
constexpr int kShare = 5;
// A click is no word.
constexpr Samples kLeastSpeech = media::samples_in(Time{96}, kHearingHz);

}  // namespace

EarlyListening::Advice EarlyListening::hear(VadWindow window, Samples begin, bool pauses,
                                            const TurnSettings& settings) {
    const Samples end = window.first + kVadWindow;
    if (begin != begin_) {
        begin_ = begin;
        spoken_ = 0;
        begun_ = listened_ = false;
    }
    if (window.probability >= settings.stop_threshold) speech_end_ = end;
    if (window.probability >= settings.start_threshold) spoken_ += kVadWindow;
    if (spoken_ < kLeastSpeech) return {};
    Advice advice;
    advice.begins = !std::exchange(begun_, true);
    const Time quiet = media::time_of(end - speech_end_, kHearingHz);
    const Time spoken = media::time_of(spoken_, kHearingHz);
    const Time enough = listened_ ? std::max(kNewSpeech, kShare * took_) : kFirstSpeech;
    const bool now = quiet == Time{0} ? spoken >= enough : pauses && quiet >= settings.soft_end;
    if (now) advice.listen_to = end;
    return advice;
}

void EarlyListening::listened() {
    spoken_ = 0;
    listened_ = true;
}

}  // namespace voice
