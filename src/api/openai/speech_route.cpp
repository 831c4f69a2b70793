// POST /v1/audio/speech: text to sound, sent while it is spoken.
#include <array>
#include <utility>

#include "api/openai/openai_api.hpp"
#include "api/openai/spoken_stream.hpp"
#include "base/base64.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/sse.hpp"
#include "media/pcm.hpp"
#include "media/resampler.hpp"
#include "media/sound_file.hpp"

namespace openai {
namespace {

constexpr int kRate = 24'000;
constexpr std::size_t kMaxChars = 4'096;

using Bytes = std::vector<std::byte>;
using StreamPtr = std::shared_ptr<http::ResponseStream>;
using RequestPtr = std::shared_ptr<http::Request>;

enum class StreamForm { audio, events };

struct Wanted {
    ports::SpeakRequest speak;
    media::SoundFormat format = media::SoundFormat::mp3;
    StreamForm form = StreamForm::audio;
};

struct NamedFormat {
    std::string_view name;
    media::SoundFormat format;
};
constexpr std::array<NamedFormat, 5> kSpeechFormats{{{"mp3", media::SoundFormat::mp3},
                                                     {"opus", media::SoundFormat::opus},
                                                     {"flac", media::SoundFormat::flac},
                                                     {"wav", media::SoundFormat::wav},
                                                     {"pcm", media::SoundFormat::pcm}}};

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    return count;
}

base::Result<media::SoundFormat> format_of(const json::Value& body) {
    const auto* given = json::find(body, "response_format");
    const std::string name = json::string_or(given, given == nullptr ? "mp3" : "?");
    for (const auto& known : kSpeechFormats) {
        if (known.name == name) return known.format;
    }
    if (name == "aac") {
        return base::fail(bad_parameter("response_format", "AAC cannot be written here",
                                        "use mp3, opus, flac, wav or pcm"));
    }
    return base::fail(bad_parameter("response_format", "this sound format is not known",
                                    "use mp3, opus, flac, wav or pcm"));
}

base::Result<double> speed_of(const json::Value& body, double fallback) {
    const auto* given = json::find(body, "speed");
    if (given == nullptr || given->is_null()) return fallback;
    const double speed = json::number_or(given, 0);
    if (speed >= 0.25 && speed <= 4) return speed;
    return base::fail(bad_parameter("speed", "`speed` must be a number from 0.25 to 4"));
}

base::Result<std::string> voice_of(const json::Value& body, const ports::TextToSpeech& speaking) {
    const auto* given = json::find(body, "voice");
    const auto* named = given != nullptr && given->is_object() ? json::find(*given, "id") : given;
    const std::string voice = own_voice(json::string_or(named));
    if (voice.empty()) return voice;
    std::string offered;
    for (const auto& known : speaking.voices()) {
        if (known.id == voice) return voice;
        offered += (offered.empty() ? "" : ", ") + known.id;
    }
    return base::fail(bad_parameter("voice", "there is no voice of that name", "use " + offered));
}

base::Result<Wanted> read_wanted(const OpenAiApi& api, const ports::TextToSpeech& speaking,
                                 std::string_view text) {
    const auto body = json::parse(text);
    if (!body || !body->is_object()) {
        return base::fail(base::ErrorCode::invalid_argument, "the body must be a JSON object");
    }
    Wanted wanted;
    const auto* input = json::find(*body, "input");
    wanted.speak.text = json::string_or(input);
    if (base::trim(wanted.speak.text).empty()) {
        return base::fail(bad_parameter("input", "`input` must be the text to speak"));
    }
    if (characters(wanted.speak.text) > kMaxChars) {
        return base::fail(bad_parameter("input", "`input` has more than 4096 characters"));
    }
    TRY(format, format_of(*body));
    TRY(speed, speed_of(*body, api.context().owner().speed));
    TRY(voice, voice_of(*body, speaking));
    wanted.format = format;
    wanted.speak.speed = speed;
    wanted.speak.voice = std::move(voice);
    const std::string form = json::string_or(json::find(*body, "stream_format"), "audio");
    if (form != "audio" && form != "sse") {
        return base::fail(bad_parameter("stream_format", "`stream_format` must be audio or sse"));
    }
    wanted.form = form == "sse" ? StreamForm::events : StreamForm::audio;
    return wanted;
}

// One answer: sound of the voice's own rate in, pieces of the wanted file out.
class Answer {
public:
    Answer(OpenAiApi& api, StreamPtr stream, Wanted wanted)
        : api_(api), stream_(std::move(stream)), wanted_(std::move(wanted)) {}

