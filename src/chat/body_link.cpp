#include "chat/body_link.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "chat/prompt.hpp"
#include "json/describe.hpp"

namespace chat {
namespace {

namespace bt = body::text;

constexpr std::chrono::milliseconds kPatience{2000};
constexpr std::size_t kMaxSent = 256;
constexpr std::size_t kMaxNames = 200;
constexpr std::size_t kMaxNameBytes = 40;
constexpr int kMaxVocabularyTokens = 150;
// Names that are no gestures: they run by themselves.
constexpr std::array<std::string_view, 1> kNoGestures = {"idle"};

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= kMaxNameBytes && std::ranges::all_of(name, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == ' ' || c == '.';
    });
}

std::vector<std::string> checked(std::vector<std::string> names) {
    std::erase_if(names, [](const auto& name) { return !is_name(name); });
    if (names.size() > kMaxNames) names.resize(kMaxNames);
    return names;
}

std::string in_words(std::string name) {
    std::ranges::replace(name, '_', ' ');
    std::ranges::replace(name, '-', ' ');
    return name;
}

// Whether the book already has words for this action.
bool has_words(const BodyBook& book, const std::string& action) {
    for (const auto& language : book.phrases().languages) {
        for (const auto& head : language.heads) {
            if (head.directive.action && head.directive.action->name == action) return true;
        }
    }
    return false;
}

// Clips that the character brought along are called by their names.
BodyFile words_for(const std::vector<std::string>& actions) {
    json::Array heads;
    for (const auto& action : actions) {
        const std::string words = in_words(action);
        json::Object head;
        head["label"] = words;
        head["do"] = action;
        head["also"] = json::Array{json::Value(words)};
        heads.push_back(std::move(head));
    }
    json::Object file;
    file["language"] = "en";
    file["heads"] = std::move(heads);
    return {"the clips of the character", json::write(file)};
}

std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string vocabulary_of(const std::vector<std::string>& actions,
                          const std::vector<std::string>& expressions) {
    return fmt::format(
        "You have a body that people see. Where it fits, write one direction in square brackets "
        "right before the words it goes with, such as [{}] or [{} 0.6]; most sentences need none. "
        "Movements: {}. Looks: {}. Eyes: look at user, look away. What begins with /do asks you to "
        "move.",
        actions.empty() ? "smile" : actions.front(),
        expressions.empty() ? "happy" : expressions.front(), list_of(actions),
        list_of(expressions));
}

}  // namespace

BodyLink::BodyLink(async::Executor executor, async::Clock& clock, EventHub& hub,
                   ports::Store& store)
    : executor_(executor),
      clock_(clock),
      hub_(hub),
      states_(std::move(executor), clock, store,
              [this](const base::SessionId& session, const protocol::BodyState& state) {
                  hub_.publish({}, session, protocol::BodyStateChanged{session.str(), state});
              }) {
    files_ = built_in_body_files();
    rebuild();
}

void BodyLink::use_folder(std::filesystem::path folder) {
    folder_ = std::move(folder);
    fingerprint_ = body_folder_fingerprint(folder_);
    read_folder();
}

void BodyLink::refresh() {
    if (folder_.empty()) return;
    std::string now = body_folder_fingerprint(folder_);
    if (now == fingerprint_) return;
    fingerprint_ = std::move(now);
    read_folder();
}

void BodyLink::read_folder() {
    auto own = read_body_folder(folder_);
    for (const auto& fault : own.faults) {
        LOG_WARN("body", "words for the body are left out", {"reason", fault.text()});
    }
    files_ = built_in_body_files();
    std::ranges::move(own.files, std::back_inserter(files_));
    rebuild();
}

void BodyLink::rebuild() {
    auto plain = BodyBook::parse(files_);
    if (!plain) {
        LOG_ERROR("body", "the words for the body are broken", {"reason", plain.error().text()});
        if (!book_) book_ = std::make_shared<const BodyBook>(std::move(*BodyBook::parse({})));
        return;
    }
    std::vector<std::string> own;
    for (const auto& action : known_actions_) {
        if (!has_words(*plain, action)) own.push_back(action);
    }
    if (!own.empty()) {
        auto files = files_;
        files.push_back(words_for(own));
        auto more = BodyBook::parse(files);
        if (more) plain = std::move(more);
    }
    book_ = std::make_shared<const BodyBook>(std::move(*plain));
    if (shown_once_) describe();
}

