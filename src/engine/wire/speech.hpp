// What the frames of hearing and speaking carry: a JSON head, and behind it 16-bit samples where
// there is sound. Values; any thread. Nothing here is trusted: parse_sound() refuses what does not
// fit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/wire/messages.hpp"

namespace engine::wire {

inline constexpr int kListenRate = 16'000;        // Hz of everything that is listened to
inline constexpr std::size_t kVoiceWindow = 512;  // samples

using Samples = std::vector<std::int16_t>;

// Requests with sound: `samples` is not part of the JSON.
struct Transcribe {
    std::string model;
    std::string language;     // empty: found out
    std::string context;      // likely words
    std::string phrase = {};  // how well the sound begins with it is told; empty: not asked
    Samples samples;
};
BOOST_DESCRIBE_STRUCT(Transcribe, (), (model, language, context, phrase))

struct Detect {
    std::string model;
    std::uint32_t stream = 0;  // windows of one microphone have one number
    Samples samples;           // whole windows
};
BOOST_DESCRIBE_STRUCT(Detect, (), (model, stream))

struct Judge {
    std::string model;
    Samples samples;  // the newest last
};
BOOST_DESCRIBE_STRUCT(Judge, (), (model))

struct Spot {
    std::string model;
    Samples samples;  // the beginning of what somebody said
};
BOOST_DESCRIBE_STRUCT(Spot, (), (model))

struct Clause {
    std::string text;
    std::string phonemes;  // IPA, words parted by blanks; not needed by a built-in voice
};
BOOST_DESCRIBE_STRUCT(Clause, (), (text, phonemes))

struct Speak {
    std::string model;
    double speed = 1;
    std::vector<Clause> clauses;
    std::uint32_t credit = 0;
    int speaker = 0;  // of a voice with several
};
BOOST_DESCRIBE_STRUCT(Speak, (), (model, speed, clauses, credit, speaker))

struct Timed {
    std::string text;
    int t_ms = 0;
    int dur_ms = 0;
    double confidence = 1;
};
BOOST_DESCRIBE_STRUCT(Timed, (), (text, t_ms, dur_ms, confidence))

struct Transcript {
    std::string text;
    std::string language;
    double confidence = 0;
    bool no_speech = false;
    std::vector<Timed> words;
    std::optional<double> phrase_fit = std::nullopt;  // 0 … 1
};
BOOST_DESCRIBE_STRUCT(Transcript, (), (text, language, confidence, no_speech, words, phrase_fit))

struct Segment {
    int index = 0;
    int sample_rate = 0;
    bool exact = true;  // the voice told the times
    std::string text;
    std::vector<Timed> phonemes;
    std::vector<Timed> words;
    Samples samples;
};
BOOST_DESCRIBE_STRUCT(Segment, (), (index, sample_rate, exact, text, phonemes, words))

// u32 length of the head, the head, samples in little-endian order.
[[nodiscard]] std::string join_sound(std::string_view head, std::span<const std::int16_t> samples);
struct SplitSound {
    std::string_view head;
    Samples samples;
};
[[nodiscard]] base::Result<SplitSound> split_sound(std::string_view payload);

template <class T>
[[nodiscard]] std::string write_sound(const T& message) {
    return join_sound(write(message), message.samples);
}

template <class T>
[[nodiscard]] base::Result<T> parse_sound(std::string_view payload) {
    TRY(parts, split_sound(payload));
    TRY(message, parse<T>(parts.head));
    message.samples = std::move(parts.samples);
    return message;
}

// A request of either kind.
template <class T>
[[nodiscard]] base::Result<T> parse_request(std::string_view payload) {
    if constexpr (requires(T& message) { message.samples; }) {
        return parse_sound<T>(payload);
    } else {
        return parse<T>(payload);
    }
}

}  // namespace engine::wire
