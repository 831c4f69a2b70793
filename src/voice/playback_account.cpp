#include "voice/playback_account.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace voice {
namespace {

constexpr Time kPastTheEnd{100};  // clients round, and count their last buffer

}  // namespace

std::vector<TimedWord> spread_words(const Piece& piece, Samples length) {
    std::vector<TimedWord> words;
    Samples letters = 0;
    for (const auto& word : piece.words) {
        letters += static_cast<Samples>(word.spoken.end - word.spoken.begin) + 1;
    }
    Samples before = 0;
    for (const auto& word : piece.words) {
        const Samples start = length * before / letters;
        before += static_cast<Samples>(word.spoken.end - word.spoken.begin) + 1;
        words.push_back({word.original, start, length * before / letters});
    }
    return words;
}

PlaybackAccount::PlaybackAccount(int rate_hz) : rate_hz_(rate_hz) {}

void PlaybackAccount::queue(Segment segment) {
    if (cancelled_) return;
    const Samples length = std::max(Samples{0}, segment.length);
    segments_.push_back({std::move(segment), total_});
    total_ += length;
}

Samples PlaybackAccount::played(Samples count, Time when) {
    if (cancelled_) return 0;
    const Samples taken = std::clamp(count, Samples{0}, total_ - position_);
    Samples left = taken;
    while (left > 0) {
        const Placed& placed = segments_[current_];
        const Samples from = position_ - placed.start;
        const Samples here = std::min(left, placed.segment.length - from);
        if (here <= 0) {
            ++current_;
            continue;
        }
        remember({placed.segment.id, from, here, when + media::time_of(taken - left, rate_hz_)});
        position_ += here;
        left -= here;
    }
    return taken;
}

void PlaybackAccount::remember(const Stretch& stretch) {
    if (!stretches_.empty()) {
        Stretch& last = stretches_.back();
        const Time expected = last.when + media::time_of(last.count, rate_hz_);
        const bool goes_on = last.segment == stretch.segment &&
                             last.from + last.count == stretch.from &&
                             std::chrono::abs(stretch.when - expected) <= Time{1};
        if (goes_on) {
            last.count += stretch.count;
            return;
        }
    }
    if (stretches_.size() == kStretches) stretches_.erase(stretches_.begin());
    stretches_.push_back(stretch);
}

void PlaybackAccount::cancel() {
    cancelled_ = true;
    total_ = position_;
}

base::Result<Heard> PlaybackAccount::heard_at(Time since_start) const {
    const Time all = media::time_of(total_, rate_hz_);
    if (since_start < Time{0} || since_start > all + kPastTheEnd) {
        return base::fail(base::ErrorCode::invalid_argument,
                          fmt::format("{} ms are not within the {} ms of the reply's audio",
                                      since_start.count(), all.count()));
    }
    return heard_until(std::min(total_, media::samples_in(since_start, rate_hz_)));
}

Heard PlaybackAccount::heard_until(Samples position) const {
    Heard heard{position, media::time_of(position, rate_hz_), 0, position == total_ && !cancelled_};
    for (const auto& [segment, start] : segments_) {
        if (start >= position) break;
        const Samples inside = position - start;
        if (inside >= segment.length) {
            heard.original_end = std::max(heard.original_end, segment.original.end);
            continue;
        }
        for (const auto& word : segment.words) {
            // More than half of a word is enough to know it.
            if (inside * 2 <= word.start + word.end) break;
            heard.original_end = std::max(heard.original_end, word.original.end);
        }
    }
    return heard;
}

std::optional<Stretch> PlaybackAccount::sounding_at(Time when) const {
    for (auto each = stretches_.rbegin(); each != stretches_.rend(); ++each) {
        const Samples inside = media::samples_in(when - each->when, rate_hz_);
        if (when >= each->when && inside < each->count) {
            return Stretch{each->segment, each->from + inside, each->count - inside, when};
        }
    }
    return std::nullopt;
}

std::string_view heard_text(std::string_view reply, const Heard& heard) {
    std::string_view text = reply.substr(0, std::min(heard.original_end, reply.size()));
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
    return text;
}

}  // namespace voice
