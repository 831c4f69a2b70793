// What happens in a spoken conversation, as its surface is told. Times `at` are milliseconds of
// the conversation's clock since it began; `audio_…` are milliseconds of the microphone's stream
// since its first sample, counted in samples. Plain values; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "ports/speech.hpp"
#include "voice/interruption.hpp"
#include "voice/responder.hpp"

namespace voice::event {

// ---- hearing

struct Probability {
    float speech = 0;
    float level_dbfs = -120;
};
// The audio has the prefix padding in it.
struct SpeechStarted {
    TurnId turn;
    Time audio_start;
};
// A pause that may be the end of the turn.
struct SpeechEnded {
    TurnId turn;
    Revision revision;
    Time audio_end;
};
// The person went on: what came under this revision is void.
struct Reopened {
    TurnId turn;
    Revision revision;
};
// The turn is over and its audio is the surface's now.
struct Committed {
    TurnId turn;
    Revision revision;
    Time audio_start, audio_end;
    TurnEndReason reason;
    std::shared_ptr<const std::vector<float>> audio;  // mono, kHearingHz
};
// The turn was none: a noise, a listener's "mhm", a cleared buffer.
struct TurnDropped {
    TurnId turn;
    std::string_view reason;
};
struct IdleTimeout {
    Time audio_at;
};
// What was understood. Partial ones are of a revision that may yet be reopened; exactly one final
// one, or TranscriptFailed, follows each Committed of a conversation that transcribes.
struct Transcript {
    TurnId turn;
    Revision revision;
    bool final = false;
    ports::Transcript heard;
};
struct TranscriptFailed {
    TurnId turn;
    base::Error error;
};

// ---- answering. Of each response: one ResponseStarted, then text, segments and audio, one
// ResponseWritten when all of those are out, and one ResponseDone at the very end.

struct ResponseStarted {
    ResponseId response;
    std::optional<TurnId> turn;
};
struct ResponseText {
    ResponseId response;
    std::string delta;
};
// What was written is withdrawn; nothing of it was spoken.
struct ResponseRestarted {
    ResponseId response;
};
// A piece of the reply as audio; its Audio events follow.
struct Segment {
    ResponseId response = 0;
    std::uint64_t segment = 0;  // 0, 1, 2 … in the response
    std::string spoken;
    Span original;   // bytes of the reply
    Samples first;   // in the response's audio, at the output rate
    Samples length;  // at the output rate
    std::vector<ports::SpokenWord> words;
    std::vector<ports::SpokenPhoneme> phonemes;
    bool exact = false;
    std::vector<TimedWord> places;  // of its words in the reply, at the output rate
};
// A stretch of a segment, at most 200 ms.
struct Audio {
    ResponseId response;
    std::uint64_t segment;
    Samples first;  // in the response's audio
    std::vector<std::int16_t> pcm;
};
// Text and audio are complete and handed out; playing may take longer.
struct ResponseWritten {
    ResponseId response;
};
struct Paused {
    ResponseId response;
    Time fade;
};
struct Resumed {
    ResponseId response;
    Time fade;
    ResumeReason reason;
};
enum class CancelCause { words, loud_speech, speech, asked, failed };
// What was not played never will be. No Audio of the response comes after it.
struct Cancelled {
    ResponseId response;
    Time fade;
    CancelCause cause;
};
struct ResponseDone {
    Ending ending;
    std::optional<base::Error> error;
};

// ---- about it

enum class State { listening, hearing, thinking, speaking, interrupted };
struct StateChanged {
    State state;
};
// Of a turn, when the first sound of its answer goes out.
struct Latency {
    struct Stage {
        std::string_view name;  // endpoint, recogniser, model, voice, first_sound
        double ms;
    };
    TurnId turn;
    std::vector<Stage> stages;
};
// A stage failed; the conversation goes on without it.
struct Failure {
    std::string_view stage;  // activity, recogniser, turns, responder, voice, echo
    base::Error error;
};

using Any = std::variant<Probability, SpeechStarted, SpeechEnded, Reopened, Committed, TurnDropped,
                         IdleTimeout, Transcript, TranscriptFailed, ResponseStarted, ResponseText,
                         ResponseRestarted, Segment, Audio, ResponseWritten, Paused, Resumed,
                         Cancelled, ResponseDone, StateChanged, Latency, Failure>;

}  // namespace voice::event
