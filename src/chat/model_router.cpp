#include "chat/model_router.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace chat {
namespace {

// Of one reply against all before it: short ones are noisy.
constexpr double kNewestWeight = 0.3;

}  // namespace

void ModelRouter::put(ModelRoute route) {
    const auto same = std::ranges::find_if(
        routes_, [&](const auto& r) { return r.profile.id == route.profile.id; });
    if (same != routes_.end()) {
        *same = std::move(route);
    } else {
        routes_.push_back(std::move(route));
    }
}

void ModelRouter::remove(const std::string& id) {
    std::erase_if(routes_, [&](const auto& r) { return r.profile.id == id; });
}

void ModelRouter::set_absence(base::Error reason, std::optional<protocol::Action> action) {
    absence_ = std::move(reason);
    absence_action_ = std::move(action);
}

void ModelRouter::note_speed(const std::string& id, double tokens_per_s) {
    const auto [known, is_new] = speeds_.try_emplace(id, tokens_per_s);
    if (!is_new) known->second += kNewestWeight * (tokens_per_s - known->second);
}

const ModelRoute* ModelRouter::find(const std::string& id) const {
    for (const auto& route : routes_) {
        if (route.profile.id == id) return &route;
    }
    for (const auto& route : routes_) {
        if (route.profile.model == id) return &route;
    }
    return nullptr;
}

base::Result<ModelRoute> ModelRouter::choose(const std::string& wish) const {
    if (routes_.empty()) return base::fail(absence_);
    const ModelRoute* route = find(wish.empty() ? default_id_ : wish);
    if (route == nullptr && !wish.empty()) {
        return base::fail(base::ErrorCode::not_found,
                          fmt::format("no provider serves the model \"{}\"", wish),
                          "choose one on the page Models");
    }
    if (route == nullptr) route = &routes_.front();
    if (privacy_ == Privacy::local_only && route->profile.place != ports::LlmPlace::here) {
        const bool cloud = route->profile.place == ports::LlmPlace::cloud;
        return base::fail(
            base::ErrorCode::forbidden,
            fmt::format("{} computes {}, and llm.privacy is local_only", route->profile.label,
                        cloud ? "in the cloud" : "on another machine"),
            "choose a model of this machine or change the setting");
    }
    return *route;
}

protocol::Place to_protocol(ports::LlmPlace place) {
    switch (place) {
        case ports::LlmPlace::here:
            return protocol::Place::here;
        case ports::LlmPlace::local_network:
            return protocol::Place::local_network;
        case ports::LlmPlace::cloud:
            return protocol::Place::cloud;
    }
    return protocol::Place::here;
}

}  // namespace chat
