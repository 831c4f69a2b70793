#include "voice_speaker.hpp"

#include <algorithm>
#include <list>
#include <utility>

#include <fmt/core.h>

#include "rig/program.hpp"

namespace bench {
namespace {

constexpr std::size_t kFrame = 512;  // 32 ms

// run_on() wants a result.
async::Task<bool> finished(std::vector<async::Task<void>> tasks) {
    auto running = all_of(std::move(tasks));
    co_await std::move(running);
    co_return true;
}

async::Task<void> speak_apart(Speaker& speaker, const std::vector<SpokenLine>& lines, int number,
                              TurnFigures& figures) {
    // So that not all of them are waiting for the recogniser in the same moment.
    auto waiting = speaker.wait(500 + 1'300 * number, [] { return false; });
    co_await std::move(waiting);
    auto speaking = speak_lines(speaker, lines, 5 * static_cast<std::size_t>(number), figures);
    co_await std::move(speaking);
    auto closing = speaker.close();
    co_await std::move(closing);
}

}  // namespace

Speaker::Speaker(Chain& chain, unsigned seed) : noise_(seed) {
    answer_.text = "I can help you.";
    auto made = voice::Conversation::make(
        chain.parts(answer_, [this](voice::Time, const event::Any& what) { turn.note(what); }),
        chain.settings(voice::TurnMode::semantic_vad));
    if (!made) throw Failure(made.error().text());
    talk_ = std::move(*made);
}

async::Task<void> Speaker::speak(std::vector<float> sound) {
    for (std::size_t at = 0; at < sound.size(); at += kFrame) {
        std::vector<float> frame(kFrame, 0.0F);
        for (std::size_t i = 0; i < kFrame && at + i < sound.size(); ++i) frame[i] = sound[at + i];
        noise_.add_to(frame);
        if (!talk_->hear(frame)) ++lost;
        due_ = std::max(due_ + milliseconds(32), now() - milliseconds(100));
        auto pausing = pause_until(due_);
        co_await std::move(pausing);
    }
}

async::Task<void> Speaker::wait(int most_ms, std::function<bool()> enough) {
    for (int ms = 0; ms < most_ms && !enough(); ms += 32) {
        auto silence = speak(std::vector<float>(kFrame, 0.0F));
        co_await std::move(silence);
    }
}

async::Task<void> Speaker::close() {
    auto closing = talk_->close();
    co_await std::move(closing);
}

async::Task<void> speak_lines(Speaker& speaker, const std::vector<SpokenLine>& lines,
                              std::size_t first, TurnFigures& figures) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto at = (first + i) % lines.size();
        auto speaking = speak_line(speaker, lines[at], static_cast<int>(at), Patience{}, figures);
        co_await std::move(speaking);
    }
}

TurnFigures turns_of_speakers(Chain& chain, const std::vector<SpokenLine>& lines, int speakers) {
    std::list<Speaker> talking;
    std::list<TurnFigures> figures;
    std::vector<async::Task<void>> tasks;
    for (int number = 0; number < speakers; ++number) {
        auto& speaker = talking.emplace_back(chain, 7 + static_cast<unsigned>(number));
        tasks.push_back(speak_apart(speaker, lines, number, figures.emplace_back()));
    }
    run_on(chain.io(), finished(std::move(tasks)));
    for (const auto& speaker : talking) {
        if (speaker.lost == 0) continue;
        throw Failure(fmt::format(
            "{} frames of 32 ms were not heard: half a minute of sound waited", speaker.lost));
    }
    TurnFigures sum;
    for (const auto& one : figures) sum.add(one);
    return sum;
}

}  // namespace bench
