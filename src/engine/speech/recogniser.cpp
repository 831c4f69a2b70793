#include "engine/speech/recogniser.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>
#include <utility>

#include <fmt/core.h>

#include <whisper.h>

#include "base/text.hpp"
#include "engine/speech/hearing.hpp"
#include "engine/speech/listen_pace.hpp"
#include "engine/speech/model_bytes.hpp"
#include "engine/speech/phrase_fit.hpp"
#include "engine/speech/word_times.hpp"

// Our addition to the library (tools/setup/fetch_speech.py): what it asks between the steps of a
// computation, on the computing thread; true ends it.
extern "C" void loci_whisper_between_steps(bool (*ask)(void*), void* data);

namespace engine::speech {
namespace {

using Ask = std::function<bool()>;

bool ask(void* data) {
    return (*static_cast<const Ask*>(data))();
}

// Both ways in which the library asks, for the length of one call.
class Asking {
public:
    explicit Asking(const Ask& should_stop) : data_(const_cast<Ask*>(&should_stop)) {
        loci_whisper_between_steps(ask, data_);
    }
    ~Asking() { loci_whisper_between_steps(nullptr, nullptr); }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;
    void set(whisper_full_params& params) const {
        params.abort_callback = ask;
        params.abort_callback_user_data = data_;
    }

private:
    void* data_;
};

// What the library asks in one attempt: whether the task is to stop, and whether the attempt has
// taken too long. Time in which more urgent work passes does not count.
class Attempt {
public:
    // `patience_ms` 0: no limit.
    Attempt(const Ask& should_stop, double patience_ms)
        : should_stop_(should_stop), patience_(patience_ms) {}

    [[nodiscard]] bool is_over() {
        const auto asked = Clock::now();
        if (should_stop_()) return true;
        away_ += Clock::now() - asked;
        lost_ = lost_ || (patience_.count() > 0 && spent() > patience_);
        return lost_;
    }
    [[nodiscard]] bool lost() const { return lost_; }
    [[nodiscard]] std::chrono::duration<double, std::milli> spent() const {
        return Clock::now() - begin_ - away_;
    }

private:
    using Clock = std::chrono::steady_clock;
    const Ask& should_stop_;
    std::chrono::duration<double, std::milli> patience_;
    Clock::time_point begin_ = Clock::now();
    Clock::duration away_{0};
    bool lost_ = false;
};

struct Free {
    void operator()(whisper_context* context) const { whisper_free(context); }
};
using Context = std::unique_ptr<whisper_context, Free>;

constexpr double kDoubtful = 0.4;  // confidence below which it is heard again

// So much sound the library hears at once.
constexpr std::size_t kOnePiece = std::size_t{29} * wire::kListenRate;

// What the library made of a piece of sound.
struct Heard {
    std::string text;
    std::vector<wire::Timed> words;
    double confidence = 0;
    double no_speech = 0;
    int tokens = 0;
};

void stay_silent(wsp_ggml_log_level, const char*, void*) {}

// The library trusts the file: sizes that no Whisper model has would make it allocate or read
// without bounds.
base::Result<void> check_file(const std::string& path) {
    std::array<std::int32_t, 12> head{};
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return base::fail(base::ErrorCode::not_found, path + " cannot be read",
                          "see `loci models list`");
    }
    file.read(reinterpret_cast<char*>(head.data()), sizeof head);
    const std::string_view bytes(
        reinterpret_cast<const char*>(head.data()),
        static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    TRY_DO(check_head(path, bytes));
    constexpr std::int32_t kMagic = 0x67676d6c;
    const auto within = [&](std::size_t i, std::int32_t low, std::int32_t high) {
        return head[i] >= low && head[i] <= high;
    };
    // magic, vocabulary, encoder: positions, width, heads, layers; decoder: the same; bands, type
    const bool plausible = bytes.size() == sizeof head && head[0] == kMagic &&
                           within(1, 51'000, 53'000) && within(2, 1500, 1500) &&
                           within(3, 128, 2048) && within(4, 1, 64) && within(5, 1, 64) &&
                           within(6, 64, 1024) && within(7, 128, 2048) && within(8, 1, 64) &&
                           within(9, 1, 64) && (head[10] == 80 || head[10] == 128) && head[11] >= 0;
    if (plausible) return {};
    return base::fail(base::ErrorCode::corrupt, path + " is not a Whisper model of whisper.cpp",
                      "delete it and bring the model again");
}

}  // namespace

struct Recogniser::Impl {
    Context context;
    bool many_languages = false;
    std::optional<PhraseFit> phrase_fit;
    ListenPace pace;

