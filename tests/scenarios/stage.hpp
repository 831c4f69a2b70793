// The stage of the scenario tests: the chat room on fakes, and the record of its events. Test code.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "adapters/llm_scripted/scripted_llm.hpp"
#include "adapters/store_memory/memory_store.hpp"
#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"
#include "chat/inbox.hpp"

namespace scenarios {

class Stage {
public:
    Stage();
    ~Stage();

    void set_route(chat::ModelGrade grade);
    void set_upgrade(protocol::Action action) { router_.set_upgrade(std::move(action)); }
    // Another model than the scripted one; it becomes the default.
    void use(chat::ModelProfile profile, std::shared_ptr<ports::LlmProvider> provider);
    void remove_model() { router_.remove("scripted/test"); }
    [[nodiscard]] chat::ChatOptions& options() { return services_.options; }
    [[nodiscard]] adapters::ScriptedLlm& llm() { return *llm_; }

    [[nodiscard]] base::Result<chat::Receipt> say(const std::string& text,
                                                  chat::SubmitOptions options);
    [[nodiscard]] base::Result<chat::Receipt> edit(int number, const std::string& text);
    [[nodiscard]] base::Result<chat::Receipt> retry();
    void stop();
    void wait(std::chrono::milliseconds time) { clock_.advance(io_, time); }
    // Everything in memory is lost except what the store holds.
    void crash();
    // The same in an orderly way, with the same model.
    void restart();
    [[nodiscard]] async::testing::ManualClock& clock() { return clock_; }
    [[nodiscard]] chat::ChatServices& services() { return services_; }
    [[nodiscard]] boost::asio::io_context& io() { return io_; }
    [[nodiscard]] chat::Inbox& inbox() { return *inbox_; }
    [[nodiscard]] ports::Store& store() { return store_; }
    [[nodiscard]] chat::BodyLink& body() { return body_; }
    [[nodiscard]] const std::optional<base::SessionId>& session() const { return session_; }
    void set_session(std::optional<base::SessionId> id) { session_ = std::move(id); }
    template <class T>
    T run(async::Task<T> task) {
        T result = async::testing::run_on(io_, std::move(task));
        async::testing::ManualClock::settle(io_);
        return result;
    }

    [[nodiscard]] const std::vector<std::shared_ptr<const chat::Published>>& events() const {
        return events_;
    }
    [[nodiscard]] std::vector<ports::MessageRow> stored();

private:
    void open_inbox();

    boost::asio::io_context io_;
    async::testing::ManualClock clock_;
    adapters::MemoryStore store_;
    std::shared_ptr<adapters::ScriptedLlm> llm_;
    chat::EventHub hub_;
    chat::Persona persona_;
    chat::Reflex reflex_;
    chat::NoteRecall notes_;
    chat::ModelRouter router_;
    chat::BodyLink body_;
    chat::ChatServices services_;
    std::unique_ptr<chat::Inbox> inbox_;
    std::vector<std::unique_ptr<chat::Inbox>> dead_;  // crashed ones, kept until the end
    std::optional<base::SessionId> session_;
    std::vector<base::MessageId> said_;
    std::vector<std::shared_ptr<const chat::Published>> events_;
    std::shared_ptr<void> subscription_;
};

}  // namespace scenarios
