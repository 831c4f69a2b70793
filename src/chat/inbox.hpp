// Inbox: where every surface hands in what people say, and where conversations are found. Checks
// that a conversation belongs to the person. Owned by the composition root; io thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "async/mutex.hpp"
#include "chat/command.hpp"
#include "chat/session.hpp"

namespace chat {

struct Incoming {
    base::PersonId person;
    // Empty: a new conversation. One that is over (ResetRule) or left by a command is exchanged for
    // the new one that goes on from it.
    std::optional<base::SessionId> session;
    std::string channel = "web";
    std::string text;
    SubmitOptions options;
    bool placed = false;  // `session` is where it goes; set by Inbox::place
};

class Inbox {
public:
    explicit Inbox(ChatServices& services);

    // At start: marks what a crash interrupted and answers what was accepted but not begun.
    [[nodiscard]] async::Task<base::Result<void>> recover();

    // Decides in which conversation a message goes, and makes that where it is new. submit() does
    // it, too; a surface that must listen before the first event comes asks here first.
    [[nodiscard]] async::Task<base::Result<Incoming>> place(Incoming incoming);
    [[nodiscard]] async::Task<base::Result<Receipt>> submit(Incoming incoming);
    [[nodiscard]] async::Task<base::Result<Receipt>> edit(base::PersonId person,
                                                          base::MessageId message, std::string text,
                                                          SubmitOptions options);
    [[nodiscard]] async::Task<base::Result<Receipt>> retry(base::PersonId person,
                                                           base::SessionId session,
                                                           SubmitOptions options);
    [[nodiscard]] async::Task<base::Result<void>> stop(base::PersonId person,
                                                       base::SessionId session);

    // Of a spoken reply that was interrupted only what was heard stays.
    [[nodiscard]] async::Task<base::Result<void>> cut_reply(base::PersonId person,
                                                            base::SessionId session,
                                                            base::MessageId reply,
                                                            std::string heard);

    // They are about to say something here (empty: a new conversation), perhaps this: a model that
    // reads ahead gets it, and nobody else. Ends at once by `stop`; submit() ends it, too.
    [[nodiscard]] async::Task<void> prepare(base::PersonId person,
                                            std::optional<base::SessionId> session, Saying saying,
                                            std::stop_token stop);

    [[nodiscard]] async::Task<base::Result<ports::SessionRow>> create(base::PersonId person,
                                                                      std::string channel);
    // A new conversation that still knows the one given; announced to every surface.
    [[nodiscard]] async::Task<base::Result<ports::SessionRow>> reset(base::PersonId person,
                                                                     base::SessionId session);
    [[nodiscard]] async::Task<base::Result<SessionView>> view(base::PersonId person,
                                                              base::SessionId session);
    [[nodiscard]] async::Task<base::Result<std::vector<protocol::Session>>> list(
        base::PersonId person, ports::SessionPage page);
    [[nodiscard]] async::Task<base::Result<protocol::Session>> rename(base::PersonId person,
                                                                      base::SessionId session,
                                                                      std::string title);
    // Both end a running reply first and remove the words for good.
    [[nodiscard]] async::Task<base::Result<void>> remove(base::PersonId person,
                                                         base::SessionId session);
    [[nodiscard]] async::Task<base::Result<void>> clear(base::PersonId person,
                                                        base::SessionId session);

    // Ends all turns; what was said is kept as interrupted.
    [[nodiscard]] async::Task<void> close();
    [[nodiscard]] std::size_t running_turns() const;
    // Held in memory; those that nobody uses are let go when there are many.
    [[nodiscard]] std::size_t open_conversations() const { return open_.size(); }

private:
    // The conversation, if it exists and is the person's; else not_found.
    [[nodiscard]] async::Task<base::Result<std::shared_ptr<Session>>> find(base::PersonId person,
                                                                           base::SessionId id);

    [[nodiscard]] async::Task<base::Result<base::SessionId>> place_command(Incoming incoming,
                                                                           Command command);
    struct Standing {
        std::optional<base::SessionId> moved;  // exchanged for this one moments ago
        ResetCause cause = ResetCause::none;   // it is over, and `row` is how it ended
        ports::SessionRow row;
    };
    [[nodiscard]] async::Task<Standing> standing_of(base::PersonId person,
                                                    std::shared_ptr<Session> session);
    // Where a message for this conversation goes: a new one if it is over, else itself.
    [[nodiscard]] async::Task<base::Result<base::SessionId>> current_of(base::PersonId person,
                                                                        base::SessionId id);
    [[nodiscard]] async::Task<base::Result<ports::SessionRow>> go_on_from(ports::SessionRow before,
                                                                          ResetCause cause);
    [[nodiscard]] async::Task<std::optional<ports::SessionRow>> newest_of(base::PersonId person);
    // The receipt of the first time, when a message comes again for a conversation that was over.
    [[nodiscard]] async::Task<std::optional<Receipt>> accepted_after(base::PersonId person,
                                                                     base::SessionId before,
                                                                     std::string key);
    void forget_origin(const base::SessionId& id);
    // Lets go of conversations that nobody uses, the longest unused first, when many are open.
    void unload_unused();
    // Someone is about to wait for a reply.
    void make_way();

    ChatServices& services_;
    struct Open {
        base::PersonId person;
        std::shared_ptr<Session> session;
        unsigned long long used = 0;  // when last, counted in uses
    };
    std::unordered_map<base::SessionId, Open> open_;
    unsigned long long uses_ = 0;
    // What was exchanged moments ago: messages sent before the surface could know follow.
    struct Exchanged {
        base::SessionId to;
        async::Duration at{};
    };
    std::unordered_map<base::SessionId, Exchanged> exchanged_;
    async::Mutex exchanging_;
    bool closing_ = false;
};

}  // namespace chat
