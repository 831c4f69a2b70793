#include <algorithm>
#include <cmath>
#include <utility>

#include "adapters/speech_engine/engine_speech.hpp"
#include "engine/wire/speech.hpp"

namespace adapters::speech_engine {
namespace {

using engine::wire::FrameType;

static_assert(engine::wire::kListenRate == ports::kListenRate);
static_assert(engine::wire::kVoiceWindow == ports::kVoiceWindow);

constexpr std::size_t kTurnSamples = std::size_t{8} * ports::kListenRate;

engine::wire::Samples to_samples(const std::vector<float>& sound) {
    engine::wire::Samples samples;
    samples.reserve(sound.size());
    for (const float value : sound) {
        const float clean = std::isfinite(value) ? std::clamp(value, -1.0F, 1.0F) : 0.0F;
        samples.push_back(static_cast<std::int16_t>(std::lround(clean * 32'767)));
    }
    return samples;
}

base::Result<std::vector<float>> read_chances(const engine::wire::Frame& frame,
                                              std::size_t expected) {
    if (frame.type != FrameType::vectors) {
        return base::fail(base::ErrorCode::internal, "the engine answered with something else");
    }
    TRY(rows, engine::wire::parse_vectors(frame.payload));
    if (rows.size() != 1 || rows[0].size() != expected) {
        return base::fail(base::ErrorCode::internal,
                          "the engine gave another number of probabilities than asked");
    }
    return std::move(rows[0]);
}

async::Task<base::Result<float>> ask_chance(llm_engine::EngineHost& host, FrameType type,
                                            std::string payload, std::stop_token stop) {
    auto asking = host.ask(type, std::move(payload), std::move(stop));
    auto answer = co_await std::move(asking);
    if (!answer) co_return base::fail(std::move(answer.error()));
    CO_TRY(chances, read_chances(*answer, 1));
    co_return chances[0];
}

class EngineStream final : public ports::VoiceStream {
public:
    EngineStream(llm_engine::EngineHost& host, std::string model, std::uint32_t number)
        : host_(host), model_(std::move(model)), number_(number) {}

    async::Task<base::Result<std::vector<float>>> feed(std::vector<float> samples) override {
        const std::size_t windows = samples.size() / ports::kVoiceWindow;
        engine::wire::Detect request{model_, number_, to_samples(samples)};
        std::string payload = engine::wire::write_sound(request);
        auto asking = host_.ask(FrameType::detect, std::move(payload), {});
        auto answer = co_await std::move(asking);
        if (!answer) co_return base::fail(std::move(answer.error()));
        co_return read_chances(*answer, windows);
    }

private:
    llm_engine::EngineHost& host_;
    std::string model_;
    std::uint32_t number_;
};

ports::Transcript to_transcript(engine::wire::Transcript heard) {
    ports::Transcript out;
    out.text = std::move(heard.text);
    out.language = std::move(heard.language);
    out.confidence = heard.confidence;
    out.no_speech = heard.no_speech;
    out.phrase_fit = heard.phrase_fit;
    for (auto& word : heard.words) {
        out.words.push_back({std::move(word.text), word.t_ms, word.dur_ms, word.confidence});
    }
    return out;
}

}  // namespace

base::Result<void> EngineSpeechToText::check() const {
    const auto* known = host_.find(model_);
    if (known != nullptr && known->role == llm_engine::EngineRole::recognise) return {};
    return base::fail(base::ErrorCode::unavailable, "there is no speech recogniser on this machine",
                      "./loci up brings the starter; `loci models list` names others");
}

async::Task<base::Result<ports::Transcript>> EngineSpeechToText::transcribe(
    ports::ListenRequest request, std::stop_token stop) {
    CO_TRY_DO(check());
    engine::wire::Transcribe wire{model_, std::move(request.language), std::move(request.context),
                                  std::move(request.phrase), to_samples(request.samples)};
    std::string payload = engine::wire::write_sound(wire);
    auto asking = host_.ask(FrameType::transcribe, std::move(payload), std::move(stop));
    auto answer = co_await std::move(asking);
    if (!answer) co_return base::fail(std::move(answer.error()));
    if (answer->type != FrameType::transcript) {
        co_return base::fail(base::ErrorCode::internal, "the engine answered with something else");
    }
    CO_TRY(heard, engine::wire::parse<engine::wire::Transcript>(answer->payload));
    co_return to_transcript(std::move(heard));
}

async::Task<base::Result<void>> EngineSpeechToText::prewarm(std::stop_token stop) {
    CO_TRY_DO(check());
    auto warming = host_.warm_up(model_, std::move(stop));
    co_return co_await std::move(warming);
}

std::unique_ptr<ports::VoiceStream> EngineVoiceActivity::open() {
    return std::make_unique<EngineStream>(host_, model_, ++streams_);
}

async::Task<base::Result<float>> EngineTurnDetector::finished(std::vector<float> samples,
                                                              std::stop_token stop) {
    if (samples.size() > kTurnSamples) {
        samples.erase(samples.begin(), samples.end() - static_cast<std::ptrdiff_t>(kTurnSamples));
    }
    const engine::wire::Judge request{model_, to_samples(samples)};
    auto asking =
        ask_chance(host_, FrameType::judge, engine::wire::write_sound(request), std::move(stop));
    co_return co_await std::move(asking);
}

async::Task<base::Result<float>> EngineWakeSpotter::spot(std::vector<float> samples,
                                                         std::stop_token stop) {
    const engine::wire::Spot request{model_, to_samples(samples)};
    auto asking =
        ask_chance(host_, FrameType::spot, engine::wire::write_sound(request), std::move(stop));
    co_return co_await std::move(asking);
}

}  // namespace adapters::speech_engine
