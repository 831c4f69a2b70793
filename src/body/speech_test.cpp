// The mouth follows phonemes: the right shape at the right time, for hours.
#include "body/speech.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "body/ear.hpp"
#include "body/trig.hpp"

namespace body {
namespace {

constexpr std::array kNames{"aa", "ih", "ou", "ee", "oh"};

std::string strongest(const Mouth& mouth) {
    const auto best = std::ranges::max_element(mouth);
    return *best < .1F ? "closed" : kNames[static_cast<std::size_t>(best - mouth.begin())];
}

// The shape in the middle of one sound that stands alone.
std::string shape_of(const std::string& ipa) {
    SpeechTrack track;
    track.say({.segment = 1, .at = 0, .phonemes = {{.ipa = ipa, .t_ms = 0, .dur_ms = 400}}});
    track.step(12);
    return strongest(track.mouth());
}

TEST(Phonemes, VowelsOfThreeLanguagesHaveTheirShape) {
    for (const char* ipa : {"a", "ɑː", "aː", "ʌ", "æ", "ɐ"}) EXPECT_EQ(shape_of(ipa), "aa") << ipa;
    for (const char* ipa : {"ɪ", "ᵻ"}) EXPECT_EQ(shape_of(ipa), "ih") << ipa;
    for (const char* ipa : {"uː", "ʊ", "y", "yː", "ʏ", "w"}) EXPECT_EQ(shape_of(ipa), "ou") << ipa;
    for (const char* ipa : {"e", "eː", "ɛ", "ɛː", "iː"}) EXPECT_EQ(shape_of(ipa), "ee") << ipa;
    for (const char* ipa : {"o", "oː", "ɔ", "ɔː", "ɒ", "ø", "œ"})
        EXPECT_EQ(shape_of(ipa), "oh") << ipa;
    for (const char* ipa : {"m", "b", "p"}) EXPECT_EQ(shape_of(ipa), "closed") << ipa;
}

// What espeak-ng prints for these languages, one inventory each (espeak-ng --ipa over word lists).
TEST(Phonemes, EveryLetterOfTheInventoriesIsKnown) {
    constexpr const char* kInventories[] = {
        "p b t d k ɡ m n ŋ f v θ ð s z ʃ ʒ h l ɹ w j ɾ ʔ tʃ dʒ n̩ l̩ iː ɪ i e ɛ æ a ɑː ɒ ɔː ɔ ʊ uː ʌ "
        "ɜː "
        "ə ɚ ɐ ᵻ eɪ aɪ ɔɪ aʊ oʊ əʊ ɪə eə ʊə ɑːɹ ɔːɹ aɪɚ əl ɬ x",
        "p b t d k ɡ m n ŋ f v s z ʃ ʒ ç x h l r ʁ j ts tʃ pf dʒ a aː ɛ ɛː e eː ɪ i iː ɔ o oː ʊ u "
        "uː "
        "ʏ y yː œ ø øː ə ɐ aɪ aʊ ɔø ɑ ɜ",
        "p pʰ m f t tʰ n l k kʰ x tɕ tɕʰ ɕ tʂ tʂʰ ʂ ʐ ts tsʰ s ŋ j w ɥ a ɑ ɔ o ə ɛ e ɤ i u y ɚ ɨ "
        "ai ei "
        "ɑu ou iɛ uo yɛ iɑu iou uai uei aɜ i1 u2 ɑ5 ˥ ˧˥ ˨˩˦ ˥˩ ɹ ɻ ʅ ɿ",
    };
    for (std::string_view rest : kInventories) {
        while (const char32_t code = next_code(rest)) {
            const Phoneme phoneme = phoneme_of(code);
            if (code == U' ' || phoneme.kind != PhonemeKind::sound) continue;
            // The half open mouth of unknown letters would hide a gap in the tables.
            EXPECT_FALSE(phoneme.shape.mouth[0] == .25F && phoneme.shape.mouth[1] == .15F &&
                         phoneme.shape.hold == .4F)
                << "U+" << std::hex << static_cast<std::uint32_t>(code);
        }
    }
}

TEST(Phonemes, BrokenTextIsSkipped) {
    for (std::string_view rest : {"\xC3", "\xFF\xFE", "\xE2\x82", "\xF0\x9F", "a\x80z"}) {
        int count = 0;
        while (next_code(rest) != 0) ASSERT_LT(++count, 8);
    }
}

TEST(Speech, DiphthongsMoveFromOneShapeToTheOther) {
    SpeechTrack track;
    track.say({.segment = 1, .at = 0, .phonemes = {{.ipa = "aʊ", .t_ms = 0, .dur_ms = 400}}});
    track.step(5);
    EXPECT_EQ(strongest(track.mouth()), "aa");
    track.step(20);
    EXPECT_EQ(strongest(track.mouth()), "ou");
}

TEST(Speech, LipsMeetForTheirConsonantsEvenInFastTalk) {
    SpeechTrack track;
    std::vector<SpokenSound> sounds;
    for (int i = 0; i < 10; ++i) {
        sounds.push_back({.ipa = "a", .t_ms = i * 120, .dur_ms = 70});
        sounds.push_back({.ipa = "m", .t_ms = i * 120 + 70, .dur_ms = 50});
    }
    track.say({.segment = 1, .at = 0, .phonemes = sounds});
    int met = 0;
    bool before = false;
    for (Tick tick = 0; tick < 72; ++tick) {
        track.step(tick);
        met += track.lips_meet() && !before ? 1 : 0;
        before = track.lips_meet();
    }
    EXPECT_EQ(met, 10);
}

// When the shape of a vowel has half of its strength, against when the voice begins it.
std::vector<float> onset_errors(double at, Tick from) {
    constexpr const char* kSounds[] = {"ɑ", "s", "uː", "t", "ɛ", "k", "oː", "n", "iː", "l"};
    constexpr std::array<std::size_t, 10> kStrong{0, 9, 2, 9, 3, 9, 4, 9, 3, 9};
    SpeechTrack track;
    std::vector<SpokenSound> sounds;
    sounds.reserve(10);
    for (int i = 0; i < 10; ++i)
        sounds.push_back({.ipa = kSounds[i], .t_ms = i * 140, .dur_ms = 140});
    track.say({.segment = 1, .at = at, .phonemes = sounds});
    std::vector<float> trace[kVowels];
    for (Tick tick = from; tick < from + 100; ++tick) {
        track.step(tick);
        for (std::size_t k = 0; k < kVowels; ++k) trace[k].push_back(track.mouth()[k]);
    }
    std::vector<float> errors;
    for (int i = 2; i < 10; i += 2) {
        const auto& shape = trace[kStrong[static_cast<std::size_t>(i)]];
        const double onset = at - static_cast<double>(from) + i * 140 * .06;
        const auto middle = static_cast<std::size_t>(onset + 4);
        const float half = shape[middle] * .5F;
        std::size_t k = middle;
        while (k > 0 && shape[k] > half) --k;
        const float part = (half - shape[k]) / (shape[k + 1] - shape[k]);
        errors.push_back((static_cast<float>(k) + part - static_cast<float>(onset)) * 1000 / 60);
    }
    return errors;
}

TEST(Speech, VowelsBeginWithTheVoice) {
    // The mouth itself needs about 20 ms at the face's rate; the track is that much ahead.
    for (const float error : onset_errors(10.25, 0)) {
        EXPECT_GT(error, -45) << "too early";
        EXPECT_LT(error, 5) << "too late";
    }
}

TEST(Speech, HasNoDriftAfterHalfAnHour) {
    const auto early = onset_errors(10.25, 0);
    const auto late = onset_errors(10.25 + 108'000, 108'000);
    for (std::size_t i = 0; i < early.size(); ++i) EXPECT_NEAR(early[i], late[i], .1F);
}

TEST(Speech, ASegmentSaidAgainMoves) {
    SpeechTrack track;
    SpeechTimeline timeline{
        .segment = 4, .at = 0, .phonemes = {{.ipa = "a", .t_ms = 0, .dur_ms = 500}}};
    track.say(timeline);
    timeline.at = 300;
    track.say(timeline);
    track.step(15);
    EXPECT_FALSE(track.sounding());
    track.step(315);
    EXPECT_TRUE(track.sounding());
    track.hush();
    track.step(316);
    EXPECT_FALSE(track.active());
}

TEST(Speech, TellsStressAndPunctuationOnce) {
    SpeechTrack track;
    track.say({.segment = 1,
               .at = 0,
               .phonemes = {{.ipa = "h", .t_ms = 0, .dur_ms = 50},
                            {.ipa = "ˈ", .t_ms = 50, .dur_ms = 0},
                            {.ipa = "aɪ", .t_ms = 50, .dur_ms = 200},
                            {.ipa = "?", .t_ms = 250, .dur_ms = 100}}});
    int stresses = 0;
    int questions = 0;
    for (Tick tick = 0; tick < 60; ++tick) {
        track.step(tick);
        stresses += track.beat().stress ? 1 : 0;
        questions += track.beat().question ? 1 : 0;
    }
    EXPECT_EQ(stresses, 1);
    EXPECT_EQ(questions, 1);
}

// A vowel from a pulse train through two resonances, as a vocal tract makes it.
std::vector<float> vowel(float first_hz, float second_hz, int rate) {
    std::vector<float> samples(static_cast<std::size_t>(rate) / 2);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = i % (static_cast<std::size_t>(rate) / 130) == 0 ? 1.0F : 0.0F;
    }
    for (const auto& [hz, width] : {std::pair{first_hz, 80.0F}, std::pair{second_hz, 110.0F}}) {
        const double r = std::exp(-3.14159 * static_cast<double>(width) / rate);
        const double c = 2 * r * std::cos(2 * 3.14159265 * static_cast<double>(hz) / rate);
        double one = 0;
        double two = 0;
        for (float& sample : samples) {
            const double out = static_cast<double>(sample) + c * one - r * r * two;
            two = one;
            one = out;
            sample = static_cast<float>(out);
        }
    }
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::fabs(sample));
    for (float& sample : samples) sample *= .5F / peak;
    return samples;
}

