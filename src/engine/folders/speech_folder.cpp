#include "engine/folders/speech_folder.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fmt/core.h>

#include "engine/folders/folder_checks.hpp"
#include "engine/folders/folder_files.hpp"

namespace engine::folders {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<Family, std::string_view>, 10> kFamilies{
    {{Family::sense_voice, "sense_voice"},
     {Family::paraformer, "paraformer"},
     {Family::zipformer, "zipformer"},
     {Family::zipformer_ctc, "zipformer_ctc"},
     {Family::nemo_ctc, "nemo_ctc"},
     {Family::parakeet, "parakeet"},
     {Family::moonshine, "moonshine"},
     {Family::kokoro, "kokoro"},
     {Family::kitten, "kitten"},
     {Family::matcha, "matcha"}}};

std::unexpected<base::Error> unsupported(const Listing& listing, std::string_view what) {
    return base::fail(
        base::ErrorCode::unsupported,
        fmt::format("the folder {} {}", fs::path(listing.folder).filename().string(), what),
        "docs/speech-models.md lists what each family needs; speech.families names a family");
}

std::string fact(const Facts& facts, const std::string& key) {
    const auto known = facts.find(key);
    return known == facts.end() ? std::string() : known->second;
}

base::Result<Family> family_of_single(const Listing& listing, const Facts& facts) {
    const std::string type = fact(facts, "model_type");
    if (type == "matcha-tts") return Family::matcha;
    const bool stacked = facts.contains("lfr_window_size");
    if (stacked && (facts.contains("lang_auto") || fact(facts, "comment").contains("Nano"))) {
        return Family::sense_voice;
    }
    if (type == "paraformer" || stacked) return Family::paraformer;
    if (type == "zipformer2_ctc") return Family::zipformer_ctc;
    if (type.starts_with("EncDec")) return Family::nemo_ctc;
    if (facts.contains("n_speakers")) {
        return unsupported(listing, "holds a voice of another family than Kokoro, Kitten, Matcha");
    }
    return unsupported(listing, type.empty() ? "does not say which family its model is of"
                                             : "holds a model of a family that Loci cannot run");
}

// By names where they tell, else by what the model says about itself.
base::Result<Family> guess(const Listing& listing) {
    const bool moonshine =
        !listing.find("preprocess").empty() || !listing.find("encoder_model").empty();
    if (moonshine) return Family::moonshine;
    if (!listing.find("joiner").empty()) {
        const std::string encoder = listing.find("encoder");
        if (encoder.empty()) return unsupported(listing, "lacks the file encoder….onnx");
        TRY(facts, read_onnx_facts(encoder));
        return fact(facts, "model_type").starts_with("EncDec") ? Family::parakeet
                                                               : Family::zipformer;
    }
    if (!listing.find_vocoder().empty()) return Family::matcha;
    const std::string model = listing.find("model");
    if (model.empty()) return unsupported(listing, "holds no model that Loci knows by its files");
    TRY(facts, read_onnx_facts(model));
    if (listing.has("voices.bin")) {
        return fact(facts, "model_type") == "kitten-tts" ? Family::kitten : Family::kokoro;
    }
    return family_of_single(listing, facts);
}

using Wanted = std::vector<std::pair<std::string, std::string>>;  // what for, how its name begins

Wanted wanted_files(Family family, const Listing& listing) {
    switch (family) {
        case Family::zipformer:
        case Family::parakeet:
            return {{"encoder", "encoder"}, {"decoder", "decoder"}, {"joiner", "joiner"}};
        case Family::moonshine:
            if (listing.find("preprocess").empty()) {
                return {{"encoder", "encoder_model"}, {"merged_decoder", "decoder_model_merged"}};
            }
            return {{"preprocessor", "preprocess"},
                    {"encoder", "encode"},
                    {"uncached_decoder", "uncached_decode"},
                    {"cached_decoder", "cached_decode"}};
        case Family::sense_voice:
        case Family::paraformer:
        case Family::zipformer_ctc:
        case Family::nemo_ctc:
        case Family::kokoro:
        case Family::kitten:
        case Family::matcha:
            break;
    }
    return {{"model", "model"}};
}

}  // namespace

std::string_view name_of(Family family) {
    const auto* const known =
        std::ranges::find(kFamilies, family, [](auto& row) { return row.first; });
    return known == kFamilies.end() ? std::string_view() : known->second;
}

std::optional<Family> family_of(std::string_view name) {
    const auto* const known =
        std::ranges::find(kFamilies, name, [](auto& row) { return row.second; });
    if (known == kFamilies.end()) return std::nullopt;
    return known->first;
}

std::vector<std::string> family_names() {
    std::vector<std::string> names;
    names.reserve(kFamilies.size());
    for (const auto& [family, name] : kFamilies) names.emplace_back(name);
    return names;
}

bool is_voice(Family family) {
    return family == Family::kokoro || family == Family::kitten || family == Family::matcha;
}

std::string SpeechFolder::file(const std::string& what) const {
    const auto known = files.find(what);
    return known == files.end() ? std::string() : known->second;
}

bool is_speech_folder(const std::string& path) {
    const auto listing = list_folder(path);
    return listing.has("tokens.txt") && listing.has_model();
}

bool looks_like_voice(const std::string& path) {
    const auto listing = list_folder(path);
    const std::string name = fs::path(path).filename().string();
    return listing.has("voices.bin") || !listing.find_vocoder().empty() ||
           name.starts_with("matcha") || name.starts_with("vits");
}

base::Result<SpeechFolder> read_speech_folder(const std::string& path,
                                              std::optional<Family> wanted) {
    const Listing listing = list_folder(path);
    if (listing.names.empty()) {
        return base::fail(base::ErrorCode::not_found, path + " cannot be read, or is empty",
                          "check that the model's folder is there and may be read");
    }
    SpeechFolder folder;
    folder.bytes = listing.bytes;
    if (wanted) {
        folder.family = *wanted;
    } else {
        TRY(family, guess(listing));
        folder.family = family;
    }
    for (const auto& [what, begin] : wanted_files(folder.family, listing)) {
        const std::string file = listing.find(begin, what == "decoder");
        if (file.empty()) return unsupported(listing, "lacks the file " + begin + "….onnx");
        folder.files[what] = file;
    }
    for (const auto& [what, name] : {std::pair{"tokens", "tokens.txt"}, {"voices", "voices.bin"}}) {
        const bool needed = what == std::string_view("tokens") || folder.family == Family::kokoro ||
                            folder.family == Family::kitten;
        if (!needed) continue;
        if (!listing.has(name)) return unsupported(listing, fmt::format("lacks the file {}", name));
        folder.files[what] = (fs::path(path) / name).string();
    }
    if (folder.family == Family::matcha) {
        folder.files["vocoder"] = listing.find_vocoder();
        if (folder.files["vocoder"].empty()) {
            return unsupported(listing, "lacks a vocoder: the file vocos….onnx or hifigan….onnx");
        }
    }
    TRY_DO(check_folder(folder));
    return folder;
}

}  // namespace engine::folders
