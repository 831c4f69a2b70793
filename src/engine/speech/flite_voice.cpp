#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <utility>

#include "engine/speech/voice.hpp"
#include "engine/speech/word_times.hpp"

// The library's headers lack the guards for C++.
extern "C" {
#include <flite/flite.h>
cst_voice* register_cmu_us_slt(const char* folder);
}

namespace engine::speech {
namespace {

// The library's names of American English phonemes.
const std::map<std::string_view, const char*> kIpa = {
    {"aa", "ɑ"},  {"ae", "æ"},  {"ah", "ʌ"},  {"ao", "ɔ"}, {"aw", "aʊ"}, {"ax", "ə"},  {"axr", "ɚ"},
    {"ay", "aɪ"}, {"b", "b"},   {"ch", "tʃ"}, {"d", "d"},  {"dh", "ð"},  {"dx", "ɾ"},  {"eh", "ɛ"},
    {"el", "əl"}, {"em", "əm"}, {"en", "ən"}, {"er", "ɝ"}, {"ey", "eɪ"}, {"f", "f"},   {"g", "ɡ"},
    {"hh", "h"},  {"hv", "ɦ"},  {"ih", "ɪ"},  {"iy", "i"}, {"jh", "dʒ"}, {"k", "k"},   {"l", "l"},
    {"m", "m"},   {"n", "n"},   {"nx", "ɾ"},  {"ng", "ŋ"}, {"ow", "oʊ"}, {"oy", "ɔɪ"}, {"p", "p"},
    {"r", "ɹ"},   {"s", "s"},   {"sh", "ʃ"},  {"t", "t"},  {"th", "θ"},  {"uh", "ʊ"},  {"uw", "u"},
    {"v", "v"},   {"w", "w"},   {"y", "j"},   {"z", "z"},  {"zh", "ʒ"}};

struct EndUtterance {
    void operator()(cst_utterance* utterance) const { delete_utterance(utterance); }
};
using Utterance = std::unique_ptr<cst_utterance, EndUtterance>;

// The written token that a phoneme belongs to; null for pauses.
const cst_item* token_of(const cst_item* segment) {
    const cst_item* syllable = item_parent(item_as(segment, "SylStructure"));
    const cst_item* word = syllable == nullptr ? nullptr : item_parent(syllable);
    const cst_item* in_tokens = word == nullptr ? nullptr : item_as(word, "Token");
    return in_tokens == nullptr ? nullptr : item_parent(in_tokens);
}

class FliteVoice final : public VoiceSynth {
public:
    explicit FliteVoice(cst_voice* voice) : voice_(voice) {}

    base::Result<wire::Segment> speak(const wire::Clause& clause, const Manner& manner) override {
        wire::Segment segment;
        segment.text = clause.text;
        segment.sample_rate = get_param_int(voice_->features, "sample_rate", 16'000);
        if (words_of(clause.text).empty()) return segment;
        feat_set_float(voice_->features, "duration_stretch", static_cast<float>(1 / manner.speed));
        const Utterance utterance(flite_synth_text(clause.text.c_str(), voice_));
        const cst_wave* wave = utterance ? utt_wave(utterance.get()) : nullptr;
        if (wave == nullptr) {
            return base::fail(base::ErrorCode::internal, "flite made no sound of a clause");
        }
        segment.sample_rate = wave->sample_rate;
        segment.samples.assign(wave->samples, wave->samples + wave->num_samples);
        add_times(utterance.get(), segment);
        return segment;
    }

private:
    static void add_times(const cst_utterance* utterance, wire::Segment& segment) {
        std::vector<SpokenGroup> groups;
        const cst_item* token = nullptr;
        int begin = 0;
        for (const cst_item* item = relation_head(utt_relation(utterance, "Segment"));
             item != nullptr; item = item_next(item)) {
            const int end = static_cast<int>(
                std::lround(static_cast<double>(item_feat_float(item, "end")) * 1000));
            const auto ipa = kIpa.find(item_feat_string(item, "name"));
            if (ipa != kIpa.end()) {
                segment.phonemes.push_back({ipa->second, begin, end - begin, 1});
                const cst_item* mine = token_of(item);
                if (groups.empty() || mine != token) groups.push_back({begin, end, 0});
                token = mine;
                groups.back().end_ms = end;
                ++groups.back().sounds;
            }
            begin = end;
        }
        segment.words = time_words(segment.text, groups);
    }

    cst_voice* voice_;  // the library's own; lives as long as the process
};

}  // namespace

base::Result<std::unique_ptr<VoiceSynth>> load_flite() {
    static const int kStarted = flite_init();
    static_cast<void>(kStarted);
    static cst_voice* const kVoice = register_cmu_us_slt(nullptr);
    if (kVoice == nullptr) {
        return base::fail(base::ErrorCode::unavailable, "flite's voice cannot be loaded",
                          "install Debian's libflite1");
    }
    return std::make_unique<FliteVoice>(kVoice);
}

}  // namespace engine::speech
