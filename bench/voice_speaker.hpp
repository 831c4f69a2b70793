// Speaker: a person in a spoken conversation in this process, with a microphone of their own in
// real time; the answer to each turn is there at once. Several can talk at the same time. Owned by
// the bench, io thread; its Chain, whose engines it uses, outlives it. Throws Failure where the
// conversation cannot be made.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "rig/room_noise.hpp"
#include "voice_chain.hpp"
#include "voice_turns.hpp"

namespace bench {

class Speaker {
public:
    Speaker(Chain& chain, unsigned seed);

    // Plays samples to the microphone over low noise, as rooms have it.
    [[nodiscard]] async::Task<void> speak(std::vector<float> sound);
    // Stays silent until `enough`, at most `most_ms`.
    [[nodiscard]] async::Task<void> wait(int most_ms, std::function<bool()> enough);
    [[nodiscard]] async::Task<void> close();

    Turn turn;
    int lost = 0;  // frames that the conversation had no room for

private:
    Answer answer_;
    std::unique_ptr<voice::Conversation> talk_;
    Time due_ = now();
    RoomNoise noise_;
};

// Says the lines, beginning with the one at `first`, one turn each.
[[nodiscard]] async::Task<void> speak_lines(Speaker& speaker, const std::vector<SpokenLine>& lines,
                                            std::size_t first, TurnFigures& figures);

// So many at the same time, each beginning elsewhere in the lines. Throws Failure where a
// conversation did not keep up with its microphone.
[[nodiscard]] TurnFigures turns_of_speakers(Chain& chain, const std::vector<SpokenLine>& lines,
                                            int speakers);

}  // namespace bench
