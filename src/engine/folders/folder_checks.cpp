#include "engine/folders/folder_checks.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "base/files.hpp"
#include "base/text.hpp"

namespace engine::folders {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTokensBytes = std::size_t{16} << 20;
constexpr long long kMaxSpeakers = 10'000;

std::string name_in(const std::string& path) {
    return fs::path(path).filename().string();
}

std::unexpected<base::Error> bad(const std::string& path, std::string_view what) {
    return base::fail(base::ErrorCode::corrupt, fmt::format("{} {}", name_in(path), what),
                      "delete the model's folder and bring it again");
}

std::optional<long long> whole(std::string_view text) {
    long long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::optional<long long> number(const Facts& facts, const std::string& key) {
    const auto known = facts.find(key);
    return known == facts.end() ? std::nullopt : whole(known->second);
}

// What each family's models state as numbers, and what as text.
struct Needs {
    std::string file;
    std::vector<std::string> numbers;
    std::vector<std::string> texts;
};

Needs needs_of(const SpeechFolder& folder) {
    switch (folder.family) {
        case Family::sense_voice: {
            const auto comment = folder.facts.find("comment");
            Needs needs{"model",
                        {"vocab_size", "lfr_window_size", "lfr_window_shift", "normalize_samples"},
                        {}};
            if (comment != folder.facts.end() && comment->second.contains("Nano")) return needs;
            for (const char* key : {"with_itn", "without_itn", "lang_auto", "lang_zh", "lang_en",
                                    "lang_ja", "lang_ko", "lang_yue"}) {
                needs.numbers.emplace_back(key);
            }
            needs.texts = {"neg_mean", "inv_stddev"};
            return needs;
        }
        case Family::paraformer:
            return {"model",
                    {"vocab_size", "lfr_window_size", "lfr_window_shift"},
                    {"neg_mean", "inv_stddev"}};
        case Family::nemo_ctc:
            return {"model", {"vocab_size", "subsampling_factor"}, {}};
        case Family::zipformer:
            return {"decoder", {"vocab_size", "context_size"}, {}};
        case Family::parakeet:
            return {"encoder",
                    {"vocab_size", "subsampling_factor", "pred_rnn_layers", "pred_hidden"},
                    {}};
        case Family::kokoro:
        case Family::kitten:
            return {"model", {"sample_rate", "n_speakers", "has_espeak"}, {"style_dim"}};
        case Family::matcha:
            return {"model", {"sample_rate", "n_speakers"}, {}};
        case Family::zipformer_ctc:
        case Family::moonshine:
            break;
    }
    return {};
}

base::Result<void> check_facts(const std::string& path, const Facts& facts, const Needs& needs) {
    const auto lacks = [&](const std::string& key) {
        return base::fail(base::ErrorCode::unsupported,
                          fmt::format("{} does not state `{}`", name_in(path), key),
                          "bring the model as sherpa-onnx's makers publish it, or name its family "
                          "in speech.families");
    };
    for (const auto& key : needs.numbers) {
        if (!number(facts, key)) return lacks(key);
    }
    for (const auto& key : needs.texts) {
        const auto known = facts.find(key);
        if (known == facts.end() || known->second.empty()) return lacks(key);
    }
    return {};
}

// Each line a symbol and its number, or the number of the blank alone.
base::Result<void> check_tokens(const std::string& path) {
    TRY(text, base::read_file(path, kMaxTokensBytes));
    std::size_t line_number = 0;
    std::size_t tokens = 0;
    for (const auto& line : base::split(text, '\n')) {
        ++line_number;
        std::vector<std::string> words;
        for (const auto& word : base::split(line, ' ')) {
            const auto clean = base::trim(word);
            if (!clean.empty()) words.emplace_back(clean);
        }
        if (words.empty()) continue;
        if (words.size() > 2 || !whole(words.back())) {
            return bad(path, fmt::format("is no list of symbols: line {}", line_number));
        }
        ++tokens;
    }
    if (tokens == 0) return bad(path, "is empty");
    return {};
}

// Kokoro: one style for each length, 1 and width; Kitten: 1 and width. All are float32.
base::Result<void> check_styles(const SpeechFolder& folder) {
    const std::string& model = folder.files.at("model");
    const auto sizes = base::split(folder.facts.at("style_dim"), ',');
    const bool kokoro = folder.family == Family::kokoro;
    const std::size_t one = kokoro ? 1 : 0;  // which of them is 1
    if (sizes.size() != (kokoro ? 3u : 2u) || base::trim(sizes[one]) != "1") {
        return bad(model, "states a `style_dim` that is not its family's");
    }
    std::uint64_t bytes = sizeof(float);
    for (const auto& size : sizes) {
        const auto value = whole(base::trim(size));
        if (!value || *value < 1 || *value > 100'000) {
            return bad(model, "states a `style_dim` out of range");
        }
        bytes *= static_cast<std::uint64_t>(*value);
    }
    const auto speakers = number(folder.facts, "n_speakers");
    if (!speakers || *speakers < 1 || *speakers > kMaxSpeakers) {
        return bad(model, "states `n_speakers` out of range");
    }
    bytes *= static_cast<std::uint64_t>(*speakers);
    const std::string& voices = folder.files.at("voices");
    std::error_code error;
    if (fs::file_size(voices, error) != bytes || error) {
        return bad(voices, fmt::format("has not the {} bytes that its model's {} speakers need",
                                       bytes, *speakers));
    }
    const auto type = folder.facts.find("model_type");
    if (!kokoro && (type == folder.facts.end() || type->second != "kitten-tts")) {
        return bad(model, "is not a Kitten voice");
    }
    return {};
}

base::Result<void> check_vocoder(const SpeechFolder& folder) {
    const std::string& path = folder.files.at("vocoder");
    TRY(facts, read_onnx_facts(path));
    const auto type = facts.find("model_type");
    const bool known =
        type != facts.end() && (type->second == "hifigan" || type->second == "vocos" ||
                                type->second == "matcha-tts vocos");
    if (!known) return bad(path, "is not a vocoder of sherpa-onnx");
    const auto mine = number(facts, "sample_rate");
    if (mine && mine != number(folder.facts, "sample_rate")) {
        return bad(path, "has another sample rate than its voice");
    }
    return {};
}

// The other format of ONNX Runtime: its facts cannot be read without loading it.
base::Result<void> check_ort(const std::string& path) {
    std::string head(8, '\0');
    std::ifstream in(path, std::ios::binary);
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (!in || head.substr(4) != "ORTM") return bad(path, "is no model of ONNX Runtime");
    return {};
}

bool is_model_of(const std::string& what) {
    return what != "tokens" && what != "voices" && what != "vocoder";
}

}  // namespace

base::Result<void> check_folder(SpeechFolder& folder) {
    std::map<std::string, Facts> all;
    for (const auto& [what, path] : folder.files) {
        if (!is_model_of(what)) continue;
        if (path.ends_with(".ort")) {
            TRY_DO(check_ort(path));
            continue;
        }
        TRY(facts, read_onnx_facts(path));
        all[what] = std::move(facts);
    }
    for (const char* main : {"encoder", "model"}) {
        if (all.contains(main)) folder.facts = all[main];
    }
    if (folder.facts.contains("decode_chunk_len")) {
        return base::fail(base::ErrorCode::unsupported,
                          "this is a streaming model; Loci hears whole sentences",
                          "bring the model of that name without `streaming`");
    }
    const Needs needs = needs_of(folder);
    if (!needs.file.empty())
        TRY_DO(check_facts(folder.files.at(needs.file), all[needs.file], needs));
    TRY_DO(check_tokens(folder.files.at("tokens")));
    if (folder.files.contains("voices")) TRY_DO(check_styles(folder));
    if (folder.files.contains("vocoder")) TRY_DO(check_vocoder(folder));
    return {};
}

}  // namespace engine::folders
