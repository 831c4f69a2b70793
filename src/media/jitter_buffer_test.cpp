#include "media/jitter_buffer.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace media {
namespace {

using std::chrono::microseconds;
constexpr std::int64_t kFrameUs = 20'000;

std::vector<std::byte> payload(std::uint16_t sequence) {
    return {static_cast<std::byte>(sequence & 0xFF), static_cast<std::byte>(sequence >> 8)};
}

void push(JitterBuffer& buffer, int sequence, std::int64_t at_us) {
    const auto number = static_cast<std::uint16_t>(sequence);
    buffer.push(number, payload(number), microseconds(at_us));
}

TEST(JitterBuffer, AnEvenStreamGoesThroughWithOneFrameOfDelay) {
    JitterBuffer buffer({});
    for (int i = 0; i < 100; ++i) {
        push(buffer, 65'500 + i, i * kFrameUs);  // wraps at 65536
        const auto frame = buffer.pop();
        ASSERT_EQ(frame.kind, JitterBuffer::Kind::frame);
        ASSERT_EQ(frame.sequence, static_cast<std::uint16_t>(65'500 + i));
    }
    EXPECT_EQ(buffer.target_frames(), 1);
    EXPECT_EQ(buffer.counters().underruns, 0U);
    EXPECT_EQ(buffer.counters().resets, 0U);
}

TEST(JitterBuffer, ALostFrameIsNamedAndTheNextOneIsAtHand) {
    JitterBuffer buffer({.min_frames = 2});
    push(buffer, 10, 0);
    push(buffer, 12, 2 * kFrameUs);
    EXPECT_EQ(buffer.pop().sequence, 10);
    const auto lost = buffer.pop();
    EXPECT_EQ(lost.kind, JitterBuffer::Kind::lost);
    EXPECT_EQ(lost.sequence, 11);
    ASSERT_EQ(lost.next.size(), 2U);
    EXPECT_EQ(lost.next[0], std::byte{12});
    EXPECT_EQ(buffer.pop().sequence, 12);
    EXPECT_EQ(buffer.counters().lost, 1U);
    push(buffer, 11, 3 * kFrameUs);
    EXPECT_EQ(buffer.counters().late, 1U);
}

TEST(JitterBuffer, RunningDryIsCountedOnceAndItBuffersAgain) {
    JitterBuffer buffer({.min_frames = 2, .max_frames = 2});
    push(buffer, 1, 0);
    EXPECT_EQ(buffer.pop().kind, JitterBuffer::Kind::wait);
    push(buffer, 2, kFrameUs);
    EXPECT_EQ(buffer.pop().kind, JitterBuffer::Kind::frame);
    EXPECT_EQ(buffer.pop().kind, JitterBuffer::Kind::frame);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(buffer.pop().kind, JitterBuffer::Kind::wait);
    EXPECT_EQ(buffer.counters().underruns, 1U);
    push(buffer, 3, 8 * kFrameUs);
    EXPECT_EQ(buffer.pop().kind, JitterBuffer::Kind::wait);
    push(buffer, 4, 9 * kFrameUs);
    EXPECT_EQ(buffer.pop().sequence, 3);
}

TEST(JitterBuffer, WaitsLongerOnAnUnevenNetworkAndShorterAgainOnAGoodOne) {
    JitterBuffer buffer({});
    int sequence = 0;
    for (; sequence < 100; ++sequence) {
        push(buffer, sequence, sequence * kFrameUs + (sequence % 5) * kFrameUs);
        (void)buffer.pop();
    }
    EXPECT_GE(buffer.target_frames(), 4);
    for (; sequence < 300; ++sequence) {
        push(buffer, sequence, sequence * kFrameUs);
        (void)buffer.pop();
    }
    EXPECT_EQ(buffer.target_frames(), 1);
}

TEST(JitterBuffer, ABurstIsCaughtUpWithInsteadOfStayingLateForGood) {
    JitterBuffer buffer({});
    for (int i = 0; i < 10; ++i) push(buffer, i, i * kFrameUs);
    for (int i = 10; i < 600; ++i) {
        (void)buffer.pop();
        push(buffer, i, i * kFrameUs);
    }
    EXPECT_LE(buffer.waiting_frames(), 3);
    EXPECT_GE(buffer.counters().skipped, 6U);
}

TEST(JitterBuffer, ASenderThatBeginsAnewIsFollowed) {
    JitterBuffer buffer({});
    for (int i = 0; i < 5; ++i) push(buffer, i, i * kFrameUs);
    (void)buffer.pop();
    push(buffer, 30'000, 6 * kFrameUs);
    EXPECT_EQ(buffer.counters().resets, 1U);
    EXPECT_EQ(buffer.pop().sequence, 30'000);
}

// Any network: what comes out is in order, is what was sent, and each frame is accounted for.
TEST(JitterBuffer, KeepsOrderAndAccountsOnAnyNetwork) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        const auto chance = [&](unsigned long percent) { return random() % 100 < percent; };
        const auto loss = random() % 30;
        const auto twice = random() % 20;
        const std::int64_t jitter_us = 1 + static_cast<std::int64_t>(random() % 120'000);
        const int first = static_cast<int>(random() % 65'536);
        std::vector<std::pair<std::int64_t, int>> network;  // arrival, sequence
        std::set<int> sent;
        for (int i = 0; i < 300; ++i) {
            if (chance(loss)) continue;
            sent.insert((first + i) % 65'536);
            for (int copy = 0; copy < (chance(twice) ? 2 : 1); ++copy) {
                network.emplace_back(i * kFrameUs + static_cast<std::int64_t>(random()) % jitter_us,
                                     first + i);
            }
        }
        std::ranges::sort(network);
        JitterBuffer buffer({});
        std::size_t at = 0;
        int last = -1;
        for (std::int64_t now = 0; now < 400 * kFrameUs; now += kFrameUs) {
            for (; at < network.size() && network[at].first <= now; ++at) {
                push(buffer, network[at].second, network[at].first);
            }
            const auto frame = buffer.pop();
            if (frame.kind == JitterBuffer::Kind::wait) continue;
            const int place = (frame.sequence - first + 65'536 + 1'000) % 65'536;
            ASSERT_GT(place, last) << "seed " << seed;
            last = place;
            if (frame.kind != JitterBuffer::Kind::frame) continue;
            ASSERT_TRUE(sent.contains(frame.sequence)) << "seed " << seed;
            const auto expected = payload(frame.sequence);
            ASSERT_TRUE(std::ranges::equal(frame.bytes, expected)) << "seed " << seed;
        }
        const auto& counted = buffer.counters();
        EXPECT_EQ(counted.received, network.size());
        EXPECT_EQ(counted.received, counted.played + counted.late + counted.duplicates +
                                        counted.skipped +
                                        static_cast<std::uint64_t>(buffer.waiting_frames()))
            << "seed " << seed;
        EXPECT_EQ(counted.resets, 0U) << "seed " << seed;
    }
}

}  // namespace
}  // namespace media
