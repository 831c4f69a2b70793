#include "body/text/sentences.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace body::text {
namespace {

// The sentences of a text that arrives in pieces of `step` bytes.
std::vector<std::string> cut(std::string_view text, std::size_t step = 1) {
    SentenceCutter cutter;
    std::vector<std::string> out;
    const auto take = [&](std::string_view so_far, Growth growth) {
        while (const auto place = cutter.next(so_far, growth)) {
            out.emplace_back(text.substr(place->begin, place->end - place->begin));
        }
    };
    for (std::size_t size = step; size < text.size(); size += step) {
        take(text.substr(0, size), Growth::goes_on);
    }
    take(text, Growth::over);
    return out;
}

using Sentences = std::vector<std::string>;

TEST(SentenceCutter, CutsAtStopsHoweverTheTextArrives) {
    const struct {
        const char* text;
        Sentences sentences;
    } rows[] = {
        {"Hello there. How are you?", {"Hello there.", "How are you?"}},
        {"It costs 3.50 today! Yes", {"It costs 3.50 today!", "Yes"}},
        {"Glad! 😊 And you?", {"Glad! 😊", "And you?"}},
        {"好。不好！真的", {"好。", "不好！", "真的"}},
        {"\"Stop.\" He went.", {"\"Stop.\"", "He went."}},
        {"Well... no.\n\nNext", {"Well...", "no.", "Next"}},
        {"One\ntwo", {"One", "two"}},
        {"  \n ", {}},
        {"", {}},
        {"See:\n```\nI hate. It!\n```\nDone.", {"See:", "Done."}},
        {"~~~\nopen. end", {}},
        {"Hm ``` is. No fence", {"Hm ``` is.", "No fence"}},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(cut(row.text, 1), row.sentences) << row.text;
        EXPECT_EQ(cut(row.text, 3), row.sentences) << row.text;
        EXPECT_EQ(cut(row.text, 1000), row.sentences) << row.text;
    }
}

TEST(SentenceCutter, AnyBytesAreTaken) {
    EXPECT_EQ(cut("\xFF\x80. \xC3").size(), 2U);
    // Not one end: how far is looked ahead has its bounds.
    EXPECT_LE(cut(std::string(2000, '.')).size(), 10U);
    EXPECT_EQ(cut("a." + std::string(2000, ' ') + "b").size(), 2U);
}

TEST(SentenceCutter, ASentenceIsGivenAsSoonAsTheNextOneBegins) {
    SentenceCutter cutter;
    EXPECT_FALSE(cutter.next("Yes.", Growth::goes_on));
    EXPECT_FALSE(cutter.next("Yes. ", Growth::goes_on));
    const auto place = cutter.next("Yes. T", Growth::goes_on);
    ASSERT_TRUE(place);
    EXPECT_EQ(*place, (SentencePlace{0, 4}));
    EXPECT_EQ(cutter.next("Yes. T", Growth::over), (SentencePlace{5, 6}));
    EXPECT_FALSE(cutter.next("Yes. T", Growth::over));
}

}  // namespace
}  // namespace body::text
