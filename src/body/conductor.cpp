#include "body/conductor.hpp"

#include <algorithm>

#include "body/trig.hpp"

namespace body {
namespace {

constexpr float kFade = .3F;
constexpr float kIdleFade = .8F;
constexpr float kLoopSeconds = 5;  // of a loop that nobody said how long to do

struct StanceWord {
    std::string_view name;
    Stance stance;
};
constexpr StanceWord kStanceWords[] = {
    {"stand", Stance::standing},   {"stand_up", Stance::standing}, {"sit", Stance::sitting},
    {"sit_down", Stance::sitting}, {"kneel", Stance::kneeling},    {"kneel_down", Stance::kneeling},
    {"lie", Stance::lying},        {"lie_down", Stance::lying},
};

std::optional<Stance> stance_meant(std::string_view name) {
    for (const StanceWord& word : kStanceWords) {
        if (word.name == name) return word.stance;
    }
    return std::nullopt;
}

std::expected<PlayOptions, std::string> options_of(const Action& action) {
    PlayOptions options;
    options.loop = action.loop;
    for (const Param& param : action.params) {
        const bool is_side = param.name == "hand" || param.name == "direction";
        if (is_side) {
            options.mirror = param.text == "left";
            continue;
        }
        if (!param.text.empty()) continue;
        if (!(param.number > -1e6F && param.number < 1e6F)) {
            return std::unexpected("the parameter \"" + param.name + "\" is no number");
        }
        if (param.name == "speed") options.speed = clamped(param.number, .25F, 3);
        if (param.name == "intensity" || param.name == "amount")
            options.intensity = clamped(param.number, .1F, 1);
        if (param.name == "repeat" || param.name == "times")
            options.repeat = static_cast<int>(clamped(param.number, 1, 20));
        if (param.name == "seconds") options.seconds = clamped(param.number, .2F, 3600);
    }
    return options;
}

}  // namespace

std::expected<Plan, std::string> Conductor::plan(const Action& action) const {
    auto options = options_of(action);
    if (!options) return std::unexpected(options.error());
    Plan plan;
    plan.options = *options;
    if (action.name == "idle" || action.name == "stop") return plan;
    if (action.name == "put_down" || action.name == "drop") {
        if (held_.empty()) return std::unexpected("there is nothing in hand to put down");
        plan.kind = Plan::Kind::drop;
        return plan;
    }
    if (action.name == "hold") {
        for (const Param& param : action.params) {
            if (param.name == "item") plan.item = param.text;
        }
        if (plan.item.empty() || plan.item.size() > 48)
            return std::unexpected("hold needs an `item` of at most 48 letters");
        plan.kind = Plan::Kind::hold;
        return plan;
    }
    const Movement* movement = shelf_->find(action.name, stance_);
    const auto meant = stance_meant(action.name);
    const bool only_stance = meant && (movement == nullptr || movement->clip.is_transition());
    if (only_stance || (movement != nullptr && movement->clip.is_transition())) {
        plan.kind = Plan::Kind::stance;
        plan.stance = only_stance ? *meant : movement->clip.ends_in;
        plan.movement = movement;
        if (!reachable(plan.stance)) {
            return std::unexpected("no movement leads from " + std::string(stance_name(stance_)) +
                                   " to " + std::string(stance_name(plan.stance)));
        }
        return plan;
    }
    if (movement == nullptr) {
        const std::string known = shelf_->nearest(action.name);
        return std::unexpected("no movement is called \"" + action.name.substr(0, 64) + "\"" +
                               (known.empty() ? "" : "; nearest: " + known));
    }
    plan.movement = movement;
    const Clip& clip = movement->clip;
    const bool laid_over =
        clip.upper_body || clip.additive || (movement->above_hips && clip.starts_in != stance_);
    plan.kind = laid_over ? Plan::Kind::overlay : Plan::Kind::whole;
    plan.stance = clip.starts_in;
    if (clip.loop && !action.loop && plan.options.seconds <= 0) {
        const float once = clip.duration * static_cast<float>(plan.options.repeat);
        plan.options.seconds = plan.options.repeat > 1 ? once : std::max(once, kLoopSeconds);
    }
    if (plan.kind == Plan::Kind::whole && !reachable(plan.stance)) {
        return std::unexpected("\"" + clip.name + "\" begins " +
                               std::string(stance_name(plan.stance)) +
                               ", and no movement leads there");
    }
    return plan;
}

bool Conductor::reachable(Stance stance) const {
    const Stance from = moving_ != nullptr ? moving_to_ : stance_;
    return stance == from || shelf_->first_step(from, stance).movement != nullptr;
}

void Conductor::set_goal(const Goal& goal) {
    if (goal_ && !goal_->began) replaced_ = goal_->id;
    goal_ = goal;
}

bool Conductor::begin(const Plan& plan, DirectiveId id) {
    PlayOptions options = plan.options;
    options.owner = id;
    switch (plan.kind) {
        case Plan::Kind::hold:
            held_ = plan.item;
            return true;
        case Plan::Kind::drop:
            held_.clear();
            return true;
        case Plan::Kind::stop:
            player_->stop_overlays();
            if (goal_ && !goal_->began) replaced_ = goal_->id;
            goal_.reset();
            stopping_ = true;
            return true;
        case Plan::Kind::overlay:
            if (!plan.movement->clip.additive) player_->stop_overlays();
            player_->start_overlay(*plan.movement, options);
            over_ = nullptr;
            return true;
        case Plan::Kind::whole:
        case Plan::Kind::stance:
            break;
    }
    const bool only_stance = plan.kind == Plan::Kind::stance;
    stopping_ = false;
    set_goal({.movement = only_stance ? nullptr : plan.movement,
              .stance = plan.stance,
              .options = options,
              .id = id});
    advance_goal();
    if (started_ == id) started_ = 0;
    return !goal_ || goal_->began;
}

bool Conductor::bound() const {
    return moving_ != nullptr;
}

void Conductor::start(const Movement& movement, PlayOptions options) {
    player_->start_base(movement, options);
    moving_ = movement.clip.is_transition() || movement.turned != 0 ? &movement : nullptr;
    moving_to_ = options.backwards ? movement.clip.starts_in : movement.clip.ends_in;
    if (moving_ != nullptr) player_->stop_overlays(options.fade);
}

void Conductor::advance_goal() {
    if (!goal_ || bound()) return;
    if (goal_->stance == stance_) {
        if (!goal_->began) started_ = goal_->id;
        if (goal_->movement != nullptr) {
            if (!goal_->movement->clip.additive) player_->stop_overlays();
            start(*goal_->movement, goal_->options);
        } else if (!goal_->began) {
            reached_ = goal_->id;  // it was there already
        }
        goal_.reset();
        return;
    }
    const Step step = shelf_->first_step(stance_, goal_->stance);
    if (step.movement == nullptr) {
        lost_ = goal_->id;
        goal_.reset();
        return;
    }
    if (!goal_->began) started_ = goal_->id;
    goal_->began = true;
    PlayOptions options;
    options.speed = goal_->options.speed;
    options.backwards = step.backwards;
    const bool last = goal_->movement == nullptr && step.to() == goal_->stance;
    if (last) options.owner = goal_->id;
    start(*step.movement, options);
    if (last) goal_.reset();
}

void Conductor::finish_transition() {
    if (moving_ == nullptr) return;
    if (player_->base() == moving_ && player_->base_left() > kFade) return;
    stance_ = moving_to_;
    if (moving_->turned != 0) {
        float heading = player_->heading() + moving_->turned;
        if (heading > kPi) heading -= 2 * kPi;
        if (heading < -kPi) heading += 2 * kPi;
        if (heading > -1e-3F && heading < 1e-3F) heading = 0;  // all the way round
        player_->set_heading(heading);
    }
    moving_ = nullptr;
}

void Conductor::rest_on(const Mind& mind, Chance& chance) {
    if (bound()) return;
    const Movement* base = player_->base();
    const bool idles = rests();
    another_in_ -= kTickSeconds;
    const bool over = base != nullptr && player_->base_left() <= kFade;
    // Who is to hold still does so at the beginning of the first idle.
    const bool calm = mind.still && !was_still_ && idles;
    was_still_ = mind.still;
    const bool stop = (stopping_ && !idles) || calm;
    const bool varies = idles && !mind.still && another_in_ <= 0 && mind.activity == Activity::idle;
    const bool wrong =
        idles && base != nullptr && base != &rest_ && base->clip.starts_in != stance_;
    if (base != nullptr && !over && !stop && !varies && !wrong) return;
    stopping_ = false;
    another_in_ = chance.between(9, 22);
    const Movement* next =
        shelf_->idle(stance_, mind.still ? nullptr : &chance, mind.still ? nullptr : base);
    if (next == nullptr) {
        // Who sits without a loop for it stays as the last movement left the body.
        if (stance_ != Stance::standing && base != nullptr) return;
        next = &rest_;
    }
    if (next == base && !calm) return;
    PlayOptions options;
    options.fade = base == nullptr ? 0 : (varies ? kIdleFade : kFade);
    start(*next, options);
}

void Conductor::follow_activity(const Mind& mind, Chance& chance) {
    const bool talks = mind.speaking || mind.activity == Activity::speaking;
    const Activity wanted = talks ? Activity::speaking : mind.activity;
    const bool may = !mind.still && rests() && !bound() && !player_->directed_overlay();
    if (over_ != nullptr && (!may || wanted != over_for_)) {
        player_->stop_overlay(*over_);
        over_ = nullptr;
    }
    if (wanted != over_for_) over_in_ = wanted == Activity::thinking ? .5F : .15F;
    over_for_ = wanted;
    if (!may) return;
    std::string_view prefix;
    if (wanted == Activity::speaking) prefix = "talk";
    if (wanted == Activity::thinking) prefix = "think";
    if (wanted == Activity::listening) prefix = "listen";
    if (prefix.empty() || (over_ != nullptr && player_->plays(*over_))) return;
    over_in_ -= kTickSeconds;
    if (over_in_ > 0) return;
    over_ = shelf_->overlay(prefix, &chance);
    over_in_ = wanted == Activity::speaking ? chance.between(.3F, 2.2F) : chance.between(3, 7);
    if (over_ == nullptr) return;
    PlayOptions options;
    options.fade = .4F;
    player_->start_overlay(*over_, options);
}

void Conductor::step(const Mind& mind, Chance& chance) {
    if (rest_.clip.duration <= 0) {
        rest_.clip.name = "rest";
        rest_.clip.duration = 1;
        rest_.clip.loop = true;
        rest_.clip.left_foot = {.times = {0}, .planted = {1}};
        rest_.clip.right_foot = rest_.clip.left_foot;
    }
    finish_transition();
    advance_goal();
    rest_on(mind, chance);
    follow_activity(mind, chance);
}

void Conductor::forget(const Movement& movement) {
    if (goal_ && goal_->movement == &movement) {
        lost_ = goal_->id;
        goal_.reset();
    }
    if (moving_ == &movement) {
        stance_ = moving_to_;
        moving_ = nullptr;
    }
    if (over_ == &movement) over_ = nullptr;
    player_->stop_overlay(movement);
    if (player_->base() == &movement) player_->start_base(rest_, {});
}

void Conductor::place(Stance stance, float heading) {
    stance_ = stance;
    moving_ = nullptr;
    goal_.reset();
    player_->set_heading(heading);
    if (const Movement* idle = shelf_->idle(stance, nullptr, nullptr)) start(*idle, {.fade = 0});
}

bool Conductor::is_turned() const {
    return player_->heading() > kPi * .5F || player_->heading() < -kPi * .5F;
}

bool Conductor::rests() const {
    const Movement* base = player_->base();
    return base == nullptr || base == &rest_ || (base->clip.loop && player_->base_owner() == 0);
}

}  // namespace body
