// Whole spoken conversations with a client whose microphone hears its loudspeaker.
#include <cmath>

#include <gtest/gtest.h>

#include "media/testing/speech_like.hpp"
#include "voice/testing/echoing_client.hpp"
#include "voice/testing/talk_fixture.hpp"

namespace voice {
namespace {

using testing::EchoingClient;
namespace event = voice::event;

// Speaks each word as 400 ms of sound like speech, loud.
class LoudVoice final : public ports::TextToSpeech {
public:
    [[nodiscard]] std::string name() const override { return "loud"; }
    [[nodiscard]] ports::LlmPlace place() const override { return ports::LlmPlace::here; }
    [[nodiscard]] std::vector<ports::Voice> voices() const override { return {}; }
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::string, std::stop_token) override {
        co_return base::Result<void>{};
    }
    [[nodiscard]] async::Task<base::Result<void>> speak(ports::SpeakRequest request,
                                                        ports::SpeechSink& sink,
                                                        std::stop_token stop) override {
        const auto words = 1 + std::ranges::count(request.text, ' ');
        const auto sound =
            media::testing::speech_like(6'400 * static_cast<std::size_t>(words), ++seed_);
        ports::SpeechSegment segment;
        segment.text = request.text;
        segment.sample_rate = 16'000;
        for (const float sample : sound) segment.pcm.push_back(media::to_s16(0.8F * sample));
        if (!stop.stop_requested()) static_cast<void>(sink.on_segment(std::move(segment)));
        co_return base::Result<void>{};
    }

private:
    unsigned seed_ = 20;
};

class EchoTalk : public testing::TalkTest {
protected:
    void begin(bool cancels_echo) {
        engines_.voice = &loud_;
        settings_.reports_playback = true;
        settings_.cancels_echo = cancels_echo;
        start();
        client_.on_report = [this](ResponseId response, Time heard) {
            talk_->played(response, heard);
        };
    }
    // The client obeys what it is told, and lives for so long.
    void live(int ms, const std::vector<float>& near = {}) {
        for (int done = 0; done < ms; done += 20) {
            for (; seen_ < events_.size(); ++seen_) obey(events_[seen_].second);
            std::vector<float> block(320, 0.0F);
            const auto at = static_cast<std::size_t>(done) * 16;
            for (std::size_t i = 0; i < block.size() && at + i < near.size(); ++i) {
                block[i] = near[at + i];
            }
            block = client_.live(block);
            EXPECT_TRUE(talk_->hear(block));
            clock_.advance(io_, Time{20});
        }
    }
    void obey(const event::Any& what) {
        if (const auto* audio = std::get_if<event::Audio>(&what)) {
            client_.receive(audio->response, audio->pcm);
        } else if (std::holds_alternative<event::Paused>(what)) {
            client_.pause();
        } else if (std::holds_alternative<event::Resumed>(what)) {
            client_.resume();
        } else if (std::holds_alternative<event::Cancelled>(what)) {
            client_.cancel();
        }
    }
    [[nodiscard]] static std::vector<float> near_speech(int ms) {
        auto near = media::testing::speech_like(static_cast<std::size_t>(ms) * 16, 99, 3);
        for (auto& sample : near) sample *= 0.5F;
        return near;
    }
    void ask_for_a_reply() {
        responder_.will_say(
            "One two three four five six seven eight nine ten eleven twelve. Thirteen fourteen "
            "fifteen sixteen seventeen eighteen nineteen twenty again and again until the end.");
        ask("tell me a story");
        silence_for(320);
        ASSERT_EQ(responder_.questions.size(), 1U);
    }

    LoudVoice loud_;
    EchoingClient client_;
    std::size_t seen_ = 0;
};

TEST_F(EchoTalk, WithoutCancellingTheCompanionInterruptsItself) {
    begin(false);
    ask_for_a_reply();
    live(4'000);
    EXPECT_GT(count<event::Paused>(), 0U) << "so the other tests can fail";
}

TEST_F(EchoTalk, TheCompanionDoesNotHearItself) {
    begin(true);
    ask_for_a_reply();
    live(14'000);
    EXPECT_EQ(count<event::Paused>(), 0U);
    EXPECT_EQ(count<event::Cancelled>(), 0U);
    EXPECT_EQ(count<event::SpeechStarted>(), 1U) << "the question";
    ASSERT_EQ(count<event::ResponseDone>(), 1U);
    EXPECT_EQ(last<event::ResponseDone>().ending.status, ResponseStatus::completed);
    EXPECT_EQ(count<event::Failure>(), 0U);
}

TEST_F(EchoTalk, APersonWhoTalksOverItStillInterrupts) {
    begin(true);
    ask_for_a_reply();
    live(5'000);
    ASSERT_EQ(count<event::Paused>(), 0U);
    for (int i = 0; i < 6; ++i) recogniser_.will_hear("wait stop that please");
    live(400, near_speech(400));
    EXPECT_EQ(count<event::Paused>(), 1U) << "within 400 ms";
    live(1'500, near_speech(700));
    EXPECT_EQ(count<event::Cancelled>(), 1U);
    EXPECT_EQ(last<event::Cancelled>().cause, event::CancelCause::words);
    responder_.will_say("Fine.");
    live(3'000);
    ASSERT_EQ(responder_.questions.size(), 2U);
    EXPECT_EQ(responder_.questions[1].text, "wait stop that please");
}

TEST_F(EchoTalk, ANoiseThatIsNoInterruptionResumesAndIsNotFollowedByAnEcho) {
    begin(true);
    ask_for_a_reply();
    live(4'000);
    for (int i = 0; i < 4; ++i) recogniser_.will_hear("mhm");
    live(1'200, near_speech(300));
    ASSERT_EQ(count<event::Paused>(), 1U);
    ASSERT_EQ(count<event::Resumed>(), 1U);
    live(12'000);
    EXPECT_EQ(count<event::Paused>(), 1U) << "it did not hear itself when it went on";
    EXPECT_EQ(last<event::ResponseDone>().ending.status, ResponseStatus::completed);
}

TEST_F(EchoTalk, AClientThatDoesNotReportIsToldOnce) {
    begin(true);
    client_.reports = false;
    client_.room.clear();
    ask_for_a_reply();
    live(6'000);
    ASSERT_EQ(count<event::Failure>(), 1U);
    EXPECT_EQ(last<event::Failure>().stage, "echo");
    EXPECT_FALSE(last<event::Failure>().error.hint.empty());
}

TEST_F(EchoTalk, NeedsReports) {
    ConversationSettings settings;
    settings.cancels_echo = true;
    EXPECT_FALSE(check(settings));
    settings.reports_playback = true;
    EXPECT_TRUE(check(settings));
}

}  // namespace
}  // namespace voice
