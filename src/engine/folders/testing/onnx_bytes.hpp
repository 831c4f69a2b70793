// Bytes of small ONNX files, for tests: a graph field and metadata, or what a broken download is.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

namespace engine::folders::testing {

inline std::string varint(std::size_t value) {
    std::string out;
    while (value > 127) {
        out.push_back(static_cast<char>((value & 127) | 128));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
    return out;
}

inline std::string field(std::size_t number, std::string_view content) {
    return varint(number << 3 | 2) + varint(content.size()) + std::string(content);
}

// A model without nodes that states these facts.
inline std::string onnx(const std::map<std::string, std::string>& facts,
                        std::string_view graph = "\x12\x03toy") {
    std::string out = "\x08\x08" + field(7, graph);
    for (const auto& [key, value] : facts) out += field(14, field(1, key) + field(2, value));
    return out;
}

// A folder of its own that is gone in the end.
class ModelFolder {
public:
    explicit ModelFolder(const std::string& name) {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "loci-model-XXXXXX").string();
        parent_ = mkdtemp(pattern.data());
        path_ = parent_ / name;
        std::filesystem::create_directory(path_);
    }
    ~ModelFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(parent_, ignored);
    }
    ModelFolder(const ModelFolder&) = delete;
    ModelFolder& operator=(const ModelFolder&) = delete;

    ModelFolder& put(const std::string& name, std::string_view bytes) {
        std::ofstream(path_ / name, std::ios::binary) << bytes;
        return *this;
    }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path parent_;
    std::filesystem::path path_;
};

inline const std::map<std::string, std::string> kSenseVoice{
    {"vocab_size", "25055"},    {"lfr_window_size", "7"}, {"lfr_window_shift", "6"},
    {"normalize_samples", "0"}, {"with_itn", "14"},       {"without_itn", "15"},
    {"lang_auto", "0"},         {"lang_zh", "3"},         {"lang_en", "4"},
    {"lang_ja", "11"},          {"lang_ko", "12"},        {"lang_yue", "7"},
    {"neg_mean", "-1,-2"},      {"inv_stddev", "1,2"}};

inline const std::map<std::string, std::string> kKokoro{{"model_type", "kokoro"},
                                                        {"sample_rate", "24000"},
                                                        {"n_speakers", "2"},
                                                        {"has_espeak", "1"},
                                                        {"voice", "en-us"},
                                                        {"style_dim", "3,1,4"},
                                                        {"speaker_names", "af,bm_george"}};

inline constexpr std::string_view kTokens = "<blk> 0\n\xe2\x96\x81hello 1\n  2\n";

}  // namespace engine::folders::testing
