// Text to sentences and pieces, and espeak's answer to phonemes.
#include <gtest/gtest.h>

#include "adapters/speech_engine/phonemizer.hpp"
#include "adapters/speech_engine/sentences.hpp"

namespace adapters::speech_engine {
namespace {

std::string told(std::string_view text) {
    std::string out;
    for (const auto& sentence : cut_sentences(text)) {
        out += "[" + sentence.text + "]";
        for (const auto& piece : sentence.pieces) out += " " + piece.words + piece.mark;
        out += "\n";
    }
    return out;
}

TEST(Sentences, AreCutAtTheirEndsAndKeepTheirPunctuation) {
    EXPECT_EQ(told("Hello there, I am Nook. How are you?"),
              "[Hello there, I am Nook.] Hello there, I am Nook.\n[How are you?] How are you?\n");
    EXPECT_EQ(told("Wait!! \"Really?\" he said: yes"),
              "[Wait!!] Wait!\n[\"Really?\"] Really?\n[he said: yes] he said: yes.\n");
    EXPECT_EQ(told("one\ntwo"), "[one] one.\n[two] two.\n");
}

TEST(Sentences, NumbersAndAbbreviationsDoNotEndThem) {
    EXPECT_EQ(told("Dr. Smith paid 3.50 at 10:30, e.g. to J. Doe."),
              "[Dr. Smith paid 3.50 at 10:30, e.g. to J. Doe.] Dr Smith paid 3.50 at 10:30, "
              "e.g to J Doe.\n");
    EXPECT_EQ(told("See loci.example.org for more."),
              "[See loci.example.org for more.] See loci.example.org for more.\n");
}

TEST(Sentences, WhatIsNoSpeechIsLeftOut) {
    EXPECT_EQ(told("... --- !!"), "");
    EXPECT_EQ(told(""), "");
    EXPECT_EQ(told("… — “”"), "");
    EXPECT_EQ(told("“It’s fine…”"), "[“It’s fine…”] It's fine.\n");
    EXPECT_EQ(told("a [[b]] <c> ~d`"), "[a [[b]] <c> ~d`] a b c d.\n") << "espeak's own marks";
}

TEST(Sentences, ALongOneWithoutAnEndIsCut) {
    std::string text;
    for (int i = 0; i < 400; ++i) text += "word ";
    const auto sentences = cut_sentences(text);
    EXPECT_GE(sentences.size(), 4u);
    std::size_t words = 0;
    for (const auto& sentence : sentences) {
        EXPECT_LE(sentence.text.size(), 410u);
        words += (sentence.text.size() + 1) / 5;
    }
    EXPECT_EQ(words, 400u);
}

TEST(Sentences, AnyBytesAreTaken) {
    for (int seed = 0; seed < 300; ++seed) {
        std::string bytes;
        unsigned state = static_cast<unsigned>(seed) * 2654435761U + 1;
        for (int i = 0; i < 60; ++i) {
            state = state * 1664525U + 1013904223U;
            bytes.push_back(static_cast<char>(state >> 24));
        }
        for (const auto& sentence : cut_sentences(bytes)) {
            EXPECT_FALSE(sentence.pieces.empty());
            for (const auto& piece : sentence.pieces) {
                EXPECT_EQ(piece.words.find_first_of("\n[]<>~_"), std::string::npos);
            }
        }
    }
}

TEST(Ipa, LinesAreReadWithoutMarksOfOtherLanguages) {
    const auto lines = read_ipa_lines(" həlˈoʊ ðˈɛɹ\n(de)ɡˈuːtn̩(en) tˈaːk\n\n  \nɪɾ\n");
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_EQ(lines[0], "həlˈoʊ ðˈɛɹ");
    EXPECT_EQ(lines[1], "ɡˈuːtn̩ tˈaːk");
    EXPECT_EQ(lines[2], "ɪɾ");
    EXPECT_TRUE(read_ipa_lines("").empty());
    EXPECT_TRUE(read_ipa_lines("(never closed").empty());
}

}  // namespace
}  // namespace adapters::speech_engine
