#include "api/app/chat_responder.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "async/event.hpp"
#include "base/log.hpp"
#include "chat/reflex_arguments.hpp"
#include "protocol/codec.hpp"

namespace app {
namespace {

constexpr std::size_t kAnswersKept = 8;

}  // namespace

// The events of one conversation, from before its message was accepted.
struct ChatResponder::Feed {
    std::deque<std::shared_ptr<const chat::Published>> events;
    async::Event filled;
    std::shared_ptr<void> subscription;
    std::string turn;
};

const ChatResponder::Place* ChatResponder::place(voice::ResponseId response) const {
    const auto answer = answers_.find(response);
    return answer == answers_.end() ? nullptr : &answer->second.place;
}

bool ChatResponder::is_stop_phrase(const std::string& text) const {
    const std::string wording = chat::normalise_wording(text);
    return std::ranges::any_of(context_.chat.options.stop_phrases, [&](const auto& phrase) {
        return chat::normalise_wording(phrase) == wording;
    });
}

async::Task<base::Result<chat::Incoming>> ChatResponder::place_words(std::string text) {
    CO_TRY_DO(context_.intake.take_message(Auth::owner(), "voice"));
    chat::Incoming incoming;
    incoming.person = Auth::owner();
    incoming.session = session_;
    incoming.channel = "voice";
    incoming.text = std::move(text);
    incoming.options.spoken = true;
    incoming.options.request = base::RequestId::make();
    auto placing = context_.inbox.place(std::move(incoming));
    CO_TRY(placed, co_await std::move(placing));
    if (session_ != placed.session) {
        session_ = placed.session;
        moved_();
    }
    co_return placed;
}

std::shared_ptr<ChatResponder::Feed> ChatResponder::follow(const base::SessionId& session) {
    auto feed = std::make_shared<Feed>();
    feed->subscription =
        context_.chat.hub.subscribe([weak = std::weak_ptr(feed), session](const auto& published) {
            const auto here = weak.lock();
            if (!here || published->session != session) return;
            here->events.push_back(published);
            here->filled.set();
        });
    return feed;
}

async::Task<void> ChatResponder::prepare(voice::Question partial, std::stop_token stop) {
    if (is_stop_phrase(partial.text)) co_return;
    auto preparing = context_.inbox.prepare(
        Auth::owner(), session_, {std::move(partial.text), partial.revision != 0}, std::move(stop));
    co_await std::move(preparing);
}

async::Task<base::Result<void>> ChatResponder::answer(voice::Question question,
                                                      voice::ReplySink& sink,
                                                      std::stop_token stop) {
    // Whatever was spoken has stopped already.
    if (is_stop_phrase(question.text)) co_return base::Result<void>{};
    auto placing = place_words(question.text);
    CO_TRY(placed, co_await std::move(placing));
    const base::SessionId session = *placed.session;
    auto feed = follow(session);
    auto submitting = context_.inbox.submit(std::move(placed));
    CO_TRY(receipt, co_await std::move(submitting));
    if (receipt.stopped_reply) co_return base::Result<void>{};
    feed->turn = receipt.turn.id.str();
    while (answers_.size() >= kAnswersKept) answers_.erase(answers_.begin());
    answers_[question.response] = {{session, receipt.turn.id}, {}};
    // Stopping the turn brings its turn.ended, which ends the feed.
    const std::stop_callback stopping(stop, [this, session] {
        async::spawn_detached(context_.chat.executor, "stop spoken reply",
                              [](chat::Inbox& inbox, base::SessionId id) -> async::Task<void> {
                                  auto ending = inbox.stop(Auth::owner(), std::move(id));
                                  const auto stopped = co_await std::move(ending);
                                  static_cast<void>(stopped);
                              }(context_.inbox, session));
    });
    auto speaking = speak(std::move(feed), question.response, sink);
    co_return co_await std::move(speaking);
}

async::Task<base::Result<void>> ChatResponder::speak(std::shared_ptr<Feed> feed,
                                                     voice::ResponseId response,
                                                     voice::ReplySink& sink) {
    for (;;) {
        while (feed->events.empty()) {
            feed->filled.reset();
            const bool woken = co_await feed->filled.wait();
            if (!woken) co_return base::Result<void>{};
        }
        const auto published = std::move(feed->events.front());
        feed->events.pop_front();
        const auto& event = published->event;
        if (const auto* delta = std::get_if<protocol::ReplyDelta>(&event)) {
            // False: nobody listens any more; the turn is being stopped.
            if (delta->turn_id == feed->turn) static_cast<void>(sink.on_text(delta->text));
        } else if (const auto* reset = std::get_if<protocol::ReplyReset>(&event)) {
            if (reset->turn_id == feed->turn && !sink.on_restart()) {
                // It was heard already; what replaces it is said after it.
                static_cast<void>(sink.on_text("\n\n"));
            }
        } else if (const auto* ended = std::get_if<protocol::TurnEnded>(&event)) {
            if (ended->turn_id != feed->turn) continue;
            if (ended->message) {
                answers_[response].reply = base::MessageId(ended->message->id);
            }
            if (ended->error) co_return base::fail(protocol::from_error_info(*ended->error));
            co_return base::Result<void>{};
        }
    }
}

async::Task<void> ChatResponder::ended(voice::Ending ending) {
    const auto answer = answers_.find(ending.response);
    const bool cut = ending.status == voice::ResponseStatus::interrupted &&
                     answer != answers_.end() && !answer->second.reply.empty();
    if (!cut) co_return;
    auto cutting = context_.inbox.cut_reply(Auth::owner(), answer->second.place.session,
                                            answer->second.reply, std::move(ending.heard_text));
    const auto done = co_await std::move(cutting);
    if (!done) {
        LOG_WARN("voice", "history could not be cut to what was heard",
                 {"reason", done.error().message});
    }
}

}  // namespace app
