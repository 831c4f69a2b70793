// The stage of the session tests: a Realtime session on fakes and the manual clock, with the record
// of its events, each of which goes through the grammar. Test code.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "api/realtime/session.hpp"
#include "api/realtime/testing/event_grammar.hpp"
#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"
#include "base/base64.hpp"
#include "ports/testing/scripted_speech.hpp"

namespace realtime::testing {

// What the pretended mind does with one question.
struct Answer {
    std::vector<std::string> pieces;
    std::chrono::milliseconds each{0};  // before each piece
    std::vector<ports::LlmToolCallDelta> calls = {};
    bool hangs = false;  // after the pieces, until it is stopped
    std::optional<base::Error> error = {};
    ports::LlmFinish finish = ports::LlmFinish::stop;
};

class FakeMind final : public Mind {
public:
    explicit FakeMind(async::Clock& clock) : clock_(clock) {}
    std::deque<Answer> answers;
    std::vector<Asked> asked;
    int running = 0;

    async::Task<base::Result<ports::LlmOutcome>> answer(Asked question, MindSink& sink,
                                                        std::stop_token stop) override {
        asked.push_back(std::move(question));
        Answer answer{{"I have no answer."}};
        if (!answers.empty()) {
            answer = std::move(answers.front());
            answers.pop_front();
        }
        ++running;
        auto playing = play(std::move(answer), sink, std::move(stop));
        auto outcome = co_await std::move(playing);
        --running;
        co_return outcome;
    }

private:
    async::Task<base::Result<ports::LlmOutcome>> play(Answer answer, MindSink& sink,
                                                      std::stop_token stop) {
        for (const auto& piece : answer.pieces) {
            auto waiting = clock_.sleep_for(answer.each, stop);
            const bool slept = co_await std::move(waiting);
            if (!slept) co_return base::fail(base::ErrorCode::cancelled, "stopped");
            if (!sink.on_event(ports::LlmText{piece})) break;
        }
        for (const auto& call : answer.calls) static_cast<void>(sink.on_event(call));
        if (answer.hangs) {
            auto waiting = clock_.sleep_for(std::chrono::hours(10), stop);
            static_cast<void>(co_await std::move(waiting));
            co_return base::fail(base::ErrorCode::cancelled, "stopped");
        }
        if (answer.error) co_return base::fail(*answer.error);
        ports::LlmOutcome outcome;
        outcome.finish = answer.finish;
        outcome.usage = ports::LlmUsage{11, 5, 7};
        co_return outcome;
    }
    async::Clock& clock_;
};

class Stage {
public:
    explicit Stage(SessionConfig config = {}, Dialect dialect = Dialect::current,
                   std::size_t kept_audio = 12'000'000)
        : guard_(io_.get_executor()), worker_("test") {
        auto mind = std::make_unique<FakeMind>(clock);
        mind_ = mind.get();
        SessionParts parts{io_.get_executor(),
                           clock,
                           worker_,
                           ports::SpeechPorts{hearing, speaking, activity_, turns},
                           std::move(mind),
                           "",
                           kept_audio,
                           [this](std::string frame) {
                               take(frame);
                               return true;
                           },
                           [this] { hung_up = true; }};
        session_ = std::make_unique<Session>(std::move(parts), std::move(config), dialect);
        session_->open();
        settle();
    }
    ~Stage() {
        close();
        session_.reset();
        settle();
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    void close() {
        if (std::exchange(closed_, true)) return;
        async::testing::run_on(io_, close_and_return(session_.get()));
    }
    void settle() { async::testing::ManualClock::settle(io_); }
    void wait(std::chrono::milliseconds time) { clock.advance(io_, time); }
    // A frame of the client.
    void send_frame(const std::string& frame) {
        async::testing::run_on(io_, receive_and_return(session_.get(), frame));
        settle();
    }
    void send(const json::Object& event) { send_frame(json::write(event)); }
    // Sound of the client at 24 kHz in frames of 100 ms, and the time it takes.
    void hear(int ms, float level) {
        for (int at = 0; at < ms; at += 100) {
            std::vector<std::byte> bytes;
            for (int i = 0; i < 2'400; ++i) {
                const auto value = static_cast<int>(level * (i % 20 < 10 ? 32'000 : -32'000));
                bytes.push_back(static_cast<std::byte>(value & 0xFF));
                bytes.push_back(static_cast<std::byte>(value >> 8 & 0xFF));
            }
            send({{"type", "input_audio_buffer.append"}, {"audio", base::to_base64(bytes)}});
            wait(std::chrono::milliseconds(100));
        }
    }
    void understand(const std::string& text) {
        ports::Transcript transcript;
        transcript.text = text;
        transcript.confidence = 0.9;
        transcript.no_speech = text.empty();
        hearing.script.push(std::move(transcript));
    }

    // Types of the events since the last call.
    std::vector<std::string> types() {
        std::vector<std::string> out;
        for (; read_ < events.size(); ++read_) {
            out.push_back(json::string_or(json::find(events[read_], "type")));
        }
        return out;
    }
    // The newest event of that type; null without one.
    [[nodiscard]] json::Value last(std::string_view type) const {
        for (auto at = events.rbegin(); at != events.rend(); ++at) {
            if (json::string_or(json::find(*at, "type")) == type) return *at;
        }
        return nullptr;
    }
    [[nodiscard]] std::size_t count(std::string_view type) const {
        std::size_t found = 0;
        for (const auto& event : events) {
            found += json::string_or(json::find(event, "type")) == type ? 1 : 0;
        }
        return found;
    }
    [[nodiscard]] FakeMind& mind() { return *mind_; }
    // The rule of the grammar that was broken, when it all ends here; empty: none.
    [[nodiscard]] std::string verdict() {
        grammar.finish();
        return grammar.complaint();
    }

    async::testing::ManualClock clock;
    ports::testing::ScriptedSpeechToText hearing;
    ports::testing::ScriptedTextToSpeech speaking;
    ports::testing::ScriptedTurnDetector turns;
    std::vector<json::Value> events;
    EventGrammar grammar;
    bool hung_up = false;

private:
    void take(const std::string& frame) {
        auto event = json::parse(frame);
        if (!event) return;
        grammar.feed(*event);
        events.push_back(std::move(*event));
    }
    static async::Task<int> close_and_return(Session* session) {
        auto closing = session->close();
        co_await std::move(closing);
        co_return 0;
    }
    static async::Task<int> receive_and_return(Session* session, std::string frame) {
        auto receiving = session->receive(std::move(frame));
        co_await std::move(receiving);
        co_return 0;
    }

    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
    async::WorkerThread worker_;
    ports::testing::LoudnessActivity activity_;
    FakeMind* mind_ = nullptr;
    std::size_t read_ = 0;
    bool closed_ = false;
    std::unique_ptr<Session> session_;
};

inline constexpr float kLoud = 0.5F;
inline constexpr float kSilent = 0.0F;

inline std::string text(const json::Value& event, std::string_view path) {
    return json::string_or(json::find_path(event, path));
}

inline SessionConfig manual() {
    SessionConfig config;
    config.detection.reset();
    return config;
}

inline json::Object user_says(const std::string& words) {
    json::Array content{json::Object{{"type", "input_text"}, {"text", words}}};
    return {{"type", "conversation.item.create"},
            {"item", json::Object{{"type", "message"}, {"role", "user"}, {"content", content}}}};
}

}  // namespace realtime::testing
