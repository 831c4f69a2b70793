#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "adapters/speech_engine/engine_speech.hpp"
#include "adapters/speech_engine/sentences.hpp"
#include "base/text.hpp"
#include "engine/wire/speech.hpp"

namespace adapters::speech_engine {
namespace {

using engine::wire::Frame;
using engine::wire::FrameType;

constexpr std::uint32_t kSegmentsAhead = 4;  // of the one being taken
constexpr std::size_t kMaxTextBytes = 50'000;
constexpr std::size_t kMaxSentences = 256;  // what one request to the engine may hold

base::Result<ports::SpeechSegment> to_segment(const Frame& frame) {
    TRY(wire, engine::wire::parse_sound<engine::wire::Segment>(frame.payload));
    if (wire.sample_rate < 8'000 || wire.sample_rate > 48'000) {
        return base::fail(base::ErrorCode::internal, "the engine gave a segment without a rate");
    }
    ports::SpeechSegment segment;
    segment.index = wire.index;
    segment.text = std::move(wire.text);
    segment.sample_rate = wire.sample_rate;
    segment.pcm = std::move(wire.samples);
    segment.exact_times = wire.exact;
    for (auto& p : wire.phonemes) {
        segment.phonemes.push_back({std::move(p.text), p.t_ms, p.dur_ms});
    }
    for (auto& w : wire.words) segment.words.push_back({std::move(w.text), w.t_ms, w.dur_ms});
    return segment;
}

base::Error read_failure(const Frame& frame) {
    auto failure = engine::wire::parse<engine::wire::Failure>(frame.payload);
    if (!failure) return std::move(failure.error());
    return engine::wire::to_error(std::move(*failure));
}

// The phonemes of a sentence, with the punctuation that the phonemiser dropped.
std::string join_phonemes(const Sentence& sentence, const std::string* phonemes) {
    std::string out;
    for (const auto& piece : sentence.pieces) {
        if (!out.empty()) out += ' ';
        out += *phonemes++;
        out += piece.mark;
    }
    return out;
}

}  // namespace

base::Result<EngineVoice> EngineTextToSpeech::find(const std::string& id) const {
    const std::string& wanted = id.empty() ? chosen_ : id;
    std::vector<std::string> ids;
    for (const auto& voice : voices_) {
        if (voice.voice.id == wanted) {
            if (voice.voice.lacks.empty()) return voice;
            return base::fail(
                base::ErrorCode::unavailable,
                fmt::format("the voice {} cannot speak: {}", wanted, voice.voice.lacks),
                "set speech.voice to flite, or see `loci doctor`");
        }
        ids.push_back(voice.voice.id);
    }
    const std::string near = base::nearest(wanted, ids);
    return base::fail(base::ErrorCode::not_found,
                      fmt::format("there is no voice `{}` on this machine",
                                  base::shorten(base::to_valid_utf8(wanted), 60)),
                      near.empty() ? "`loci speak --voices` lists them"
                                   : fmt::format("did you mean `{}`?", near));
}

std::vector<ports::Voice> EngineTextToSpeech::voices() const {
    std::vector<ports::Voice> out;
    out.reserve(voices_.size());
    for (const auto& voice : voices_) out.push_back(voice.voice);
    return out;
}

async::Task<base::Result<void>> EngineTextToSpeech::prewarm(std::string voice,
                                                            std::stop_token stop) {
    CO_TRY(found, find(voice));
    auto warming = host_.warm_up(found.model, std::move(stop));
    co_return co_await std::move(warming);
}

async::Task<base::Result<std::vector<engine::wire::Clause>>> EngineTextToSpeech::prepare(
    std::string text, EngineVoice voice, std::stop_token stop) {
    const auto sentences = cut_sentences(text);
    if (sentences.size() > kMaxSentences) {
        co_return base::fail(base::ErrorCode::too_large,
                             fmt::format("at most {} sentences at once", kMaxSentences),
                             "send the text in parts");
    }
    std::vector<engine::wire::Clause> clauses;
    if (voice.espeak.empty()) {
        for (const auto& sentence : sentences) clauses.push_back({sentence.text, {}});
        co_return clauses;
    }
    std::vector<std::string> pieces;
    for (const auto& sentence : sentences) {
        for (const auto& piece : sentence.pieces) pieces.push_back(piece.words);
    }
    if (pieces.empty()) co_return clauses;
    const std::size_t count = pieces.size();
    auto asking = phonemizer_.phonemes(std::move(pieces), voice.espeak, std::move(stop));
    CO_TRY(phonemes, co_await std::move(asking));
    if (phonemes.size() != count) {
        co_return base::fail(base::ErrorCode::internal, "the phonemiser left something out");
    }
    const std::string* next = phonemes.data();
    for (const auto& sentence : sentences) {
        clauses.push_back({sentence.text, join_phonemes(sentence, next)});
        next += sentence.pieces.size();
    }
    co_return clauses;
}

async::Task<base::Result<void>> EngineTextToSpeech::speak(ports::SpeakRequest request,
                                                          ports::SpeechSink& sink,
                                                          std::stop_token stop) {
    CO_TRY(voice, find(request.voice));
    if (request.text.size() > kMaxTextBytes) {
        co_return base::fail(base::ErrorCode::too_large, "this text is too long to be spoken",
                             "send it in parts");
    }
    engine::wire::Speak wire{voice.model, request.speed, {}, kSegmentsAhead, voice.speaker};
    auto preparing = prepare(std::move(request.text), std::move(voice), stop);
    CO_TRY(clauses, co_await std::move(preparing));
    if (clauses.empty()) co_return base::Result<void>{};
    wire.clauses = std::move(clauses);
    std::string payload = engine::wire::write(wire);
    auto opening = host_.open(FrameType::speak, std::move(payload), stop);
    auto opened = co_await std::move(opening);
    if (!opened) co_return base::fail(std::move(opened.error()));
    const auto link = opened->link;
    const auto exchange = opened->exchange;
    for (;;) {
        auto frame = co_await exchange->frames.pop(stop);
        if (!frame || stop.stop_requested()) {
            link->abandon(*exchange);
            if (!frame && exchange->broken) co_return base::fail(*exchange->broken);
            co_return base::fail(base::ErrorCode::cancelled, "stopped");
        }
        if (frame->type == FrameType::done) co_return base::Result<void>{};
        if (frame->type == FrameType::failure) co_return base::fail(read_failure(*frame));
        if (frame->type == FrameType::progress) continue;
        auto segment =
            frame->type == FrameType::speech
                ? to_segment(*frame)
                : base::Result<ports::SpeechSegment>(base::fail(
                      base::ErrorCode::internal, "the engine answered with something else"));
        if (!segment) {
            link->abandon(*exchange);
            co_return base::fail(std::move(segment.error()));
        }
        if (!sink.on_segment(std::move(*segment))) {
            link->abandon(*exchange);
            co_return base::Result<void>{};
        }
        std::string grant;
        engine::wire::append_u32(grant, 1);
        link->send(FrameType::credit, exchange->id, grant);
    }
}

}  // namespace adapters::speech_engine
