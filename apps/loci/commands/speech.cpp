// `loci speak` and `loci transcribe`: text to a WAV file and back, through an engine of their own,
// so that they work whether the server runs or not.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

#include <fmt/core.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "base/files.hpp"
#include "commands/commands.hpp"
#include "commands/console.hpp"
#include "engine_setup.hpp"
#include "json/json.hpp"
#include "media/pcm.hpp"
#include "media/resampler.hpp"
#include "media/wav.hpp"
#include "speech_setup.hpp"

namespace loci {
namespace {

using Millis = std::chrono::duration<double, std::milli>;
using Now = std::chrono::steady_clock;

constexpr std::size_t kMaxFileBytes = std::size_t{256} * 1024 * 1024;

// An engine for the length of one command.
class Studio {
public:
    static base::Result<std::unique_ptr<Studio>> open(const ServeFlags& flags,
                                                      const config::Settings& settings) {
        TRY(catalogue, models::Catalogue::builtin());
        const ModelShelf shelf(std::move(catalogue), model_folders(settings),
                               settings.speech.families);
        std::unique_ptr<Studio> studio(new Studio);
        studio->engine_ = make_engine(studio->io_.get_executor(), *studio->clock_, settings,
                                      flags.program.parent_path(), shelf);
        if (!studio->engine_) {
            return base::fail(base::ErrorCode::unavailable, "the engine is switched off",
                              "set engine.mode to child");
        }
        studio->speech_ =
            std::make_unique<SpeechSetup>(SpeechParts{studio->io_.get_executor(), *studio->clock_,
                                                      *studio->client_, *studio->engine_},
                                          choose_speech(shelf, settings));
        return studio;
    }
    ~Studio() {
        if (!engine_) return;
        bool closed = false;
        boost::asio::co_spawn(io_, engine_->close(),
                              [&](const std::exception_ptr&) { closed = true; });
        // Not until nothing is left to do: a connection that the client keeps would hold us.
        io_.restart();
        while (!closed && io_.run_one() > 0) {
        }
        io_.poll();
    }
    Studio(const Studio&) = delete;
    Studio& operator=(const Studio&) = delete;

    [[nodiscard]] SpeechSetup& speech() { return *speech_; }

    template <class T>
    [[nodiscard]] base::Result<T> wait_for(async::Task<base::Result<T>> task) {
        std::optional<base::Result<T>> out;
        boost::asio::co_spawn(
            io_, std::move(task), [&](const std::exception_ptr& error, base::Result<T> result) {
                out = error ? base::fail(base::ErrorCode::internal, "the request broke")
                            : std::move(result);
            });
        io_.restart();
        while (!out && io_.run_one() > 0) {
        }
        if (out) return std::move(*out);
        return base::fail(base::ErrorCode::internal, "no answer came");
    }

private:
    Studio() = default;
    boost::asio::io_context io_;
    std::unique_ptr<async::Clock> clock_ = async::make_system_clock();
    std::unique_ptr<http::Client> client_ = std::make_unique<http::Client>(io_.get_executor());
    std::unique_ptr<adapters::llm_engine::EngineHost> engine_;
    std::unique_ptr<SpeechSetup> speech_;
};

// Puts the segments one behind the other.
class Tape final : public ports::SpeechSink {
public:
    bool on_segment(ports::SpeechSegment segment) override {
        if (!first_) first_ = Now::now();
        const auto rate = static_cast<std::size_t>(segment.sample_rate);
        const auto offset = static_cast<int>(pcm.size() * 1000 / rate);
        sample_rate = segment.sample_rate;
        pcm.insert(pcm.end(), segment.pcm.begin(), segment.pcm.end());
        for (auto word : segment.words) {
            word.t_ms += offset;
            words.push_back(std::move(word));
        }
        return true;
    }
    [[nodiscard]] double first_after(Now::time_point begin) const {
        return first_ ? Millis(*first_ - begin).count() : 0;
    }

