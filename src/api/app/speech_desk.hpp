// SpeechDesk: what the surface needs of speech from the composition root: the engines, the owner's
// settings and what is lacking. Implemented in apps/loci, faked in tests; io thread only.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "protocol/voice_types.hpp"
#include "voice/conversation.hpp"

namespace app {

// Of mode wake.
struct WakeSettings {
    std::string phrase;  // empty: none is set
    double threshold = 0.75;
    voice::Time cooldown{2'000};  // after a waking, until the next one
    voice::Time listen{8'000};    // of silence after a reply, until it sleeps
};

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
    [[nodiscard]] virtual WakeSettings wake() const = 0;

    // `listener` is told of every change of these settings, until the handle is dropped.
    using Watch = std::shared_ptr<const std::function<void()>>;
    [[nodiscard]] Watch watch(std::function<void()> listener);

protected:
    void tell_watchers();

private:
    std::vector<std::weak_ptr<const std::function<void()>>> watchers_;
};

}  // namespace app
