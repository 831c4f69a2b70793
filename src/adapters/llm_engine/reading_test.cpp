// A prompt that is only read: against an engine played by the test, and the real one.
#include <algorithm>
#include <memory>
#include <optional>
#include <stop_token>

#include <gtest/gtest.h>

#include "adapters/llm_engine/testing/host_fixture.hpp"
#include "adapters/llm_engine/testing/real_engine_fixture.hpp"

namespace adapters::llm_engine {
namespace {

using async::testing::run_on;
using engine::wire::FrameType;
using testing::CollectSink;
using namespace testing;

class HostReads : public HostFixture {};
class RealEngineReads : public RealEngineFixture {
protected:
    // Its reply is always the same, and without a seed, which would want its own tokens.
    static ports::LlmRequest likeliest(std::string text, std::string key) {
        auto request = ask(std::move(text), std::move(key));
        request.sampling.temperature = 0.0;
        request.sampling.seed.reset();
        return request;
    }
};

struct Reading {
    std::stop_source stop;
    std::optional<base::Result<ports::LlmUsage>> usage;
};

async::Task<void> read_prompt(EngineLlm& llm, std::shared_ptr<Reading> reading) {
    ports::LlmRequest request;
    request.model = "chat";
    request.messages = {{ports::LlmRole::user, "Hello", {}, {}}};
    request.cache_key = "talk";
    auto preparing = llm.prepare(std::move(request), reading->stop.get_token());
    auto usage = co_await std::move(preparing);
    reading->usage.emplace(std::move(usage));
}

TEST_F(HostReads, APromptIsReadWithoutAReply) {
    const auto reading = std::make_shared<Reading>();
    async::spawn_detached(io_.get_executor(), "read", read_prompt(llm_, reading));
    settle();
    const auto request = engine_.take(FrameType::chat);
    ASSERT_TRUE(request);
    const auto chat = engine::wire::parse<engine::wire::Chat>(request->payload);
    EXPECT_EQ(chat->max_tokens, engine::wire::kOnlyRead);
    EXPECT_EQ(chat->cache_key, "talk");
    engine_.send(FrameType::done, request->id,
                 engine::wire::write(engine::wire::Done{{}, 40, 30, 0, {}}));
    settle();
    ASSERT_TRUE(reading->usage && *reading->usage);
    EXPECT_EQ((*reading->usage)->prompt_tokens, 40);
    EXPECT_EQ((*reading->usage)->cached_tokens, 30);
}

TEST_F(HostReads, AStopWithdrawsAPromptThatIsRead) {
    const auto reading = std::make_shared<Reading>();
    async::spawn_detached(io_.get_executor(), "read", read_prompt(llm_, reading));
    settle();
    const auto request = engine_.take(FrameType::chat);
    ASSERT_TRUE(request);
    reading->stop.request_stop();
    settle();
    ASSERT_TRUE(reading->usage);
    EXPECT_EQ(reading->usage->error().code, base::ErrorCode::cancelled);
    const auto cancel = engine_.take(FrameType::cancel);
    ASSERT_TRUE(cancel);
    EXPECT_EQ(cancel->id, request->id);
}

TEST_F(HostReads, AReplyWithoutTokensIsRefusedHere) {
    Call& call = add_call();
    ports::LlmRequest request;
    request.model = "chat";
    request.max_tokens = 0;
    async::spawn_detached(io_.get_executor(), "chat", run_chat(call, std::move(request)));
    settle();
    ASSERT_TRUE(call.outcome);
    EXPECT_EQ(call.outcome->error().code, base::ErrorCode::invalid_argument);
    EXPECT_EQ(engine_.starts, 0);
}

TEST_F(RealEngineReads, APromptThatWasReadLeavesItsLastTokenToTheReply) {
    SKIP_WITHOUT(kChatModel);
    start();
    EXPECT_TRUE(llm_->reads_ahead());
    const auto request = ask("Why is the sky blue, and why is it red in the evening?", "ahead");
    const auto read = run_on(io_, llm_->prepare(request, {}));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_GT(read->prompt_tokens, 20);
    EXPECT_EQ(read->cached_tokens, 0);
    CollectSink sink;
    const auto outcome = chat(request, sink);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(outcome->usage->prompt_tokens, read->prompt_tokens);
    EXPECT_EQ(outcome->usage->cached_tokens, read->prompt_tokens - 1);
    EXPECT_FALSE(sink.text.empty());

    // Read again there is nothing to do.
    const auto again = run_on(io_, llm_->prepare(request, {}));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->cached_tokens, read->prompt_tokens - 1);