void BodyLink::describe() {
    // A model is told what the words of the book lead to; a clip such as talk_2 is none of it.
    std::vector<std::string> actions;
    std::vector<std::string> expressions;
    for (const auto& name : known_actions_) {
        const bool gesture = std::ranges::find(kNoGestures, name) == kNoGestures.end() &&
                             name.find_first_of("0123456789") == std::string::npos;
        const auto read = book_->reader().read_direction(name);
        if (gesture && read && read->action) actions.push_back(in_words(name));
    }
    for (const auto& name : known_expressions_) {
        const auto read = book_->reader().read_direction(name);
        if (read && read->expression && read->expression->name == name) expressions.push_back(name);
    }
    std::string text = vocabulary_of(actions, expressions);
    while (estimate_tokens(text) > kMaxVocabularyTokens && actions.size() > 1) {
        actions.pop_back();
        text = vocabulary_of(actions, expressions);
    }
    vocabulary_ = std::move(text);
}

void BodyLink::put_stage(const std::string& socket, protocol::BodyStage stage) {
    stage.actions = checked(std::move(stage.actions));
    stage.expressions = checked(std::move(stage.expressions));
    if (stage.actions.empty() && stage.expressions.empty()) {
        remove_stage(socket);
        return;
    }
    known_actions_ = stage.actions;
    known_expressions_ = stage.expressions;
    shown_once_ = true;
    rebuild();
    LOG_INFO("body", "a stage is there", {"socket", socket}, {"actions", stage.actions.size()},
             {"expressions", stage.expressions.size()});
    stages_[socket] = std::move(stage);
}

void BodyLink::remove_stage(const std::string& socket) {
    stages_.erase(socket);
    if (!stages_.empty()) return;
    states_.all_finished();
    moving_.clear();
}

std::vector<std::string> BodyLink::actions() const {
    return stages_.empty() ? std::vector<std::string>{} : known_actions_;
}

std::optional<std::string> BodyLink::lacking(const bt::Directive& directive) const {
    if (stages_.empty()) return std::nullopt;
    const auto known = [](const std::vector<std::string>& names, const std::string& name) {
        return std::ranges::find(names, name) != names.end();
    };
    const bool can_act = !directive.action || directive.action->name == "idle" ||
                         std::ranges::any_of(stages_, [&](const auto& item) {
                             return known(item.second.actions, directive.action->name);
                         });
    if (!can_act) return in_words(directive.action->name);
    const bool can_look = !directive.expression || directive.expression->name == "neutral" ||
                          std::ranges::any_of(stages_, [&](const auto& item) {
                              return known(item.second.expressions, directive.expression->name);
                          });
    if (!can_look) return directive.expression->name;
    return std::nullopt;
}

protocol::BodyDirective BodyLink::prepare(const base::SessionId& session,
                                          protocol::BodyDirective directive) {
    directive.id = ++last_id_;
    if (!session.empty()) directive.session_id = session.str();
    Sent sent{session, directive.action ? directive.action->name : "", "", 0};
    // What the words felt like has moved the mood already (feel).
    if (directive.expression && directive.source != protocol::BodySource::emotion) {
        sent.expression = directive.expression->name;
        sent.intensity = directive.expression->intensity;
    }
    sent_[directive.id] = std::move(sent);
    while (sent_.size() > kMaxSent) sent_.erase(sent_.begin());
    return directive;
}

long long BodyLink::publish(const base::PersonId& person, const base::SessionId& session,
                            protocol::BodyDirective directive) {
    directive = prepare(session, std::move(directive));
    hub_.publish(person, session, std::move(directive));
    return last_id_;
}

async::Task<void> BodyLink::watch_time(async::Clock& clock, std::shared_ptr<Waiting> waiting) {
    auto sleeping = clock.sleep_for(kPatience, waiting->over.get_token());
    const bool over = co_await std::move(sleeping);
    if (over) waiting->answered.set();
}

