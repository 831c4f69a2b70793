#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/speech/sherpa_folder.hpp"
#include "engine/speech/sherpa_library.hpp"
#include "engine/speech/sherpa_models.hpp"
#include "engine/speech/sounds.hpp"
#include "engine/speech/utf8.hpp"

namespace engine::speech {
namespace {

using folders::Family;
using folders::SpeechFolder;

constexpr std::size_t kMaxTokensBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxSymbols = 4096;  // in one clause

SherpaOnnxOfflineTtsConfig voice_config(const SpeechFolder& folder, int threads) {
    SherpaOnnxOfflineTtsConfig config{};
    const auto file = [&](const char* what) { return folder.files.at(what).c_str(); };
    auto& model = config.model;
    model.num_threads = threads;
    model.provider = "cpu";
    config.max_num_sentences = 1;
    config.silence_scale = 1;
    if (folder.family == Family::kokoro) {
        model.kokoro.model = file("model");
        model.kokoro.voices = file("voices");
        model.kokoro.tokens = file("tokens");
        model.kokoro.length_scale = 1;
    } else if (folder.family == Family::kitten) {
        model.kitten.model = file("model");
        model.kitten.voices = file("voices");
        model.kitten.tokens = file("tokens");
        model.kitten.length_scale = 1;
    } else {
        model.matcha.acoustic_model = file("model");
        model.matcha.vocoder = file("vocoder");
        model.matcha.tokens = file("tokens");
        model.matcha.noise_scale = 0.667F;
        model.matcha.length_scale = 1;
    }
    return config;
}

// The single characters of the token list: what the voice can say. One with its number alone is
// the blank.
std::set<char32_t> read_symbols(std::string_view text) {
    std::set<char32_t> symbols;
    for (const auto& line : base::split(text, '\n')) {
        const auto clean = base::trim(line);
        if (clean.empty()) continue;
        const auto gap = clean.find(' ');
        if (gap == std::string_view::npos) {
            symbols.insert(U' ');
            continue;
        }
        const auto symbol = decode_utf8(clean.substr(0, gap));
        if (symbol.size() == 1) symbols.insert(symbol[0]);
    }
    return symbols;
}

class SherpaVoice final : public VoiceSynth {
public:
    SherpaVoice(std::shared_ptr<const SherpaLibrary> library, std::set<char32_t> symbols,
                SherpaOwned<SherpaOnnxOfflineTts> voice)
        : library_(std::move(library)), symbols_(std::move(symbols)), voice_(std::move(voice)) {}

    base::Result<wire::Segment> speak(const wire::Clause& clause, const Manner& manner) override {
        wire::Segment segment;
        segment.text = clause.text;
        segment.exact = false;  // the library does not tell its voices' times
        segment.sample_rate = library_->sample_rate(voice_.get());
        std::u32string known;
        for (const char32_t symbol : decode_utf8(clause.phonemes)) {
            if (symbols_.contains(symbol) && known.size() < kMaxSymbols) known.push_back(symbol);
        }
        const auto sounds = group_sounds(known);
        if (std::ranges::none_of(sounds, &Sound::speech)) return segment;
        const int speakers = std::max(library_->speakers(voice_.get()), 1);
        if (manner.speaker >= speakers) {
            return base::fail(base::ErrorCode::invalid_argument,
                              fmt::format("this voice has {} speakers, from 0 on", speakers),
                              "`loci speak --voices` lists them");
        }
        TRY(samples, SherpaLibrary::call(base::ErrorCode::internal,
                                         [&] { return generate(known, manner); }));
        if (samples.empty()) {
            return base::fail(base::ErrorCode::internal, "sherpa-onnx made no sound of a clause");
        }
        segment.samples = std::move(samples);
        time_sounds(sounds, even_starts(segment.samples.size(), known.size()), segment);
        return segment;
    }

private:
    [[nodiscard]] wire::Samples generate(const std::u32string& phonemes,
                                         const Manner& manner) const {
        const std::vector<std::int32_t> codepoints(phonemes.begin(), phonemes.end());
        const auto count = static_cast<std::int32_t>(codepoints.size());
        SherpaOnnxGenerationConfig config{};
        config.silence_scale = 1;
        config.speed = static_cast<float>(manner.speed);
        config.sid = manner.speaker;
        config.phoneme_codepoints = codepoints.data();
        config.phoneme_codepoints_lens = &count;
        config.phoneme_codepoints_num_sentences = 1;
        const SherpaOwned<SherpaOnnxGeneratedAudio> audio(
            library_->generate(voice_.get(), "", &config, nullptr, nullptr),
            library_->destroy_audio);
        wire::Samples samples;
        if (!audio || audio->samples == nullptr) return samples;
        samples.reserve(static_cast<std::size_t>(std::max(audio->n, 0)));
        for (int i = 0; i < audio->n; ++i) {
            const float value = audio->samples[i];
            const float clean = std::isfinite(value) ? std::clamp(value, -1.0F, 1.0F) : 0.0F;
            samples.push_back(static_cast<std::int16_t>(std::lround(clean * 32'767)));
        }
        return samples;
    }

    std::shared_ptr<const SherpaLibrary> library_;
    std::set<char32_t> symbols_;
    SherpaOwned<SherpaOnnxOfflineTts> voice_;
};

}  // namespace

base::Result<std::unique_ptr<VoiceSynth>> load_sherpa_voice(const SherpaModel& model) {
    TRY(folder, open_sherpa_folder(model, true));
    TRY(library, SherpaLibrary::open(model.libraries));
    TRY(tokens, base::read_file(folder.files.at("tokens"), kMaxTokensBytes));
    const auto config = voice_config(folder, model.threads);
    TRY(made, SherpaLibrary::call(base::ErrorCode::corrupt,
                                  [&] { return library->create_voice(&config); }));
    SherpaOwned<SherpaOnnxOfflineTts> voice(made, library->destroy_voice);
    if (!voice) return base::fail(cannot_load(model));
    const int rate = library->sample_rate(voice.get());
    if (rate < 8'000 || rate > 48'000) {
        return base::fail(base::ErrorCode::unsupported,
                          fmt::format("the voice has a sample rate of {} Hz", rate));
    }
    return std::make_unique<SherpaVoice>(std::move(library), read_symbols(tokens),
                                         std::move(voice));
}

}  // namespace engine::speech
