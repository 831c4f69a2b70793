// SpokenStream: text on its way to being speech, read segment by segment. The voice works ahead as
// far as its engine allows. io thread only; the voice outlives it. Dropping the reader stops the
// voice.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <stop_token>

#include "async/event.hpp"
#include "async/task.hpp"
#include "ports/speech.hpp"

namespace openai {

class SpokenStream {
public:
    SpokenStream(async::Executor executor, ports::TextToSpeech& voice, ports::SpeakRequest request);
    ~SpokenStream();
    SpokenStream(const SpokenStream&) = delete;
    SpokenStream& operator=(const SpokenStream&) = delete;

    // The next segment; empty at the end. A failure comes behind what was spoken before it.
    [[nodiscard]] async::Task<base::Result<std::optional<ports::SpeechSegment>>> next(
        std::stop_token stop);
    // Asks the voice to stop and waits until it has.
    [[nodiscard]] async::Task<void> close();

private:
    struct State;
    [[nodiscard]] static async::Task<void> run(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace openai
