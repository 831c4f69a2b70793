// What of sherpa-onnx needs no model: its words, its library and version, and that what is broken
// is an error instead of the end of the process. Whole models: tests/process/test_sherpa.py.
#include <gtest/gtest.h>

#include "engine/folders/testing/onnx_bytes.hpp"
#include "engine/speech/sherpa_library.hpp"
#include "engine/speech/sherpa_models.hpp"
#include "engine/speech/sherpa_words.hpp"
#include "engine/speech/sounds.hpp"

namespace engine::speech {
namespace {

using folders::testing::kKokoro;
using folders::testing::kSenseVoice;
using folders::testing::kTokens;
using folders::testing::ModelFolder;
using folders::testing::onnx;

std::string told(const SherpaWords& words) {
    std::string out;
    for (const auto& word : words.words) {
        out +=
            word.text + "@" + std::to_string(word.t_ms) + "+" + std::to_string(word.dur_ms) + " ";
    }
    return out;
}

SherpaSymbol at(std::string text, double start) {
    return {std::move(text), start, std::nullopt, std::nullopt};
}

TEST(SherpaWordsTest, ABlankBeginsAWordAndMarksStayWithIt) {
    const std::vector<SherpaSymbol> symbols{at(" hel", 0.2), at("lo", 0.4), at(",", 0.5),
                                            at(" there", 0.8), at(".", 1.0)};
    const auto words = sherpa_words(symbols, "hello, there.", 1500);
    EXPECT_EQ(told(words), "hello,@200+600 there.@800+700 ");
    EXPECT_TRUE(words.timed);
    EXPECT_EQ(words.confidence, 1) << "none was told";
}

TEST(SherpaWordsTest, WithoutBlanksEachSymbolIsAWordUnlessItGoesOn) {
    const std::vector<SherpaSymbol> symbols{at("hel@@", 0.2), at("lo", 0.4), at("你", 0.8),
                                            at("好", 1.0)};
    EXPECT_EQ(told(sherpa_words(symbols, "hello你好", 1300)),
              "hello@200+600 你@800+200 好@1000+300 ");
}

TEST(SherpaWordsTest, LengthsAndProbabilitiesAreTakenWhereTheyAreTold) {
    std::vector<SherpaSymbol> symbols{at("▁one", 0), at("▁two", 0.5)};
    symbols[0].duration_s = 0.25;
    symbols[0].log_prob = 0;
    symbols[1].log_prob = -1.3862944;  // a quarter
    const auto words = sherpa_words(symbols, "one two", 900);
    EXPECT_EQ(told(words), "one@0+250 two@500+400 ");
    EXPECT_NEAR(words.words[1].confidence, 0.25, 1e-6);
    EXPECT_NEAR(words.confidence, 0.625, 1e-6);
}

TEST(SherpaWordsTest, WithoutTimesTheWordsAreThereAndSayThatTheyHaveNone) {
    const std::vector<SherpaSymbol> symbols{{" hello", {}, {}, {}}, {" there", {}, {}, {}}};
    EXPECT_FALSE(sherpa_words(symbols, "hello there", 900).timed);
    const auto from_text = sherpa_words({}, "hello there", 900);
    EXPECT_FALSE(from_text.timed);
    EXPECT_EQ(told(from_text), "hello@0+0 there@0+0 ");
    // Hostile numbers stay within the sound.
    const std::vector<SherpaSymbol> wild{at(" a", -5), at(" b", 1e300)};
    EXPECT_EQ(told(sherpa_words(wild, "a b", 900)), "a@0+900 b@900+0 ");
}

TEST(SherpaWordsTest, ALanguageIsACode) {
    EXPECT_EQ(sherpa_language("<|en|>"), "en");
    EXPECT_EQ(sherpa_language("yue"), "yue");
    EXPECT_EQ(sherpa_language(""), "");
    EXPECT_EQ(sherpa_language("<|something long|>"), "");
}

TEST(SoundsTest, MarksGoWithTheirSoundAndBlanksPartWords) {
    const auto sounds = group_sounds(U"hˈaː b.");
    ASSERT_EQ(sounds.size(), 5u);
    EXPECT_EQ(sounds[1].ipa, "ˈaː");
    EXPECT_EQ(sounds[1].first, 1u);
    EXPECT_EQ(sounds[1].count, 3u);
    EXPECT_FALSE(sounds[2].speech);
    EXPECT_EQ(sounds[3].word, 1u);
    EXPECT_FALSE(sounds[4].speech);
}

TEST(SoundsTest, EachIsHeardWhereItsSymbolsAreAndWordsFromTheFirstToTheLast) {
    wire::Segment segment;
    segment.sample_rate = 16'000;
    segment.text = "ha, bi";
    // Blank and comma take their time, too, but nobody hears them.
    time_sounds(group_sounds(U"hˈa, bi"),
                std::vector<std::size_t>{0, 1'600, 1'760, 4'800, 6'400, 8'000, 9'600, 16'000},
                segment);
    ASSERT_EQ(segment.phonemes.size(), 4u);
    EXPECT_EQ(segment.phonemes[1].text, "ˈa");
    EXPECT_EQ(segment.phonemes[1].t_ms, 100);
    EXPECT_EQ(segment.phonemes[1].dur_ms, 200);
    ASSERT_EQ(segment.words.size(), 2u);
    EXPECT_EQ(segment.words[0].t_ms, 0);
    EXPECT_EQ(segment.words[0].dur_ms, 300);
    EXPECT_EQ(segment.words[1].t_ms, 500);
    EXPECT_EQ(segment.words[1].dur_ms, 500);
}

TEST(SoundsTest, WhereNothingIsToldAllLastAlikeToTheLastSample) {
    EXPECT_EQ(even_starts(10, 3), (std::vector<std::size_t>{0, 3, 6, 10}));
    EXPECT_EQ(even_starts(0, 2), (std::vector<std::size_t>{0, 0, 0}));
}

#ifdef LOCI_SPEECH_FOLDER
const std::string kLibraries = LOCI_SPEECH_FOLDER;

TEST(SherpaLibraryTest, OpensTheVersionOfItsHeaderAndSaysWhatIsMissing) {
    const auto nowhere = SherpaLibrary::open("/nowhere");
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, base::ErrorCode::unavailable);
    EXPECT_EQ(nowhere.error().hint, "run ./loci set-up to fetch it");
    const auto library = SherpaLibrary::open(kLibraries);
    ASSERT_TRUE(library) << library.error().text();
    EXPECT_NE((*library)->create_voice, nullptr);
}

TEST(SherpaLibraryTest, AModelThatIsWholeOutsideAndBrokenInsideIsAnError) {
    ModelFolder ears("sense-voice");
    ears.put("model.onnx", onnx(kSenseVoice, "\x0a\x05no graph")).put("tokens.txt", kTokens);
    const auto heard = load_sherpa_recogniser({kLibraries, ears.path(), "auto", 1});
    ASSERT_FALSE(heard);
    EXPECT_EQ(heard.error().code, base::ErrorCode::corrupt) << heard.error().text();
    EXPECT_TRUE(heard.error().message.starts_with("sherpa-onnx")) << heard.error().message;

    ModelFolder mouth("kokoro");
    mouth.put("model.onnx", onnx(kKokoro, "\x0a\x05no graph")).put("tokens.txt", kTokens);
    mouth.put("voices.bin", std::string(96, '\0'));
    const auto spoken = load_sherpa_voice({kLibraries, mouth.path(), "kokoro", 1});
    ASSERT_FALSE(spoken);
    EXPECT_EQ(spoken.error().code, base::ErrorCode::corrupt) << spoken.error().text();
}

TEST(SherpaLibraryTest, WhatDoesNotFitIsRefusedBeforeTheLibraryIsAsked) {
    ModelFolder empty("empty");
    EXPECT_EQ(load_sherpa_recogniser({kLibraries, empty.path(), "auto", 1}).error().code,
              base::ErrorCode::not_found);
    ModelFolder mouth("kokoro");
    mouth.put("model.onnx", onnx(kKokoro)).put("tokens.txt", kTokens);
    mouth.put("voices.bin", std::string(96, '\0'));
    const auto wrong = load_sherpa_recogniser({kLibraries, mouth.path(), "auto", 1});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, base::ErrorCode::unsupported);
    EXPECT_TRUE(wrong.error().message.ends_with("is a kokoro model, which does not recognise"));
    const auto unknown = load_sherpa_voice({kLibraries, mouth.path(), "parrot", 1});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().message, "there is no family `parrot` of speech models");
}
#endif

}  // namespace
}  // namespace engine::speech
