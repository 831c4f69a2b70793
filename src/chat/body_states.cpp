#include "chat/body_states.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "base/log.hpp"
#include "json/describe.hpp"

namespace chat {

// What the store keeps; what ran when it was kept does so no more.
struct KeptStanding {
    std::string pose;
    double valence = 0;
    double arousal = 0;
    std::optional<long long> at_ms;
};
BOOST_DESCRIBE_STRUCT(KeptStanding, (), (pose, valence, arousal, at_ms))

namespace {

constexpr double kRestMs = 600'000;  // a mood has sunk to 37 % of itself after so long
constexpr double kMoodShare = 0.3;   // of a feeling that stays as mood

struct Pull {
    std::string_view look;
    Mood mood;
};
constexpr std::array<Pull, 8> kPulls = {{{"happy", {0.8, 0.6}},
                                         {"relaxed", {0.4, 0.1}},
                                         {"surprised", {0.1, 0.9}},
                                         {"sad", {-0.7, 0.2}},
                                         {"angry", {-0.8, 0.9}},
                                         {"disgust", {-0.6, 0.5}},
                                         {"fear", {-0.6, 0.8}},
                                         {"neutral", {0, 0.3}}}};
constexpr std::array<std::string_view, 5> kPoses = {"standing", "sitting", "kneeling", "lying",
                                                    "turned"};

std::string standing_key(const base::SessionId& session) {
    return "body." + session.str();
}

bool is_pose(std::string_view pose) {
    return std::ranges::find(kPoses, pose) != kPoses.end();
}

async::Task<void> keep_fact(ports::Store& store, std::string key, std::string value) {
    auto putting = store.put_fact(std::move(key), std::move(value));
    const auto put = co_await std::move(putting);
    if (!put) {
        LOG_WARN("body", "how the character stands is not kept", {"reason", put.error().message});
    }
}

}  // namespace

Mood rested(Mood mood, long long passed_ms) {
    // The wall clock may jump back.
    const double left = std::exp(-static_cast<double>(std::max(0LL, passed_ms)) / kRestMs);
    const Mood rest;
    return {rest.valence + (mood.valence - rest.valence) * left,
            rest.arousal + (mood.arousal - rest.arousal) * left};
}

Mood moved(Mood mood, std::string_view look, double intensity) {
    const auto pull = std::ranges::find(kPulls, look, &Pull::look);
    if (pull == kPulls.end()) return mood;
    const double share = kMoodShare * std::clamp(intensity, 0.0, 1.0);
    return {mood.valence + (pull->mood.valence - mood.valence) * share,
            mood.arousal + (pull->mood.arousal - mood.arousal) * share};
}

BodyStates::BodyStates(async::Executor executor, async::Clock& clock, ports::Store& store,
                       Told told)
    : executor_(std::move(executor)), clock_(clock), store_(store), told_(std::move(told)) {}

Mood BodyStates::mood_now(const Standing& standing) const {
    return rested(standing.mood, clock_.wall_ms() - standing.at_ms);
}

protocol::BodyState BodyStates::wire(const Standing& standing) const {
    const Mood mood = mood_now(standing);
    return {standing.pose, standing.activity, mood.valence, mood.arousal};
}

async::Task<void> BodyStates::load(base::SessionId session) {
    if (states_.contains(session)) co_return;
    Standing standing;
    standing.at_ms = clock_.wall_ms();
    auto reading = store_.get_fact(standing_key(session));
    const auto kept = co_await std::move(reading);
    if (kept && *kept && !(*kept)->empty()) {
        const auto value = json::parse(**kept);
        const auto read = value ? json::to<KeptStanding>(*value)
                                : base::Result<KeptStanding>(base::fail(value.error()));
        if (read) {
            if (is_pose(read->pose)) standing.pose = read->pose;
            standing.mood = {std::clamp(read->valence, -1.0, 1.0),
                             std::clamp(read->arousal, 0.0, 1.0)};
            standing.at_ms = read->at_ms.value_or(standing.at_ms);
        } else {
            LOG_WARN("body", "how the character stood cannot be read",
                     {"reason", read.error().text()});
        }
    }
    // Whoever loaded it meanwhile was first.
    states_.try_emplace(std::move(session), std::move(standing));
}

async::Task<void> BodyStates::carry_out(base::SessionId session, Change make) {
    auto loading = load(session);
    co_await std::move(loading);
    Standing& standing = states_[session];
    standing.mood = mood_now(standing);
    standing.at_ms = clock_.wall_ms();
    make(standing);
    const KeptStanding kept{standing.pose, standing.mood.valence, standing.mood.arousal,
                            standing.at_ms};
    told_(session, wire(standing));
    auto keeping = keep_fact(store_, standing_key(session), json::write(json::from(kept)));
    co_await std::move(keeping);
}

void BodyStates::change(const base::SessionId& session, Change make) {
    if (session.empty()) return;
    async::spawn_detached(executor_, "body state", carry_out(session, std::move(make)));
}

void BodyStates::took_effect(const base::SessionId& session, Effect effect) {
    const bool moves = !effect.action.empty() || !effect.pose.empty() || !effect.look.empty();
    if (!moves) return;
    change(session, [effect = std::move(effect)](Standing& standing) {
        if (!effect.action.empty()) {
            standing.activity = effect.action == "idle" ? "" : effect.action;
            standing.running = effect.id;
        }
        if (is_pose(effect.pose)) standing.pose = effect.pose;
        if (!effect.look.empty()) {
            standing.mood = moved(standing.mood, effect.look, effect.intensity);
        }
    });
}

void BodyStates::finished(const base::SessionId& session, long long id) {
    const auto found = states_.find(session);
    if (found == states_.end() || found->second.running != id) return;
    change(session, [id](Standing& standing) {
        if (standing.running == id) standing.activity.clear();
    });
}

void BodyStates::all_finished() {
    for (auto& [session, standing] : states_) standing.activity.clear();
}

void BodyStates::feel(const base::SessionId& session, std::string look, double intensity) {
    change(session, [look = std::move(look), intensity](Standing& standing) {
        standing.mood = moved(standing.mood, look, intensity);
    });
}

async::Task<protocol::BodyState> BodyStates::now(base::SessionId session) {
    auto loading = load(session);
    co_await std::move(loading);
    co_return wire(states_[session]);
}

void BodyStates::forget(const base::SessionId& session) {
    states_.erase(session);
    async::spawn_detached(executor_, "body state", keep_fact(store_, standing_key(session), ""));
}

}  // namespace chat
