#include "engine/speech/piper_config.hpp"

#include <cmath>
#include <utility>

#include <fmt/core.h>

#include "engine/speech/utf8.hpp"
#include "json/json.hpp"

namespace engine::speech {
namespace {

constexpr std::size_t kMaxPhonemes = 4096;  // in one clause
constexpr std::int64_t kMaxId = 65'535;

std::unexpected<base::Error> bad(std::string_view what) {
    return base::fail(base::ErrorCode::corrupt,
                      fmt::format("the description of the voice: {}", what),
                      "bring the voice again, both files of it");
}

double number_at(const json::Value& root, std::string_view path, double fallback) {
    const auto* value = json::find_path(root, path);
    if (value == nullptr || !value->is_number()) return fallback;
    return value->to_number<double>();
}

}  // namespace

base::Result<PiperConfig> PiperConfig::parse(std::string_view json_text) {
    TRY(root, json::parse(json_text));
    PiperConfig config;
    config.sample_rate = static_cast<int>(number_at(root, "audio.sample_rate", 0));
    if (config.sample_rate < 8'000 || config.sample_rate > 48'000) {
        return bad("`audio.sample_rate` is not from 8000 to 48000");
    }
    config.speakers = static_cast<int>(number_at(root, "num_speakers", 1));
    config.noise_scale = static_cast<float>(number_at(root, "inference.noise_scale", 0.667));
    config.length_scale = static_cast<float>(number_at(root, "inference.length_scale", 1));
    config.noise_w = static_cast<float>(number_at(root, "inference.noise_w", 0.8));
    if (!(config.length_scale > 0.1F && config.length_scale < 10)) {
        return bad("`inference.length_scale` is out of range");
    }
    const std::string type = json::string_or(json::find(root, "phoneme_type"), "espeak");
    if (type != "espeak") {
        return base::fail(base::ErrorCode::unsupported,
                          fmt::format("the voice takes phonemes of the kind `{}`", type),
                          "use a voice whose phonemes are espeak's");
    }
    const auto* map = json::find(root, "phoneme_id_map");
    if (map == nullptr || !map->is_object()) return bad("`phoneme_id_map` is missing");
    for (const auto& [key, list] : map->get_object()) {
        const std::u32string symbol = decode_utf8({key.data(), key.size()});
        if (symbol.size() != 1 || !list.is_array()) continue;
        for (const auto& item : list.get_array()) {
            const long long id = json::int_or(&item, -1);
            if (id < 0 || id > kMaxId) return bad("`phoneme_id_map` has a number out of range");
            config.ids[symbol[0]].push_back(id);
        }
    }
    for (const char32_t needed : {U'_', U'^', U'$', U' ', U'a'}) {
        if (!config.ids.contains(needed)) return bad("`phoneme_id_map` lacks common symbols");
    }
    return config;
}

PhonemeIds PiperConfig::number(std::string_view phonemes) const {
    PhonemeIds out;
    const auto& pad = ids.at(U'_');
    const auto append = [&](const std::vector<std::int64_t>& numbers) {
        out.ids.insert(out.ids.end(), numbers.begin(), numbers.end());
        out.ids.insert(out.ids.end(), pad.begin(), pad.end());
    };
    append(ids.at(U'^'));
    SoundGroups groups;
    std::size_t taken = 0;
    for (const char32_t symbol : decode_utf8(phonemes)) {
        const auto known = ids.find(symbol);
        if (symbol == U' ') groups.next_word();
        if (known == ids.end() || ++taken > kMaxPhonemes) continue;
        const std::size_t first = out.ids.size();
        append(known->second);
        groups.add(symbol, first, out.ids.size() - first);
    }
    out.sounds = groups.take();
    const auto& end = ids.at(U'$');
    out.ids.insert(out.ids.end(), end.begin(), end.end());
    return out;
}

}  // namespace engine::speech
