#include "voice/detail/ear.hpp"

#include <algorithm>
#include <utility>

#include "media/levels.hpp"

namespace voice::detail {
namespace {

constexpr Samples kMostWaiting = media::samples_in(Time{30'000}, kHearingHz);
constexpr Samples kBlock = 16 * kVadWindow;  // judged at once when it lags behind
constexpr Samples kForgetAtOnce =
    media::samples_in(Time{4'000}, kHearingHz);  // so that little is moved about
// After a long turn, or a time in which everything was late, no more room than this stays taken.
constexpr std::size_t kRoomKept =
    static_cast<std::size_t>(media::samples_in(Time{20'000}, kHearingHz));
constexpr std::chrono::seconds kTellEvery{10};

}  // namespace

Ear::Ear(async::Clock& clock, ports::VoiceActivity* activity, media::Resampler resampler,
         std::optional<OwnEcho> echo, Listener& listener)
    : clock_(clock),
      activity_(activity),
      resampler_(std::move(resampler)),
      echo_(std::move(echo)),
      listener_(listener) {}

void Ear::start(const async::Executor& executor) {
    async::spawn_detached(executor, "ear", run());
}

void Ear::close() {
    closed_ = true;
    filled_.set();
    emptied_.set();
}

Samples Ear::waiting() const {
    return kept_from_ + static_cast<Samples>(kept_.size()) - position_;
}

bool Ear::hear(std::span<const float> samples) {
    if (waiting() >= kMostWaiting) return false;
    if (echo_) {
        raw_.clear();
        resampler_.process(samples, raw_);
        echo_->hear(raw_, kept_);
    } else {
        resampler_.process(samples, kept_);
    }
    if (waiting() >= kVadWindow) filled_.set();
    return true;
}

async::Task<bool> Ear::room(std::stop_token stop) {
    const auto self = shared_from_this();
    while (!closed_ && waiting() >= kMostWaiting) {
        emptied_.reset();
        const bool woken = co_await emptied_.wait(stop);
        if (!woken) co_return false;
    }
    co_return !closed_;
}

std::vector<float> Ear::between(Samples from, Samples to) const {
    const Samples end = kept_from_ + static_cast<Samples>(kept_.size());
    const Samples first = std::clamp(from, kept_from_, end) - kept_from_;
    const Samples last = std::clamp(to, kept_from_, end) - kept_from_;
    if (last <= first) return {};
    return {kept_.begin() + first, kept_.begin() + last};
}

void Ear::forget(Samples before) {
    const Samples gone = std::min(before, position_) - kept_from_;
    if (gone < kForgetAtOnce) return;
    kept_.erase(kept_.begin(), kept_.begin() + gone);
    kept_from_ += gone;
    if (kept_.capacity() > kRoomKept && kept_.size() < kRoomKept / 2) kept_.shrink_to_fit();
}

async::Task<void> Ear::run() {
    const auto self = shared_from_this();
    while (!closed_) {
        if (waiting() < kVadWindow) {
            filled_.reset();
            const bool woken = co_await filled_.wait();
            if (!woken) co_return;
            continue;
        }
        const Samples count = std::min(waiting(), kBlock) / kVadWindow * kVadWindow;
        std::vector<float> block = between(position_, position_ + count);
        auto judging = judge(block);
        const std::vector<float> chances = co_await std::move(judging);
        if (closed_) co_return;
        tell(block, chances);
        emptied_.set();
    }
}

async::Task<std::vector<float>> Ear::judge(std::vector<float> block) {
    const std::size_t windows = block.size() / static_cast<std::size_t>(kVadWindow);
    std::optional<base::Error> error;
    if (activity_ == nullptr) {
        error = base::make_error(base::ErrorCode::unavailable,
                                 "there is nothing that notices when somebody speaks",
                                 "use the talk button, or `loci models pull` the detector");
    } else {
        if (!stream_) stream_ = activity_->open();
        auto feeding = stream_->feed(std::move(block));
        auto chances = co_await std::move(feeding);
        if (chances && chances->size() == windows) co_return std::move(*chances);
        error = chances ? base::make_error(base::ErrorCode::corrupt,
                                           "the detector gave a wrong number of answers")
                        : chances.error();
        stream_.reset();
    }
    const auto now = clock_.steady();
    if (!closed_ && (!told_ || now - *told_ >= kTellEvery)) {
        told_ = now;
        listener_.on_deaf(std::move(*error));
    }
    co_return std::vector<float>(windows, 0.0F);
}

void Ear::tell(const std::vector<float>& block, const std::vector<float>& chances) {
    const auto self = shared_from_this();
    for (std::size_t i = 0; i < chances.size() && !closed_; ++i) {
        const auto begin = i * static_cast<std::size_t>(kVadWindow);
        const std::span<const float> window(block.data() + begin,
                                            static_cast<std::size_t>(kVadWindow));
        const VadWindow heard{position_, chances[i], media::measure(window).rms_dbfs};
        position_ += kVadWindow;
        listener_.on_window(heard);
    }
}

}  // namespace voice::detail
