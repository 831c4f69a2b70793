#include <gtest/gtest.h>

#include <optional>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/llm_fallback/fallback_llm.hpp"
#include "adapters/llm_fallback/retrying_llm.hpp"
#include "adapters/llm_scripted/scripted_llm.hpp"
#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"
#include "llm_wire/testing/recording_sink.hpp"

namespace adapters {
namespace {

using async::testing::ManualClock;
using base::ErrorCode;
using llm_wire::testing::RecordingSink;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Outcome = base::Result<ports::LlmOutcome>;

Script failing(ErrorCode code, int times, const char* retry_after_s = nullptr) {
    base::Error error = base::make_error(code, "no luck");
    if (retry_after_s != nullptr) error.details.emplace_back("retry_after_s", retry_after_s);
    Script script;
    script.steps.push_back({error, milliseconds{0}, 1});
    script.repeat = times;
    return script;
}

ScriptedLlm with(async::Clock& clock, std::vector<Script> scripts,
                 ports::LlmPlace place = ports::LlmPlace::here) {
    ScriptedOptions options;
    options.scripts = std::move(scripts);
    options.place = place;
    return ScriptedLlm(clock, std::move(options));
}

struct Retry : testing::Test {
    boost::asio::io_context io;
    ManualClock clock;
    RecordingSink sink;
    std::stop_source stop;
    std::optional<Outcome> outcome;

    void start(ports::LlmProvider& llm) {
        boost::asio::co_spawn(io, llm.chat({}, sink, stop.get_token()),
                              [this](std::exception_ptr, Outcome o) { outcome = std::move(o); });
        ManualClock::settle(io);
    }
};

TEST_F(Retry, TriesAgainUntilItSucceeds) {
    auto inner = with(clock, {failing(ErrorCode::rate_limited, 3)});
    RetryingLlm llm(inner, clock, {}, 7);
    start(llm);
    EXPECT_EQ(inner.requests().size(), 1u);
    clock.advance(io, seconds(10));
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(*outcome);
    EXPECT_EQ(inner.requests().size(), 4u);
}

TEST_F(Retry, PausesDoubleUpToTheLongestAndEndAfterTheLastAttempt) {
    auto inner = with(clock, {failing(ErrorCode::rate_limited, Script::kForEver)});
    RetryPolicy policy;
    policy.jitter = 0;
    policy.patience = seconds(600);
    RetryingLlm llm(inner, clock, policy);
    start(llm);
    std::size_t tries = 1;
    for (const int pause : {500, 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000}) {
        clock.advance(io, milliseconds(pause - 1));
        EXPECT_EQ(inner.requests().size(), tries) << pause;
        clock.advance(io, milliseconds(1));
        EXPECT_EQ(inner.requests().size(), ++tries) << pause;
    }
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().code, ErrorCode::rate_limited);
    EXPECT_EQ(outcome->error().details.back().second, "10");
}

TEST_F(Retry, JitterStaysWithinItsShareAndDiffersByClient) {
    std::set<std::size_t> seen;
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        auto inner = with(clock, {failing(ErrorCode::upstream, 1)});
        RetryingLlm llm(inner, clock, {}, seed);
        start(llm);
        clock.advance(io, milliseconds(374));
        EXPECT_EQ(inner.requests().size(), 1u) << "too early";
        clock.advance(io, milliseconds(126));
        seen.insert(inner.requests().size());
        clock.advance(io, milliseconds(126));
        EXPECT_EQ(inner.requests().size(), 2u) << "too late";
    }
    EXPECT_EQ(seen.size(), 2u);
}

TEST_F(Retry, GivesUpSoonWhenNobodyAnswersOrNothingThatMakesSense) {
    for (const auto code : {ErrorCode::unavailable, ErrorCode::upstream, ErrorCode::timeout}) {
        auto inner = with(clock, {failing(code, Script::kForEver)});
        RetryingLlm llm(inner, clock, {}, 7);
        outcome.reset();
        start(llm);
        clock.advance(io, seconds(3));
        ASSERT_TRUE(outcome);
        EXPECT_EQ(outcome->error().code, code);
        EXPECT_EQ(inner.requests().size(), 3u);
    }
}

// Five minutes of silence are not followed by five more.
TEST_F(Retry, CountsTheTimeOfTheAttemptsToo) {
    Script slow = failing(ErrorCode::timeout, Script::kForEver);
    slow.steps.front().delay = seconds(300);
    auto inner = with(clock, {slow});
    RetryingLlm llm(inner, clock, {}, 7);
    start(llm);
    clock.advance(io, seconds(300));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().code, ErrorCode::timeout);
    EXPECT_EQ(inner.requests().size(), 1u);
}

