// Opus and the echo canceller: third-party signal processing, judged by decibels.
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "media/echo_canceller.hpp"
#include "media/levels.hpp"
#include "media/opus.hpp"
#include "media/testing/speech_like.hpp"

namespace media {
namespace {

using testing::echo_at;
using testing::speech_like;

double rms_db(std::span<const float> samples) {
    return static_cast<double>(measure(samples).rms_dbfs);
}

double correlation(std::span<const float> a, std::span<const float> b) {
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        ab += static_cast<double>(a[i]) * static_cast<double>(b[i]);
        aa += static_cast<double>(a[i]) * static_cast<double>(a[i]);
        bb += static_cast<double>(b[i]) * static_cast<double>(b[i]);
    }
    return ab / std::sqrt(aa * bb + 1e-12);
}

constexpr std::size_t kSecond = 16'000;

struct Room {
    std::vector<float> far, near, mic;
};

// Far speech comes back 40 ms later through a room of three reflections; near speech is added from
// `near_from` on.
Room make_room(std::size_t seconds, std::size_t near_from) {
    const std::size_t count = seconds * kSecond;
    Room room{speech_like(count, 1), std::vector<float>(count, 0.0F), std::vector<float>(count)};
    const auto near = speech_like(count, 2, 3);
    for (std::size_t i = 0; i < count; ++i) {
        if (i >= near_from) room.near[i] = near[i];
        room.mic[i] = static_cast<float>(echo_at(room.far, i, 640, 0.5)) + room.near[i];
    }
    return room;
}

std::vector<float> run(EchoCanceller& canceller, const Room& room) {
    std::vector<float> clean(room.mic.size());
    const std::size_t size = canceller.frame_samples();
    for (std::size_t at = 0; at + size <= room.mic.size(); at += size) {
        canceller.played(static_cast<Samples>(at), std::span(room.far).subspan(at, size));
        EXPECT_TRUE(canceller.process(std::span(room.mic).subspan(at, size),
                                      std::span(clean).subspan(at, size)));
    }
    return clean;
}

TEST(EchoCanceller, TakesMoreThan25dBOfEchoAwayOnceItKnowsTheRoom) {
    auto canceller = EchoCanceller::make({});
    const Room room = make_room(8, 8 * kSecond);
    const auto clean = run(*canceller, room);
    const auto from = 5 * kSecond;
    const double before = rms_db(std::span(room.mic).subspan(from));
    const double after = rms_db(std::span(clean).subspan(from));
    RecordProperty("echo_reduction_db", static_cast<int>(before - after));
    EXPECT_GT(before - after, 25);
}

TEST(EchoCanceller, KeepsThePersonWhoTalksAtTheSameTime) {
    auto canceller = EchoCanceller::make({.noise_reduction_db = 0});
    const Room room = make_room(10, 6 * kSecond);
    const auto clean = run(*canceller, room);
    const auto from = 7 * kSecond;
    const auto near = std::span(room.near).subspan(from);
    const auto late = from + static_cast<std::size_t>(canceller->delay());
    EXPECT_NEAR(rms_db(std::span(clean).subspan(from)), rms_db(near), 4.0);
    const double before = correlation(std::span(room.mic).subspan(from), near);
    const double after = correlation(std::span(clean).subspan(late), near);
    EXPECT_GT(after, before);
    EXPECT_GT(after, 0.85);
    // The delay is what it is said to be: nothing fits better.
    for (std::size_t lag = 0; lag < 480; lag += 20) {
        EXPECT_LE(correlation(std::span(clean).subspan(from + lag), near), after) << lag;
    }
}

TEST(EchoCanceller, NeedsToBeToldWhatWasPlayed) {
    auto canceller = EchoCanceller::make({.noise_reduction_db = 0});
    Room room = make_room(6, 6 * kSecond);
    std::ranges::fill(room.far, 0.0F);
    const auto clean = run(*canceller, room);
    const auto from = 4 * kSecond;
    EXPECT_NEAR(rms_db(std::span(clean).subspan(from)), rms_db(std::span(room.mic).subspan(from)),
                3);
}

TEST(EchoCanceller, AlignsByPositionNotByTheOrderOfTheCalls) {
    auto canceller = EchoCanceller::make({});
    const Room room = make_room(8, 8 * kSecond);
    std::vector<float> clean(room.mic.size());
    std::size_t told = 0;
    for (std::size_t at = 0; at + 160 <= room.mic.size(); at += 160) {
        // The player reports in lumps of 100 ms, well ahead.
        while (told < std::min(room.far.size(), at + 4'000)) {
            canceller->played(static_cast<Samples>(told), std::span(room.far).subspan(told, 1'600));
            told += 1'600;
        }
        ASSERT_TRUE(canceller->process(std::span(room.mic).subspan(at, 160),
                                       std::span(clean).subspan(at, 160)));
    }
    const auto from = 5 * kSecond;
    EXPECT_GT(rms_db(std::span(room.mic).subspan(from)) - rms_db(std::span(clean).subspan(from)),
              25);
    EXPECT_EQ(canceller->counters().played_late, 0);
    EXPECT_EQ(canceller->counters().played_early, 0);
}

TEST(EchoCanceller, CountsWhatItWasToldTooLateOrTooEarly) {
    auto canceller = EchoCanceller::make({});
    std::vector<float> frame(160, 0.0F);
    ASSERT_TRUE(canceller->process(frame, frame));
    canceller->played(0, frame);
    EXPECT_EQ(canceller->counters().played_late, 160);
    canceller->played(160 + 32'000, frame);
    EXPECT_EQ(canceller->counters().played_early, 160);
    canceller->skip(1'600);
    EXPECT_EQ(canceller->position(), 1'760);
    EXPECT_FALSE(canceller->process(std::span(frame).first(100), std::span(frame).first(100)));
    EXPECT_FALSE(EchoCanceller::make({.tail_ms = 5}));
}

TEST(Opus, SpeechComesBackAtTheSameLoudnessAndInTime) {
    auto encoder = OpusVoiceEncoder::make({.rate_hz = 16'000});
    auto decoder = OpusVoiceDecoder::make(16'000);
    ASSERT_TRUE(encoder && decoder);
    const auto in = speech_like(2 * kSecond, 5);
    std::vector<float> out;
    std::size_t bytes = 0;
    for (std::size_t at = 0; at + 320 <= in.size(); at += 320) {
        const auto packet = encoder->encode(std::span(in).subspan(at, 320));
        ASSERT_TRUE(packet);
        bytes += packet->size();
        const auto samples = decoder->decode(*packet);
        ASSERT_TRUE(samples);
        ASSERT_EQ(samples->size(), 320U);
        out.insert(out.end(), samples->begin(), samples->end());
    }
    EXPECT_NEAR(rms_db(in), rms_db(out), 2.0);
    EXPECT_LT(bytes, 12'000U);  // 2 s at 32 kbit/s are 8 000
    const auto late = static_cast<std::size_t>(encoder->latency());
    EXPECT_GT(correlation(in, std::span(out).subspan(late)), 0.8);
    EXPECT_LT(correlation(in, std::span(out).subspan(late + 100)), 0.5);
}

TEST(Opus, ALostFrameIsFilledAndTheSpareCopyIsBetterThanAGuess) {
    auto encoder = OpusVoiceEncoder::make({.rate_hz = 16'000, .expected_loss_percent = 30});
    auto guessing = OpusVoiceDecoder::make(16'000);
    auto recovering = OpusVoiceDecoder::make(16'000);
    auto whole = OpusVoiceDecoder::make(16'000);
    const auto in = speech_like(3 * kSecond, 9);
    std::vector<std::vector<std::byte>> packets;
    for (std::size_t at = 0; at + 320 <= in.size(); at += 320) {
        const auto packet = encoder->encode(std::span(in).subspan(at, 320));
        ASSERT_TRUE(packet);
        packets.emplace_back(packet->begin(), packet->end());
    }
    double guessed = 0, recovered = 0;
    for (std::size_t i = 0; i + 1 < packets.size(); ++i) {
        const auto truth = *whole->decode(packets[i]);
        if (i % 10 != 9) {
            ASSERT_TRUE(guessing->decode(packets[i]));
            ASSERT_TRUE(recovering->decode(packets[i]));
            continue;
        }
        const auto guess = guessing->conceal();
        const auto spare = recovering->recover(packets[i + 1]);
        ASSERT_TRUE(guess && spare);
        ASSERT_EQ(guess->size(), 320U);
        ASSERT_EQ(spare->size(), 320U);
        guessed += correlation(*guess, truth);
        recovered += correlation(*spare, truth);
    }
    EXPECT_GT(recovered, guessed);
}

TEST(Opus, NoisePacketsAreRefusedAndTheDecoderLivesOn) {
    auto decoder = OpusVoiceDecoder::make(48'000);
    std::mt19937 random(3);
    int refused = 0;
    for (int i = 0; i < 2'000; ++i) {
        std::vector<std::byte> packet(random() % 200);
        for (auto& b : packet) b = static_cast<std::byte>(random());
        const auto samples = decoder->decode(packet);
        if (!samples) {
            ++refused;
            continue;
        }
        ASSERT_LE(samples->size(), 5'760U);
    }
    EXPECT_GT(refused, 0);
    auto encoder = OpusVoiceEncoder::make({});
    ASSERT_TRUE(decoder->decode(*encoder->encode(std::vector<float>(960, 0.1F))));
    EXPECT_FALSE(encoder->encode(std::vector<float>(100)));
    EXPECT_FALSE(OpusVoiceDecoder::make(44'100));
}

}  // namespace
}  // namespace media
