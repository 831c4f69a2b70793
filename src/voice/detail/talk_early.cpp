// What somebody says is listened to before they have finished.
#include <utility>

#include "voice/detail/talk.hpp"
#include "voice/words.hpp"

namespace voice::detail {
namespace {

// All but the last word, which may be half of one.
std::string finished_words(const std::string& text) {
    const auto end = text.find_last_of(' ');
    return end == std::string::npos ? std::string() : text.substr(0, end);
}

}  // namespace

void Talk::listen_early(VadWindow window) {
    const bool by_hand = settings_.turns.mode == TurnMode::manual;
    const Samples start = taker_.turn_start();
    const auto advice = early_.hear(window, start, by_hand, settings_.turns);
    if (!settings_.listens_early || !settings_.transcribe || !settings_.create_response) return;
    if (floor_ || (!by_hand && !taker_.in_turn())) return;
    if (advice.begins && by_hand) prepare({0, taker_.turn(), 0, {}, {}, 1.0});
    if (!advice.listen_to) return;
    // Elsewhere it may cost money, and here the recogniser may be busy with what matters more.
    const auto* recogniser = engines_.recogniser;
    if (recogniser == nullptr || recogniser->place() != ports::LlmPlace::here) return;
    if (recognising_ || !wanted_.empty() || !ended_.empty()) return;
    want({taker_.turn(), 0, start, *advice.listen_to});
}

void Talk::on_heard_so_far(const Listening& what, const ports::Transcript& heard) {
    if (what.turn != taker_.turn() || what.start != taker_.turn_start()) return;
    so_far_ = HeardSoFar{what, heard};
    if (heard.no_speech || words_of(heard.text).empty()) return;
    tell(event::Transcript{what.turn, taker_.revision(), false, heard});
    const Samples pause = media::samples_in(settings_.turns.soft_end, kHearingHz);
    const bool whole = early_.silent_since(what.end - pause);
    const std::string text = whole ? heard.text : finished_words(heard.text);
    if (!text.empty()) prepare({0, what.turn, 0, text, heard.language, heard.confidence});
}

// Are the words of a turn that may be over known already, or being found out?
bool Talk::take_early(const Listening& what) {
    const auto is_all = [&](const Listening& early) {
        return early.turn == what.turn && early.start == what.start &&
               early_.silent_since(early.end);
    };
    const auto so_far = std::exchange(so_far_, std::nullopt);
    if (so_far && is_all(so_far->what)) {
        // A turn that is over takes it from there.
        understood_[what.revision] = so_far->heard;
        on_understood(what, so_far->heard);
        return true;
    }
    if (!recognising_ || recognising_->revision != 0 || !is_all(*recognising_)) return false;
    recognising_->revision = what.revision;
    return true;
}

}  // namespace voice::detail