TEST_F(Retry, WaitsAsLongAsTheProviderAsks) {
    auto inner = with(clock, {failing(ErrorCode::rate_limited, 1, "30")});
    RetryingLlm llm(inner, clock, {}, 7);
    start(llm);
    clock.advance(io, milliseconds(29'999));
    EXPECT_EQ(inner.requests().size(), 1u);
    clock.advance(io, milliseconds(2'000));
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(*outcome);
}

TEST_F(Retry, DoesNotWaitLongerThanAPersonWould) {
    auto inner = with(clock, {failing(ErrorCode::rate_limited, 1, "3600")});
    RetryingLlm llm(inner, clock, {}, 7);
    start(llm);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().code, ErrorCode::rate_limited);
    EXPECT_EQ(inner.requests().size(), 1u);
}

TEST_F(Retry, NeverTriesAgainAfterTextWasDelivered) {
    Script half;
    half.steps.push_back({ports::LlmText{"half"}, milliseconds{0}, 1});
    half.steps.push_back({base::make_error(ErrorCode::upstream, "cut"), milliseconds{0}, 1});
    auto inner = with(clock, {half});
    RetryingLlm llm(inner, clock, {}, 7);
    start(llm);
    clock.advance(io, seconds(60));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().code, ErrorCode::upstream);
    EXPECT_EQ(inner.requests().size(), 1u);
    EXPECT_EQ(sink.text(), "half");
}

TEST_F(Retry, LeavesFailuresThatWillNotPass) {
    for (const auto code : {ErrorCode::unauthorized, ErrorCode::invalid_argument,
                            ErrorCode::not_found, ErrorCode::too_large, ErrorCode::forbidden}) {
        auto inner = with(clock, {failing(code, 1)});
        RetryingLlm llm(inner, clock, {}, 7);
        outcome.reset();
        start(llm);
        ASSERT_TRUE(outcome);
        EXPECT_EQ(outcome->error().code, code);
        EXPECT_EQ(inner.requests().size(), 1u);
    }
}

TEST_F(Retry, AStopEndsThePauseAtOnce) {
    auto inner = with(clock, {failing(ErrorCode::upstream, Script::kForEver)});
    RetryingLlm llm(inner, clock, {}, 7);
    start(llm);
    EXPECT_FALSE(outcome);
    stop.request_stop();
    ManualClock::settle(io);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().code, ErrorCode::cancelled);
    EXPECT_EQ(inner.requests().size(), 1u);
}

TEST(Fallback, AsksTheNextProviderWithItsOwnModel) {
    ManualClock clock;
    RecordingSink sink;
    auto first = with(clock, {failing(ErrorCode::unauthorized, 1)});
    auto second = with(clock, {});
    FallbackLlm llm({{&first, ""}, {&second, "small"}}, ports::LlmPlace::cloud);
    ports::LlmRequest request;
    request.model = "big";
    const auto outcome = async::testing::run(llm.chat(request, sink, {}));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(first.requests().at(0).model, "big");
    EXPECT_EQ(second.requests().at(0).model, "small");
    EXPECT_EQ(outcome->model, "small");
}

TEST(Fallback, ReadsAheadWhereTheFirstOneDoes) {
    ManualClock clock;
    auto near = with(clock, {});
    auto far = with(clock, {}, ports::LlmPlace::cloud);
    EXPECT_FALSE(FallbackLlm({{&near, "own"}}, ports::LlmPlace::cloud).reads_ahead());
    near.read_ahead();
    RetryingLlm retrying(near, clock, {}, 7);
    FallbackLlm llm({{&retrying, "own"}, {&far, ""}}, ports::LlmPlace::cloud);
    EXPECT_TRUE(llm.reads_ahead());
    EXPECT_TRUE(async::testing::run(llm.prepare({}, {})));
    ASSERT_EQ(near.prepared().size(), 1U);
    EXPECT_EQ(near.prepared()[0].model, "own");
    EXPECT_TRUE(near.requests().empty());
    EXPECT_FALSE(FallbackLlm({{&far, ""}, {&near, ""}}, ports::LlmPlace::cloud).reads_ahead());
}

TEST(Fallback, NeverGoesFartherAwayThanAllowed) {
    ManualClock clock;
    RecordingSink sink;
    auto near = with(clock, {failing(ErrorCode::unavailable, 1)});
    auto far = with(clock, {}, ports::LlmPlace::cloud);
    FallbackLlm llm({{&near, ""}, {&far, ""}}, ports::LlmPlace::local_network);
    const auto outcome = async::testing::run(llm.chat({}, sink, {}));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::unavailable);
    EXPECT_EQ(far.requests().size(), 0u);
    EXPECT_EQ(llm.place(), ports::LlmPlace::here);
    FallbackLlm none({{&far, ""}}, ports::LlmPlace::here);
    EXPECT_EQ(async::testing::run(none.chat({}, sink, {})).error().code, ErrorCode::forbidden);
}

TEST(Fallback, KeepsTheFirstErrorAndNamesTheOthers) {
    ManualClock clock;
    RecordingSink sink;
    auto first = with(clock, {failing(ErrorCode::rate_limited, 1)});
    auto second = with(clock, {failing(ErrorCode::not_found, 1)});
    FallbackLlm llm({{&first, ""}, {&second, ""}}, ports::LlmPlace::cloud);
    const auto outcome = async::testing::run(llm.chat({}, sink, {}));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::rate_limited);
    EXPECT_EQ(outcome.error().details.back().second, "not_found");
}

TEST(Fallback, AStopIsNotAReasonToAskAnother) {
    ManualClock clock;
    RecordingSink sink;
    auto first = with(clock, {failing(ErrorCode::cancelled, 1)});
    auto second = with(clock, {});
    FallbackLlm llm({{&first, ""}, {&second, ""}}, ports::LlmPlace::cloud);
    EXPECT_FALSE(async::testing::run(llm.chat({}, sink, {})));
    EXPECT_EQ(second.requests().size(), 0u);
}

}  // namespace
}  // namespace adapters
