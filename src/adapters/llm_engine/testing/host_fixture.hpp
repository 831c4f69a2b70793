// HostFixture: an EngineHost, and a port on top of it, against an engine played by the test, on the
// manual clock. Owned by GoogleTest; one thread.
#pragma once

#include <chrono>
#include <list>
#include <optional>
#include <stop_token>

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "adapters/llm_engine/engine_llm.hpp"
#include "adapters/llm_engine/testing/collect_sink.hpp"
#include "adapters/llm_engine/testing/fake_engine.hpp"
#include "async/testing/manual_clock.hpp"

namespace adapters::llm_engine::testing {

inline EngineOptions fake_options() {
    EngineOptions options;
    options.models_folder = "/models";
    options.models = {{"chat", "Chat", "/m/chat.gguf", EngineRole::chat, 2048, true, false},
                      {"embed", "Embed", "/m/embed.gguf", EngineRole::embed, 0, false, false}};
    return options;
}

class HostFixture : public ::testing::Test {
protected:
    struct Call {
        CollectSink sink;
        std::stop_source stop;
        std::optional<base::Result<ports::LlmOutcome>> outcome;
    };

    // Calls outlive the test's body: closing the host still answers those that wait.
    Call& add_call() { return calls_.emplace_back(); }

    async::Task<void> run_chat(Call& call, ports::LlmRequest request) {
        auto outcome = co_await llm_.chat(std::move(request), call.sink, call.stop.get_token());
        call.outcome.emplace(std::move(outcome));
    }
    void begin(Call& call) {
        ports::LlmRequest request;
        request.model = "chat";
        request.messages = {{ports::LlmRole::user, "Hello", {}, {}}};
        async::spawn_detached(io_.get_executor(), "chat", run_chat(call, std::move(request)));
        settle();
    }
    void settle() { async::testing::ManualClock::settle(io_); }
    // Lets time pass while the engine lives.
    void beat_for(std::chrono::seconds time) {
        for (auto t = std::chrono::seconds(0); t < time; t += std::chrono::seconds(1)) {
            engine_.beat();
            clock_.advance(io_, std::chrono::seconds(1));
        }
    }
    void text(std::uint32_t id, std::string_view words) {
        engine_.send(engine::wire::FrameType::text, id, words);
        settle();
    }
    void done(std::uint32_t id) {
        engine_.send(
            engine::wire::FrameType::done, id,
            engine::wire::write(engine::wire::Done{engine::wire::Finish::stop, 9, 4, 2, -0.5}));
        settle();
    }
    void TearDown() override {
        async::spawn_detached(io_.get_executor(), "close", host_.close());
        clock_.advance(io_, std::chrono::seconds(10));
    }

    std::list<Call> calls_;
    boost::asio::io_context io_;
    async::testing::ManualClock clock_;
    FakeEngine engine_;
    EngineHost host_{io_.get_executor(), clock_, fake_options(), engine_.launcher()};
    EngineLlm llm_{host_};
};

}  // namespace adapters::llm_engine::testing
