#include "voice/detail/spoken.hpp"

#include <algorithm>
#include <utility>

#include "media/pcm.hpp"

namespace voice::detail {
namespace {

constexpr Time kStretch{100};  // of audio in one event

}  // namespace

Spoken::Spoken(ResponseId response, int output_hz, bool reports)
    : response_(response), rate_(output_hz), reports_(reports), account_(output_hz) {}

base::Result<std::vector<std::int16_t>> Spoken::resampled(const ports::SpeechSegment& segment) {
    if (segment.sample_rate == rate_) return segment.pcm;
    if (!resampler_ || resampler_->in_hz() != segment.sample_rate) {
        TRY(made, media::Resampler::make(segment.sample_rate, rate_));
        resampler_ = std::move(made);
    }
    std::vector<float> in(segment.pcm.size());
    std::ranges::transform(segment.pcm, in.begin(), media::from_s16);
    std::vector<float> out;
    resampler_->process(in, out);
    resampler_->flush(out);
    std::vector<std::int16_t> pcm(out.size());
    std::ranges::transform(out, pcm.begin(), media::to_s16);
    return pcm;
}

std::vector<TimedWord> Spoken::timed(const Piece& piece, const ports::SpeechSegment& segment,
                                     Samples length) {
    if (piece.index != piece_) {
        piece_ = piece.index;
        next_word_ = 0;
    }
    const std::size_t left = piece.words.size() - std::min(next_word_, piece.words.size());
    std::vector<TimedWord> words;
    if (!segment.words.empty() && segment.words.size() <= left) {
        for (const auto& word : segment.words) {
            words.push_back({piece.words[next_word_++].original, samples(word.t_ms),
                             std::min(length, samples(word.t_ms + word.dur_ms))});
        }
        return words;
    }
    // The voice counts words in another way than the text (numbers, addresses).
    Piece rest = piece;
    rest.words.erase(rest.words.begin(), rest.words.end() - static_cast<std::ptrdiff_t>(left));
    next_word_ = piece.words.size();
    return spread_words(rest, length);
}

base::Result<void> Spoken::add(const Piece& piece, const ports::SpeechSegment& segment) {
    TRY(pcm, resampled(segment));
    const auto length = static_cast<Samples>(pcm.size());
    Segment placed{next_segment_++, piece.original, length, timed(piece, segment, length)};
    const bool whole = next_word_ >= piece.words.size();
    if (!whole && !placed.words.empty()) placed.original.end = placed.words.back().original.end;
    const std::uint64_t id = placed.id;
    std::optional<event::Segment> told = event::Segment{
        response_, placed.id,     segment.text,     placed.original,     made_,
        length,    segment.words, segment.phonemes, segment.exact_times, placed.words};
    account_.queue(std::move(placed));
    const auto step = static_cast<std::size_t>(media::samples_in(kStretch, rate_));
    std::size_t at = 0;
    do {
        const std::size_t end = std::min(at + step, pcm.size());
        Waiting item{{}, {response_, id, made_ + static_cast<Samples>(at), {}}};
        item.audio.pcm.assign(pcm.begin() + static_cast<std::ptrdiff_t>(at),
                              pcm.begin() + static_cast<std::ptrdiff_t>(end));
        item.segment = std::exchange(told, std::nullopt);
        waiting_.push_back(std::move(item));
        at = end;
    } while (at < pcm.size());
    made_ += length;
    return {};
}

void Spoken::release(Time now, Time lead, std::vector<event::Any>& out) {
    const Samples ahead = media::samples_in(lead, rate_);
    while (!paused_ && !waiting_.empty() &&
           (lead == Time{0} || sent_ - account_.position() < ahead)) {
        Waiting item = std::move(waiting_.front());
        waiting_.pop_front();
        if (sent_ == account_.position()) moved_at_ = now;
        if (!since_) since_ = now;
        sent_ += static_cast<Samples>(item.audio.pcm.size());
        if (item.segment) out.emplace_back(std::move(*item.segment));
        out.emplace_back(std::move(item.audio));
    }
}

void Spoken::report(Time played, Time now) {
    if (!reports_) return;
    const Samples until =
        std::min(sent_, media::samples_in(std::clamp(played, Time{0}, Time{3'600'000}), rate_));
    // Clients count in milliseconds: what is left of the last one was played, too.
    const Samples rest = sent_ - until;
    const Samples to = rest < media::samples_in(Time{2}, rate_) ? sent_ : until;
    if (to <= account_.position()) return;
    moved_at_ = now;
    static_cast<void>(account_.played(to - account_.position(), now));
}

void Spoken::estimate(Time now) {
    if (reports_ || paused_ || !since_) return;
    const Samples until = std::min(sent_, base_ + media::samples_in(now - *since_, rate_));
    static_cast<void>(account_.played(until - account_.position(), now));
    moved_at_ = now;
    if (until == sent_) {  // it has run dry: goes on with what comes next
        base_ = sent_;
        since_.reset();
    }
}

void Spoken::pause(Time now) {
    estimate(now);
    paused_ = true;
    base_ = account_.position();
    since_.reset();
}

void Spoken::resume(Time now) {
    paused_ = false;
    moved_at_ = now;
    if (sent_ > base_) since_ = now;
}

Time Spoken::ahead() const {
    return media::time_of(made_ - account_.position(), rate_);
}

}  // namespace voice::detail
