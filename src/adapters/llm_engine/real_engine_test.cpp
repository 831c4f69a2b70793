// The real engine with the starter models, through the ports. Skipped, with the reason printed,
// where the engine or a model is missing.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <list>

#include <fmt/core.h>
#include <boost/asio/io_context.hpp>

#include "adapters/llm_engine/engine_embedder.hpp"
#include "adapters/llm_engine/engine_llm.hpp"
#include "adapters/llm_engine/testing/real_engine_fixture.hpp"
#include "json/json.hpp"

namespace adapters::llm_engine {
namespace {

using async::testing::run_on;
using namespace testing;

class RealEngine : public testing::RealEngineFixture {};

TEST_F(RealEngine, StreamsAReplyAndSaysWhatItUsed) {
    SKIP_WITHOUT(kChatModel);
    start();
    CollectSink sink;
    const auto outcome = chat(ask("Hello! Who are you?", "a"), sink);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_FALSE(sink.text.empty());
    EXPECT_GT(sink.events.size(), 3u) << "the reply must come in parts";
    ASSERT_TRUE(outcome->usage);
    EXPECT_GT(outcome->usage->prompt_tokens, 15);
    EXPECT_LE(outcome->usage->completion_tokens, 12);
    ASSERT_TRUE(outcome->mean_logprob);
    EXPECT_LT(*outcome->mean_logprob, 0.0);
    EXPECT_GT(*outcome->mean_logprob, -8.0);
    const auto status = host_->status();
    EXPECT_EQ(status.service.state, process::ServiceState::up);
    EXPECT_FALSE(status.backend.empty());
    EXPECT_FALSE(status.sandbox.empty());
}

TEST_F(RealEngine, SameSeedSameReplyOtherSeedOtherReply) {
    SKIP_WITHOUT(kChatModel);
    start();
    const auto reply = [&](std::uint32_t seed) {
        auto request = ask("Tell me a story about a clock.", "same");
        request.sampling.seed = seed;
        request.sampling.temperature = 1.2;
        CollectSink sink;
        const auto outcome = chat(request, sink);
        EXPECT_TRUE(outcome);
        return sink.text;
    };
    (void)reply(1);  // now the whole prompt is cached, so that all three below begin alike
    const auto first = reply(1);
    EXPECT_EQ(first, reply(1));
    EXPECT_NE(first, reply(2));
}

TEST_F(RealEngine, TheNextTurnComputesOnlyWhatIsNew) {
    SKIP_WITHOUT(kChatModel);
    start();
    auto request = ask("Name one colour of the rainbow.", "turns");
    CollectSink first;
    const auto one = chat(request, first);
    ASSERT_TRUE(one) << one.error().text();
    request.messages.push_back({ports::LlmRole::assistant, first.text, {}, {}});
    request.messages.push_back({ports::LlmRole::user, "And another?", {}, {}});
    CollectSink second;
    const auto two = chat(request, second);
    ASSERT_TRUE(two) << two.error().text();
    // In memory: the first prompt and the reply but for its last token and closing mark.
    const int known = one->usage->prompt_tokens + one->usage->completion_tokens;
    EXPECT_GE(two->usage->cached_tokens, known - 8);

    // Another conversation with the same persona copies the common beginning and leaves this one.
    CollectSink other;
    const auto three = chat(ask("What is your name?", "other"), other);
    ASSERT_TRUE(three);
    EXPECT_GE(three->usage->cached_tokens, 10);
    request.messages.push_back({ports::LlmRole::assistant, second.text, {}, {}});
    request.messages.push_back({ports::LlmRole::user, "Thanks.", {}, {}});
    CollectSink third;
    const auto four = chat(request, third);
    ASSERT_TRUE(four);
    EXPECT_GE(four->usage->cached_tokens,
              two->usage->prompt_tokens + two->usage->completion_tokens - 8);
}

TEST_F(RealEngine, SeveralConversationsRunAtOnceMoreThanFitWait) {
    SKIP_WITHOUT(kChatModel);
    start();
    std::list<Call> calls(6);
    begin_all(calls);
    run_until([&] { return all_over(calls); });
    int cached = 0;
    for (const auto& call : calls) {
        ASSERT_TRUE(call.outcome && *call.outcome);
        EXPECT_FALSE(call.sink.text.empty());
        cached += (*call.outcome)->usage->cached_tokens;
    }
    EXPECT_GT(cached, 0) << "the two that waited found the common beginning";
}

TEST_F(RealEngine, StopEndsTheReplyAtOnce) {
    SKIP_WITHOUT(kChatModel);
    start();
    auto request = ask("Count from one to one hundred in words.", "stop");
    request.max_tokens = 500;
    std::stop_source stop;
    CollectSink sink;
    std::chrono::steady_clock::time_point stopped;
    sink.on_part = [&] {
        if (sink.events.size() == 3) {
            stopped = std::chrono::steady_clock::now();
            stop.request_stop();
        }
        return true;
    };
    const auto outcome = chat(request, sink, stop.get_token());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, base::ErrorCode::cancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - stopped, std::chrono::milliseconds(100));
    // The engine took notice and is free again.
    CollectSink next;
    EXPECT_TRUE(chat(ask("Hi.", "stop"), next));
}

TEST_F(RealEngine, TheSinkCanHaveEnoughAndStillLearnsWhatTheReplyCost) {
    SKIP_WITHOUT(kChatModel);
    start();
    expect_figures_of_an_early_end();
}

TEST_F(RealEngine, AnEarlyEndHasItsFiguresInsideThisProcessToo) {
    SKIP_WITHOUT(kChatModel);
    start(EngineMode::in_process);
    expect_figures_of_an_early_end();
}

TEST_F(RealEngine, RawPromptStopsAtItsStopSequence) {
    SKIP_WITHOUT(kChatModel);
    start();
    ports::LlmRequest request;
    request.model = "chat";
    request.raw_prompt = "Person: Please count.\nNook: one, two, three, four,";
    request.stop_sequences = {" six"};
    request.sampling.temperature = 0.0;
    request.max_tokens = 24;
    CollectSink sink;
    const auto outcome = chat(request, sink);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(outcome->finish, ports::LlmFinish::stop);
    EXPECT_NE(sink.text.find("five"), std::string::npos);
    EXPECT_EQ(sink.text.find("six"), std::string::npos);
}

TEST_F(RealEngine, SchemaMakesTheReplyValidJson) {
    SKIP_WITHOUT(kChatModel);
    start();
    auto request = ask("Invent a person.", "json");
    request.json_schema = R"({"type":"object","properties":{"name":{"type":"string","maxLength":12},
        "age":{"type":"integer","minimum":1,"maximum":99}},"required":["name","age"],
        "additionalProperties":false})";
    request.max_tokens = 80;
    CollectSink sink;
    const auto outcome = chat(request, sink);
    ASSERT_TRUE(outcome) << outcome.error().text();
    const auto value = json::parse(sink.text);
    ASSERT_TRUE(value) << sink.text;
    EXPECT_GE(json::int_or(json::find(*value, "age"), -1), 1);

    auto wrong = ask("Invent a person.", "json");
    wrong.json_schema = R"({"type": 5})";
    CollectSink nothing;
    const auto refused = chat(wrong, nothing);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::invalid_argument);
}

