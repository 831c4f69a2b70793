// Phonemes to numbers, sounds to times, and the voice that is built in.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/speech/model_bytes.hpp"
#include "engine/speech/piper_config.hpp"
#include "engine/speech/utf8.hpp"
#include "engine/speech/voice.hpp"
#include "engine/speech/word_times.hpp"

namespace engine::speech {
namespace {

constexpr const char* kDescription = R"({"audio": {"sample_rate": 22050}, "num_speakers": 1,
    "inference": {"noise_scale": 0.5, "length_scale": 1.1, "noise_w": 0.8},
    "phoneme_id_map": {"_": [0], "^": [1], "$": [2], " ": [3], ".": [10], "a": [14],
        "h": [20], "ɪ": [74], "ˈ": [120], "ː": [122], "i": [21]}})";

TEST(PiperConfigTest, ReadsWhatTheVoiceSays) {
    const auto config = PiperConfig::parse(kDescription);
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->sample_rate, 22'050);
    EXPECT_FLOAT_EQ(config->length_scale, 1.1F);
    EXPECT_EQ(config->ids.at(U'ɪ'), std::vector<std::int64_t>{74});
}

TEST(PiperConfigTest, RefusesWhatDoesNotFit) {
    for (const char* text : {
             "",
             "[]",
             "{}",
             R"({"audio": {"sample_rate": 1}})",
             R"({"audio": {"sample_rate": 22050}})",
             R"({"audio": {"sample_rate": 22050}, "phoneme_id_map": {"_": [-1]}})",
             R"({"audio": {"sample_rate": 22050}, "phoneme_id_map": {"_": [0]}})",
             R"({"audio": {"sample_rate": 22050}, "phoneme_type": "text", "phoneme_id_map": {}})",
         }) {
        EXPECT_FALSE(PiperConfig::parse(text)) << text;
    }
}

TEST(PiperConfigTest, NumbersPhonemesAndKeepsMarksWithTheirSound) {
    const auto config = PiperConfig::parse(kDescription);
    ASSERT_TRUE(config);
    const auto numbered = config->number("hˈaː ɪ.");
    // ^ _ h _ ˈ _ a _ ː _ blank _ ɪ _ . _ $
    const std::vector<std::int64_t> ids{1, 0, 20, 0, 120, 0, 14, 0, 122, 0, 3, 0, 74, 0, 10, 0, 2};
    EXPECT_EQ(numbered.ids, ids);
    ASSERT_EQ(numbered.sounds.size(), 5u);
    EXPECT_EQ(numbered.sounds[0].ipa, "h");
    EXPECT_EQ(numbered.sounds[1].ipa, "ˈaː");
    EXPECT_EQ(numbered.sounds[1].first, 4u);
    EXPECT_EQ(numbered.sounds[1].count, 6u);
    EXPECT_FALSE(numbered.sounds[2].speech);
    EXPECT_EQ(numbered.sounds[3].word, 1u);
    EXPECT_FALSE(numbered.sounds[4].speech);
    EXPECT_EQ(config->number("Ω").ids.size(), 3u) << "unknown phonemes are left out";
    EXPECT_EQ(config->number("\xff\xfe").ids.size(), 3u);
}

TEST(Utf8, GoesThereAndBack) {
    const std::string text = "aɪ̯ˈ€𝄞";
    std::string again;
    for (const char32_t c : decode_utf8(text)) again += encode_utf8(c);
    EXPECT_EQ(again, text);
}

std::string told(std::string_view text, const std::vector<SpokenGroup>& groups) {
    std::string out;
    for (const auto& word : time_words(text, groups)) {
        out +=
            word.text + "@" + std::to_string(word.t_ms) + "+" + std::to_string(word.dur_ms) + " ";
    }
    return out;
}

TEST(WordTimes, OneGroupForEachWord) {
    EXPECT_EQ(told("Hello there, Nook.", {{0, 300, 4}, {300, 500, 3}, {600, 900, 3}}),
              "Hello@0+300 there,@300+200 Nook.@600+300 ");
}

