#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "async/begun.hpp"
#include "async/channel.hpp"
#include "async/offload.hpp"
#include "async/task_scope.hpp"
#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"

namespace async {
namespace {

using namespace std::chrono_literals;

Task<void> sleep_then_count(Clock& clock, Duration duration, std::stop_token stop, int& count) {
    const bool came = co_await clock.sleep_for(duration, stop);
    if (came) ++count;
}

TEST(ManualClock, WakesSleepersInOrderOfDueTime) {
    boost::asio::io_context io;
    testing::ManualClock clock;
    int count = 0;
    spawn_detached(io.get_executor(), "a", sleep_then_count(clock, 3s, {}, count));
    spawn_detached(io.get_executor(), "b", sleep_then_count(clock, 1h, {}, count));
    clock.advance(io, 2s);
    EXPECT_EQ(count, 0);
    clock.advance(io, 1s);
    EXPECT_EQ(count, 1);
    clock.advance(io, 2h);
    EXPECT_EQ(count, 2);
}

TEST(TaskScope, CloseStopsAndWaitsForItsTasks) {
    boost::asio::io_context io;
    testing::ManualClock clock;
    TaskScope scope(io.get_executor());
    int count = 0;
    scope.spawn("sleeper", sleep_then_count(clock, 1h, scope.stop_token(), count));
    testing::ManualClock::settle(io);
    EXPECT_EQ(scope.running(), 1u);
    spawn_detached(io.get_executor(), "close", scope.close());
    testing::ManualClock::settle(io);
    EXPECT_EQ(scope.running(), 0u);
    EXPECT_EQ(count, 0);
}

Task<int> sum_channel(Channel<int>& channel) {
    int sum = 0;
    for (;;) {
        const auto value = co_await channel.pop();
        if (!value) co_return sum;
        sum += *value;
    }
}

Task<void> fill_channel(Channel<int>& channel) {
    for (int i = 1; i <= 100; ++i) {
        const bool pushed = co_await channel.push(i);
        EXPECT_TRUE(pushed);
    }
    channel.close();
}

TEST(Channel, BoundedWriterWaitsForTheReader) {
    boost::asio::io_context io;
    Channel<int> channel(3);
    spawn_detached(io.get_executor(), "fill", fill_channel(channel));
    EXPECT_EQ(testing::run_on(io, sum_channel(channel)), 5050);
}

TEST(Channel, RefusesWhenFullAndAfterClose) {
    Channel<int> channel(1);
    EXPECT_TRUE(channel.try_push(1));
    EXPECT_FALSE(channel.try_push(2));
    channel.close();
    EXPECT_FALSE(channel.try_push(3));
}

Task<base::Result<int>> offload_answer(WorkerThread& worker, bool fail) {
    auto job = [fail]() -> base::Result<int> {
        if (fail) throw std::runtime_error("broken");
        return 42;
    };
    auto running = worker.run(std::move(job));
    auto result = co_await std::move(running);
    co_return result;
}

TEST(WorkerThread, BringsTheResultBackAndTurnsExceptionsIntoErrors) {
    WorkerThread worker("test");
    const auto good = testing::run(offload_answer(worker, false));
    ASSERT_TRUE(good);
    EXPECT_EQ(*good, 42);
    const auto bad = testing::run(offload_answer(worker, true));
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().message, "broken");
}

Task<int> wait_and_give(Clock& clock, Duration duration, int value) {
    const bool came = co_await clock.sleep_for(duration, {});
    if (!came || value < 0) throw std::runtime_error("no such value");
    co_return value;
}

Task<void> add_up(Clock& clock, Executor executor, int second, std::optional<int>& sum) {
    const Begun one(executor, wait_and_give(clock, 3s, 1));
    const Begun two(executor, wait_and_give(clock, 2s, second));
    auto first = one.result();
    const int a = co_await std::move(first);
    auto other = two.result();
    try {
        const int b = co_await std::move(other);
        sum = a + b;
    } catch (const std::runtime_error&) {
        sum = -1;
    }
}

TEST(Begun, TasksAreWaitedForTogether) {
    boost::asio::io_context io;
    testing::ManualClock clock;
    std::optional<int> sum;
    spawn_detached(io.get_executor(), "sum", add_up(clock, io.get_executor(), 2, sum));
    clock.advance(io, 2s);
    EXPECT_FALSE(sum);
    clock.advance(io, 1s);
    EXPECT_EQ(sum, 3) << "not one after the other";
}

TEST(Begun, WhatIsThrownArrivesWhereItIsWaitedFor) {
    boost::asio::io_context io;
    testing::ManualClock clock;
    std::optional<int> sum;
    spawn_detached(io.get_executor(), "sum", add_up(clock, io.get_executor(), -2, sum));
    clock.advance(io, 3s);
    EXPECT_EQ(sum, -1);
}

}  // namespace
}  // namespace async
