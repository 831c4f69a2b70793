// What is left of an echo is nobody; a person is noticed within 50 ms.
#include "voice/near_speech.hpp"

#include <gtest/gtest.h>

namespace voice {
namespace {

constexpr double kEcho = 2e-3;  // -27 dBFS

// So many frames until somebody is noticed; 1000: nobody.
int noticed_after(NearSpeech& near, double heard, double left) {
    for (int frames = 1; frames <= 100; ++frames) {
        if (near.hear(heard, left)) return frames;
    }
    return 1'000;
}

TEST(NearSpeech, WhatIsLeftOfAnEchoIsNobodyWhetherMuchOrLittle) {
    for (const double share : {0.1, 0.02, 0.0001}) {
        NearSpeech near;
        EXPECT_EQ(noticed_after(near, kEcho, share * kEcho), 1'000) << share;
    }
}

TEST(NearSpeech, TheEndOfAWordWhoseRestOutlivesItIsNobody) {
    NearSpeech near;
    ASSERT_EQ(noticed_after(near, kEcho, 0.003 * kEcho), 1'000);
    double fading = kEcho;
    for (int frames = 0; frames < 20; ++frames, fading *= 0.6) {
        EXPECT_FALSE(near.hear(fading, 0.02 * kEcho * (frames < 8 ? 1.0 : 0.1))) << frames;
    }
}

TEST(NearSpeech, APersonIsNoticedWithin50msAndHeldBetweenWords) {
    NearSpeech near;
    ASSERT_EQ(noticed_after(near, kEcho, 0.001 * kEcho), 1'000);
    EXPECT_LE(noticed_after(near, 1.5 * kEcho, 0.5 * kEcho), 6);
    for (int frames = 0; frames < 20; ++frames) EXPECT_TRUE(near.hear(kEcho, 0.001 * kEcho));
    for (int frames = 0; frames < 10; ++frames) static_cast<void>(near.hear(kEcho, 0.001 * kEcho));
    EXPECT_FALSE(near.hear(kEcho, 0.001 * kEcho));
}

TEST(NearSpeech, TheBetterTheEchoIsTakenOutTheQuieterAPersonMayBe) {
    NearSpeech good;
    ASSERT_EQ(noticed_after(good, kEcho, 0.001 * kEcho), 1'000);
    EXPECT_LE(noticed_after(good, kEcho, 0.05 * kEcho), 6) << "13 dB below the echo";
    NearSpeech poor;
    ASSERT_EQ(noticed_after(poor, kEcho, 0.1 * kEcho), 1'000);
    EXPECT_EQ(noticed_after(poor, kEcho, 0.2 * kEcho), 1'000);
    EXPECT_LE(noticed_after(poor, kEcho, 0.4 * kEcho), 6);
}

}  // namespace
}  // namespace voice
