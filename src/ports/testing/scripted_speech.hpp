// Scripted doubles of the speech ports: each gives what the test put in, in order, and keeps what
// it was asked. A script that has run out answers `unavailable`, so that no test passes by
// accident.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "ports/speech.hpp"

namespace ports::testing {

template <class T>
class Script {
public:
    void push(base::Result<T> answer) { answers_.push_back(std::move(answer)); }
    [[nodiscard]] base::Result<T> next(std::stop_token stop) {
        if (stop.stop_requested()) return base::fail(base::ErrorCode::cancelled, "stopped");
        if (answers_.empty()) return base::fail(base::ErrorCode::unavailable, "script ran out");
        auto answer = std::move(answers_.front());
        answers_.pop_front();
        return answer;
    }

private:
    std::deque<base::Result<T>> answers_;
};

class ScriptedSpeechToText final : public SpeechToText {
public:
    Script<Transcript> script;
    std::vector<ListenRequest> asked;

    [[nodiscard]] std::string name() const override { return "scripted"; }
    [[nodiscard]] LlmPlace place() const override { return LlmPlace::here; }
    [[nodiscard]] async::Task<base::Result<Transcript>> transcribe(ListenRequest request,
                                                                   std::stop_token stop) override {
        asked.push_back(std::move(request));
        co_return script.next(std::move(stop));
    }
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::stop_token) override {
        co_return base::Result<void>{};
    }
};

// Speaks each request as one segment per word: 100 ms of quiet tone and one phoneme each.
class ScriptedTextToSpeech final : public TextToSpeech {
public:
    static constexpr int kRate = 16'000;
    static constexpr int kWordMs = 100;
    std::vector<SpeakRequest> asked;
    std::optional<base::Error> failure;  // instead of the second segment

    [[nodiscard]] std::string name() const override { return "scripted"; }
    [[nodiscard]] LlmPlace place() const override { return LlmPlace::here; }
    [[nodiscard]] async::Task<base::Result<void>> speak(SpeakRequest request, SpeechSink& sink,
                                                        std::stop_token stop) override {
        asked.push_back(request);
        int index = 0;
        std::size_t at = 0;
        while (at < request.text.size()) {
            if (stop.stop_requested()) {
                co_return base::fail(base::ErrorCode::cancelled, "stopped");
            }
            if (index == 1 && failure) co_return base::fail(*failure);
            const std::size_t end = std::min(request.text.find(' ', at), request.text.size());
            SpeechSegment segment;
            segment.index = index++;
            segment.text = request.text.substr(at, end - at);
            segment.sample_rate = kRate;
            segment.pcm.assign(kRate * kWordMs / 1000, 100);
            segment.phonemes = {{"ə", 0, kWordMs}};
            segment.words = {{segment.text, 0, kWordMs}};
            if (!sink.on_segment(std::move(segment))) break;
            at = end + 1;
        }
        co_return base::Result<void>{};
    }
    [[nodiscard]] std::vector<Voice> voices() const override {
        return {{"scripted", "Scripted", "en-us", LlmPlace::here, "", ""}};
    }
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::string, std::stop_token) override {
        co_return base::Result<void>{};
    }
};

// Speech is where a window is loud: deterministic, and nothing has to be scripted.
class LoudnessActivity final : public VoiceActivity {
public:
    [[nodiscard]] std::unique_ptr<VoiceStream> open() override { return std::make_unique<Ear>(); }

private:
    class Ear final : public VoiceStream {
    public:
        [[nodiscard]] async::Task<base::Result<std::vector<float>>> feed(
            std::vector<float> samples) override {
            if (samples.empty() || samples.size() % kVoiceWindow != 0) {
                co_return base::fail(base::ErrorCode::invalid_argument, "no whole windows");
            }
            std::vector<float> chances;
            for (std::size_t at = 0; at < samples.size(); at += kVoiceWindow) {
                float peak = 0;
                for (std::size_t i = at; i < at + kVoiceWindow; ++i) {
                    peak = std::max(peak, std::max(samples[i], -samples[i]));
                }
                chances.push_back(peak > 0.05F ? 0.95F : 0.02F);
            }
            co_return chances;
        }
    };
};

class ScriptedTurnDetector final : public TurnDetector {
public:
    Script<float> script;
    [[nodiscard]] async::Task<base::Result<float>> finished(std::vector<float>,
                                                            std::stop_token stop) override {
        co_return script.next(std::move(stop));
    }
};

class ScriptedWakeSpotter final : public WakeSpotter {
public:
    Script<float> script;
    bool here = true;
    std::vector<std::size_t> asked;  // samples each
    [[nodiscard]] bool available() const override { return here; }
    [[nodiscard]] async::Task<base::Result<float>> spot(std::vector<float> samples,
                                                        std::stop_token stop) override {
        asked.push_back(samples.size());
        co_return script.next(std::move(stop));
    }
};

}  // namespace ports::testing
