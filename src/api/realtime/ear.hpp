// Ear: what a Realtime client sends as sound, told apart into turns and understood. Keeps the input
// buffer, asks the engines and follows voice::TurnTaker; what comes of it goes to the listener.
// Positions are samples at 16 kHz since the session began. Owned by one session; io thread only;
// clock, engines and listener outlive it. Sound waits for the detector inside append(), so that a
// client that sends faster than real time is slowed down and nothing is lost.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "api/realtime/audio_codec.hpp"
#include "api/realtime/session_config.hpp"
#include "async/clock.hpp"
#include "async/event.hpp"
#include "async/task_scope.hpp"
#include "media/echo_canceller.hpp"
#include "ports/speech.hpp"
#include "voice/turn_taker.hpp"

namespace realtime {

// Words that are being recognised, or were.
struct Understanding {
    std::stop_source stop;
    std::optional<base::Result<ports::Transcript>> result;
    async::Event done;
};
using UnderstandingPtr = std::shared_ptr<Understanding>;

struct Utterance {
    voice::TurnId turn = 0;
    voice::Samples start = 0, end = 0;
    std::vector<float> samples;
    UnderstandingPtr words;
};

class EarListener {
public:
    virtual ~EarListener() = default;
    virtual void on_speech_started(voice::TurnId turn, voice::Samples start) = 0;
    virtual void on_turn_ended(Utterance utterance) = 0;
    // The client heard of it and there is nothing to answer. `end`: where it stopped.
    virtual void on_turn_dropped(voice::TurnId turn, voice::Samples end) = 0;
    virtual void on_idle(voice::Samples at) = 0;
    virtual void on_ear_failed(const base::Error& error) = 0;
};

class Ear {
public:
    Ear(async::Executor executor, async::Clock& clock, std::optional<ports::SpeechPorts> speech,
        EarListener& listener);

    void configure(const SessionConfig& config);
    [[nodiscard]] async::Task<Checked<void>> append(std::vector<std::byte> bytes);
    // Ends the turn here, or makes all that is in the buffer one.
    [[nodiscard]] Checked<void> commit();
    void clear();
    void playback(voice::Playback state);
    // Sound from elsewhere, at ports::kListenRate.
    [[nodiscard]] UnderstandingPtr understand(std::vector<float> samples);

    [[nodiscard]] bool in_turn() const { return taker_.in_turn() && !manual(); }
    [[nodiscard]] voice::Samples position() const { return end(); }
    [[nodiscard]] async::Task<void> close();

private:
    [[nodiscard]] bool manual() const { return taker_.settings().mode == voice::TurnMode::manual; }
    [[nodiscard]] voice::Time now() const;
    [[nodiscard]] voice::Samples end() const {
        return first_ + static_cast<voice::Samples>(buffer_.size());
    }
    void take(const std::vector<float>& samples);
    [[nodiscard]] async::Task<void> hear_windows();
    [[nodiscard]] async::Task<std::vector<float>> chances_of(std::size_t windows);
    [[nodiscard]] std::vector<float> slice(voice::Samples from, voice::Samples to) const;
    void trim();
    void apply(const voice::Decisions& decisions);
    void apply_soft_end(const voice::SoftEnd& end);
    void apply_ended(const voice::TurnEnded& ended);
    void forget_words();
    void rearm();
    [[nodiscard]] async::Task<void> tick();
    [[nodiscard]] async::Task<void> recognise(UnderstandingPtr words, std::vector<float> samples,
                                              voice::Revision revision);
    [[nodiscard]] async::Task<void> judge(std::vector<float> samples, voice::Revision revision);

    async::Clock& clock_;
    std::optional<ports::SpeechPorts> speech_;
    EarListener& listener_;
    AudioDecoder decoder_;
    std::optional<media::EchoCanceller> cleaner_;
    Noise noise_ = Noise::none;
    std::vector<float> uncleaned_;
    std::string language_;
    std::string vocabulary_;
    std::vector<float> buffer_;  // from first_ on
    voice::Samples first_ = 0;
    voice::Samples heard_ = 0;  // up to here the detector has been asked
    voice::Samples floor_ = 0;  // end of the last turn
    voice::Samples turn_start_ = 0;
    voice::TurnTaker taker_;
    std::unique_ptr<ports::VoiceStream> stream_;
    bool failing_ = false;  // told once
    bool committing_ = false;
    UnderstandingPtr words_;  // of the newest possible end
    async::Event armed_;
    std::stop_source sleeping_;
    async::TaskScope tasks_;
};

}  // namespace realtime