    // What was read in vain costs only what differs.
    const auto longer =
        ask("Why is the sky blue, and why is it red in the evening? And at night?", "ahead");
    CollectSink other;
    const auto next = chat(longer, other);
    ASSERT_TRUE(next);
    EXPECT_GE(next->usage->cached_tokens, read->prompt_tokens - 8);
}

TEST_F(RealEngineReads, WhatWasForeseenIsTheReplysBeginning) {
    SKIP_WITHOUT(kChatModel);
    start();
    auto request = likeliest("Why is the sky blue, and why is it red in the evening?", "ahead");
    CollectSink plain;
    std::optional<ports::LlmOutcome> without;
    for (const int foresee : {0, 1, 6, 200}) {
        request.foresee = foresee;
        const auto read = run_on(io_, llm_->prepare(request, {}));
        ASSERT_TRUE(read) << read.error().text();
        // What is chosen ahead nobody is told. Other work of the same thread gives it time, a token
        // or so for each; how far it came by then makes no difference.
        for (int i = 0; i < 20; ++i) {
            ASSERT_TRUE(run_on(io_, llm_->count_tokens("chat", "a word")));
        }
        CollectSink sink;
        const auto outcome = chat(request, sink);
        ASSERT_TRUE(outcome) << outcome.error().text();
        EXPECT_EQ(outcome->usage->prompt_tokens, read->prompt_tokens);
        if (!without) {
            plain.text = sink.text;
            without = *outcome;
            EXPECT_EQ(outcome->usage->cached_tokens, read->prompt_tokens - 1);
            continue;
        }
        EXPECT_GE(outcome->usage->foreseen_tokens, 1) << "nothing was taken over";
        EXPECT_LE(outcome->usage->foreseen_tokens, std::min(foresee, request.max_tokens));
        EXPECT_EQ(outcome->usage->cached_tokens, read->prompt_tokens);
        EXPECT_EQ(sink.text, plain.text) << foresee;
        EXPECT_EQ(outcome->usage->completion_tokens, without->usage->completion_tokens);
        EXPECT_NEAR(*outcome->mean_logprob, *without->mean_logprob, 1e-3);
    }
}

TEST_F(RealEngineReads, WhatWasForeseenInVainChangesNothing) {
    SKIP_WITHOUT(kChatModel);
    start();
    const auto request = likeliest("Name three colours.", "asked");
    CollectSink first;
    CollectSink plain;
    ASSERT_TRUE(chat(request, first));
    ASSERT_TRUE(chat(request, plain));
    auto never_asked = likeliest("Why is the sky blue?", "never asked");
    never_asked.foresee = 40;
    ASSERT_TRUE(run_on(io_, llm_->prepare(never_asked, {})));
    CollectSink sink;
    const auto outcome = chat(request, sink);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(sink.text, plain.text);
    EXPECT_EQ(outcome->usage->cached_tokens, outcome->usage->prompt_tokens - 1);

    // Other settings would have chosen other tokens.
    auto wild = request;
    wild.foresee = 40;
    wild.sampling.temperature = 1.5;
    ASSERT_TRUE(run_on(io_, llm_->prepare(wild, {})));
    CollectSink calm;
    const auto again = chat(request, calm);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->usage->foreseen_tokens, 0);
    EXPECT_EQ(calm.text, plain.text);
}

TEST_F(RealEngineReads, ReadingGivesWayToRepliesAndTakesNobodysPlace) {
    SKIP_WITHOUT(kChatModel);
    start();
    std::list<Call> calls(5);
    std::optional<base::Result<ports::LlmUsage>> read;
    const auto prepare = [](EngineLlm& llm, ports::LlmRequest request, auto& into,
                            std::stop_token stop) -> async::Task<void> {
        auto usage = co_await llm.prepare(std::move(request), stop);
        into.emplace(std::move(usage));
    };
    std::string words;
    for (int i = 0; i < 1200; ++i) words += "word ";
    std::stop_source stop;
    async::spawn_detached(io_.get_executor(), "read",
                          prepare(*llm_, ask(words, "ahead"), read, stop.get_token()));
    // One more than there are places: the one that is only read makes room.
    begin_all(calls);
    run_until([&] { return read && all_over(calls); });
    for (const auto& call : calls) {
        ASSERT_TRUE(call.outcome && *call.outcome);
        EXPECT_FALSE(call.sink.text.empty());
    }
    ASSERT_TRUE(*read) << read->error().text();
}

}  // namespace
}  // namespace adapters::llm_engine
