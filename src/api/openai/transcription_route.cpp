// POST /v1/audio/transcriptions and the address of an earlier system, /api/transcribe.
#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include <fmt/core.h>

#include "api/openai/listening.hpp"
#include "api/openai/multipart.hpp"
#include "api/openai/openai_api.hpp"
#include "async/event.hpp"
#include "http/sse.hpp"
#include "media/sound_file.hpp"

namespace openai {
namespace {

using StreamPtr = std::shared_ptr<http::ResponseStream>;
using RequestPtr = std::shared_ptr<http::Request>;

constexpr std::chrono::minutes kMostSound{30};

struct Job {
    std::string format = "json";
    bool stream = false;
    bool words = false;
    bool segments = true;
    Listening listening;
    std::string file;
};

base::Result<Job> read_job(const OpenAiApi& api, const http::Request& request) {
    const auto type = request.headers.get("Content-Type");
    TRY(form, Form::parse(type.value_or(""), request.body));
    const auto* file = form.find("file");
    if (file == nullptr) return base::fail(bad_parameter("file", "`file` is missing"));
    Job wanted;
    wanted.file = file->content;
    wanted.format = form.text("response_format", "json");
    constexpr std::array kFormats{"json", "text", "srt", "verbose_json", "vtt"};
    if (std::ranges::find(kFormats, wanted.format) == kFormats.end()) {
        return base::fail(bad_parameter("response_format", "this form of answer is not offered",
                                        "use json, text, srt, verbose_json or vtt"));
    }
    wanted.stream = form.text("stream") == "true";
    if (wanted.stream && wanted.format != "json" && wanted.format != "text") {
        return base::fail(bad_parameter("stream", "only json and text can be streamed"));
    }
    const auto granularities = form.list("timestamp_granularities");
    for (const auto& name : granularities) {
        if (name != "word" && name != "segment") {
            return base::fail(bad_parameter("timestamp_granularities",
                                            "`timestamp_granularities` are word and segment"));
        }
    }
    const auto asked = [&](std::string_view name) {
        return std::ranges::find(granularities, name) != granularities.end();
    };
    wanted.words = asked("word");
    wanted.segments = granularities.empty() || asked("segment");
    wanted.listening.language = form.text("language", api.context().owner().language);
    wanted.listening.context = form.text("prompt");
    return wanted;
}

double seconds(int ms) {
    return ms / 1000.0;
}

json::Object usage_of(const Heard& heard) {
    return {{"type", "duration"}, {"seconds", std::ceil(heard.seconds)}};
}

json::Object verbose(const Heard& heard, const Job& wanted) {
    json::Object out{{"task", "transcribe"},
                     {"language", heard.language},
                     {"duration", heard.seconds},
                     {"text", heard.text},
                     {"usage", usage_of(heard)}};
    if (wanted.words) {
        json::Array words;
        for (const auto& word : heard.words) {
            words.push_back(json::Object{{"word", word.text},
                                         {"start", seconds(word.t_ms)},
                                         {"end", seconds(word.t_ms + word.dur_ms)}});
        }
        out["words"] = std::move(words);
    }
    if (!wanted.segments) return out;
    json::Array segments;
    for (const auto& caption : heard.captions) {
        segments.push_back(
            json::Object{{"id", segments.size()},
                         {"seek", 0},
                         {"start", seconds(caption.start_ms)},
                         {"end", seconds(caption.end_ms)},
                         {"text", caption.text},
                         {"tokens", json::Array()},
                         {"temperature", 0},
                         {"avg_logprob", std::log(std::max(caption.confidence, 1e-4))},
                         {"no_speech_prob", 1 - caption.confidence}});
    }
    out["segments"] = std::move(segments);
    return out;
}

http::Response answer_of(const Heard& heard, const Job& wanted) {
    if (wanted.format == "json") {
        return http::json_response(
            json::write(json::Object{{"text", heard.text}, {"usage", usage_of(heard)}}));
    }
    if (wanted.format == "verbose_json") {
        return http::json_response(json::write(verbose(heard, wanted)));
    }
    http::Response response;
    const bool vtt = wanted.format == "vtt";
    response.headers.set("Content-Type",
                         vtt ? "text/vtt; charset=utf-8" : "text/plain; charset=utf-8");
    response.body = vtt                      ? to_vtt(heard.captions)
                    : wanted.format == "srt" ? to_srt(heard.captions)
                                             : heard.text + "\n";
    return response;
}

async::Task<base::Result<std::vector<float>>> unpack(OpenAiApi& api, std::string file) {
    auto reading = api.files().run([file = std::move(file)] {
        return media::read_sound(std::as_bytes(std::span(file)), ports::kListenRate, kMostSound);
    });
    CO_TRY(clip, co_await std::move(reading));
    co_return std::move(clip.samples);
}

std::string sse(json::Object event) {
    return http::format_sse("", json::write(event));
}

// Text that is understood, on its way to a client that reads at its own pace.
struct Deltas {
    std::deque<std::string> events;
    async::Event changed;
    std::optional<base::Result<Heard>> outcome;
    std::string said;
};

async::Task<void> hear_into(std::shared_ptr<Deltas> deltas, ports::SpeechToText& hearing,
                            std::vector<float> samples, Listening listening, std::stop_token stop) {
    listening.on_piece = [deltas](const ports::Transcript& piece) {
        const std::string delta = (deltas->said.empty() ? "" : " ") + piece.text;
        deltas->said += delta;
        deltas->events.push_back(sse({{"type", "transcript.text.delta"}, {"delta", delta}}));
        deltas->changed.set();
    };
    auto running = listen_to(hearing, std::move(samples), std::move(listening), std::move(stop));
    deltas->outcome = co_await std::move(running);
    deltas->changed.set();
}

async::Task<void> send(StreamPtr stream, http::Response answer) {
    auto beginning = stream->begin(answer.status, std::move(answer.headers));
    const auto begun = co_await std::move(beginning);
    if (!begun) co_return;
    auto writing = stream->write(std::move(answer.body));
    static_cast<void>(co_await std::move(writing));
}

async::Task<void> stream_deltas(StreamPtr stream, std::shared_ptr<Deltas> deltas) {
    http::Headers headers{{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
    auto beginning = stream->begin(200, std::move(headers));
    bool open = (co_await std::move(beginning)).has_value();
    for (;;) {
        while (!deltas->events.empty()) {
            std::string event = std::move(deltas->events.front());
            deltas->events.pop_front();
            if (!open) continue;
            auto writing = stream->write(std::move(event));
            open = (co_await std::move(writing)).has_value();
        }
        if (deltas->outcome && deltas->events.empty()) break;
        deltas->changed.reset();
        static_cast<void>(co_await deltas->changed.wait());
    }
    const auto& heard = *deltas->outcome;
    std::string last = heard ? sse({{"type", "transcript.text.done"},
                                    {"text", heard->text},
                                    {"usage", usage_of(*heard)}})
                             : http::format_sse("error", json::write(error_body(heard.error())));
    if (!open) co_return;
    auto writing = stream->write(std::move(last));
    static_cast<void>(co_await std::move(writing));
}

async::Task<base::Result<http::Response>> transcribe_whole(OpenAiApi& api, Job wanted,
                                                           std::stop_token stop) {
    CO_TRY(speech, api.speech());
    auto unpacking = unpack(api, std::move(wanted.file));
    CO_TRY(samples, co_await std::move(unpacking));
    auto listening =
        listen_to(speech.hearing, std::move(samples), wanted.listening, std::move(stop));
    CO_TRY(heard, co_await std::move(listening));
    co_return answer_of(heard, wanted);
}

async::Task<base::Result<void>> transcribe_streaming(OpenAiApi& api, Job wanted,
                                                     std::stop_token stop, StreamPtr stream) {
    CO_TRY(speech, api.speech());
    auto unpacking = unpack(api, std::move(wanted.file));
    CO_TRY(samples, co_await std::move(unpacking));
    const auto deltas = std::make_shared<Deltas>();
    async::spawn_detached(
        api.context().executor, "transcribe",
        hear_into(deltas, speech.hearing, std::move(samples), wanted.listening, std::move(stop)));
    co_await stream_deltas(std::move(stream), deltas);
    co_return base::Result<void>{};
}

async::Task<void> transcribe(OpenAiApi& api, RequestPtr request, StreamPtr stream) {
    auto wanted = read_job(api, *request);
    if (!wanted) {
        co_await send(stream, error_answer(wanted.error()));
        co_return;
    }
    if (wanted->stream) {
        auto streaming = transcribe_streaming(api, std::move(*wanted), request->stop, stream);
        const auto streamed = co_await std::move(streaming);
        if (!streamed) co_await send(stream, error_answer(streamed.error()));
        co_return;
    }
    auto hearing = transcribe_whole(api, std::move(*wanted), request->stop);
    auto heard = co_await std::move(hearing);
    auto answer = heard ? std::move(*heard) : error_answer(heard.error());
    co_await send(stream, std::move(answer));
}

}  // namespace

void add_transcription_routes(http::Router& router, OpenAiApi& api) {
    for (const char* path : {"/v1/audio/transcriptions", "/api/transcribe"}) {
        router.add_upload_stream("POST", path, [&api](auto request, auto stream) {
            return transcribe(api, std::move(request), std::move(stream));
        });
    }
}

}  // namespace openai
