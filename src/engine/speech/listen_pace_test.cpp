#include "engine/speech/listen_pace.hpp"

#include <gtest/gtest.h>

namespace engine::speech {
namespace {

TEST(ListenPace, TheFirstRecognitionHasAllTheTimeItNeeds) {
    const ListenPace pace;
    EXPECT_EQ(pace.threads(4), 4);
    EXPECT_EQ(pace.patience(4, 512), 0);
}

TEST(ListenPace, WhatTakesFarLongerThanUsualIsDoneAgainWithOneThread) {
    ListenPace pace;
    for (int i = 0; i < 5; ++i) pace.learn(200, 512);
    EXPECT_NEAR(pace.patience(2, 512), 800, 1);
    EXPECT_NEAR(pace.patience(2, 1024), 1600, 1) << "more sound may take longer";
    pace.give_up();
    EXPECT_EQ(pace.threads(2), 1);
    EXPECT_EQ(pace.patience(1, 512), 0) << "one thread waits for nobody";
}

TEST(ListenPace, LaterItTriesMoreThreadsAgain) {
    ListenPace pace;
    pace.learn(200, 512);
    pace.give_up();
    for (int i = 0; i < 7; ++i) {
        pace.learn(300, 512);
        EXPECT_EQ(pace.threads(2), 1);
    }
    pace.learn(300, 512);
    EXPECT_EQ(pace.threads(2), 2);
}

TEST(ListenPace, OneDisturbedRecognitionDoesNotMakeItPatientForEver) {
    ListenPace pace;
    for (int i = 0; i < 5; ++i) pace.learn(200, 512);
    pace.learn(60'000, 512);
    EXPECT_LT(pace.patience(2, 512), 1'000);
    EXPECT_GT(pace.patience(2, 512), 800) << "a machine that became slower is learned";
}

}  // namespace
}  // namespace engine::speech
