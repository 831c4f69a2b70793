#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/core.h>

#include "engine/speech/model_bytes.hpp"
#include "engine/speech/piper_config.hpp"
#include "engine/speech/sounds.hpp"
#include "engine/speech/voice.hpp"

namespace engine::speech {
namespace {

constexpr std::size_t kMaxConfigBytes = 1 << 20;
constexpr std::size_t kHop = 256;  // samples of one frame of duration
// The tensor in which Piper's graph holds how many frames each phoneme lasts.
constexpr std::string_view kDurations = "/Ceil_output_0";

// Protocol-buffer bytes that add `name` to the graph's outputs: a second, partial `graph` field is
// merged with the first one (ModelProto.graph = 7, GraphProto.output = 12, ValueInfoProto.name =
// 1).
std::string more_output(std::string_view name) {
    const auto field = [](int number, const std::string& content) {
        std::string out;
        out.push_back(static_cast<char>((number << 3) | 2));
        out.push_back(static_cast<char>(content.size()));  // below 128: one byte
        return out + content;
    };
    return field(7, field(12, field(1, std::string(name))));
}

class PiperVoice final : public VoiceSynth {
public:
    PiperVoice(PiperConfig config, OnnxSession session, bool tells_durations)
        : config_(std::move(config)),
          session_(std::move(session)),
          tells_durations_(tells_durations) {}

    base::Result<wire::Segment> speak(const wire::Clause& clause, const Manner& manner) override {
        auto numbered = config_.number(clause.phonemes);
        wire::Segment segment;
        segment.sample_rate = config_.sample_rate;
        segment.text = clause.text;
        const bool silent = std::none_of(numbered.sounds.begin(), numbered.sounds.end(),
                                         [](const Sound& sound) { return sound.speech; });
        if (silent) return segment;
        const std::size_t count = numbered.ids.size();
        TRY(outputs, run(std::move(numbered.ids), manner.speed));
        const auto& wave = outputs[0];
        segment.samples.reserve(wave.size());
        for (const float value : wave) {
            const float clean = std::isfinite(value) ? std::clamp(value, -1.0F, 1.0F) : 0.0F;
            segment.samples.push_back(static_cast<std::int16_t>(std::lround(clean * 32'767)));
        }
        std::vector<std::size_t> starts(count + 1, 0);
        segment.exact = outputs.size() > 1 && outputs[1].size() == count &&
                        add_up(outputs[1], wave.size(), starts);
        if (!segment.exact) starts = even_starts(wave.size(), count);
        time_sounds(numbered.sounds, starts, segment);
        return segment;
    }

private:
    base::Result<std::vector<std::vector<float>>> run(std::vector<std::int64_t> ids, double speed) {
        const auto count = static_cast<std::int64_t>(ids.size());
        std::vector<OnnxSession::Input> inputs;
        inputs.push_back({"input", {{1, count}, std::move(ids)}});
        inputs.push_back({"input_lengths", {{1}, std::vector<std::int64_t>{count}}});
        const auto stretch = config_.length_scale / static_cast<float>(speed);
        inputs.push_back(
            {"scales", {{3}, std::vector<float>{config_.noise_scale, stretch, config_.noise_w}}});
        if (config_.speakers > 1) {
            inputs.push_back({"sid", {{1}, std::vector<std::int64_t>{0}}});
        }
        std::vector<const char*> names{"output"};
        if (tells_durations_) names.push_back(kDurations.data());
        return session_.run(std::move(inputs), names);
    }

    // Where each number begins, in samples. False when the durations are not those of this wave.
    static bool add_up(const std::vector<float>& frames, std::size_t samples,
                       std::vector<std::size_t>& starts) {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < frames.size(); ++i) {
            if (!(frames[i] >= 0 && frames[i] < 10'000)) return false;
            sum += static_cast<std::size_t>(frames[i]) * kHop;
            starts[i + 1] = sum;
        }
        return sum == samples;
    }

    PiperConfig config_;
    OnnxSession session_;
    bool tells_durations_;
};

}  // namespace

base::Result<std::unique_ptr<VoiceSynth>> load_piper(std::shared_ptr<Onnx> onnx,
                                                     const std::string& path, int threads) {
    TRY(description, read_model(path + ".json", kMaxConfigBytes));
    TRY(config, PiperConfig::parse(description));
    TRY(model, read_model(path));
    const bool tells = std::string_view(model).contains(kDurations);
    if (tells) model += more_output(kDurations);
    TRY(session, OnnxSession::load(std::move(onnx), model, threads));
    return std::make_unique<PiperVoice>(std::move(config), std::move(session), tells);
}

}  // namespace engine::speech
