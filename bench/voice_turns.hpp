// The measure of turn taking, the same for whoever speaks: lines of speech are said in real time,
// and it is watched when the end of each was found and when the answer sounded. io thread.
//
// A Person has speak(sound) and wait(most_ms, enough), which take the time of the samples, and
// `turn` with commits, first_sound, done and stages (Speaker, TalkingPage).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "rig/report.hpp"
#include "rig/samples.hpp"

namespace bench {

// A turn to be spoken; with a second part there is a pause between the two.
struct SpokenLine {
    std::vector<float> sound;  // 16 kHz, without silence around it
    std::vector<float> rest;
};

struct TurnFigures {
    Samples first_sound;  // ms from the end of speech; of turns in one piece alone
    std::map<std::string, Samples> stages;
    int cut_in = 0;
    std::vector<std::string> cut;  // what was understood of the turns that were cut into
    int missed = 0;
    int unanswered = 0;
    int all = 0;

    void add(const TurnFigures& other);
    [[nodiscard]] double cut_in_percent() const { return percent(cut_in); }
    [[nodiscard]] double missed_percent() const { return percent(missed); }

private:
    [[nodiscard]] double percent(int part) const { return all == 0 ? 0 : 100.0 * part / all; }
};

// How long an answer is waited for, and the silence after it.
struct Patience {
    int answer_ms = 8'000;
    int rest_ms = 400;
};

template <class Person>
[[nodiscard]] async::Task<void> hear_answer(Person& person, Patience patience,
                                            TurnFigures& figures) {
    auto waiting = person.wait(patience.answer_ms, [&] { return person.turn.done.has_value(); });
    co_await std::move(waiting);
    if (!person.turn.first_sound) ++figures.unanswered;
    auto resting = person.wait(patience.rest_ms, [] { return false; });
    co_await std::move(resting);
}

// `number` chooses the length of a pause.
template <class Person>
[[nodiscard]] async::Task<void> speak_line(Person& person, const SpokenLine& line, int number,
                                           Patience patience, TurnFigures& figures) {
    ++figures.all;
    person.turn = {};
    auto speaking = person.speak(line.sound);
    co_await std::move(speaking);
    if (!line.rest.empty()) {
        auto pausing = person.wait(500 + 100 * (number % 5), [] { return false; });
        co_await std::move(pausing);
    }
    if (person.turn.commits > 0) {
        ++figures.cut_in;
        figures.cut.push_back(person.turn.heard);
    }
    if (!line.rest.empty()) {
        auto going_on = person.speak(line.rest);
        co_await std::move(going_on);
    }
    const Time ended = now();
    const int before = person.turn.commits;
    auto waiting = person.wait(2'500, [&] { return person.turn.commits > before; });
    co_await std::move(waiting);
    if (person.turn.commits == before) ++figures.missed;
    auto listening = hear_answer(person, patience, figures);
    co_await std::move(listening);
    const bool counts = line.rest.empty() && person.turn.commits == 1 && person.turn.first_sound;
    if (!counts) co_return;
    figures.first_sound.add(ms_between(ended, *person.turn.first_sound));
    for (const auto& [name, ms] : person.turn.stages) figures.stages[name].add(ms);
}

// Targets of a delay, ms; none: stated for comparison.
struct DelayTargets {
    std::optional<double> p50{};
    std::optional<double> p95{};
};
// p50 and p95 of a delay as lines, its distribution as a detail.
void add_delay(Report& report, const std::string& name, const std::string& what,
               const Samples& samples, DelayTargets targets = {});

// A whole block of lines whose keys begin with `prefix`; with the targets of one conversation
// where they are meant.
enum class Targets { none, of_one_conversation };
void add_turns(Report& report, const std::string& prefix, const std::string& what,
               const TurnFigures& figures, Targets targets);
// What of the delay each stage took; the last part of such a block.
void add_stages(Report& report, const std::string& prefix, const TurnFigures& figures);

}  // namespace bench
