#include "voice/completeness.hpp"

#include <gtest/gtest.h>

#include "voice/words.hpp"

namespace voice {
namespace {

struct Line {
    std::string_view text;
    Completeness expected;
};

// In a class, so that the short names stay inside.
struct Table {
    using enum Completeness;
    static constexpr Line kLines[] = {
        {"", nothing},
        {"  ...  ", nothing},
        // English
        {"what is the weather in berlin", complete},
        {"What is the weather in", open},
        {"I would like to", open},
        {"I would like to.", open},  // a recogniser's full stop at a pause
        {"tell me a story", complete},
        {"tell me a story about", open},
        {"set a timer for", open},
        {"set a timer for ten minutes", complete},
        {"yes", complete},
        {"Yes, I am", complete},
        {"yes please", complete},
        {"stop", complete},
        {"so I was thinking and", open},
        {"so I was thinking, ", open},
        {"um", open},
        {"well um", open},
        {"the", open},
        {"my name is", open},
        {"my name is Anna", unclear},
        {"My name is Anna.", complete},
        {"where are you from", unclear},
        {"where are you from?", complete},
        {"What is the name of the?", open},  // the mark is the recogniser's, not the person's
        {"Can you explain to me how to?", open},
        {"What are you listening to?", unclear},
        {"So would you like to?", unclear},
        {"How do I get from here to?", open},
        {"What are you talking about?", complete},
        {"What is this?", complete},
        {"It is too late for that.", unclear},
        {"Who told you that", unclear},
        {"I am quite sure that", open},
        {"She told me that she", open},
        {"Do you think that we?", open},
        {"how are they", complete},
        {"They have never been too.", unclear},
        {"I like it too.", complete},
        {"I went to the store yesterday", unclear},
        {"I think that...", open},
        {"can you", unclear},
        {"thank you very much", unclear},
        {"thanks", complete},
        // German
        {"wie ist das Wetter in Berlin", complete},
        {"wie ist das Wetter in", open},
        {"ich möchte", open},
        {"ich möchte gerne eine", open},
        {"erinnere mich an die", open},
        {"erinnere mich morgen daran", complete},
        {"ja", complete},
        {"ja genau", complete},
        {"ich glaube, dass", open},
        {"äh", open},
        {"Ich heiße Anna.", complete},
        {"mach das Licht", complete},
        // Chinese
        {"今天天气怎么样？", complete},
        {"你好吗", complete},
        {"我想", open},
        {"因为", open},
        {"今天天气很好，", open},
        {"我今天去了公园然后", open},
        {"今天天气很好。", complete},
        {"今天天气很好", unclear},
        {"谢谢", complete},
    };
};

TEST(Completeness, IsJudgedAsAListenerWould) {
    for (const auto& line : Table::kLines) {
        EXPECT_EQ(judge_completeness(line.text), line.expected)
            << line.text << " was judged " << to_string(judge_completeness(line.text));
    }
}

TEST(Words, AreComparable) {
    EXPECT_EQ(words_of("Don't STOP, Ärger! 你好 uh-huh."),
              (std::vector<std::string>{"dont", "stop", "ärger", "你", "好", "uhhuh"}));
    EXPECT_TRUE(words_of(" ,. \xFF").empty());
}

TEST(Words, BackchannelIsAListenersNoise) {
    for (const std::string_view text :
         {"mhm", "Yeah.", "ja genau", "嗯", "嗯嗯", "Uh-huh", "okay", "I see.", "oh wow", "Got it",
          "对对对", "ach so", "Mm-hmm"}) {
        EXPECT_TRUE(is_backchannel(words_of(text))) << text;
    }
    for (const std::string_view text : {"", "stop", "wait", "no", "yeah but that is wrong", "nein",
                                        "i", "warte", "okay stop", "不对", "ja ja ja ja ja"}) {
        EXPECT_FALSE(is_backchannel(words_of(text))) << text;
    }
}

TEST(Words, TheShareThatWasSaidTellsAnEcho) {
    const auto said = words_of("the weather in Berlin is mild and dry today");
    EXPECT_DOUBLE_EQ(share_said(words_of("weather in berlin is mild"), said), 1.0);
    EXPECT_NEAR(share_said(words_of("whether in berlin is mild"), said), 0.8, 1e-9);
    EXPECT_LT(share_said(words_of("stop please tell me about rome"), said), 0.2);
    EXPECT_LT(share_said(words_of("dry mild berlin weather"), said), 0.3);  // another order
    EXPECT_DOUBLE_EQ(share_said({}, said), 0.0);
}

}  // namespace
}  // namespace voice
