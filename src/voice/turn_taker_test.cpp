#include "voice/turn_taker.hpp"

#include <string>

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace voice {
namespace {

std::string_view name(TurnEndReason reason) {
    switch (reason) {
        case TurnEndReason::complete:
            return "complete";
        case TurnEndReason::silence:
            return "silence";
        case TurnEndReason::cap:
            return "cap";
        case TurnEndReason::committed:
            return "committed";
        case TurnEndReason::audio_stopped:
            return "audio stopped";
        case TurnEndReason::too_long:
            return "too long";
    }
    return "?";
}

struct Words {
    std::string operator()(const SpeechStarted& d) const {
        return fmt::format("started {}", d.start / 16);
    }
    std::string operator()(const SoftEnd& d) const { return fmt::format("soft {}", d.revision); }
    std::string operator()(const Reopened& d) const {
        return fmt::format("reopened {}", d.revision);
    }
    std::string operator()(const TurnEnded& d) const {
        return fmt::format("ended {} {}", d.revision, name(d.reason));
    }
    std::string operator()(const TurnDropped&) const { return "dropped"; }
    std::string operator()(const IdleTimeout&) const { return "idle"; }
};

// A person and a clock: windows of 32 ms, the clock goes with them.
class Scene {
public:
    explicit Scene(TurnSettings settings) : taker(settings, Time{0}) {}

    void add(const Decisions& decisions) {
        for (const auto& d : decisions) {
            happened.push_back(std::visit(Words{}, d));
            if (std::holds_alternative<TurnEnded>(d)) ended_at = now;
        }
    }
    void windows(int count, float probability) {
        for (int i = 0; i < count; ++i) {
            now += Time{32};
            add(taker.hear({position, probability}, now));
            position += kVadWindow;
        }
    }
    void speak(int ms) { windows(ms / 32, 0.9F); }
    // Also the moment at which the last speech ended.
    void quiet(int ms) { windows(ms / 32, 0.05F); }
    void says(Revision revision, std::string_view text,
              TranscriptState state = TranscriptState::final) {
        add(taker.transcript({revision, text, state}, now));
    }
    void wait(int ms) {
        now += Time{ms};
        add(taker.tick(now));
    }
    [[nodiscard]] std::string story() {
        std::string out;
        for (const auto& each : happened) out += (out.empty() ? "" : ", ") + each;
        happened.clear();
        return out;
    }

    TurnTaker taker;
    Time now{0};
    Time ended_at{0};
    Samples position = 0;
    std::vector<std::string> happened;
};

TurnSettings semantic(Eagerness eagerness = Eagerness::medium) {
    TurnSettings settings;
    settings.mode = TurnMode::semantic_vad;
    settings.eagerness = eagerness;
    return settings;
}

TEST(TurnTaker, ServerVadEndsTheTurnAfterTheSetSilence) {
    Scene scene({});
    scene.quiet(960);
    scene.speak(640);
    EXPECT_EQ(scene.story(), "started 660");  // 960 ms less the padding of 300
    const Time spoken = scene.now;
    scene.quiet(960);
    EXPECT_EQ(scene.story(), "soft 1, ended 1 silence");
    EXPECT_EQ((scene.ended_at - spoken).count(), 512);  // the first window end at or after 500
}

TEST(TurnTaker, AClickIsNoTurn) {
    Scene scene({});
    for (int i = 0; i < 20; ++i) {
        scene.speak(32);
        scene.quiet(96);
    }
    EXPECT_EQ(scene.story(), "");
}

TEST(TurnTaker, TheStartNeverReachesIntoTheLastTurn) {
    Scene scene({});
    scene.speak(320);
    scene.quiet(512);
    EXPECT_EQ(scene.story(), "started 0, soft 1, ended 1 silence");
    scene.quiet(96);
    scene.speak(96);
    EXPECT_EQ(scene.story(), "started 832");  // not 628: the last turn ended at 832
}

TEST(TurnTaker, GoingOnWithdrawsTheRevision) {
    Scene scene({});
    scene.speak(640);
    scene.quiet(192);
    scene.speak(640);
    scene.quiet(192);
    scene.speak(320);
    scene.quiet(640);
    EXPECT_EQ(scene.story(),
              "started 0, soft 1, reopened 1, soft 2, reopened 2, soft 3, ended 3 silence");
}

TEST(TurnTaker, AFinishedSentenceIsAnsweredSoon) {
    Scene scene(semantic());
    scene.speak(960);
    const Time spoken = scene.now;
    scene.quiet(96);
    scene.says(1, "what is the weather in Berlin");
    scene.quiet(4'000);
    EXPECT_EQ(scene.story(), "started 0, soft 1, ended 1 complete");
    EXPECT_LE((scene.ended_at - spoken).count(), 300);
}

TEST(TurnTaker, APauseInMidSentenceIsNotAnswered) {
    Scene scene(semantic());
    scene.speak(960);
    scene.quiet(96);
    scene.says(1, "what is the weather in");
    scene.quiet(3'200);
    EXPECT_EQ(scene.story(), "started 0, soft 1");
    scene.speak(640);
    scene.quiet(96);
    scene.says(2, "what is the weather in Berlin");
    scene.quiet(320);
    EXPECT_EQ(scene.story(), "reopened 1, soft 2, ended 2 complete");
}

TEST(TurnTaker, NobodyIsWaitedForLongerThanTheCap) {
    for (const auto [eagerness, cap] : {std::pair{Eagerness::low, 8'000},
                                        {Eagerness::medium, 4'000},
                                        {Eagerness::high, 2'000},
                                        {Eagerness::automatic, 4'000}}) {
        Scene scene(semantic(eagerness));
        scene.speak(960);
        const Time spoken = scene.now;
        scene.quiet(96);
        scene.says(1, "I would like to");
        scene.quiet(9'000);
        EXPECT_EQ(scene.story(), "started 0, soft 1, ended 1 cap");
        EXPECT_GE((scene.ended_at - spoken).count(), cap);
        EXPECT_LT((scene.ended_at - spoken).count(), cap + 32);
    }
}

TEST(TurnTaker, EagernessOrdersTheWaits) {
    for (const std::string_view text : {"what time is it", "my name is Anna"}) {
        std::vector<Time> waits;
        for (const auto eagerness : {Eagerness::high, Eagerness::medium, Eagerness::low}) {
            Scene scene(semantic(eagerness));
            scene.speak(960);
            const Time spoken = scene.now;
            scene.quiet(96);
            scene.says(1, text);
            scene.quiet(9'000);
            waits.push_back(scene.ended_at - spoken);
        }
        EXPECT_LT(waits[0], waits[1]) << text;
        EXPECT_LT(waits[1], waits[2]) << text;
    }
}

TEST(TurnTaker, TheEndOfTurnModelMovesAJudgementByOneStep) {
    const auto waited = [](std::string_view text, float probability) {
        Scene scene(semantic());
        scene.speak(960);
        const Time spoken = scene.now;
        scene.quiet(96);
        scene.says(1, text);
        scene.add(scene.taker.end_of_turn({1, probability}, scene.now));
        scene.quiet(9'000);
        return (scene.ended_at - spoken).count();
    };
    EXPECT_LT(waited("what time is it", 0.9F), 320);
    EXPECT_GT(waited("what time is it", 0.04F), 900);  // unreliable: not more than a longer wait
    EXPECT_LT(waited("what time is it", 0.04F), 1'100);
    EXPECT_LT(waited("my name is Anna", 0.9F), 320);
    EXPECT_GT(waited("my name is Anna", 0.04F), 1'900);
    EXPECT_LT(waited("my name is Anna", 0.04F), 2'100);
    // Where the words cannot end, a sound that seems to ends only the longest wait.
    EXPECT_GT(waited("I would like to", 0.95F), 1'900);
    EXPECT_LT(waited("I would like to", 0.95F), 2'100);
    EXPECT_GT(waited("I would like to", 0.3F), 3'900);
}

TEST(TurnTaker, ASentenceWhoseLastWordIsAGuessIsNotAnsweredAtOnce) {
    for (const double last_word : {0.2, 0.9}) {
        Scene scene(semantic());
        scene.speak(960);
        scene.quiet(96);
        const Transcript heard{1, "We met the choir.", TranscriptState::final, last_word};
        scene.add(scene.taker.transcript(heard, scene.now));
        scene.quiet(400);
        EXPECT_EQ(scene.taker.in_turn(), last_word < 0.5);
    }
}

TEST(TurnTaker, TheSoundAloneEndsNoTurnWhoseWordsAreStillToCome) {
    for (const bool has_words : {true, false}) {
        auto settings = semantic();
        settings.has_words = has_words;
        Scene scene(settings);
        scene.speak(960);
        scene.quiet(96);
        scene.add(scene.taker.end_of_turn({1, 0.95F}, scene.now));
        scene.quiet(400);
        EXPECT_EQ(scene.taker.in_turn(), has_words);
        scene.says(1, "what time is it");
        EXPECT_FALSE(scene.taker.in_turn());
    }
}

TEST(TurnTaker, WhatBelongsToAnOlderRevisionIsIgnored) {
    Scene scene(semantic());
    scene.speak(960);
    scene.quiet(96);
    scene.speak(320);
    scene.quiet(96);
    EXPECT_EQ(scene.story(), "started 0, soft 1, reopened 1, soft 2");
    scene.says(2, "I would like to");
    scene.says(1, "what time is it");
    scene.add(scene.taker.end_of_turn({1, 1.0F}, scene.now));
    scene.quiet(2'000);
    EXPECT_EQ(scene.story(), "");
}

TEST(TurnTaker, ANoiseWithoutWordsIsNotAnswered) {
    Scene scene(semantic());
    scene.speak(128);
    scene.quiet(96);
    scene.says(1, "");
    scene.quiet(2'000);
    EXPECT_EQ(scene.story(), "started 0, soft 1, dropped");
}

TEST(TurnTaker, AMicrophoneThatFallsSilentInMidWordDoesNotHangTheTurn) {
    Scene scene({});
    scene.speak(640);
    EXPECT_EQ(scene.story(), "started 0");
    for (int i = 0; i < 30; ++i) {
        const auto next = scene.taker.next_deadline();
        if (!next) break;
        scene.wait(static_cast<int>((*next - scene.now).count()));
    }
    EXPECT_EQ(scene.story(), "soft 1, ended 1 audio stopped");
    EXPECT_FALSE(scene.taker.next_deadline());
}

TEST(TurnTaker, AudioInLumpsIsJudgedByItsOwnTime) {
    Scene scene({});
    scene.speak(640);
    // A second of silence arrives at once, with no time passing on the clock.
    for (int i = 0; i < 30; ++i) {
        scene.add(scene.taker.hear({scene.position, 0.0F}, scene.now));
        scene.position += kVadWindow;
    }
    EXPECT_EQ(scene.story(), "started 0, soft 1, ended 1 silence");
}

TEST(TurnTaker, ManualModeEndsATurnOnlyWhenTold) {
    TurnSettings settings;
    settings.mode = TurnMode::manual;
    Scene scene(settings);
    EXPECT_EQ(scene.taker.commit(scene.now).error().code, base::ErrorCode::conflict);
    scene.speak(2'000);
    scene.quiet(9'000);
    EXPECT_EQ(scene.story(), "");
    auto committed = scene.taker.commit(scene.now);
    ASSERT_TRUE(committed);
    scene.add(*committed);
    EXPECT_EQ(scene.story(), "started 0, soft 1, ended 1 committed");
    EXPECT_FALSE(scene.taker.commit(scene.now));
    scene.speak(64);
    EXPECT_FALSE(scene.taker.commit(scene.now));
    scene.speak(64);
    EXPECT_TRUE(scene.taker.commit(scene.now));
}

TEST(TurnTaker, AClientMayCommitInTheMiddleOfATurn) {
    Scene scene({});
    scene.speak(640);
    scene.add(*scene.taker.commit(scene.now));
    scene.quiet(2'000);
    EXPECT_EQ(scene.story(), "started 0, soft 1, ended 1 committed");
}

TEST(TurnTaker, ClearingForgetsTheTurnAndItsAudio) {
    Scene scene({});
    scene.speak(640);
    scene.add(scene.taker.clear(scene.now));
    EXPECT_EQ(scene.story(), "started 0, dropped");
    scene.speak(64);
    EXPECT_EQ(scene.story(), "started 640");
}

TEST(TurnTaker, SettingsChangeWhileItRuns) {
    Scene scene({});
    scene.speak(640);
    TurnSettings settings;
    settings.silence = Time{1'504};
    scene.add(scene.taker.configure(settings, scene.now));
    scene.quiet(1'472);
    EXPECT_EQ(scene.story(), "started 0, soft 1");
    settings.silence = Time{300};
    scene.add(scene.taker.configure(settings, scene.now));
    EXPECT_EQ(scene.story(), "ended 1 silence");
    scene.speak(640);
    settings.mode = TurnMode::manual;
    scene.add(scene.taker.configure(settings, scene.now));
    EXPECT_TRUE(scene.story().ends_with("dropped"));
    settings.start_threshold = 0.95F;
    settings.mode = TurnMode::server_vad;
    scene.add(scene.taker.configure(settings, scene.now));
    scene.speak(640);
    EXPECT_EQ(scene.story(), "");
}

TEST(TurnTaker, IdleTimeoutCountsFromTheEndOfPlaybackAndComesOnce) {
    TurnSettings settings;
    settings.idle_timeout = Time{6'000};
    Scene scene(settings);
    scene.wait(20'000);
    EXPECT_EQ(scene.story(), "");
    scene.add(scene.taker.playback(Playback::playing, scene.now));
    scene.wait(20'000);
    scene.add(scene.taker.playback(Playback::idle, scene.now));
    scene.wait(5'999);
    EXPECT_EQ(scene.story(), "");
    EXPECT_EQ(*scene.taker.next_deadline(), scene.now + Time{1});
    scene.wait(1);
    EXPECT_EQ(scene.story(), "idle");
    scene.wait(20'000);
    EXPECT_EQ(scene.story(), "");
    scene.add(scene.taker.playback(Playback::playing, scene.now));
    scene.add(scene.taker.playback(Playback::idle, scene.now));
    scene.speak(640);
    scene.quiet(1'000);
    scene.wait(20'000);
    EXPECT_EQ(scene.story().find("idle"), std::string::npos);
}

TEST(TurnTaker, AnEndlessNoiseDoesNotHoldTheTurnForEver) {
    TurnSettings settings;
    settings.longest_turn = Time{3'000};
    Scene scene(settings);
    scene.speak(3'200);
    EXPECT_TRUE(scene.story().starts_with("started 0, soft 1, ended 1 too long"));
}

TEST(TurnSettings, NonsenseIsRefusedByName) {
    EXPECT_TRUE(check(TurnSettings{}));
    TurnSettings settings;
    settings.start_threshold = 0.2F;
    EXPECT_FALSE(check(settings));
    settings = {};
    settings.silence = Time{10};
    EXPECT_NE(check(settings).error().message.find("silence"), std::string::npos);
    settings = {};
    settings.soft_end = Time{500};
    EXPECT_FALSE(check(settings));
    settings = {};
    settings.idle_timeout = Time{1'000};
    EXPECT_FALSE(check(settings));
}

}  // namespace
}  // namespace voice
