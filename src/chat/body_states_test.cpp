// Mood and activity of the character: moved, sinking to rest by the clock, kept over a restart.
#include "chat/body_states.hpp"

#include <gtest/gtest.h>

#include "adapters/store_memory/memory_store.hpp"
#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"
#include "chat/body_link.hpp"

namespace chat {
namespace {

using namespace std::chrono_literals;

class BodyStatesTest : public testing::Test {
protected:
    BodyStatesTest() { begin(); }

    void begin() {
        states_ = std::make_unique<BodyStates>(
            io_.get_executor(), clock_, store_,
            [this](const auto&, const protocol::BodyState& state) { told_.push_back(state); });
    }
    void settle() { async::testing::ManualClock::settle(io_); }
    protocol::BodyState now() { return async::testing::run_on(io_, states_->now(session_)); }
    void feel(const char* look, double intensity) {
        states_->feel(session_, look, intensity);
        settle();
    }

    boost::asio::io_context io_;
    async::testing::ManualClock clock_;
    adapters::MemoryStore store_;
    base::SessionId session_ = base::SessionId("s1");
    std::vector<protocol::BodyState> told_;
    std::unique_ptr<BodyStates> states_;
};

TEST_F(BodyStatesTest, FeelingsMoveTheMoodAndTimeBringsItToRest) {
    EXPECT_EQ(now().valence, 0);
    feel("happy", 1);
    const double once = now().valence;
    EXPECT_GT(once, 0.2);
    feel("happy", 1);
    EXPECT_GT(now().valence, once);
    feel("sad", 1);
    EXPECT_LT(now().valence, once);
    feel("angry", 1);
    EXPECT_LT(now().valence, 0);
    EXPECT_GT(now().arousal, 0.3);
    const double before = now().valence;
    clock_.advance(io_, 10min);
    EXPECT_NEAR(now().valence, before * 0.3679, 1e-3);
    clock_.advance(io_, 24h);
    EXPECT_NEAR(now().valence, 0, 1e-9);
    EXPECT_NEAR(now().arousal, 0.3, 1e-9);
    EXPECT_EQ(told_.size(), 4U);
}

TEST_F(BodyStatesTest, AMoodOutlivesARestartAndSinksMeanwhile) {
    feel("fear", 1);
    states_->took_effect(session_, {.id = 4, .action = "sit_down", .pose = "sitting"});
    settle();
    const auto before = now();
    EXPECT_EQ(before.activity, "sit_down");
    states_.reset();
    clock_.advance(io_, 10min);
    begin();
    // The first thing after the restart does not wipe out what was kept.
    feel("unknown", 1);
    const auto after = now();
    EXPECT_NEAR(after.valence, before.valence * 0.3679, 1e-3);
    EXPECT_EQ(after.pose, "sitting");
    EXPECT_EQ(after.activity, "");
}

TEST_F(BodyStatesTest, WhatItDoesEndsWithItsOwnMovementOnly) {
    states_->took_effect(session_, {.id = 1, .action = "dance"});
    settle();
    states_->took_effect(session_, {.id = 2, .action = "wave"});
    settle();
    states_->finished(session_, 1);
    settle();
    EXPECT_EQ(now().activity, "wave");
    states_->finished(session_, 2);
    settle();
    EXPECT_EQ(now().activity, "");
    EXPECT_EQ(told_.back().activity, "");
    states_->took_effect(session_, {.id = 3, .action = "walk"});
    settle();
    states_->all_finished();
    EXPECT_EQ(now().activity, "");
}

TEST_F(BodyStatesTest, WhatTheStoreHoldsIsNotTrusted) {
    const auto put = [&](const char* text) {
        (void)async::testing::run_on(io_, store_.put_fact("body.s1", text));
        begin();
    };
    put(R"({"pose":"flying","valence":7,"arousal":-3})");
    EXPECT_EQ(now().pose, "standing");
    EXPECT_EQ(now().valence, 1);
    EXPECT_EQ(now().arousal, 0);
    put("{");
    EXPECT_EQ(now().arousal, 0.3);
}

TEST_F(BodyStatesTest, ForgottenIsAtRest) {
    feel("sad", 1);
    states_->forget(session_);
    settle();
    EXPECT_EQ(now().valence, 0);
}

TEST_F(BodyStatesTest, AStageTellsWhenAMovementIsOver) {
    EventHub hub;
    BodyLink link(io_.get_executor(), clock_, hub, store_);
    link.put_stage("page", {"Nook", {"wave"}, {"happy"}});
    protocol::BodyDirective directive;
    directive.action = protocol::BodyAction{"wave", {}, {}};
    const long long id = link.publish({}, session_, std::move(directive));
    protocol::BodyAck ack;
    ack.id = id;
    ack.tick = 5;
    link.acknowledge("page", ack);
    settle();
    const auto activity = [&] {
        return async::testing::run_on(io_, link.state(session_)).activity;
    };
    EXPECT_EQ(activity(), "wave");
    protocol::BodyAck over;
    over.id = id;
    over.finished = true;
    link.acknowledge("stranger", over);
    settle();
    EXPECT_EQ(activity(), "wave");
    link.acknowledge("page", over);
    settle();
    EXPECT_EQ(activity(), "");
}

}  // namespace
}  // namespace chat
