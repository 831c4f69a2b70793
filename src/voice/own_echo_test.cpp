// A client's echo is taken out of its microphone, whenever its reports come.
#include "voice/own_echo.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "media/testing/speech_like.hpp"
#include "voice/testing/echoing_client.hpp"

namespace voice {
namespace {

using testing::EchoingClient;

constexpr Samples kSecond = 16'000;
// dBFS, of the loudest 64 ms that are left of an echo whose loudest are at -26.
constexpr double kUnheard = -42;

// A client and the stage between its microphone and the ear.
class OwnEchoTest : public ::testing::Test {
protected:
    OwnEchoTest() {
        client_.on_report = [this](ResponseId response, Time heard) {
            echo_->played(response, heard);
        };
    }
    // A reply of speech goes out, `lead` ahead of what is played.
    void say(ResponseId response, Samples length) {
        response_ = response;
        reply_ = media::testing::speech_like(static_cast<std::size_t>(length),
                                             static_cast<unsigned>(response));
        sent_ = 0;
        client_played_ = 0;
    }
    void send_ahead(Samples lead = 2 * kSecond) {
        const Samples until = std::min(static_cast<Samples>(reply_.size()), client_played_ + lead);
        while (sent_ < until) {
            std::vector<std::int16_t> pcm;
            for (const Samples end = std::min(sent_ + 1'600, until); sent_ < end; ++sent_) {
                pcm.push_back(media::to_s16(1.2F * reply_[static_cast<std::size_t>(sent_)]));
            }
            client_.receive(response_, pcm);
            echo_->sent(response_, pcm);
        }
        client_played_ = client_.played();
    }
    // Lives for so long; what was heard and what came out are put behind heard_ and clean_.
    void live(int ms, const std::vector<float>& near = {}) {
        for (int done = 0; done < ms; done += 20) {
            send_ahead();
            std::vector<float> block(320, 0.0F);
            const auto at = static_cast<std::size_t>(done) * 16;
            for (std::size_t i = 0; i < block.size() && at + i < near.size(); ++i) {
                block[i] = near[at + i];
            }
            block = client_.live(block);
            heard_.insert(heard_.end(), block.begin(), block.end());
            echo_->hear(block, clean_);
            most_held_ = std::max(most_held_, echo_->held());
        }
    }
    // dB that are taken away of the last `ms`.
    [[nodiscard]] double taken(int ms) const {
        const auto count = static_cast<std::size_t>(ms) * 16;
        const std::size_t end = std::min(heard_.size(), clean_.size());
        return level(heard_, end - count, count) - level(clean_, end - count, count);
    }
    static double level(const std::vector<float>& in, std::size_t from, std::size_t count) {
        double sum = 1e-9;
        for (std::size_t i = from; i < from + count; ++i) {
            sum += static_cast<double>(in[i]) * static_cast<double>(in[i]);
        }
        return 10 * std::log10(sum / static_cast<double>(count));
    }
    // The loudest 64 ms of the output since `from`, as a detector of speech would notice it.
    [[nodiscard]] double loudest_since(std::size_t from) const {
        double loudest = -120;
        for (std::size_t at = from; at + 1'024 <= clean_.size(); at += 160) {
            loudest = std::max(loudest, level(clean_, at, 1'024));
        }
        return loudest;
    }

    EchoingClient client_;
    base::Result<OwnEcho> echo_ = OwnEcho::make(16'000);
    std::vector<float> reply_, heard_, clean_;
    ResponseId response_ = 0;
    Samples sent_ = 0, client_played_ = 0;
    Samples most_held_ = 0;
};

TEST_F(OwnEchoTest, TouchesNothingWhileNothingSounds) {
    const auto near = media::testing::speech_like(2 * kSecond, 5);
    live(2'000, near);
    EXPECT_EQ(heard_, clean_);
    EXPECT_EQ(most_held_, 0);
}

TEST_F(OwnEchoTest, AReplyIsNotHeardFromItsFirstSoundOn) {
    say(1, 8 * kSecond);
    live(8'000);
    EXPECT_GT(taken(4'000), 25);
    EXPECT_GT(level(heard_, kSecond, 6 * kSecond), -32) << "the echo itself";
    EXPECT_LT(loudest_since(0), kUnheard);
    EXPECT_EQ(echo_->counters().found, 1);
    EXPECT_LE(most_held_, 8'000 + 320) << "half a second";
    live(2'000);
    EXPECT_EQ(heard_.size(), clean_.size()) << "every sample went out";
    EXPECT_EQ(echo_->counters().moved, 0);
    EXPECT_EQ(echo_->counters().forgotten, 0);
}

TEST_F(OwnEchoTest, TheNextReplyIsPlacedAsExactly) {
    for (ResponseId response = 1; response <= 4; ++response) {
        say(response, 4 * kSecond);
        const std::size_t from = clean_.size();
        client_.starts_after = 640 + 777 * static_cast<Samples>(response);
        live(5'000);
        EXPECT_LT(loudest_since(from), kUnheard) << response;
    }
    EXPECT_EQ(echo_->counters().runs, 4);
    EXPECT_EQ(echo_->counters().found, 4);
}

TEST_F(OwnEchoTest, TheEndOfAReplyHoldsNothingBack) {
    client_.room = {{160, 0.2F}};  // the echo is there before the last report
    for (ResponseId response = 1; response <= 3; ++response) {
        say(response, 3 * kSecond + 700 * static_cast<Samples>(response));
        live(3'000);
        most_held_ = 0;
        live(1'000);
        EXPECT_LE(most_held_, 1'920 + 480) << response << ": no more than is looked back";
        EXPECT_EQ(echo_->counters().runs, static_cast<int>(response));
    }
}

TEST_F(OwnEchoTest, UnevenReportsDoNotMoveIt) {
    client_.uneven_ms = 60;
    for (ResponseId response = 1; response <= 4; ++response) {
        say(response, 6 * kSecond);
        const std::size_t from = clean_.size();
        live(7'000);
        EXPECT_LT(loudest_since(from), kUnheard) << response;
    }
    EXPECT_EQ(echo_->counters().runs, 4);
    EXPECT_EQ(echo_->counters().moved, 0);
}

TEST_F(OwnEchoTest, KeepsThePersonWhoTalksOverIt) {
    say(1, 12 * kSecond);
    live(5'000);
    auto near = media::testing::speech_like(2 * kSecond, 77, 3);
    for (auto& sample : near) sample *= 0.4F;
    const std::size_t from = clean_.size();
    live(2'000, near);
    EXPECT_GT(level(clean_, from + 1'600, kSecond), level(near, 1'600, kSecond) - 6);
    EXPECT_GT(loudest_since(from), -30);
}

TEST_F(OwnEchoTest, LetsTheBeginningOfTheirWordThroughToo) {
    say(1, 12 * kSecond);
    live(5'000);
    auto near = media::testing::speech_like(kSecond, 77, 3);
    for (auto& sample : near) sample *= 0.4F;
    const std::size_t from = heard_.size();
    live(300, near);
    EXPECT_LT(echo_->held(), 320) << "nothing is held back of a person who was noticed";
    for (std::size_t ms = 20; ms < 200; ms += 20) {
        // The canceller's noise reduction is 10 ms late.
        EXPECT_GT(level(clean_, from + ms * 16 + 160, 320), level(near, ms * 16, 320) - 6) << ms;
    }
}

TEST_F(OwnEchoTest, TheFirstReplyCanBeInterruptedOnceItsWayIsLearned) {
    say(1, 6 * kSecond);
    live(1'800);  // 1.5 s, and as long as it takes until the echo is there
    auto near = media::testing::speech_like(kSecond, 77, 3);
    for (auto& sample : near) sample *= 0.4F;
    const std::size_t from = clean_.size();
    live(1'000, near);
    EXPECT_GT(level(clean_, from, kSecond / 2), level(near, 0, kSecond / 2) - 6);
}

TEST_F(OwnEchoTest, APauseInMidReplyAndGoingOn) {
    say(1, 12 * kSecond);
    live(4'000);
    for (int times = 0; times < 3; ++times) {
        echo_->paused();
        live(60);  // on its way to the client
        client_.pause();
        live(600);
        const auto near = media::testing::speech_like(kSecond / 2, 78, 3);
        const std::size_t quiet = clean_.size();
        live(500, near);
        EXPECT_GT(level(clean_, quiet, kSecond / 2), level(near, 0, kSecond / 2) - 3)
            << "nothing is taken from the person while it is silent";
        EXPECT_EQ(echo_->held(), 0);
        const std::size_t from = clean_.size();
        echo_->resumed();
        live(40);
        client_.resume();
        live(1'500);
        EXPECT_LT(loudest_since(from), kUnheard) << times;
    }
    EXPECT_EQ(echo_->counters().runs, 4);
}

TEST_F(OwnEchoTest, ACancelInMidReplyAndTheNext) {
    say(1, 12 * kSecond);
    live(4'000);
    echo_->over(1);
    const std::size_t from = clean_.size();
    live(80);  // plays on until the client knows
    client_.cancel();
    say(2, 5 * kSecond);
    live(4'000);
    EXPECT_LT(loudest_since(from), kUnheard);
    echo_->over(2);
    client_.cancel();
    live(1'000);
    const auto near = media::testing::speech_like(kSecond, 5);
    const std::size_t idle = clean_.size();
    live(1'000, near);
    EXPECT_EQ(std::vector<float>(clean_.begin() + static_cast<std::ptrdiff_t>(idle), clean_.end()),
              near);
}

TEST_F(OwnEchoTest, WhatIsTakenToPlayOnAndDoesNotIsNotHeardInstead) {
    say(1, 12 * kSecond);
    live(4'000);
    echo_->over(1);
    client_.on_report = {};  // nor does it say that it stopped
    client_.cancel();
    const std::size_t from = heard_.size();
    say(2, 0);
    live(600);
    // 64 ms more than the last sound takes to the microphone.
    EXPECT_LT(loudest_since(from + 4'000), -70);
    const std::size_t end = std::min(clean_.size(), heard_.size());
    for (std::size_t at = from; at + 1'024 <= end; at += 1'024) {
        EXPECT_LT(level(clean_, at, 1'024), std::max(-70.0, level(heard_, at - 160, 1'184) + 1))
            << (at - from) / 16 << " ms";
    }
}

TEST_F(OwnEchoTest, AClientThatNeverReportsKeepsItsMicrophoneAndIsNamed) {
    client_.reports = false;
    say(1, 6 * kSecond);
    live(1'900);
    EXPECT_FALSE(echo_->unreported());
    live(4'000);
    EXPECT_TRUE(echo_->unreported());
    EXPECT_EQ(heard_, clean_);
    EXPECT_LE(most_held_, 3'200 + 320) << "a fifth of a second, for the first two seconds";
    client_.reports = true;  // it does, after all
    live(300);
    EXPECT_FALSE(echo_->unreported());
}

TEST_F(OwnEchoTest, ALoudspeakerThatRunsDryOrSkipsIsFoundAgain) {
    say(1, 16 * kSecond);
    live(5'000);
    client_.pause();  // a hole of 60 ms that nobody was told of
    live(60);
    client_.resume();
    client_.starts_after = 0;
    live(3'000);
    EXPECT_GT(taken(1'000), 15);
}

TEST_F(OwnEchoTest, NonsenseReportsAreClampedAndMemoryIsBounded) {
    say(1, 30 * kSecond);
    send_ahead(30 * kSecond);
    EXPECT_EQ(echo_->counters().forgotten, 20 * kSecond) << "ten seconds are kept";
    for (const auto heard : {Time{-5}, Time{1'000'000'000}, Time{0}, Time{3}}) {
        echo_->played(1, heard);
        echo_->played(7, heard);
        live(100);
    }
    EXPECT_LE(echo_->held(), 8'320);
}

TEST_F(OwnEchoTest, AnotherRateOfTheLoudspeakerIsBroughtToTheMicrophones) {
    EXPECT_FALSE(OwnEcho::make(4'000));
    auto echo = OwnEcho::make(24'000);
    ASSERT_TRUE(echo);
    // One second of 24 kHz: its end is where the reports are clamped.
    echo->sent(1, std::vector<std::int16_t>(24'000, 100));
    EXPECT_EQ(echo->counters().forgotten, 0);
    echo->sent(1, std::vector<std::int16_t>(240'000, 100));
    EXPECT_NEAR(static_cast<double>(echo->counters().forgotten), kSecond, 100);
}

}  // namespace
}  // namespace voice
