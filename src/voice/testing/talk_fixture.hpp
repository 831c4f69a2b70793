// A spoken conversation on doubles: loudness is speech, the recogniser and the responder say what a
// test put in, time is the manual clock's. For tests only.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "async/event.hpp"
#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"
#include "ports/testing/scripted_speech.hpp"
#include "voice/conversation.hpp"

namespace voice::testing {

// Understands what it was told to; may hang until it is stopped.
class Recogniser final : public ports::SpeechToText {
public:
    void will_hear(std::string text, double confidence = 0.9) {
        ports::Transcript heard;
        heard.text = std::move(text);
        heard.confidence = confidence;
        heard.no_speech = heard.text.empty();
        script_.push_back({std::move(heard), false});
    }
    void will_fail(base::Error error) { script_.push_back({base::fail(std::move(error)), false}); }
    void will_hang() {
        script_.push_back({base::fail(base::ErrorCode::cancelled, "stopped"), true});
    }
    [[nodiscard]] std::string name() const override { return "scripted"; }
    [[nodiscard]] ports::LlmPlace place() const override { return ports::LlmPlace::here; }
    [[nodiscard]] async::Task<base::Result<ports::Transcript>> transcribe(
        ports::ListenRequest request, std::stop_token stop) override {
        samples.push_back(request.samples.size());
        if (script_.empty()) {
            ports::Transcript nothing;
            nothing.no_speech = true;
            co_return nothing;
        }
        auto next = std::move(script_.front());
        script_.pop_front();
        if (next.hangs) {
            async::Event never;
            const bool woken = co_await never.wait(stop);
            static_cast<void>(woken);
        }
        co_return std::move(next.answer);
    }
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::stop_token) override {
        co_return base::Result<void>{};
    }
    std::vector<std::size_t> samples;

private:
    struct Line {
        base::Result<ports::Transcript> answer;
        bool hangs;
    };
    std::deque<Line> script_;
};

// Waits until a test gives it something to say.
class Writer final : public Responder {
public:
    void will_say(std::string text) { give({Kind::text, std::move(text)}); }
    void will_restart() { give({Kind::restart, {}}, false); }
    [[nodiscard]] async::Task<void> prepare(Question partial, std::stop_token stop) override {
        prepared.push_back(std::move(partial));
        prepare_stops.push_back(std::move(stop));
        co_return;
    }
    [[nodiscard]] async::Task<base::Result<void>> answer(Question question, ReplySink& sink,
                                                         std::stop_token stop) override {
        questions.push_back(std::move(question));
        for (;;) {
            while (script_.empty()) {
                filled_.reset();
                const bool woken = co_await filled_.wait(stop);
                if (!woken) co_return base::fail(base::ErrorCode::cancelled, "stopped");
            }
            const Line line = std::move(script_.front());
            script_.pop_front();
            if (line.kind == Kind::restart) {
                static_cast<void>(sink.on_restart());
                continue;
            }
            for (const char letter : line.text) {
                if (!sink.on_text(std::string_view(&letter, 1))) break;
            }
            const bool more = !script_.empty() && script_.front().kind == Kind::restart;
            if (!more) co_return base::Result<void>{};
        }
    }
    [[nodiscard]] async::Task<void> ended(Ending ending) override {
        endings.push_back(std::move(ending));
        co_return;
    }
    std::vector<Question> questions, prepared;
    std::vector<std::stop_token> prepare_stops;
    std::vector<Ending> endings;

private:
    enum class Kind { text, restart };
    struct Line {
        Kind kind;
        std::string text;
    };
    void give(Line line, bool wake = true) {
        script_.push_back(std::move(line));
        if (wake) filled_.set();
    }
    std::deque<Line> script_;
    async::Event filled_;
};

class TalkTest : public ::testing::Test {
protected:
    void TearDown() override {
        if (!talk_) return;
        bool closed = false;
        async::spawn_detached(io_.get_executor(), "close", close(*talk_, closed));
        for (int i = 0; i < 100 && !closed; ++i) clock_.advance(io_, Time{50});
        EXPECT_TRUE(closed);
        EXPECT_EQ(count<event::ResponseStarted>(), count<event::ResponseDone>());
    }
    static async::Task<void> close(Conversation& talk, bool& closed) {
        auto closing = talk.close();
        co_await std::move(closing);
        closed = true;
    }
    void start() {
        settings_.turns.mode = settings_.turns.mode == TurnMode::server_vad ? TurnMode::semantic_vad
                                                                            : settings_.turns.mode;
        auto made = Conversation::make(
            {io_.get_executor(),
             clock_,
             engines_,
             {16'000, 16'000},
             responder_,
             [this](Time at, const event::Any& what) { events_.emplace_back(at, what); }},
            settings_);
        ASSERT_TRUE(made);
        talk_ = std::move(*made);
        settle();
    }
    void settle() { async::testing::ManualClock::settle(io_); }
    void pass(int ms) {
        for (int done = 0; done < ms; done += 10) clock_.advance(io_, Time{10});
    }
    // Audio in frames of 32 ms, in real time.
    void speak_for(int ms) { hear(ms, 0.3F); }
    void silence_for(int ms) { hear(ms, 0.0F); }
    void hear(int ms, float loudness) {
        for (int done = 0; done < ms; done += 32) {
            std::vector<float> frame(512, loudness);
            EXPECT_TRUE(talk_->hear(frame));
            settle();
            clock_.advance(io_, Time{32});
        }
    }
    // A turn that is over and waits for its answer.
    void ask(std::string text) {
        recogniser_.will_hear(std::move(text));
        speak_for(800);
        silence_for(320);
    }

    template <class E>
    [[nodiscard]] std::size_t count() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            events_, [](const auto& item) { return std::holds_alternative<E>(item.second); }));
    }
    template <class E>
    [[nodiscard]] const E& last() const {
        for (auto item = events_.rbegin(); item != events_.rend(); ++item) {
            if (const auto* found = std::get_if<E>(&item->second)) return *found;
        }
        static const E kNone{};
        ADD_FAILURE() << "there was no such event";
        return kNone;
    }
    [[nodiscard]] Samples samples_out(ResponseId response) const {
        Samples all = 0;
        for (const auto& [at, what] : events_) {
            const auto* audio = std::get_if<event::Audio>(&what);
            if (audio != nullptr && audio->response == response) {
                all += static_cast<Samples>(audio->pcm.size());
            }
        }
        return all;
    }
    [[nodiscard]] long long out_ms(ResponseId response) const { return samples_out(response) / 16; }
    [[nodiscard]] bool audio_is_gapless(ResponseId response) const {
        Samples next = 0;
        for (const auto& [at, what] : events_) {
            const auto* audio = std::get_if<event::Audio>(&what);
            if (audio == nullptr || audio->response != response) continue;
            if (audio->first != next) return false;
            next += static_cast<Samples>(audio->pcm.size());
        }
        return true;
    }

    boost::asio::io_context io_;
    async::testing::ManualClock clock_;
    Recogniser recogniser_;
    ports::testing::ScriptedTextToSpeech voice_;
    ports::testing::LoudnessActivity activity_;
    Writer responder_;
    SpeechEngines engines_{&recogniser_, &voice_, &activity_, nullptr};
    ConversationSettings settings_;
    std::vector<std::pair<Time, event::Any>> events_;
    std::unique_ptr<Conversation> talk_;
};

}  // namespace voice::testing
