// BodyLink: what of a conversation reaches the body, and what comes back: the stages that show the
// character, what it can do, directives and their acknowledgement, how it stands. Owned by the
// composition root; io thread only.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "async/task.hpp"
#include "base/ids.hpp"
#include "chat/body_book.hpp"
#include "chat/body_states.hpp"
#include "chat/event_hub.hpp"
#include "ports/store.hpp"
#include "protocol/commands.hpp"

namespace chat {

// What became of a directive that somebody waited for.
struct Acknowledged {
    long long id = 0;
    long long tick = 0;  // of the body at which it took effect
};

class BodyLink {
public:
    BodyLink(async::Executor executor, async::Clock& clock, EventHub& hub, ports::Store& store);

    // A folder of words besides the built-in ones; it may be missing. What is wrong in it is in the
    // log, and `loci doctor` says it.
    void use_folder(std::filesystem::path folder);
    // Reads the folder again if something changed in it; looking costs a few file system calls, so
    // once a turn.
    void refresh();
    // The book in force; a reply keeps the one it began with.
    [[nodiscard]] std::shared_ptr<const BodyBook> book() const { return book_; }

    // A page shows the character, or no more: `socket` names it.
    void put_stage(const std::string& socket, protocol::BodyStage stage);
    void remove_stage(const std::string& socket);
    [[nodiscard]] bool has_stage() const { return !stages_.empty(); }
    // What the shown character can do; empty when no page shows one.
    [[nodiscard]] std::vector<std::string> actions() const;
    // Why the shown character cannot do this: the name it lacks. With no stage nothing is known.
    [[nodiscard]] std::optional<std::string> lacking(const body::text::Directive& directive) const;
    // Rises, so that authored answers take turns.
    [[nodiscard]] std::size_t next_answer() { return answers_++; }
    // What a model is told of the body; empty until a stage was there. At most 150 tokens.
    [[nodiscard]] const std::string& vocabulary() const { return vocabulary_; }

    // Gives it its id and remembers it until it is acknowledged; the caller sends it.
    [[nodiscard]] protocol::BodyDirective prepare(const base::SessionId& session,
                                                  protocol::BodyDirective directive);
    // Sends it to the stages of the conversation, of every one when there is none. Gives its id.
    long long publish(const base::PersonId& person, const base::SessionId& session,
                      protocol::BodyDirective directive);
    // The same, and waits until a stage has acknowledged it. Errors: conflict (no stage is
    // connected), unsupported (refused, with the reason), timeout.
    [[nodiscard]] async::Task<base::Result<Acknowledged>> perform(
        base::PersonId person, base::SessionId session, protocol::BodyDirective directive);
    void acknowledge(const std::string& socket, const protocol::BodyAck& ack);
    // The files for the stage or the choice of the character are others now: every page looks.
    void tell_files_changed();

    // How the character stands in a conversation.
    [[nodiscard]] async::Task<protocol::BodyState> state(base::SessionId session) {
        return states_.now(std::move(session));
    }
    // Words of the companion felt so: its mood follows, whether anybody shows it or not.
    void feel(const base::SessionId& session, std::string look, double intensity) {
        states_.feel(session, std::move(look), intensity);
    }
    void forget(const base::SessionId& session);

private:
    struct Waiting {
        async::Event answered;
        std::optional<long long> tick;
        std::string reason;
        std::size_t refusals = 0;
        std::stop_source over;  // ends the watch on its time
    };
    struct Sent {
        base::SessionId session;
        std::string action;
        std::string expression;
        double intensity = 0;
    };

    void rebuild();
    void read_folder();
    void describe();
    [[nodiscard]] static async::Task<void> watch_time(async::Clock& clock,
                                                      std::shared_ptr<Waiting> waiting);

    async::Executor executor_;
    async::Clock& clock_;
    EventHub& hub_;
    std::filesystem::path folder_;
    std::string fingerprint_;
    std::vector<BodyFile> files_;
    std::shared_ptr<const BodyBook> book_;
    std::map<std::string, protocol::BodyStage> stages_;
    std::vector<std::string> known_actions_;  // of the character that was shown last
    std::vector<std::string> known_expressions_;
    bool shown_once_ = false;
    std::string vocabulary_;
    long long last_id_ = 0;
    std::size_t answers_ = 0;
    std::map<long long, std::shared_ptr<Waiting>> waiting_;
    std::map<long long, Sent> sent_;               // the newest ones, until they are acknowledged
    std::map<long long, base::SessionId> moving_;  // directives whose movement goes on
    BodyStates states_;
};

// A directive of words as it goes over the wire.
[[nodiscard]] protocol::BodyDirective to_wire(const body::text::Directive& directive,
                                              protocol::BodySource source);

}  // namespace chat
