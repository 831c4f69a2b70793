#include "api/realtime/ear.hpp"

#include <algorithm>
#include <utility>

#include "media/levels.hpp"

namespace realtime {
namespace {

using voice::Samples;

constexpr std::size_t kWindow = ports::kVoiceWindow;
constexpr std::size_t kBatch = 8;                             // windows asked for at once
constexpr Samples kKept = Samples{5} * ports::kListenRate;    // before a turn, for its padding
constexpr Samples kMost = Samples{600} * ports::kListenRate;  // without a commit
constexpr std::size_t kJudged = std::size_t{8} * ports::kListenRate;
constexpr int kNearDb = 15;
constexpr int kFarDb = 25;

template <class... F>
struct Cases : F... {
    using F::operator()...;
};

}  // namespace

Ear::Ear(async::Executor executor, async::Clock& clock, std::optional<ports::SpeechPorts> speech,
         EarListener& listener)
    : clock_(clock),
      speech_(std::move(speech)),
      listener_(listener),
      decoder_(Format::pcm, ports::kListenRate),
      taker_({}, now()),
      tasks_(std::move(executor)) {
    tasks_.spawn("realtime ticks", tick());
}

async::Task<void> Ear::close() {
    forget_words();
    tasks_.request_stop();
    sleeping_.request_stop();
    co_await tasks_.close();
}

voice::Time Ear::now() const {
    return std::chrono::duration_cast<voice::Time>(clock_.steady());
}

void Ear::configure(const SessionConfig& config) {
    if (config.input != decoder_.format()) {
        decoder_ = AudioDecoder(config.input, ports::kListenRate);
    }
    if (config.noise != noise_) {
        noise_ = config.noise;
        uncleaned_.clear();
        cleaner_.reset();
        if (noise_ != Noise::none) {
            media::EchoSettings settings;
            settings.noise_reduction_db = noise_ == Noise::far_field ? kFarDb : kNearDb;
            auto made = media::EchoCanceller::make(settings);
            if (made) {
                cleaner_.emplace(std::move(*made));
            } else {
                listener_.on_ear_failed(made.error());
            }
        }
    }
    language_ = config.transcription ? config.transcription->language : std::string();
    vocabulary_ = config.transcription ? config.transcription->prompt : std::string();
    voice::TurnSettings turns;
    turns.mode = voice::TurnMode::manual;
    if (config.detection) turns = config.detection->turns;
    apply(taker_.configure(turns, now()));
    rearm();
}

async::Task<Checked<void>> Ear::append(std::vector<std::byte> bytes) {
    std::vector<float> samples;
    decoder_.decode(bytes, samples);
    const bool full = manual() && end() - floor_ + static_cast<Samples>(samples.size()) > kMost;
    if (full) {
        co_return refuse("input_audio_buffer_full",
                         "the buffer holds ten minutes: commit or clear it");
    }
    take(samples);
    co_await hear_windows();
    co_return Checked<void>{};
}

void Ear::take(const std::vector<float>& samples) {
    if (!cleaner_) {
        buffer_.insert(buffer_.end(), samples.begin(), samples.end());
        return;
    }
    uncleaned_.insert(uncleaned_.end(), samples.begin(), samples.end());
    const std::size_t frame = cleaner_->frame_samples();
    std::vector<float> clean(frame);
    std::size_t at = 0;
    for (; at + frame <= uncleaned_.size(); at += frame) {
        const auto heard = std::span(uncleaned_).subspan(at, frame);
        const auto done = cleaner_->process(heard, clean);
        if (!done) clean.assign(heard.begin(), heard.end());
        buffer_.insert(buffer_.end(), clean.begin(), clean.end());
    }
    uncleaned_.erase(uncleaned_.begin(), uncleaned_.begin() + static_cast<std::ptrdiff_t>(at));
}

async::Task<void> Ear::hear_windows() {
    for (;;) {
        const auto waiting = static_cast<std::size_t>(end() - heard_) / kWindow;
        if (waiting == 0) break;
        const std::size_t windows = std::min(waiting, kBatch);
        std::vector<float> chances(windows, 0.0F);
        if (!manual()) {
            auto asking = chances_of(windows);
            chances = co_await std::move(asking);
        }
        for (const float chance : chances) {
            if (end() - heard_ < static_cast<Samples>(kWindow)) break;  // cleared meanwhile
            const auto window = slice(heard_, heard_ + static_cast<Samples>(kWindow));
            voice::VadWindow heard{heard_, chance, media::measure(window).rms_dbfs};
            heard_ += static_cast<Samples>(kWindow);
            apply(taker_.hear(heard, now()));
        }
        trim();
    }
    rearm();
}

async::Task<std::vector<float>> Ear::chances_of(std::size_t windows) {
    std::vector<float> none(windows, 0.0F);
    if (!speech_) {
        if (!std::exchange(failing_, true)) {
            listener_.on_ear_failed(base::make_error(
                base::ErrorCode::unavailable, "speech cannot be told from silence: no engine runs",
                "commit by hand, with turn_detection null"));
        }
        co_return none;
    }
    if (!stream_) stream_ = speech_->activity.open();
    auto samples = slice(heard_, heard_ + static_cast<Samples>(windows * kWindow));
    auto feeding = stream_->feed(std::move(samples));
    auto chances = co_await std::move(feeding);
    if (chances && chances->size() == windows) {
        failing_ = false;
        co_return std::move(*chances);
    }
    // The engine died or has no detector: a new stream begins with the next sound.
    stream_.reset();
    if (!std::exchange(failing_, true)) {
        listener_.on_ear_failed(chances ? base::make_error(base::ErrorCode::internal,
                                                           "the detector answered for other sound")
                                        : chances.error());
    }
    co_return none;
}

std::vector<float> Ear::slice(Samples from, Samples to) const {
    from = std::clamp(from, first_, end());
    to = std::clamp(to, from, end());
    return {buffer_.begin() + (from - first_), buffer_.begin() + (to - first_)};
}

void Ear::trim() {
    Samples keep = manual() ? floor_ : std::max(floor_, heard_ - kKept);
    if (!manual() && taker_.in_turn()) keep = std::min(keep, turn_start_);
    keep = std::min(keep, heard_);
    // Seldom and much: each time moves what stays.
    constexpr Samples kLump = Samples{2} * ports::kListenRate;
    if (keep - first_ < kLump) return;
    buffer_.erase(buffer_.begin(), buffer_.begin() + (keep - first_));
    first_ = keep;
}

Checked<void> Ear::commit() {
    // The rest of a window belongs to it: filled up with silence.
    const auto part = static_cast<std::size_t>(end() - heard_) % kWindow;
    if (part != 0) buffer_.resize(buffer_.size() + kWindow - part, 0.0F);
    while (end() > heard_) {
        apply(taker_.hear({heard_, 0.0F, media::kSilenceDbfs}, now()));
        heard_ += static_cast<Samples>(kWindow);
    }
    committing_ = !taker_.in_turn();
    auto decisions = taker_.commit(now());
    if (!decisions) {
        committing_ = false;
        return refuse("input_audio_buffer_commit_empty",
                      "the input audio buffer holds less than 100 ms of audio");
    }
    apply(*decisions);
    committing_ = false;
    trim();
    rearm();
    return {};
}

void Ear::clear() {
    decoder_.reset();
    uncleaned_.clear();
    buffer_.clear();
    first_ = heard_;
    // The time line goes on.
    apply(taker_.clear(now()));
    floor_ = first_;
    rearm();
}

void Ear::playback(voice::Playback state) {
    apply(taker_.playback(state, now()));
    rearm();
}

void Ear::apply(const voice::Decisions& decisions) {
    for (const auto& decision : decisions) {
        std::visit(Cases{[&](const voice::SpeechStarted& started) {
                             turn_start_ = started.start;
                             if (!committing_) {
                                 listener_.on_speech_started(started.turn, started.start);
                             }
                         },
                         [&](const voice::SoftEnd& soft) { apply_soft_end(soft); },
                         [&](const voice::Reopened&) { forget_words(); },
                         [&](const voice::TurnEnded& ended) { apply_ended(ended); },
                         [&](const voice::TurnDropped& dropped) {
                             forget_words();
                             if (dropped.reason != voice::TurnDropReason::mode_changed) {
                                 floor_ = heard_;
                             }
                             listener_.on_turn_dropped(dropped.turn, heard_);
                         },
                         [&](const voice::IdleTimeout& idle) { listener_.on_idle(idle.at); }},
                   decision);
    }
}

void Ear::apply_soft_end(const voice::SoftEnd& soft) {
    forget_words();
    words_ = std::make_shared<Understanding>();
    tasks_.spawn("recognise", recognise(words_, slice(soft.start, soft.end), soft.revision));
    const bool unsure = speech_ && taker_.settings().mode == voice::TurnMode::semantic_vad;
    if (!unsure) return;
    auto sound = slice(std::max(soft.start, soft.end - static_cast<Samples>(kJudged)), soft.end);
    tasks_.spawn("judge the end", judge(std::move(sound), soft.revision));
}

void Ear::apply_ended(const voice::TurnEnded& ended) {
    Utterance out;
    out.turn = ended.turn;
    out.start = ended.start;
    out.end = ended.end;
    out.samples = slice(ended.start, ended.end);
    out.words = std::exchange(words_, nullptr);
    floor_ = ended.end;
    listener_.on_turn_ended(std::move(out));
}

void Ear::forget_words() {
    if (words_) words_->stop.request_stop();
    words_.reset();
}

UnderstandingPtr Ear::understand(std::vector<float> samples) {
    auto words = std::make_shared<Understanding>();
    tasks_.spawn("recognise", recognise(words, std::move(samples), 0));
    return words;
}

async::Task<void> Ear::recognise(UnderstandingPtr words, std::vector<float> samples,
                                 voice::Revision revision) {
    if (speech_) {
        ports::ListenRequest request;
        request.samples = std::move(samples);
        request.language = language_;
        request.context = vocabulary_;
        auto asking = speech_->hearing.transcribe(std::move(request), words->stop.get_token());
        words->result = co_await std::move(asking);
    } else {
        words->result = base::fail(base::ErrorCode::unavailable, "no engine runs that understands");
    }
    words->done.set();
    if (revision == 0 || !*words->result) co_return;
    const auto& heard = **words->result;
    const std::string text = heard.no_speech ? std::string() : heard.text;
    apply(taker_.transcript({revision, text, voice::TranscriptState::final}, now()));
    rearm();
}

async::Task<void> Ear::judge(std::vector<float> samples, voice::Revision revision) {
    auto asking = speech_->turns.finished(std::move(samples), tasks_.stop_token());
    const auto chance = co_await std::move(asking);
    // Without it the words and the silence decide.
    if (!chance) co_return;
    apply(taker_.end_of_turn({revision, *chance}, now()));
    rearm();
}

void Ear::rearm() {
    armed_.set();
    sleeping_.request_stop();
}

async::Task<void> Ear::tick() {
    const auto stop = tasks_.stop_token();
    while (!stop.stop_requested()) {
        const auto deadline = taker_.next_deadline();
        armed_.reset();
        if (!deadline) {
            const bool woken = co_await armed_.wait(stop);
            if (!woken) co_return;
            continue;
        }
        sleeping_ = std::stop_source();
        const auto left = *deadline - now();
        if (left > voice::Time{0}) {
            auto sleeping = clock_.sleep_for(left, sleeping_.get_token());
            const bool slept = co_await std::move(sleeping);
            if (!slept) continue;
        }
        apply(taker_.tick(now()));
    }
}

}  // namespace realtime
