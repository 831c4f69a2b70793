#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/text.hpp"
#include "engine/speech/hearing.hpp"
#include "engine/speech/sherpa_folder.hpp"
#include "engine/speech/sherpa_library.hpp"
#include "engine/speech/sherpa_models.hpp"
#include "engine/speech/sherpa_words.hpp"

namespace engine::speech {
namespace {

using folders::Family;
using folders::SpeechFolder;

// The library's structure for a folder; points into it.
SherpaOnnxOfflineRecognizerConfig recogniser_config(const SpeechFolder& folder, int threads) {
    SherpaOnnxOfflineRecognizerConfig config{};
    const auto file = [&](const char* what) {
        const auto known = folder.files.find(what);
        return known == folder.files.end() ? nullptr : known->second.c_str();
    };
    auto& model = config.model_config;
    config.feat_config.sample_rate = wire::kListenRate;
    config.feat_config.feature_dim = 80;
    config.decoding_method = "greedy_search";
    model.tokens = file("tokens");
    model.num_threads = threads;
    model.provider = "cpu";
    switch (folder.family) {
        case Family::sense_voice:
            model.sense_voice.model = file("model");
            model.sense_voice.language = "auto";
            model.sense_voice.use_itn = 1;  // numbers as digits, with punctuation
            break;
        case Family::paraformer:
            model.paraformer.model = file("model");
            break;
        case Family::zipformer_ctc:
            model.zipformer_ctc.model = file("model");
            break;
        case Family::nemo_ctc:
            model.nemo_ctc.model = file("model");
            break;
        case Family::zipformer:
        case Family::parakeet:
            model.transducer = {file("encoder"), file("decoder"), file("joiner")};
            model.model_type = folder.family == Family::parakeet ? "nemo_transducer" : "transducer";
            break;
        case Family::moonshine:
            model.moonshine = {file("preprocessor"), file("encoder"), file("uncached_decoder"),
                               file("cached_decoder"), file("merged_decoder")};
            break;
        case Family::kokoro:
        case Family::kitten:
        case Family::matcha:
            break;  // voices; open_sherpa_folder has refused them
    }
    return config;
}

std::vector<SherpaSymbol> symbols_of(const SherpaOnnxOfflineRecognizerResult& result) {
    std::vector<SherpaSymbol> symbols;
    for (int i = 0; result.tokens_arr != nullptr && i < result.count; ++i) {
        SherpaSymbol symbol;
        symbol.text = result.tokens_arr[i];
        if (result.timestamps != nullptr) symbol.start_s = result.timestamps[i];
        if (result.durations != nullptr) symbol.duration_s = result.durations[i];
        if (result.ys_log_probs != nullptr) symbol.log_prob = result.ys_log_probs[i];
        symbols.push_back(std::move(symbol));
    }
    return symbols;
}

class SherpaEars final : public Listener {
public:
    SherpaEars(std::shared_ptr<const SherpaLibrary> library, Family family,
               SherpaOwned<SherpaOnnxOfflineRecognizer> recogniser)
        : library_(std::move(library)), family_(family), recogniser_(std::move(recogniser)) {}

    base::Result<wire::Transcript> listen(const ListenTask& task) override {
        wire::Transcript transcript;
        transcript.no_speech = true;
        const double loudness = loudness_db(task.samples);
        if (task.samples.size() < kLeastSamples || loudness < kNothingDb) return transcript;
        TRY_DO(check_language(task.language));
        if (task.should_stop()) return base::fail(base::ErrorCode::cancelled, "stopped");
        TRY(heard, SherpaLibrary::call(base::ErrorCode::internal, [&] { return run(task); }));
        if (task.should_stop()) return base::fail(base::ErrorCode::cancelled, "stopped");
        const int length = static_cast<int>(task.samples.size() * 1000 / wire::kListenRate);
        auto words = sherpa_words(heard.symbols, heard.text, length);
        const Evidence evidence{words.confidence, 0, loudness};
        const std::string text = base::to_valid_utf8(heard.text);
        const bool nothing = base::trim(text).empty();
        if (nothing || is_loop(text) || judge(text, evidence) == Verdict::junk) return transcript;
        transcript.no_speech = false;
        transcript.text = base::trim(text);
        transcript.confidence = words.confidence;
        transcript.language = sherpa_language(heard.language);
        transcript.words = std::move(words.words);
        if (!words.timed) time_by_length(transcript.words, loud_span(task.samples));
        return transcript;
    }

private:
    static constexpr double kNothingDb = -75;
    static constexpr std::size_t kLeastSamples = wire::kListenRate / 10;

    struct Heard {
        std::string text;
        std::string language;
        std::vector<SherpaSymbol> symbols;
    };

    // Of the others each model has its own language or finds it out.
    [[nodiscard]] base::Result<void> check_language(const std::string& language) const {
        static const std::vector<std::string> kKnown{"zh", "en", "ja", "ko", "yue"};
        if (family_ != Family::sense_voice || language.empty()) return {};
        if (std::ranges::find(kKnown, language) != kKnown.end()) return {};
        return base::fail(base::ErrorCode::invalid_argument,
                          fmt::format("this recogniser knows no language of the code `{}`",
                                      base::shorten(base::to_valid_utf8(language), 16)),
                          "it knows zh, en, ja, ko and yue, or finds the language out");
    }

    [[nodiscard]] Heard run(const ListenTask& task) const {
        const SherpaOwned<SherpaOnnxOfflineStream> stream(
            library_->create_stream(recogniser_.get()), library_->destroy_stream);
        if (!stream) return {};
        if (family_ == Family::sense_voice && !task.language.empty()) {
            library_->set_option(stream.get(), "language", task.language.c_str());
        }
        library_->accept(stream.get(), wire::kListenRate, task.samples.data(),
                         static_cast<std::int32_t>(task.samples.size()));
        library_->decode(recogniser_.get(), stream.get());
        const SherpaOwned<SherpaOnnxOfflineRecognizerResult> result(library_->result(stream.get()),
                                                                    library_->destroy_result);
        if (!result) return {};
        return {result->text == nullptr ? "" : result->text,
                result->lang == nullptr ? "" : result->lang, symbols_of(*result)};
    }

    std::shared_ptr<const SherpaLibrary> library_;
    Family family_;
    SherpaOwned<SherpaOnnxOfflineRecognizer> recogniser_;
};

}  // namespace

base::Result<std::unique_ptr<Listener>> load_sherpa_recogniser(const SherpaModel& model) {
    TRY(folder, open_sherpa_folder(model, false));
    TRY(library, SherpaLibrary::open(model.libraries));
    const auto config = recogniser_config(folder, model.threads);
    TRY(made, SherpaLibrary::call(base::ErrorCode::corrupt,
                                  [&] { return library->create_recogniser(&config); }));
    SherpaOwned<SherpaOnnxOfflineRecognizer> recogniser(made, library->destroy_recogniser);
    if (!recogniser) return base::fail(cannot_load(model));
    return std::make_unique<SherpaEars>(std::move(library), folder.family, std::move(recogniser));
}

}  // namespace engine::speech
