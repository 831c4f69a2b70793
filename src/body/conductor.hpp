// Conductor: which movement comes next. Plans what was asked through the stances ("walk" while
// sitting stands up first, "wave" while sitting waves), lets transitions finish, returns to an idle
// loop, and lays listening, thinking and talking over it. One Body's; allocates only for refusals.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "body/chance.hpp"
#include "body/clip_shelf.hpp"
#include "body/directive.hpp"
#include "body/player.hpp"

namespace body {

// What an action comes down to, before anything has moved.
struct Plan {
    enum class Kind : std::uint8_t { overlay, whole, stance, stop, hold, drop };
    Kind kind = Kind::stop;
    const Movement* movement = nullptr;
    Stance stance = Stance::standing;  // that the movement starts in, or the goal
    PlayOptions options;
    std::string item;
};

struct Mind {
    Activity activity = Activity::idle;
    bool speaking = false;
    bool still = false;
};

class Conductor {
public:
    Conductor(ClipShelf& shelf, Player& player) : shelf_(&shelf), player_(&player) {}

    // The error is a sentence for the one who asked.
    [[nodiscard]] std::expected<Plan, std::string> plan(const Action& action) const;
    // True: it took effect at once; false: it waits for a transition, started() tells when.
    bool begin(const Plan& plan, DirectiveId id);
    // The goal that this one took the place of before it began; 0: none.
    [[nodiscard]] DirectiveId take_replaced() { return std::exchange(replaced_, 0); }
    [[nodiscard]] DirectiveId take_started() { return std::exchange(started_, 0); }
    // A goal that can no longer be reached; 0: none.
    [[nodiscard]] DirectiveId take_lost() { return std::exchange(lost_, 0); }
    // Reached without a movement of its own; 0: none.
    [[nodiscard]] DirectiveId take_reached() { return std::exchange(reached_, 0); }

    // One tick; before the player's.
    void step(const Mind& mind, Chance& chance);
    // A movement leaves the shelf.
    void forget(const Movement& movement);
    // Places the body without a transition.
    void place(Stance stance, float heading);

    [[nodiscard]] Stance stance() const { return stance_; }
    [[nodiscard]] bool is_turned() const;
    [[nodiscard]] const std::string& held() const { return held_; }
    void set_held(std::string item) { held_ = std::move(item); }
    [[nodiscard]] bool rests() const;  // nothing but an idle loop below
    [[nodiscard]] bool has_activity_clip() const { return over_ != nullptr; }

private:
    struct Goal {
        const Movement* movement = nullptr;  // null: only the stance counts
        Stance stance = Stance::standing;
        PlayOptions options;
        DirectiveId id = 0;
        bool began = false;
    };
    [[nodiscard]] bool bound() const;  // in the middle of a transition
    [[nodiscard]] bool reachable(Stance stance) const;
    void set_goal(const Goal& goal);
    void advance_goal();
    void finish_transition();
    void start(const Movement& movement, PlayOptions options);
    void rest_on(const Mind& mind, Chance& chance);
    void follow_activity(const Mind& mind, Chance& chance);

    ClipShelf* shelf_;
    Player* player_;
    Movement rest_;  // the loop of those who have none
    Stance stance_ = Stance::standing;
    std::string held_;
    std::optional<Goal> goal_;
    const Movement* moving_ = nullptr;     // a transition or a turn that has to finish,
    Stance moving_to_ = Stance::standing;  // and where it leads
    bool stopping_ = false;
    bool was_still_ = false;
    float another_in_ = 12;  // seconds until another idle
    const Movement* over_ = nullptr;
    Activity over_for_ = Activity::idle;
    float over_in_ = 0;
    DirectiveId replaced_ = 0;
    DirectiveId started_ = 0;
    DirectiveId lost_ = 0;
    DirectiveId reached_ = 0;
};

}  // namespace body
