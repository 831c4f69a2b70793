// Turn: what moves the body: orders in free text, and the stage directions of a reply.
#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"
#include "chat/body_orders.hpp"
#include "chat/command.hpp"
#include "chat/turn.hpp"

namespace chat {

bool Turn::try_order() {
    const auto wanted = do_argument(job_.message.content);
    if (!wanted && !may_be_order(services_, job_.turn.model, job_.message.content)) return false;
    auto answer = wanted ? answer_order(services_.body, *wanted)
                         : answer_free_order(services_.body, job_.message.content);
    if (!answer) return false;
    const bool capable = route_ && route_->profile.grade == ModelGrade::capable;
    // A capable model knows more than rules do.
    if (!answer->understood && capable && services_.body.has_stage()) return false;
    detail_.source = protocol::ReplySource::reflex;
    detail_.place = protocol::Place::here;
    detail_.provider = "reflex";
    detail_.model = "body";
    detail_.total_ms = since_start_ms();
    say_authored(answer->text);
    for (auto& directive : body_.in_turn(answer->directives, protocol::BodySource::person)) {
        publish(std::move(directive));
    }
    state_ = protocol::TurnState::done;
    return true;
}

void Turn::say_authored(std::string_view text) {
    std::string piece = body_.feed(text);
    piece += body_.finish();
    text_ = base::trim(piece);
    detail_.directions = body_.kept(text_);
    show(text_, protocol::BodySource::reflex);
}

void Turn::show(std::string piece, protocol::BodySource source) {
    if (!piece.empty()) {
        publish(
            protocol::ReplyDelta{job_.message.session.str(), job_.turn.id.str(), std::move(piece)});
    }
    for (auto& directive : body_.take(source)) publish(std::move(directive));
}

void Turn::show_feelings(body::text::Growth growth) {
    for (auto& directive : body_.feelings(text_, growth)) publish(std::move(directive));
}

void Turn::show_tail() {
    std::string tail = body_.finish();
    if (cut_by_us_) tail.clear();
    text_ += tail;
    while (!text_.empty() && (text_.back() == ' ' || text_.back() == '\n')) text_.pop_back();
    show(std::move(tail), protocol::BodySource::reply);
    show_feelings(body::text::Growth::over);
    detail_.directions = body_.kept(text_);
    if (!text_.empty() || !detail_.directions || detail_.directions->empty()) return;
    // Nothing but a gesture: what can be read says so.
    const std::string& gesture = detail_.directions->front().text;
    const std::size_t end = gesture.find(']');
    show(text_ = "*" + gesture.substr(1, end - 1) + "*", protocol::BodySource::reply);
}

}  // namespace chat
