// Ear: the microphone's way to windows of speech. Brings the stream to 16 kHz, takes the
// companion's own voice out where that is wanted, keeps what turns are cut from, asks the detector,
// which may lag behind by 30 s before hear() refuses. A detector that fails is told once in a
// while, and its windows count as silence. Shared between its conversation and its own coroutine,
// which ends after close(); io thread only.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "async/task.hpp"
#include "media/resampler.hpp"
#include "ports/speech.hpp"
#include "voice/hearing.hpp"
#include "voice/own_echo.hpp"

namespace voice::detail {

class Ear : public std::enable_shared_from_this<Ear> {
public:
    class Listener {
    public:
        virtual ~Listener() = default;
        virtual void on_window(VadWindow window) = 0;
        virtual void on_deaf(base::Error error) = 0;
    };

    Ear(async::Clock& clock, ports::VoiceActivity* activity, media::Resampler resampler,
        std::optional<OwnEcho> echo, Listener& listener);

    void start(const async::Executor& executor);
    // No call of the listener comes after it.
    void close();

    [[nodiscard]] bool hear(std::span<const float> samples);
    [[nodiscard]] async::Task<bool> room(std::stop_token stop);
    // The end of what the listener was told.
    [[nodiscard]] Samples position() const { return position_; }
    // The end of what was heard, judged or not.
    [[nodiscard]] Samples received() const {
        return position_ + waiting() + (echo_ ? echo_->held() : 0);
    }
    // Null: the client takes its echo out itself.
    [[nodiscard]] OwnEcho* echo() { return echo_ ? &*echo_ : nullptr; }
    // What is still kept of [from, to).
    [[nodiscard]] std::vector<float> between(Samples from, Samples to) const;
    // What lies before is not needed any more.
    void forget(Samples before);

private:
    [[nodiscard]] async::Task<void> run();
    [[nodiscard]] async::Task<std::vector<float>> judge(std::vector<float> block);
    [[nodiscard]] Samples waiting() const;
    void tell(const std::vector<float>& block, const std::vector<float>& chances);

    async::Clock& clock_;
    ports::VoiceActivity* activity_;
    std::unique_ptr<ports::VoiceStream> stream_;
    media::Resampler resampler_;
    std::optional<OwnEcho> echo_;
    std::vector<float> raw_;  // before the echo is taken out
    Listener& listener_;
    std::vector<float> kept_;
    Samples kept_from_ = 0;  // position of kept_[0]
    Samples position_ = 0;
    std::optional<async::Duration> told_;  // when a failure was last told
    async::Event filled_;
    async::Event emptied_;
    bool closed_ = false;
};

}  // namespace voice::detail