TEST(WordTimes, AJoinedGroupIsShared) {
    // "of the" is spoken as one.
    EXPECT_EQ(told("top of the hill", {{0, 300, 3}, {300, 700, 4}, {700, 1000, 3}}),
              "top@0+300 of@300+160 the@460+240 hill@700+300 ");
}

TEST(WordTimes, ANumberHasSeveralGroups) {
    EXPECT_EQ(told("about 21 cats", {{0, 300, 4}, {300, 600, 6}, {600, 800, 3}, {800, 1100, 4}}),
              "about@0+300 21@300+500 cats@800+300 ");
}

TEST(WordTimes, EveryWordHasATimeWhateverTheGroups) {
    std::string text;
    for (int i = 0; i < 40; ++i) text += "word ";
    for (const std::size_t count : {1u, 7u, 39u, 40u, 41u, 400u}) {
        std::vector<SpokenGroup> groups;
        for (std::size_t i = 0; i < count; ++i) {
            const int t = static_cast<int>(i) * 100;
            groups.push_back({t, t + 100, 3});
        }
        const auto words = time_words(text, groups);
        ASSERT_EQ(words.size(), 40u) << count;
        int last = 0;
        for (const auto& word : words) {
            EXPECT_GE(word.t_ms, last);
            EXPECT_GE(word.dur_ms, 0);
            last = word.t_ms + word.dur_ms;
        }
        EXPECT_EQ(last, static_cast<int>(count) * 100);
    }
    EXPECT_TRUE(time_words("", {{0, 100, 1}}).empty());
    EXPECT_TRUE(time_words("words", {}).empty());
}

TEST(ModelBytes, NamesWhatABrokenDownloadIs) {
    EXPECT_EQ(check_head("/m/v.onnx", "<!DOCTYPE html>").error().message,
              "v.onnx is a web page instead of a model");
    EXPECT_FALSE(check_head("/m/v.onnx", "version https://git-lfs.github.com/spec/v1"));
    EXPECT_FALSE(check_head("/m/v.onnx", ""));
    EXPECT_TRUE(check_head("/m/v.onnx", "\x08\x07"));
    EXPECT_EQ(read_model("/nowhere/v.onnx").error().code, base::ErrorCode::not_found);
}

TEST(Flite, SpeaksWithTimesThatFitItsSound) {
    auto voice = load_flite();
    ASSERT_TRUE(voice) << voice.error().text();
    const auto said = (*voice)->speak({"Hello there, I am Nook.", ""}, {});
    ASSERT_TRUE(said) << said.error().text();
    const int length = static_cast<int>(said->samples.size()) * 1000 / said->sample_rate;
    EXPECT_GT(length, 800);
    EXPECT_LT(length, 4000);
    ASSERT_EQ(said->words.size(), 5u);
    EXPECT_EQ(said->words[0].text, "Hello");
    EXPECT_EQ(said->words[4].text, "Nook.");
    int last = 0;
    for (const auto& phoneme : said->phonemes) {
        EXPECT_GE(phoneme.t_ms, last);
        last = phoneme.t_ms + phoneme.dur_ms;
    }
    EXPECT_LE(last, length + 1);
    double energy = 0;
    for (const auto sample : said->samples) energy += static_cast<double>(sample) * sample;
    EXPECT_GT(std::sqrt(energy / static_cast<double>(said->samples.size())), 300);

    const auto fast = (*voice)->speak({"Hello there, I am Nook.", ""}, {.speed = 2});
    ASSERT_TRUE(fast);
    EXPECT_NEAR(static_cast<double>(fast->samples.size()),
                static_cast<double>(said->samples.size()) / 2,
                static_cast<double>(said->samples.size()) / 8);
    const auto nothing = (*voice)->speak({" … ", ""}, {});
    ASSERT_TRUE(nothing);
    EXPECT_TRUE(nothing->samples.empty());
}

}  // namespace
}  // namespace engine::speech
