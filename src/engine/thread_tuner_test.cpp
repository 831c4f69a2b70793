#include <gtest/gtest.h>

#include <functional>

#include "engine/thread_tuner.hpp"

namespace engine {
namespace {

// Runs `steps` computations that take `cost(threads)`; returns how many used each number.
std::map<int, int> run(ThreadTuner& tuner, int steps, const std::function<double(int)>& cost) {
    std::map<int, int> used;
    for (int i = 0; i < steps; ++i) {
        const int threads = tuner.threads();
        ++used[threads];
        tuner.learn(cost(threads));
    }
    return used;
}

double calm(int threads) {
    return 12.0 / threads;
}
double busy(int threads) {
    return threads == 1 ? 20.0 : 300.0 * threads;
}

TEST(ThreadTuner, StaysWithAllThreadsOnACalmMachine) {
    ThreadTuner tuner(2, ThreadTuner::Machine::calm);
    const auto used = run(tuner, 1000, calm);
    // Where fewer are clearly slower, one step each time shows it.
    EXPECT_GT(used.at(2), 988);
}

TEST(ThreadTuner, OneSlowStepIsNoReasonToTryAnother) {
    ThreadTuner tuner(2, ThreadTuner::Machine::calm);
    run(tuner, 200, calm);
    int step = 0;
    const auto used =
        run(tuner, 200, [&](int threads) { return calm(threads) * (++step % 12 == 0 ? 5 : 1); });
    EXPECT_GT(used.at(2), 196);
}

TEST(ThreadTuner, GoesDownWhenOthersUseTheCoresAndUpAgainAfterwards) {
    ThreadTuner tuner(4, ThreadTuner::Machine::calm);
    run(tuner, 50, calm);
    EXPECT_EQ(tuner.threads(), 4);
    run(tuner, 60, busy);
    const auto bad = run(tuner, 100, busy);
    EXPECT_GT(bad.at(1), 85);
    run(tuner, 800, calm);
    const auto good = run(tuner, 100, calm);
    EXPECT_GT(good.at(4), 90);
}

TEST(ThreadTuner, BeginsWithOneThreadOnABusyMachine) {
    ThreadTuner tuner(4, ThreadTuner::Machine::busy);
    EXPECT_EQ(tuner.threads(), 1);
    run(tuner, 100, calm);
    const auto used = run(tuner, 100, calm);
    EXPECT_GT(used.at(4), 90);
}

TEST(ThreadTuner, BeginsAnewWithWhatFitsAndKeepsWhatItLearnedOtherwise) {
    ThreadTuner tuner(4, ThreadTuner::Machine::calm);
    run(tuner, 50, calm);
    tuner.begin(4);
    EXPECT_EQ(tuner.threads(), 4);
    tuner.begin(1);
    EXPECT_EQ(tuner.threads(), 1);
    EXPECT_GT(run(tuner, 20, busy).at(1), 14);
    tuner.begin(4);  // not more than was found to be good
    EXPECT_EQ(tuner.threads(), 1);
    run(tuner, 100, calm);
    EXPECT_GT(run(tuner, 100, calm).at(4), 90);
}

TEST(ThreadTuner, WhatIsBrokenOffIsDoneWithFewerThreads) {
    ThreadTuner tuner(2, ThreadTuner::Machine::calm);
    EXPECT_EQ(tuner.patience(), 0);  // nothing is known of the machine yet
    tuner.learn(6);
    EXPECT_EQ(tuner.patience(), 36);
    tuner.give_up();
    EXPECT_EQ(tuner.threads(), 1);
    EXPECT_EQ(tuner.patience(), 0);  // there is no fewer
    for (int i = 0; i < 4; ++i) tuner.learn(12);
    EXPECT_EQ(tuner.threads(), 2);
    EXPECT_EQ(tuner.patience(), 72);
    tuner.give_up();
    EXPECT_EQ(tuner.threads(), 1);
    EXPECT_LE(run(tuner, 40, busy).at(2), 4);
}

TEST(ThreadTuner, OneCoreNeedsNoTrials) {
    ThreadTuner tuner(1, ThreadTuner::Machine::calm);
    EXPECT_EQ(run(tuner, 100, busy).at(1), 100);
}

}  // namespace
}  // namespace engine