    base::Result<Heard> run(const ListenTask& task, int positions);
    [[nodiscard]] whisper_full_params params_for(const ListenTask& task, int positions) const;
    [[nodiscard]] Heard collect() const;
    // The library's number of the language that was heard; 0: English.
    [[nodiscard]] int language() const {
        return many_languages ? whisper_full_lang_id(context.get()) : 0;
    }
    // As quiet as a room, two seconds long.
    [[nodiscard]] bool hear_noise();
};

Recogniser::Recogniser(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Recogniser::~Recogniser() = default;

std::string Recogniser::library() {
    return std::string("whisper.cpp ") + whisper_version();
}

base::Result<std::unique_ptr<Recogniser>> Recogniser::load(const std::string& path) {
    TRY_DO(check_file(path));
    whisper_log_set(stay_silent, nullptr);
    auto params = whisper_context_default_params();
    params.use_gpu = false;
    params.flash_attn = true;
    auto impl = std::make_unique<Impl>();
    impl->context.reset(whisper_init_from_file_with_params(path.c_str(), params));
    if (!impl->context) {
        return base::fail(base::ErrorCode::corrupt, "whisper.cpp cannot load " + path,
                          "delete it and bring the model again");
    }
    impl->many_languages = whisper_is_multilingual(impl->context.get()) != 0;
    impl->phrase_fit.emplace(*impl->context, [model = impl.get()] { return model->hear_noise(); });
    return std::unique_ptr<Recogniser>(new Recogniser(std::move(impl)));
}

whisper_full_params Recogniser::Impl::params_for(const ListenTask& task, int positions) const {
    const bool one_piece = task.samples.size() < kOnePiece;
    auto params = whisper_full_default_params(WHISPER_SAMPLING_GREEDY);
    params.language = !many_languages         ? "en"
                      : task.language.empty() ? "auto"
                                              : task.language.c_str();
    params.print_progress = params.print_realtime = params.print_timestamps = false;
    params.no_context = true;
    params.single_segment = params.no_timestamps = one_piece;
    params.token_timestamps = true;
    params.temperature_inc = 0;
    params.greedy.best_of = 1;
    params.audio_ctx = one_piece ? positions : 0;
    params.max_tokens = one_piece ? token_limit(task.samples.size()) : 0;
    if (!task.context.empty()) params.initial_prompt = task.context.c_str();
    return params;
}

base::Result<Heard> Recogniser::Impl::run(const ListenTask& task, int positions) {
    auto params = params_for(task, positions);
    // The library takes less than a second of sound for an error.
    std::vector<float> padded(task.samples.begin(), task.samples.end());
    padded.resize(std::max<std::size_t>(padded.size(), wire::kListenRate * 11 / 10), 0.0F);
    const auto pieces = static_cast<int>(task.samples.size() / kOnePiece) + 1;
    while (true) {
        params.n_threads = pace.threads(task.threads);
        Attempt attempt(task.should_stop, pace.patience(params.n_threads, positions * pieces));
        const Ask is_over = [&attempt] { return attempt.is_over(); };
        const Asking asking(is_over);
        asking.set(params);
        const int failed =
            whisper_full(context.get(), params, padded.data(), static_cast<int>(padded.size()));
        if (task.should_stop()) return base::fail(base::ErrorCode::cancelled, "stopped");
        if (attempt.lost()) {
            pace.give_up();
            continue;  // with one thread, which has no limit
        }
        if (failed != 0) {
            return base::fail(base::ErrorCode::internal,
                              fmt::format("whisper.cpp failed with {}", failed));
        }
        pace.learn(attempt.spent().count(), positions * pieces);
        return collect();
    }
}

bool Recogniser::Impl::hear_noise() {
    std::vector<float> samples(std::size_t{2} * wire::kListenRate);
    std::mt19937 random(1);
    std::uniform_real_distribution<float> noise(-0.002F, 0.002F);
    for (auto& sample : samples) sample = noise(random);
    auto params = whisper_full_default_params(WHISPER_SAMPLING_GREEDY);
    params.n_threads = 1;
    params.language = "en";
    params.print_progress = params.print_realtime = params.print_timestamps = false;
    params.no_context = params.single_segment = params.no_timestamps = true;
    params.temperature_inc = 0;
    params.audio_ctx = kLeastContext;
    params.max_tokens = 1;
    return whisper_full(context.get(), params, samples.data(), static_cast<int>(samples.size())) ==
           0;
}

Heard Recogniser::Impl::collect() const {
    Heard heard;
    double sum = 0;
    const int last = whisper_token_eot(context.get());
    for (int s = 0; s < whisper_full_n_segments(context.get()); ++s) {
        heard.no_speech = std::max(
            heard.no_speech,
            static_cast<double>(whisper_full_get_segment_no_speech_prob(context.get(), s)));
        for (int t = 0; t < whisper_full_n_tokens(context.get(), s); ++t) {
            const auto token = whisper_full_get_token_data(context.get(), s, t);
            if (token.id >= last) continue;
            const std::string piece = whisper_full_get_token_text(context.get(), s, t);
            heard.text += piece;
            ++heard.tokens;
            const auto p = static_cast<double>(token.p);
            sum += p;
            const int from = static_cast<int>(std::max<std::int64_t>(token.t0, 0)) * 10;
            const int to = std::max(from, static_cast<int>(token.t1) * 10);
            if (heard.words.empty() || piece.starts_with(' ')) {
                heard.words.push_back({piece, from, to - from, p});
            } else {
                auto& word = heard.words.back();
                word.text += piece;
                word.dur_ms = std::max(to - word.t_ms, word.dur_ms);
                word.confidence = std::min(word.confidence, p);
            }
        }
    }
    if (heard.tokens > 0) heard.confidence = sum / heard.tokens;
    return heard;
}

base::Result<wire::Transcript> Recogniser::listen(const ListenTask& task) {
    wire::Transcript transcript;
    transcript.no_speech = true;
    const double loudness = loudness_db(task.samples);
    constexpr double kNothingDb = -75;
    if (task.samples.empty() || loudness < kNothingDb) return transcript;
    if (!task.language.empty() && whisper_lang_id(task.language.c_str()) < 0) {
        return base::fail(base::ErrorCode::invalid_argument,
                          "the recogniser knows no language of the code `" +
                              base::shorten(base::to_valid_utf8(task.language), 16) + "`",
                          "use a short code such as `en` or `de`");
    }
    const int positions = context_for(task.samples.size());
    TRY(heard, impl_->run(task, positions));
    // A short context saves time and sometimes makes the model loop or doubt. Half as much again
    // mends most loops in less than half the time that all of it takes.
    const int limit = token_limit(task.samples.size());
    for (int wider = wider_context(positions); wider > positions; wider = wider_context(wider)) {
        const bool loops = heard.tokens >= limit - 1 || is_loop(heard.text);
        if (!loops && !is_doubled(heard.text) && heard.confidence >= kDoubtful) break;
        TRY(again, impl_->run(task, wider));
        // Who says it twice is heard so again.
        const bool settled = !loops && again.text == heard.text;
        if (!is_loop(again.text)) heard = std::move(again);
        if (settled || wider == kFullContext) break;
    }
    const Evidence evidence{heard.confidence, heard.no_speech, loudness};
    if (is_loop(heard.text) || judge(heard.text, evidence) == Verdict::junk) return transcript;
    transcript.no_speech = false;
    transcript.text = base::to_valid_utf8(without_descriptions(heard.text));
    transcript.confidence = heard.confidence;
    transcript.language = impl_->many_languages ? whisper_lang_str(impl_->language()) : "en";
    const int length = static_cast<int>(task.samples.size() * 1000 / wire::kListenRate);
    for (auto& word : heard.words) {
        word.text = base::to_valid_utf8(base::trim(word.text));
        const bool described = word.text.find_first_of("[]()*") != std::string::npos;
        if (described || words_of(word.text).empty()) continue;
        word.t_ms = std::min(word.t_ms, length);
        word.dur_ms = std::min(word.dur_ms, length - word.t_ms);
        transcript.words.push_back(std::move(word));
    }
    time_by_length(transcript.words, loud_span(task.samples));
    // Longer sound is heard in pieces, of which the last one would be measured.
    if (!task.phrase.empty() && task.samples.size() < kOnePiece) {
        const Asking asking(task.should_stop);
        transcript.phrase_fit = impl_->phrase_fit->measure(
            task.phrase, impl_->language(), impl_->pace.threads(task.threads), task.should_stop);
        if (task.should_stop()) return base::fail(base::ErrorCode::cancelled, "stopped");
    }
    return transcript;
}

}  // namespace engine::speech
