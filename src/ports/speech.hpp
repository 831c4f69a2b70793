// The ports of speech: SpeechToText, TextToSpeech, VoiceActivity, TurnDetector, and WakeSpotter for
// who listens for a phrase. Implemented by
// adapters, called by voice and by the command line; io thread only. What goes in and out is plain
// samples, so that no caller knows an engine. Every call can be stopped and ends soon after;
// failures are typed Errors, nothing throws. Common to all: unavailable (no model or library, the
// hint says how to get it), engine_crashed (the next call starts it anew), invalid_argument,
// too_large, cancelled.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "ports/llm.hpp"

namespace ports {

inline constexpr int kListenRate = 16'000;        // Hz, of everything that is listened to
inline constexpr std::size_t kVoiceWindow = 512;  // samples: 32 ms

// ---- hearing

struct ListenRequest {
    std::vector<float> samples;  // mono, kListenRate, -1 … 1
    std::string language;        // "en", "de", …; empty: found out, where the model can
    std::string context;         // words that are likely, such as names; may be empty
    std::string phrase = {};     // for Transcript::phrase_fit; empty: not asked
};

struct HeardWord {
    std::string text;  // with its punctuation
    int t_ms = 0;      // from the first sample; an estimate, good to some tenths of a second
    int dur_ms = 0;
    double confidence = 0;  // 0 … 1
};

struct Transcript {
    std::string text;  // with punctuation; empty when nothing was said
    std::string language;
    double confidence = 0;  // mean over the words, 0 … 1
    std::vector<HeardWord> words;
    bool no_speech = false;  // noise or silence, whatever the model made of it
    // How well the sound begins with the request's phrase, whatever the text says: 0 (as little as
    // noise) … 1. Nothing: not asked, or this recogniser cannot tell.
    std::optional<double> phrase_fit = std::nullopt;
    // The same by a model that was trained for this very phrase (WakeSpotter). Nothing: there is
    // none.
    std::optional<double> wake_score = std::nullopt;
};

class SpeechToText {
public:
    virtual ~SpeechToText() = default;

    [[nodiscard]] virtual std::string name() const = 0;  // for status and logs
    [[nodiscard]] virtual LlmPlace place() const = 0;
    [[nodiscard]] virtual async::Task<base::Result<Transcript>> transcribe(
        ListenRequest request, std::stop_token stop) = 0;
    // Loads what the first utterance would otherwise wait for.
    [[nodiscard]] virtual async::Task<base::Result<void>> prewarm(std::stop_token stop) = 0;
};

// ---- speaking

struct SpeakRequest {
    std::string text;
    std::string voice;   // an id of voices(); empty: the configured one
    double speed = 1.0;  // 0.25 … 4
};

struct SpokenPhoneme {
    std::string ipa;
    int t_ms = 0;  // from the segment's first sample
    int dur_ms = 0;
};

struct SpokenWord {
    std::string text;
    int t_ms = 0;
    int dur_ms = 0;
};

// About a sentence of speech. Segments follow each other without a gap.
struct SpeechSegment {
    int index = 0;
    std::string text;
    int sample_rate = 0;            // the voice's own, the same in all segments of a reply
    std::vector<std::int16_t> pcm;  // mono
    std::vector<SpokenPhoneme> phonemes;
    std::vector<SpokenWord> words;
    bool exact_times = true;  // false: the voice does not tell; spread by length
};

// Receives the segments as they are ready; called on the io thread and must not block. Returning
// false means "enough": no more is computed, and speak() ends well.
class SpeechSink {
public:
    virtual ~SpeechSink() = default;
    [[nodiscard]] virtual bool on_segment(SpeechSegment segment) = 0;
};

struct Voice {
    std::string id;
    std::string name;
    std::string language;  // "en-us"
    LlmPlace place = LlmPlace::here;
    std::string terms;  // what its owner should know before using it; may be empty
    std::string lacks;  // why it cannot speak now, and what to do; empty: it can
};

class TextToSpeech {
public:
    virtual ~TextToSpeech() = default;

    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual LlmPlace place() const = 0;
    // Streams the text as speech into `sink`, which must outlive the call. not_found names a voice
    // that is not there.
    [[nodiscard]] virtual async::Task<base::Result<void>> speak(SpeakRequest request,
                                                                SpeechSink& sink,
                                                                std::stop_token stop) = 0;
    [[nodiscard]] virtual std::vector<Voice> voices() const = 0;
    [[nodiscard]] virtual async::Task<base::Result<void>> prewarm(std::string voice,
                                                                  std::stop_token stop) = 0;
};

// ---- turn taking

// One microphone: what came before colours what comes next. Belongs to its VoiceActivity.
class VoiceStream {
public:
    virtual ~VoiceStream() = default;
    // `samples`: whole windows, in order. One probability of speech for each window.
    [[nodiscard]] virtual async::Task<base::Result<std::vector<float>>> feed(
        std::vector<float> samples) = 0;
};

class VoiceActivity {
public:
    virtual ~VoiceActivity() = default;
    [[nodiscard]] virtual std::unique_ptr<VoiceStream> open() = 0;
};

class TurnDetector {
public:
    virtual ~TurnDetector() = default;
    // How likely the speaker has finished, from what was said last: at most 8 s at kListenRate, the
    // newest sample last.
    [[nodiscard]] virtual async::Task<base::Result<float>> finished(std::vector<float> samples,
                                                                    std::stop_token stop) = 0;
};

// Hears one phrase and nothing else, for a fraction of what recognising costs.
class WakeSpotter {
public:
    virtual ~WakeSpotter() = default;
    // Is there a model of the phrase that is waited for?
    [[nodiscard]] virtual bool available() const = 0;
    // How surely the phrase is in the sound: 0 … 1. At most 30 s at kListenRate.
    [[nodiscard]] virtual async::Task<base::Result<float>> spot(std::vector<float> samples,
                                                                std::stop_token stop) = 0;
};

// The four of one server, handed on together; they outlive whoever gets them.
struct SpeechPorts {
    SpeechToText& hearing;
    TextToSpeech& speaking;
    VoiceActivity& activity;
    TurnDetector& turns;
};

}  // namespace ports
