// SpeechDesk: what the surface needs of speech from the composition root: the engines, the owner's
// settings and what is lacking. Implemented in apps/loci, faked in tests; io thread only.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "protocol/voice_types.hpp"
#include "voice/conversation.hpp"

namespace app {

class SpeechDesk {
public:
    virtual ~SpeechDesk() = default;
    [[nodiscard]] virtual voice::SpeechEngines engines() = 0;
    // As the owner has set it.
    [[nodiscard]] virtual voice::ConversationSettings defaults() const = 0;
    [[nodiscard]] virtual std::vector<protocol::VoiceCard> voices() const = 0;
    // Has the owner ever chosen one?
    [[nodiscard]] virtual bool voice_chosen() const = 0;
    // What is missing for speech, and what to do about it.
    [[nodiscard]] virtual std::vector<protocol::VoiceLack> lacks() const = 0;
    // Loads what the first words would otherwise wait for.
    [[nodiscard]] virtual async::Task<base::Result<void>> prewarm(std::string voice,
                                                                  std::stop_token stop) = 0;
    // Of mode wake; empty: none is set.
    [[nodiscard]] virtual std::string wake_phrase() const = 0;
};

}  // namespace app
