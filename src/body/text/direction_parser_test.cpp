#include "body/text/direction_parser.hpp"

#include <random>

#include <gtest/gtest.h>

#include "body/text/words.hpp"

namespace body::text {
namespace {

Head head(const char* label, Directive directive, std::vector<Phrase> loose) {
    return {label, std::move(directive), {}, std::move(loose)};
}

const PhraseBook& book() {
    static const PhraseBook kBook = [] {
        Language english{.code = "en"};
        english.heads = {head("wave", {.action = Action{.name = "wave"}}, {{"wave"}}),
                         head("sit", {.action = Action{.name = "sit_down"}}, {{"sit", "down"}}),
                         head("smile", {.expression = Expression{"happy"}}, {{"smile"}}),
                         head("look", {.gaze = "user"}, {{"look", "at", "user"}})};
        Modifier slowly{.phrases = {{"slowly"}}};
        slowly.speed = 0.6;
        english.modifiers = {slowly};
        Language chinese{.code = "zh"};
        chinese.heads = {head("挥手", {.action = Action{.name = "wave"}}, {{"挥", "手"}})};
        return PhraseBook{{english, chinese}};
    }();
    return kBook;
}

struct Read {
    std::string shown;
    std::vector<Cut> cuts;
    std::size_t most_held = 0;
};

Read read(std::string_view text, const std::vector<std::size_t>& pieces = {}) {
    static const CommandReader kReader(book());
    static const DirectionWords kWords(book());
    DirectionParser parser(kReader, kWords);
    Read out;
    std::size_t at = 0;
    const auto feed = [&](std::size_t size) {
        parser.feed(text.substr(at, size), out.shown, out.cuts);
        at += std::min(size, text.size() - at);
        std::size_t given = out.shown.size();
        for (const Cut& cut : out.cuts) given += cut.removed.size();
        out.most_held = std::max(out.most_held, at - given);
    };
    for (const std::size_t size : pieces) feed(size);
    while (at < text.size()) feed(1);
    parser.finish(out.shown, out.cuts);
    return out;
}

// What was written, put together again.
std::string whole(const Read& read) {
    std::string text;
    std::size_t at = 0;
    for (const Cut& cut : read.cuts) {
        text += read.shown.substr(at, cut.at - at) + cut.removed;
        at = cut.at;
    }
    return text + read.shown.substr(at);
}

std::string names(const Read& read) {
    std::string text;
    for (const Cut& cut : read.cuts) {
        const Directive& d = cut.directive;
        text += std::to_string(cut.at) + ":";
        text += d.action ? d.action->name : d.expression ? d.expression->name : d.gaze;
        text += " ";
    }
    return text;
}

TEST(DirectionParser, TakesDirectionsOutBesideTheirWords) {
    const auto hello = read("Hello [wave] there, [smile 0.6] friend.");
    EXPECT_EQ(hello.shown, "Hello there, friend.");
    EXPECT_EQ(names(hello), "6:wave 13:happy ");
    EXPECT_DOUBLE_EQ(hello.cuts[1].directive.expression->intensity, 0.6);
    EXPECT_EQ(read("[Wave] Hi").shown, "Hi");
    EXPECT_EQ(read("Hi![wave]").shown, "Hi!");
    EXPECT_EQ(read("Bye. [wave]").shown, "Bye. ");
    EXPECT_EQ(read("[wave]\n[smile]\nHi").shown, "Hi");
    EXPECT_EQ(names(read("[wave][smile] [look at user] Hi")), "0:wave 0:happy 0:user ");
    EXPECT_EQ(read("One [sit_down] two").shown, "One two");
    EXPECT_DOUBLE_EQ(read("[wave slowly]").cuts.at(0).directive.action->speed, 0.6);
    EXPECT_EQ(read("你好[挥手]！").shown, "你好！");
}

TEST(DirectionParser, LeavesEverythingElseAlone) {
    for (const char* text : {"[wave](https://example.org)",
                             "[wave][ref] and [ref]: x",
                             "[wave]: https://example.org",
                             "![wave](a.png)",
                             "`[wave]`",
                             "``a ` [wave] b``",
                             "```\n[wave]\n```\nx",
                             "~~~\n[wave]\n~~~",
                             "    [wave]\n",
                             "\t[wave]",
                             "a[wave]",
                             "\\[wave]",
                             "[link][wave]",
                             "[1]",
                             "[x] done",
                             "- [ ] [todo]",
                             "[citation needed]",
                             "[wave",
                             "[",
                             "[]",
                             "[ ]",
                             "[wave wave wave wave wave wave wave wave wave]",
                             "[wave the flag]",
                             "[0.6]",
                             "[waver]",
                             "array[0]",
                             "[[wave]",
                             "`[wave"}) {
        EXPECT_EQ(read(text).shown, text);
        EXPECT_TRUE(read(text).cuts.empty()) << text;
    }
    EXPECT_EQ(read("`code` [wave] x").shown, "`code` x");
    EXPECT_EQ(read("```\nx\n```\n[wave] y").shown, "```\nx\n```\ny");
    EXPECT_EQ(read("a stray ` tick\n\n[wave] y").shown, "a stray ` tick\n\ny");
}

TEST(DirectionParser, EverySplitGivesTheSame) {
    const std::string text =
        "Hi [wave] you [smile 0.6]\n[look at user]\n`[wave]` [x](y) [wave](z) [si [sit down] "
        "[挥手] é [wave";
    const auto at_once = read(text, {text.size()});
    EXPECT_EQ(whole(at_once), text);
    for (std::size_t first = 0; first <= text.size(); ++first) {
        for (std::size_t second = 0; first + second <= text.size(); second += 3) {
            const auto split = read(text, {first, second, text.size()});
            ASSERT_EQ(split.shown, at_once.shown) << first << " " << second;
            ASSERT_EQ(names(split), names(at_once)) << first << " " << second;
        }
    }
}

TEST(DirectionParser, HoldsBackOnlyWhatCouldBeADirection) {
    EXPECT_EQ(read("a plain text without any bracket").most_held, 0u);
    EXPECT_LE(read("[the list of things] and [more]").most_held, 1u);
    EXPECT_LE(read("[sitting there]").most_held, 4u);
    EXPECT_LE(read("[wave slowly slowly slowly slowly slowly slowly slowly slowly]").most_held,
              DirectionParser::kMaxBytes);
}

TEST(DirectionParser, RandomTextIsNeverLostOrHeldLong) {
    const std::vector<std::string> pieces = {
        "[",   "]",   "(",        ")",    "wave",         "smile",  " ",    "0.6",
        "`",   "```", "\n",       "\\",   "look at user", ":",      "挥手", "\xE6",
        "~~~", "a",   "sit down", "    ", "[wave]",       "[smile]"};
    std::mt19937 random(7);
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        const auto count = random() % 14;
        for (unsigned i = 0; i < count; ++i) text += pieces[random() % pieces.size()];
        const auto at_once = read(text, {text.size()});
        const auto by_bytes = read(text);
        ASSERT_EQ(whole(at_once), text);
        ASSERT_EQ(by_bytes.shown, at_once.shown) << text;
        ASSERT_EQ(names(by_bytes), names(at_once)) << text;
        ASSERT_LE(by_bytes.most_held, DirectionParser::kMaxBytes + 1) << text;
    }
}

TEST(Words, AreLoweredAndBrokenAtPunctuation) {
    EXPECT_EQ(plain_words("Stéh ÄUF, don’t—go 0.6!"),
              (std::vector<std::string>{"stéh", "äuf", "don't", "go", "0.6"}));
    EXPECT_EQ(plain_words("挥手wave"), (std::vector<std::string>{"挥", "手", "wave"}));
    EXPECT_EQ(split_words("a, b. c").at(1).kind, WordKind::comma);
    EXPECT_EQ(split_words("a。b").at(1).kind, WordKind::full_stop);
    EXPECT_TRUE(split_words("\xFF\xC3").size() <= 1);
}

}  // namespace
}  // namespace body::text