TEST(Ear, TellsVowelsFromTheirSound) {
    struct Case {
        const char* name;
        float first, second;
    };
    constexpr Case kCases[] = {{"aa", 800, 1250},
                               {"ih", 300, 2300},
                               {"ou", 320, 800},
                               {"ee", 500, 1950},
                               {"oh", 480, 850}};
    for (const int rate : {16'000, 22'050, 48'000}) {
        for (const Case& each : kCases) {
            Ear ear;
            const auto samples = vowel(each.first, each.second, rate);
            const std::size_t block = static_cast<std::size_t>(rate) / 60;
            for (std::size_t i = 0; i + block <= samples.size(); i += block) {
                ear.hear(std::span(samples.data() + i, block), rate);
                ear.step();
            }
            EXPECT_EQ(strongest(ear.mouth()), each.name) << rate << " Hz";
        }
    }
}

TEST(Ear, ClosesInSilenceAndWhenNothingComes) {
    Ear ear;
    for (int i = 0; i < 30; ++i) {
        ear.measure(.2F, {}, 8000);
        ear.step();
    }
    EXPECT_TRUE(ear.hears());
    for (int i = 0; i < 30; ++i) ear.step();
    EXPECT_FALSE(ear.hears());
    EXPECT_EQ(ear.mouth()[0], 0);
    const std::vector<float> silence(8000, 0.0F);
    ear.hear(silence, 16'000);
    ear.step();
    EXPECT_FALSE(ear.hears());
    ear.measure(NAN, {}, NAN);
    ear.step();
    EXPECT_GE(ear.mouth()[0], 0);
}

}  // namespace
}  // namespace body
