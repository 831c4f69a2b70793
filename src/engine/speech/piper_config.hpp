// What a Piper voice says about itself (the .onnx.json beside the model), and how phonemes become
// the numbers that the model takes. Values; any thread. parse() refuses what does not fit: corrupt
// with the field's name, unsupported for voices that need another kind of phonemes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/speech/sounds.hpp"

namespace engine::speech {

struct PhonemeIds {
    std::vector<std::int64_t> ids;
    std::vector<Sound> sounds;
};

struct PiperConfig {
    int sample_rate = 22'050;
    int speakers = 1;
    float noise_scale = 0.667F;
    float length_scale = 1;
    float noise_w = 0.8F;
    std::map<char32_t, std::vector<std::int64_t>> ids;

    [[nodiscard]] static base::Result<PiperConfig> parse(std::string_view json_text);
    // Phonemes that the voice does not know are left out.
    [[nodiscard]] PhonemeIds number(std::string_view phonemes) const;
};

}  // namespace engine::speech
