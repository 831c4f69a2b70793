#include <gtest/gtest.h>

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/llm_scripted/scripted_llm.hpp"
#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"
#include "llm_wire/testing/recording_sink.hpp"

namespace adapters {
namespace {

using async::testing::ManualClock;
using llm_wire::testing::RecordingSink;
using Outcome = base::Result<ports::LlmOutcome>;

ports::LlmRequest ask(std::string text) {
    ports::LlmRequest request;
    ports::LlmMessage message;
    message.content = std::move(text);
    request.messages.push_back(std::move(message));
    return request;
}

ScriptedLlm with(async::Clock& clock, std::string_view scripts) {
    ScriptedOptions options;
    options.scripts = parse_scripts(scripts).value();
    return ScriptedLlm(clock, std::move(options));
}

TEST(ScriptedLlm, EchoesWithoutAScript) {
    ManualClock clock;
    ScriptedLlm llm(clock);
    RecordingSink sink;
    const auto outcome = async::testing::run(llm.chat(ask("good morning"), sink, {}));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(sink.text(), "You said: good morning");
    EXPECT_EQ(outcome->finish, ports::LlmFinish::stop);
    EXPECT_GT(outcome->usage.value().completion_tokens, 0);
    ASSERT_EQ(llm.requests().size(), 1u);
}

TEST(ScriptedLlm, TakesTheFirstScriptThatFitsAndIsLeft) {
    ManualClock clock;
    auto llm = with(clock, R"([
        {"match": "weather", "steps": [{"text": "Rain."}]},
        {"repeat": true, "steps": [{"reasoning": "hm"}, {"text": "a", "times": 3},
            {"tool": {"id": "1", "name": "clock", "arguments": {"zone": "UTC"}}},
            {"usage": {"prompt": 7, "cached": 2, "completion": 3}}]}])");
    RecordingSink first;
    RecordingSink second;
    RecordingSink third;
    ASSERT_TRUE(async::testing::run(llm.chat(ask("the weather?"), first, {})));
    const auto outcome = async::testing::run(llm.chat(ask("the weather?"), second, {}));
    ASSERT_TRUE(async::testing::run(llm.chat(ask("x"), third, {})));
    EXPECT_EQ(first.text(), "Rain.");
    EXPECT_EQ(second.text(), "aaa");
    EXPECT_EQ(second.reasoning(), "hm");
    EXPECT_EQ(second.tool_calls().at(0).arguments_json, R"({"zone":"UTC"})");
    EXPECT_EQ(outcome.value().finish, ports::LlmFinish::tool_calls);
    EXPECT_EQ(outcome.value().usage.value().cached_tokens, 2);
    EXPECT_EQ(third.text(), "aaa");
    EXPECT_EQ(llm.scripts_left(), 1u);
}

TEST(ScriptedLlm, WaitsOnTheClockAndStopsAtOnce) {
    boost::asio::io_context io;
    ManualClock clock;
    auto llm = with(clock, R"([{"steps": [{"text": "one", "delay_ms": 100},
                                          {"text": "two", "delay_ms": 100}]},
                               {"steps": [{"text": "late"}, {"hang": true}]}])");
    for (const char* wanted : {"one", "late"}) {
        RecordingSink sink;
        std::stop_source stop;
        std::optional<Outcome> outcome;
        boost::asio::co_spawn(io, llm.chat(ask("x"), sink, stop.get_token()),
                              [&](std::exception_ptr, Outcome o) { outcome = std::move(o); });
        clock.advance(io, std::chrono::milliseconds(150));
        EXPECT_EQ(sink.text(), wanted);
        EXPECT_FALSE(outcome);
        EXPECT_EQ(llm.running(), 1);
        stop.request_stop();
        ManualClock::settle(io);
        ASSERT_TRUE(outcome);
        EXPECT_EQ(outcome->error().code, base::ErrorCode::cancelled);
        EXPECT_EQ(llm.running(), 0);
    }
}

TEST(ScriptedLlm, EndsWhenTheSinkHasEnough) {
    ManualClock clock;
    auto llm = with(clock, R"([{"steps": [{"text": "a", "times": 1000}]}])");
    RecordingSink sink;
    sink.enough_after = 3;
    const auto outcome = async::testing::run(llm.chat(ask("x"), sink, {}));
    EXPECT_EQ(outcome.value().finish, ports::LlmFinish::stopped);
    EXPECT_EQ(sink.text(), "aaa");
}

TEST(ScriptedLlm, FailsAsTheScriptSays) {
    ManualClock clock;
    auto llm = with(clock, R"([{"steps": [{"text": "half"}, {"error":
        {"code": "rate_limited", "message": "busy", "retry_after_s": 4}}]}])");
    RecordingSink sink;
    const auto outcome = async::testing::run(llm.chat(ask("x"), sink, {}));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, base::ErrorCode::rate_limited);
    EXPECT_EQ(outcome.error().details.at(0).second, "4");
}

TEST(Script, NamesThePlaceOfAMistake) {
    const auto message = [](const char* text) { return parse_scripts(text).error().message; };
    EXPECT_NE(message(R"([{"steps": [{"text": 3}]}])").find("0.steps.0"), std::string::npos);
    EXPECT_NE(message(R"([{"steps": []}, {}])").find("script 1"), std::string::npos);
    EXPECT_NE(message(R"([{"steps": [{"finish": "never"}]}])").find("finish"), std::string::npos);
    EXPECT_FALSE(parse_scripts("{"));
    EXPECT_FALSE(load_scripts("/nonexistent/script.json"));
}

}  // namespace
}  // namespace adapters
