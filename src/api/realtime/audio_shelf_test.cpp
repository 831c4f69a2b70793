#include "api/realtime/audio_shelf.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "async/testing/run.hpp"

namespace realtime {
namespace {

std::vector<float> tone(int samples) {
    std::vector<float> out(static_cast<std::size_t>(samples));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = 0.5F * std::sin(static_cast<float>(i) * 0.1F);
    }
    return out;
}

async::Task<int> close_and_return(AudioShelf* shelf) {
    auto closing = shelf->close();
    co_await std::move(closing);
    co_return 0;
}

TEST(AudioShelf, TheOldestSoundGoesFirst) {
    boost::asio::io_context io;
    const auto guard = boost::asio::make_work_guard(io);
    async::WorkerThread worker("test");
    AudioShelf shelf(io.get_executor(), worker, 70'000);
    const auto first = shelf.keep(tone(16'000), 16'000);
    const auto second = shelf.keep(tone(16'000), 16'000);
    EXPECT_FALSE(first->dropped());
    const auto third = shelf.keep(tone(16'000), 16'000);
    EXPECT_TRUE(first->dropped());
    EXPECT_TRUE(first->unpack().empty());
    EXPECT_FALSE(second->dropped());
    EXPECT_FALSE(third->dropped());
    async::testing::run_on(io, close_and_return(&shelf));
}

TEST(AudioShelf, PackedSoundIsSmallAndSoundsTheSame) {
    boost::asio::io_context io;
    const auto guard = boost::asio::make_work_guard(io);
    async::WorkerThread worker("test");
    AudioShelf shelf(io.get_executor(), worker, 1'000'000);
    const auto sound = tone(24'000);
    const auto kept = shelf.keep(sound, 24'000);
    EXPECT_GE(shelf.bytes(), 48'000U);
    async::testing::run_on(io, close_and_return(&shelf));
    EXPECT_LT(shelf.bytes(), 6'000U);
    const auto again = kept->unpack();
    ASSERT_EQ(again.size(), sound.size());
    double both = 0;
    double power = 0;
    for (std::size_t i = 4'800; i < 19'200; ++i) {
        both += static_cast<double>(again[i]) * static_cast<double>(sound[i]);
        power += static_cast<double>(sound[i]) * static_cast<double>(sound[i]);
    }
    EXPECT_GT(both / power, 0.8);  // in the same place, about as loud
    kept->cut(2'400);
    EXPECT_EQ(kept->unpack().size(), 2'400U);
}

}  // namespace
}  // namespace realtime
