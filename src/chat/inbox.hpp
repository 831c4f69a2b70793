// Inbox: where every surface hands in what people say, and where conversations are found. Checks
// that a conversation belongs to the person. Owned by the composition root; io thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "chat/session.hpp"

namespace chat {

struct Incoming {
    base::PersonId person;
    std::optional<base::SessionId> session;  // empty: a new conversation
    std::string channel = "web";
    std::string text;
    SubmitOptions options;
};

class Inbox {
public:
    explicit Inbox(ChatServices& services);

    // At start: marks what a crash interrupted and answers what was accepted but not begun.
    [[nodiscard]] async::Task<base::Result<void>> recover();

    [[nodiscard]] async::Task<base::Result<Receipt>> submit(Incoming incoming);
    [[nodiscard]] async::Task<base::Result<Receipt>> edit(base::PersonId person,
                                                          base::MessageId message, std::string text,
                                                          SubmitOptions options);
    [[nodiscard]] async::Task<base::Result<Receipt>> retry(base::PersonId person,
                                                           base::SessionId session,
                                                           SubmitOptions options);
    [[nodiscard]] async::Task<base::Result<void>> stop(base::PersonId person,
                                                       base::SessionId session);

    [[nodiscard]] async::Task<base::Result<ports::SessionRow>> create(base::PersonId person,
                                                                      std::string channel);
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

    // Ends all turns; what was said is kept as interrupted or stopped.
    [[nodiscard]] async::Task<void> close();
    [[nodiscard]] std::size_t running_turns() const;

private:
    // The conversation, if it exists and is the person's; else not_found.
    [[nodiscard]] async::Task<base::Result<std::shared_ptr<Session>>> find(base::PersonId person,
                                                                           base::SessionId id);

    ChatServices& services_;
    struct Open {
        base::PersonId person;
        std::shared_ptr<Session> session;
    };
    std::unordered_map<base::SessionId, Open> open_;
    bool closing_ = false;
};

}  // namespace chat