    int sample_rate = 0;
    std::vector<std::int16_t> pcm;
    std::vector<ports::SpokenWord> words;

private:
    std::optional<Now::time_point> first_;
};

int complain_about(const base::Error& error) {
    complain(error.text());
    return 1;
}

int list_voices(Studio& studio) {
    const std::string chosen = studio.speech().voice().name();
    for (const auto& voice : studio.speech().voice().voices()) {
        fmt::print("{} {:<22} {:<8} {}\n", voice.id == chosen ? "*" : " ", voice.id, voice.language,
                   voice.name);
        if (!voice.lacks.empty()) fmt::print("    cannot speak: {}\n", voice.lacks);
        if (!voice.terms.empty()) fmt::print("    {}\n", voice.terms);
    }
    return 0;
}

// The file as the recogniser wants it, and its length in seconds.
struct Sound {
    std::vector<float> samples;
    double seconds = 0;
};

base::Result<Sound> read_sound(const std::filesystem::path& path) {
    TRY(bytes, base::read_file(path, kMaxFileBytes));
    // Recorders that were interrupted leave a length that is too large.
    auto clip =
        media::read_wav(std::as_bytes(std::span(bytes)), {.length = media::WavLength::may_be_open});
    if (!clip) return base::fail(std::move(clip.error()).within(path.string()));
    Sound sound{{}, static_cast<double>(clip->samples.size()) / clip->rate_hz};
    TRY(resampler, media::Resampler::make(clip->rate_hz, ports::kListenRate));
    resampler.process(clip->samples, sound.samples);
    resampler.flush(sound.samples);
    return sound;
}

base::Result<void> write_sound(const std::filesystem::path& path, const Tape& tape) {
    media::Clip clip{tape.sample_rate, {}};
    clip.samples.reserve(tape.pcm.size());
    for (const auto sample : tape.pcm) clip.samples.push_back(media::from_s16(sample));
    TRY(bytes, media::write_wav(clip));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return base::write_file(path, text, 0644);
}

double seconds_of(const Tape& tape) {
    return static_cast<double>(tape.pcm.size()) / tape.sample_rate;
}

}  // namespace

int run_speak(const ServeFlags& flags, const SpeakCall& call) {
    const auto loaded = load_settings(flags);
    if (!loaded) return 1;
    auto opened = Studio::open(flags, loaded->settings);
    if (!opened) return complain_about(opened.error());
    Studio& studio = **opened;
    if (call.voices) return list_voices(studio);
    if (call.text.empty() || call.out.empty()) {
        complain("say what to speak and where to: loci speak \"Hello there.\" --out hello.wav");
        return 2;
    }
    auto& voice = studio.speech().voice();
    // So that the time told below is the voice's own, not that of loading it.
    const auto warm = studio.wait_for(voice.prewarm(call.voice, {}));
    if (!warm) return complain_about(warm.error());
    Tape tape;
    const auto begin = Now::now();
    ports::SpeakRequest request{call.text, call.voice,
                                call.speed.value_or(loaded->settings.speech.speed)};
    const auto spoken = studio.wait_for(voice.speak(std::move(request), tape, {}));
    if (!spoken) return complain_about(spoken.error());
    const Millis spent = Now::now() - begin;
    if (tape.pcm.empty()) {
        complain("there is nothing to say in that text");
        return 1;
    }
    const auto written = write_sound(call.out, tape);
    if (!written) return complain_about(written.error());
    if (call.words) {
        for (const auto& word : tape.words) {
            fmt::print("{:>6} {:>5}  {}\n", word.t_ms, word.dur_ms, word.text);
        }
    }
    fmt::print(stderr, "{}: {:.2f} s of speech; first sound after {:.0f} ms, all after {:.0f} ms\n",
               call.out, seconds_of(tape), tape.first_after(begin), spent.count());
    return 0;
}

int run_transcribe(const ServeFlags& flags, const TranscribeCall& call) {
    const auto loaded = load_settings(flags);
    if (!loaded) return 1;
    auto sound = read_sound(call.file);
    if (!sound) return complain_about(sound.error());
    auto opened = Studio::open(flags, loaded->settings);
    if (!opened) return complain_about(opened.error());
    Studio& studio = **opened;
    auto& recogniser = studio.speech().recogniser();
    const auto warm = studio.wait_for(recogniser.prewarm({}));
    if (!warm) return complain_about(warm.error());
    ports::ListenRequest request;
    request.samples = std::move(sound->samples);
    request.language = call.language.empty() ? loaded->settings.speech.language : call.language;
    const auto begin = Now::now();
    const auto heard = studio.wait_for(recogniser.transcribe(std::move(request), {}));
    if (!heard) return complain_about(heard.error());
    const Millis spent = Now::now() - begin;
    if (call.words) {
        for (const auto& word : heard->words) {
            fmt::print("{:>6} {:>5}  {:.2f}  {}\n", word.t_ms, word.dur_ms, word.confidence,
                       word.text);
        }
    } else {
        fmt::print("{}\n", heard->text);
    }
    fmt::print(stderr, "{:.2f} s of sound in {:.0f} ms; {}\n", sound->seconds, spent.count(),
               heard->no_speech ? "no speech in it"
                                : fmt::format("language {}, confidence {:.2f}", heard->language,
                                              heard->confidence));
    return 0;
}

}  // namespace loci
