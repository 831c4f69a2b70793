// BodyStates: how the character stands in each conversation: its pose, the movement that runs, and
// its mood, which feelings move and which goes back to rest by itself. Kept with the conversation
// as a fact of the store. Owned by BodyLink; io thread only. A store that refuses is named in the
// log; the state then lasts until the server ends.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "async/clock.hpp"
#include "async/task.hpp"
#include "base/ids.hpp"
#include "ports/store.hpp"
#include "protocol/values.hpp"

namespace chat {

// Valence -1 to 1 with rest at 0; arousal 0 to 1 with rest at 0.3.
struct Mood {
    double valence = 0;
    double arousal = 0.3;
};
// As it is after so long: a tenth of the way to rest is left after about 23 minutes.
[[nodiscard]] Mood rested(Mood mood, long long passed_ms);
// As a look or feeling of this intensity moves it; unknown ones leave it.
[[nodiscard]] Mood moved(Mood mood, std::string_view look, double intensity);

class BodyStates {
public:
    // Told of every change that a page should know.
    using Told = std::function<void(const base::SessionId&, const protocol::BodyState&)>;

    // A directive that a stage has carried out.
    struct Effect {
        long long id = 0;
        std::string action = {};
        std::string look = {};
        double intensity = 0;
        std::string pose = {};  // that it leads to; empty: the same
    };

    BodyStates(async::Executor executor, async::Clock& clock, ports::Store& store, Told told);

    void took_effect(const base::SessionId& session, Effect effect);
    // The movement of that directive is over.
    void finished(const base::SessionId& session, long long id);
    // Nobody shows the character any more, so nothing runs.
    void all_finished();
    void feel(const base::SessionId& session, std::string look, double intensity);
    [[nodiscard]] async::Task<protocol::BodyState> now(base::SessionId session);
    void forget(const base::SessionId& session);

private:
    struct Standing {
        std::string pose = "standing";
        std::string activity = {};
        long long running = 0;  // id of the directive whose movement that is
        Mood mood = {};
        long long at_ms = 0;  // wall clock, of the mood
    };
    using Change = std::function<void(Standing&)>;

    [[nodiscard]] async::Task<void> load(base::SessionId session);
    // Makes the change once the state is known, keeps it and tells of it.
    void change(const base::SessionId& session, Change make);
    [[nodiscard]] async::Task<void> carry_out(base::SessionId session, Change make);
    [[nodiscard]] Mood mood_now(const Standing& standing) const;
    [[nodiscard]] protocol::BodyState wire(const Standing& standing) const;

    async::Executor executor_;
    async::Clock& clock_;
    ports::Store& store_;
    Told told_;
    std::map<base::SessionId, Standing> states_;
};

}  // namespace chat
