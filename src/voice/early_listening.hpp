// EarlyListening: when to listen to what somebody has said so far, before they have finished. So
// the words can be shown while they speak, a model can read them ahead, and where a button ends the
// turn they are known when it is let go. Owned by one conversation; one thread; pure.
#pragma once

#include <optional>

#include "voice/hearing.hpp"
#include "voice/turn_settings.hpp"

namespace voice {

class EarlyListening {
public:
    struct Advice {
        bool begins = false;               // this is the first speech of the turn
        std::optional<Samples> listen_to;  // the end up to which to listen now
    };
    // A window of a turn that began at `begin`. Listening early takes a part of the machine, so it
    // is advised again only after 0.8 s of new speech, later where the recogniser is slow; and,
    // where nothing else listens in them (`pauses`), in each pause.
    [[nodiscard]] Advice hear(VadWindow window, Samples begin, bool pauses,
                              const TurnSettings& settings);
    // Somebody listens to all that is there, whoever asked for it.
    void listened();
    // What the last recognition took.
    void took(Time time) { took_ = time; }
    // Nothing more has been said since.
    [[nodiscard]] bool silent_since(Samples end) const { return speech_end_ <= end; }

private:
    Samples speech_end_ = 0;  // of the last window that may be speech
    Samples begin_ = -1;
    bool begun_ = false;
    bool listened_ = false;
    Samples spoken_ = 0;  // speech that nobody has listened to yet
    Time took_{0};
};

}  // namespace voice