TEST_F(RealEngine, GrammarBindsTheReplyAndABadOneIsRefused) {
    SKIP_WITHOUT(kChatModel);
    start();
    auto request = ask("Is the sky blue?", "grammar");
    request.gbnf = R"(root ::= "yes" | "no")";
    CollectSink sink;
    const auto outcome = chat(request, sink);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_TRUE(sink.text == "yes" || sink.text == "no") << sink.text;
    request.gbnf = R"(root ::= "yes" ()";
    const auto refused = chat(request, sink);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::invalid_argument);
}

TEST_F(RealEngine, APromptThatDoesNotFitIsRefusedWithTheNumbers) {
    SKIP_WITHOUT(kChatModel);
    start();
    std::string text;
    for (int i = 0; i < 3000; ++i) text += "word ";
    CollectSink sink;
    const auto outcome = chat(ask(text, "long"), sink);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, base::ErrorCode::too_large);
}

TEST_F(RealEngine, KilledInMidStreamFailsThatRequestAndTheNextOneWorks) {
    SKIP_WITHOUT(kChatModel);
    start();
    auto request = ask("Tell me a long story.", "crash");
    request.max_tokens = 500;
    CollectSink sink;
    sink.on_part = [&] {
        if (sink.events.size() == 2) ::kill(host_->status().pid, SIGKILL);
        return true;
    };
    const auto outcome = chat(request, sink);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, base::ErrorCode::engine_crashed);
    CollectSink next;
    const auto again = chat(ask("Hello?", "crash"), next);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_FALSE(next.text.empty());
    EXPECT_EQ(host_->status().service.starts, 2);
}

TEST_F(RealEngine, CountsTokensByTheModelsOwnTokenizer) {
    SKIP_WITHOUT(kChatModel);
    start();
    const auto count = run_on(io_, llm_->count_tokens("chat", "The quick brown fox"));
    ASSERT_TRUE(count) << count.error().text();
    EXPECT_EQ(*count, 4);
}

TEST_F(RealEngine, EmbeddingsOfSimilarSentencesAreNear) {
    SKIP_WITHOUT(kEmbedModel);
    start();
    EngineEmbedder embedder(*host_, "embed");
    std::vector<std::string> texts{"What time is it?", "Could you tell me the hour?",
                                   "I like tomato soup.", ""};
    std::string longest;
    for (int i = 0; i < 600; ++i) longest += "tea ";
    texts.push_back(longest);
    const auto rows = run_on(io_, embedder.embed(texts));
    ASSERT_TRUE(rows) << rows.error().text();
    ASSERT_EQ(rows->size(), texts.size());
    const auto dot = [&](std::size_t a, std::size_t b) {
        double sum = 0;
        for (std::size_t i = 0; i < (*rows)[a].size(); ++i) {
            sum += static_cast<double>((*rows)[a][i]) * static_cast<double>((*rows)[b][i]);
        }
        return sum;
    };
    EXPECT_EQ((*rows)[0].size(), 384u);
    EXPECT_NEAR(dot(0, 0), 1.0, 1e-4);
    EXPECT_GT(dot(0, 1), 0.5);
    EXPECT_LT(dot(0, 2), 0.3);
}

TEST_F(RealEngine, WorksAsALibraryInThisProcess) {
    SKIP_WITHOUT(kChatModel);
    start(EngineMode::in_process);
    CollectSink sink;
    const auto outcome = chat(ask("Hello!", "inline"), sink);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_FALSE(sink.text.empty());
}

}  // namespace
}  // namespace adapters::llm_engine
