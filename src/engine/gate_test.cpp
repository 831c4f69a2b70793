// Who computes next.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "engine/gate.hpp"

namespace engine {
namespace {

class Lanes : public ::testing::Test {
protected:
    // A thread that notes its letter when it gets the gate.
    std::jthread queue_up(Lane lane, char letter) {
        const int before = gate_.waiting();
        std::jthread thread([this, lane, letter] {
            const Gate::Pass pass(gate_, lane);
            order_ += letter;  // the gate is the lock
        });
        while (gate_.waiting() == before) std::this_thread::yield();
        return thread;
    }
    Gate gate_;
    std::string order_;
};

TEST_F(Lanes, TheMostUrgentGoesFirstThenWhoeverCameFirst) {
    std::vector<std::jthread> threads;
    {
        const Gate::Pass pass(gate_);
        threads.push_back(queue_up(Lane::language, 'a'));
        threads.push_back(queue_up(Lane::recogniser, 'b'));
        threads.push_back(queue_up(Lane::language, 'c'));
        threads.push_back(queue_up(Lane::voice, 'd'));
        threads.push_back(queue_up(Lane::recogniser, 'e'));
    }
    threads.clear();
    EXPECT_EQ(order_, "dbeac");
}

TEST_F(Lanes, ASliceMakesWayForMoreUrgentOnesOnly) {
    std::vector<std::jthread> threads;
    {
        const Gate::Pass pass(gate_, Lane::recogniser);
        threads.push_back(queue_up(Lane::recogniser, 'r'));
        threads.push_back(queue_up(Lane::language, 'l'));
        gate_.make_way();
        EXPECT_EQ(order_, "") << "nobody more urgent waits";
        threads.push_back(queue_up(Lane::voice, 'v'));
        gate_.make_way();
        EXPECT_EQ(order_, "v") << "the voice passed, the others of this lane and below did not";
        order_ += 'x';
    }
    threads.clear();
    EXPECT_EQ(order_, "vxrl");
}

TEST_F(Lanes, OnlyTheHolderMakesWay) {
    std::vector<std::jthread> threads;
    {
        const Gate::Pass pass(gate_, Lane::language);
        threads.push_back(queue_up(Lane::voice, 'v'));
        std::jthread([this] { gate_.make_way(); }).join();
        EXPECT_EQ(order_, "") << "another thread cannot give away what it does not hold";
    }
    threads.clear();
    EXPECT_EQ(order_, "v");
}

}  // namespace
}  // namespace engine
