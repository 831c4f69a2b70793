// ChatResponder: answers what was said aloud by the conversation itself, as any typed message: it
// is accepted, stored and answered by chat::Inbox (reflexes first), and its deltas are spoken. When
// the person interrupts, the reply stops and history keeps what was heard. Owned by one voice
// socket; io thread only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/app/app_api.hpp"
#include "voice/responder.hpp"

namespace app {

class ChatResponder final : public voice::Responder {
public:
    // Where an answer takes place.
    struct Place {
        base::SessionId session;
        base::TurnId turn;
    };
    // Told when the session that the next words go to has changed.
    using Moved = std::function<void()>;

    ChatResponder(AppContext& context, Moved moved) : context_(context), moved_(std::move(moved)) {}

    // Empty: the next words begin a new conversation.
    void go_to(std::optional<base::SessionId> session) { session_ = std::move(session); }
    [[nodiscard]] const std::optional<base::SessionId>& session() const { return session_; }
    // Of a response under way or just over; null before it is accepted.
    [[nodiscard]] const Place* place(voice::ResponseId response) const;

    [[nodiscard]] async::Task<void> prepare(voice::Question partial, std::stop_token stop) override;
    [[nodiscard]] async::Task<base::Result<void>> answer(voice::Question question,
                                                         voice::ReplySink& sink,
                                                         std::stop_token stop) override;
    [[nodiscard]] async::Task<void> ended(voice::Ending ending) override;

private:
    struct Feed;
    [[nodiscard]] async::Task<base::Result<chat::Incoming>> place_words(std::string text);
    [[nodiscard]] std::shared_ptr<Feed> follow(const base::SessionId& session);
    [[nodiscard]] async::Task<base::Result<void>> speak(std::shared_ptr<Feed> feed,
                                                        voice::ResponseId response,
                                                        voice::ReplySink& sink);
    [[nodiscard]] bool is_stop_phrase(const std::string& text) const;

    AppContext& context_;
    Moved moved_;
    std::optional<base::SessionId> session_;
    struct Answer {
        Place place;
        base::MessageId reply;  // as stored; empty: none was
    };
    std::map<voice::ResponseId, Answer> answers_;
};

}  // namespace app