async::Task<base::Result<Acknowledged>> BodyLink::perform(base::PersonId person,
                                                          base::SessionId session,
                                                          protocol::BodyDirective directive) {
    if (!has_stage()) {
        co_return base::fail(base::ErrorCode::conflict, "no page shows the character",
                             "open the page of this companion");
    }
    auto waiting = std::make_shared<Waiting>();
    // Before it is sent: a stage may answer at once.
    waiting_[last_id_ + 1] = waiting;
    const long long id = publish(person, session, std::move(directive));
    async::spawn_detached(executor_, "body directive", watch_time(clock_, waiting));
    const bool woken = co_await waiting->answered.wait();
    waiting->over.request_stop();
    waiting_.erase(id);
    if (waiting->tick) co_return Acknowledged{id, *waiting->tick};
    if (woken && !waiting->reason.empty()) {
        co_return base::fail(base::ErrorCode::unsupported, "the body refused: " + waiting->reason);
    }
    co_return base::fail(base::ErrorCode::timeout, "no stage has acknowledged it in time",
                         "is the page in the background?");
}

void BodyLink::tell_files_changed() {
    hub_.publish({}, {}, protocol::StageChanged{});
}

void BodyLink::acknowledge(const std::string& socket, const protocol::BodyAck& ack) {
    if (!stages_.contains(socket)) return;
    const auto waiting = waiting_.find(ack.id);
    if (waiting != waiting_.end()) {
        Waiting& one = *waiting->second;
        if (!ack.reason) {
            one.tick = ack.tick.value_or(0);
            one.answered.set();
        } else {
            one.reason = *ack.reason;
            // Another page may show another character that can.
            if (++one.refusals >= stages_.size()) one.answered.set();
        }
    }
    if (ack.finished.value_or(false)) {
        const auto moving = moving_.find(ack.id);
        if (moving == moving_.end()) return;
        states_.finished(moving->second, ack.id);
        moving_.erase(moving);
        return;
    }
    const auto sent = sent_.find(ack.id);
    if (sent == sent_.end() || ack.reason) return;
    const Sent done = std::move(sent->second);
    sent_.erase(sent);
    states_.took_effect(done.session, {ack.id, done.action, done.expression, done.intensity,
                                       ack.pose.value_or("")});
    if (!done.action.empty()) moving_[ack.id] = done.session;
    while (moving_.size() > kMaxSent) moving_.erase(moving_.begin());
}

void BodyLink::forget(const base::SessionId& session) {
    states_.forget(session);
    std::erase_if(sent_, [&](const auto& item) { return item.second.session == session; });
    std::erase_if(moving_, [&](const auto& item) { return item.second == session; });
}

protocol::BodyDirective to_wire(const bt::Directive& directive, protocol::BodySource source) {
    protocol::BodyDirective out;
    out.source = source;
    if (directive.action) {
        const auto& action = *directive.action;
        protocol::BodyParams params;
        if (action.speed != 1) params.speed = action.speed;
        if (action.amount != 1) params.amount = action.amount;
        if (action.times > 0) params.times = action.times;
        if (!action.direction.empty()) params.direction = action.direction;
        out.action = protocol::BodyAction{action.name, {}, {}};
        if (params.speed || params.amount || params.times || params.direction) {
            out.action->params = std::move(params);
        }
        if (action.loop) out.action->loop = true;
    }
    if (directive.expression) {
        out.expression = protocol::BodyExpression{
            directive.expression->name, directive.expression->intensity, directive.expression->ms};
    }
    if (directive.gaze == "left" || directive.gaze == "right" || directive.gaze == "up" ||
        directive.gaze == "down") {
        // A point two metres before a figure of ordinary height; left is +X.
        const double side = directive.gaze == "left" ? 1.2 : directive.gaze == "right" ? -1.2 : 0;
        const double rise = directive.gaze == "up" ? 1.0 : directive.gaze == "down" ? -1.0 : 0;
        out.gaze = protocol::BodyGaze{"point", side, 1.3 + rise, 2.0};
    } else if (!directive.gaze.empty()) {
        out.gaze = protocol::BodyGaze{directive.gaze, {}, {}, {}};
    }
    if (!directive.camera.empty()) out.camera = directive.camera;
    if (!directive.background.empty()) out.background = directive.background;
    return out;
}

}  // namespace chat
