// The body over REST: what it can do, and orders to it.
#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/core.h>

#include "api/app/rows.hpp"
#include "chat/body_orders.hpp"

namespace app {
namespace {

constexpr std::size_t kMaxOrderBytes = 2000;

// The clips of the shown character; what the words of the book lead to when none is shown.
std::vector<std::string> clip_names(const chat::BodyLink& body) {
    std::vector<std::string> names = body.actions();
    if (!names.empty()) return names;
    for (const auto& language : body.book()->phrases().languages) {
        for (const auto& head : language.heads) {
            const auto& action = head.directive.action;
            const bool fresh = action && action->name != "idle" &&
                               std::ranges::find(names, action->name) == names.end();
            if (fresh) names.push_back(action->name);
        }
    }
    return names;
}

Giving<AnimationList> list_animations(AppContext& context, RequestPtr) {
    AnimationList list;
    for (auto& name : clip_names(context.chat.body)) {
        const auto& clips = context.assets.built_in_clips();
        const auto clip = clips.find(name);
        std::optional<double> seconds;
        if (clip != clips.end()) seconds = clip->second;
        list.animations.push_back({std::move(name), "character", true, seconds, {}});
    }
    for (auto& file : context.assets.list(AssetKind::animations)) {
        const auto seconds = context.assets.seconds(file);
        list.animations.push_back({std::move(file.name), "file", false, seconds, file.bytes});
    }
    co_return list;
}

Giving<BodyTold> play(AppContext& context, RequestPtr request) {
    protocol::BodyDirective directive;
    directive.source = protocol::BodySource::rest;
    directive.action = protocol::BodyAction{request->params["name"], {}, {}};
    const auto names = clip_names(context.chat.body);
    const std::string& wanted = directive.action->name;
    // A file that was put there a moment ago: the page that is asked for it learns it.
    const auto kept = context.assets.list(AssetKind::animations);
    const bool is_file = std::ranges::any_of(kept, [&](const AssetFile& file) {
        return std::filesystem::path(file.name).stem() == wanted;
    });
    if (!is_file && std::ranges::find(names, wanted) == names.end()) {
        co_return base::fail(base::ErrorCode::not_found, "there is no such animation",
                             "GET /api/animations names them");
    }
    auto performing = context.chat.body.perform(Auth::owner(), {}, std::move(directive));
    CO_TRY(done, co_await std::move(performing));
    co_return BodyTold{done.id, done.tick};
}

base::Result<protocol::BodyDirective> checked(BodyDirect wanted) {
    protocol::BodyDirective directive;
    directive.source = protocol::BodySource::rest;
    if (wanted.expression) {
        const auto& look = *wanted.expression;
        if (!(look.intensity >= 0 && look.intensity <= 1) || look.ms < 0) {
            return base::fail(base::ErrorCode::invalid_argument,
                              "`expression` has an intensity from 0 to 1 and ms from 0");
        }
    }
    const bool empty = !wanted.action && !wanted.expression && !wanted.gaze && !wanted.camera &&
                       !wanted.background;
    if (empty) {
        return base::fail(base::ErrorCode::invalid_argument, "the directive says nothing",
                          "give an action, expression, gaze, camera or background");
    }
    directive.action = std::move(wanted.action);
    directive.expression = std::move(wanted.expression);
    directive.gaze = std::move(wanted.gaze);
    directive.camera = std::move(wanted.camera);
    directive.background = std::move(wanted.background);
    directive.dialogue = std::move(wanted.dialogue);
    return directive;
}

Giving<BodyTold> direct(AppContext& context, RequestPtr, BodyDirect wanted) {
    const base::SessionId session(wanted.session_id.value_or(""));
    CO_TRY(directive, checked(std::move(wanted)));
    if (!session.empty()) {
        auto viewing = context.inbox.view(Auth::owner(), session);
        CO_TRY_DO(co_await std::move(viewing));
    }
    auto performing = context.chat.body.perform(Auth::owner(), session, std::move(directive));
    CO_TRY(done, co_await std::move(performing));
    co_return BodyTold{done.id, done.tick};
}

Giving<BodyAnswer> obey(AppContext& context, RequestPtr, BodyOrder order) {
    if (order.text.size() > kMaxOrderBytes) {
        co_return base::fail(base::ErrorCode::too_large,
                             fmt::format("an order has at most {} bytes", kMaxOrderBytes));
    }
    auto& body = context.chat.body;
    if (!body.has_stage()) {
        co_return base::fail(base::ErrorCode::conflict, "no page shows the character",
                             "open the page of this companion");
    }
    const auto answer = chat::answer_order(body, order.text);
    BodyAnswer out{answer->text, static_cast<int>(answer->directives.size()), answer->understood};
    std::optional<long long> moving;
    for (const auto& directive : answer->directives) {
        auto wire = chat::to_wire(directive, protocol::BodySource::person);
        const bool moves = wire.action.has_value();
        if (moves) wire.after = moving;
        const long long id = body.publish(Auth::owner(), {}, std::move(wire));
        if (moves) moving = id;
    }
    co_return out;
}

}  // namespace

void add_body_routes(Endpoints& rows, AppContext& context) {
    using enum base::ErrorCode;
    rows.push_back(endpoint<&list_animations>(
        {.method = "GET", .path = "/api/animations", .summary = "What the body can be told to do"},
        context));
    rows.push_back(endpoint<&play>({.method = "POST",
                                    .path = "/api/play/{name}",
                                    .summary = "Plays an animation; answers when a page does so",
                                    .errors = {conflict, timeout, unsupported}},
                                   context));
    rows.push_back(endpoint<&obey>({.method = "POST",
                                    .path = "/api/body/do",
                                    .summary = "An order in free text: \"sit down and smile\"",
                                    .errors = {conflict}},
                                   context));
    rows.push_back(endpoint<&direct>({.method = "POST",
                                      .path = "/api/body/direct",
                                      .summary = "A directive; answers with the tick of the body "
                                                 "at which it took effect",
                                      .errors = {conflict, timeout, unsupported}},
                                     context));
}

}  // namespace app