    // Sends it; an error before the first sound is the caller's to send.
    async::Task<base::Result<void>> run(ports::TextToSpeech& voice, std::stop_token stop) {
        SpokenStream spoken(api_.context().executor, voice, wanted_.speak);
        auto sending = send_all(spoken, std::move(stop));
        auto sent = co_await std::move(sending);
        co_await spoken.close();
        co_return sent;
    }
    [[nodiscard]] bool begun() const { return begun_; }

private:
    async::Task<base::Result<void>> send_all(SpokenStream& spoken, std::stop_token stop) {
        for (;;) {
            auto waiting = spoken.next(stop);
            CO_TRY(segment, co_await std::move(waiting));
            if (!segment) break;
            if (!begun_) CO_TRY_DO(co_await begin(segment->sample_rate));
            samples_ += segment->pcm.size();
            std::vector<float> sound;
            sound.reserve(segment->pcm.size());
            for (const auto sample : segment->pcm) sound.push_back(media::from_s16(sample));
            CO_TRY_DO(co_await pack(std::move(sound), Part::middle));
        }
        // Nothing that can be said, such as "…": a file without a sound.
        if (!begun_) CO_TRY_DO(co_await begin(kRate));
        CO_TRY_DO(co_await pack({}, Part::last));
        if (wanted_.form == StreamForm::audio) co_return base::Result<void>{};
        const auto tokens = static_cast<long long>(wanted_.speak.text.size() / 4 + 1);
        const auto seconds = static_cast<long long>(samples_ / kRate);
        json::Object usage{{"input_tokens", tokens},
                           {"output_tokens", seconds},
                           {"total_tokens", tokens + seconds}};
        json::Object event{{"type", "speech.audio.done"}, {"usage", std::move(usage)}};
        co_return co_await send_event(std::move(event));
    }

    async::Task<base::Result<void>> begin(int rate_hz) {
        CO_TRY(resampler, media::Resampler::make(rate_hz, kRate));
        CO_TRY(writer, media::SoundWriter::make(wanted_.format, kRate));
        resampler_ = std::make_shared<media::Resampler>(std::move(resampler));
        writer_ = std::make_shared<media::SoundWriter>(std::move(writer));
        begun_ = true;
        http::Headers headers;
        headers.set("Content-Type", wanted_.form == StreamForm::events
                                        ? "text/event-stream"
                                        : std::string(media::media_type(wanted_.format)));
        headers.set("Cache-Control", "no-store");
        auto beginning = stream_->begin(200, std::move(headers));
        co_return co_await std::move(beginning);
    }

    enum class Part { middle, last };
    async::Task<base::Result<void>> pack(std::vector<float> sound, Part part) {
        auto packing = api_.files().run([sound = std::move(sound), part, resampler = resampler_,
                                         writer = writer_]() -> base::Result<Bytes> {
            std::vector<float> out;
            resampler->process(sound, out);
            if (part == Part::last) resampler->flush(out);
            TRY(bytes, writer->write(out));
            if (part == Part::last) {
                TRY(rest, writer->finish());
                bytes.insert(bytes.end(), rest.begin(), rest.end());
            }
            return bytes;
        });
        CO_TRY(bytes, co_await std::move(packing));
        if (bytes.empty()) co_return base::Result<void>{};
        if (wanted_.form == StreamForm::events) {
            json::Object event{{"type", "speech.audio.delta"}, {"audio", base::to_base64(bytes)}};
            co_return co_await send_event(std::move(event));
        }
        std::string piece(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        auto writing = stream_->write(std::move(piece));
        co_return co_await std::move(writing);
    }

    async::Task<base::Result<void>> send_event(json::Object event) {
        std::string text = http::format_sse("", json::write(event));
        auto writing = stream_->write(std::move(text));
        co_return co_await std::move(writing);
    }

    OpenAiApi& api_;
    StreamPtr stream_;
    Wanted wanted_;
    bool begun_ = false;
    std::size_t samples_ = 0;
    std::shared_ptr<media::Resampler> resampler_;
    std::shared_ptr<media::SoundWriter> writer_;
};

async::Task<void> refuse(StreamPtr stream, base::Error error) {
    auto answer = error_answer(error);
    auto beginning = stream->begin(answer.status, std::move(answer.headers));
    const auto begun = co_await std::move(beginning);
    if (!begun) co_return;
    auto writing = stream->write(std::move(answer.body));
    static_cast<void>(co_await std::move(writing));
}

async::Task<void> speak(OpenAiApi& api, RequestPtr request, StreamPtr stream) {
    auto speech = api.speech();
    auto wanted = speech ? read_wanted(api, speech->speaking, request->body)
                         : base::Result<Wanted>(base::fail(speech.error()));
    if (!wanted) {
        co_await refuse(stream, wanted.error());
        co_return;
    }
    Answer answer(api, stream, std::move(*wanted));
    auto running = answer.run(speech->speaking, request->stop);
    const auto sent = co_await std::move(running);
    if (sent) co_return;
    if (!answer.begun()) {
        co_await refuse(stream, sent.error());
        co_return;
    }
    // The status is long sent; the stream's end without its last piece tells the client.
    LOG_WARN("openai", "speech broke off", {"request", request->id.str()},
             {"reason", sent.error().message});
}

}  // namespace

void add_speech_routes(http::Router& router, OpenAiApi& api) {
    router.add_stream("POST", "/v1/audio/speech", [&api](auto request, auto stream) {
        return speak(api, std::move(request), std::move(stream));
    });
}

}  // namespace openai
