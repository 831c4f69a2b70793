// Conversation: one spoken conversation as a single-writer actor. Everything that comes in –
// microphone audio, what engines and responder say, the player's reports, time – is a message,
// handled one after the other; everything that goes out is an event with a time stamp. Owned by
// its surface (the page's voice socket, a Realtime session); io thread only; engines, clock,
// responder and listener outlive it. No call blocks and none fails by throwing. An engine that
// fails or hangs is told as a Failure and the conversation goes on.
//
// Queues: microphone audio waiting for the detector (30 s, then hear() refuses and the reader of
// the socket waits: nothing is lost); one recognition at a time (what is newest replaces what waits
// or runs, unless its turn is over); text of a reply (64 KB, then its writer is told that it is
// enough); sound made ahead of the player (`lead` and 4 s, then the voice waits).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "async/clock.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "ports/speech.hpp"
#include "voice/conversation_events.hpp"
#include "voice/interruption.hpp"
#include "voice/responder.hpp"
#include "voice/turn_settings.hpp"

namespace voice {

// What speech does to a reply that is being spoken.
enum class OnSpeech {
    weigh,   // pause, and decide within half a second whether it was meant
    cancel,  // SpeechStarted ends it
    ignore,  // it goes on; the turn is answered after it
};

struct ConversationSettings {
    TurnSettings turns;
    InterruptionSettings interruption;
    OnSpeech on_speech = OnSpeech::weigh;
    // The end of a turn begins a response by itself.
    bool create_response = true;
    bool transcribe = true;  // false and no create_response: the audio alone is wanted
    // A recogniser of this machine listens already while somebody speaks: their words come as
    // transcripts that are not final, and a model reads them ahead.
    bool listens_early = false;
    std::string language;    // of the person; empty: found out
    std::string vocabulary;  // words that are likely, such as names
    std::string phrase;      // its fit comes with each transcript (ports::Transcript::phrase_fit)
    std::string voice;       // empty: the configured one
    double speed = 1.0;
    // Below this a transcript is not answered: the person is asked to say it again.
    double least_confidence = 0.35;
    std::string say_again = "Sorry, I didn't catch that. Could you say it again?";
    // Audio goes out at most so far ahead of what was played. Zero: as fast as it is made.
    Time lead{2'000};
    // The client says played(); else the clock counts from when audio went out.
    bool reports_playback = false;
    // The client leaves the companion's voice in what its microphone hears: it is taken out here
    // (own_echo.hpp). Needs reports_playback; fixed for the life of a conversation.
    bool cancels_echo = false;
    Time engine_timeout{20'000};  // of one recognition or one spoken piece
};

// invalid_argument naming the setting.
[[nodiscard]] base::Result<void> check(const ConversationSettings& settings);

// Fixed for the life of a conversation.
struct ConversationRates {
    int input_hz = 16'000;   // 8 … 48 kHz
    int output_hz = 24'000;  // 8 … 48 kHz
};

// Engines may be null where the machine has none: then there is a Failure when it is needed, and
// without `turns` the words and the silence decide alone.
struct SpeechEngines {
    ports::SpeechToText* recogniser = nullptr;
    ports::TextToSpeech* voice = nullptr;
    ports::VoiceActivity* activity = nullptr;
    ports::TurnDetector* turns = nullptr;
};

// A response that the surface begins itself: a greeting, a try of a voice.
struct ResponseOrder {
    Responder* by = nullptr;  // null: the conversation's
    std::optional<std::string> voice;
    std::optional<double> speed;
    std::string text;  // Question::text for it
};

class Conversation {
public:
    using Listener = std::function<void(Time at, const event::Any&)>;

    struct Parts {
        async::Executor executor;
        async::Clock& clock;
        SpeechEngines engines;
        ConversationRates rates;
        Responder& responder;
        Listener listener;
    };
    [[nodiscard]] static base::Result<std::unique_ptr<Conversation>> make(
        Parts parts, ConversationSettings settings);
    virtual ~Conversation() = default;

    // ---- the microphone. Mono samples at input_hz, in order.
    // False: the queue is full and nothing was taken; wait for room() first.
    [[nodiscard]] virtual bool hear(std::span<const float> samples) = 0;
    [[nodiscard]] virtual async::Task<bool> room(std::stop_token stop) = 0;
    // Manual turns: commits what was heard since the last turn, once all of it has been taken in.
    // A turn under way ends. Less than 100 ms: Failure{stage "commit"}.
    virtual void commit() = 0;
    // Forgets what was heard since the last turn, a turn under way, too.
    virtual void clear() = 0;

    // ---- answering
    // Fails with conflict while another response has the floor.
    [[nodiscard]] virtual base::Result<ResponseId> respond(ResponseOrder order) = 0;
    // The stop button: silent at once; ResponseDone follows as interrupted. not_found when it is
    // over. Without an id: the one that has the floor.
    [[nodiscard]] virtual base::Result<void> cancel(std::optional<ResponseId> response) = 0;
    // A report of playing; may be late, repeated or nonsense.
    virtual void played(ResponseId response, Time heard) = 0;

    // ---- the rest
    [[nodiscard]] virtual base::Result<void> configure(ConversationSettings settings) = 0;
    [[nodiscard]] virtual const ConversationSettings& settings() const = 0;
    [[nodiscard]] virtual event::State state() const = 0;
    // Cancels everything and waits for it; afterwards no event comes. Call before destroying.
    [[nodiscard]] virtual async::Task<void> close() = 0;
};

}  // namespace voice
