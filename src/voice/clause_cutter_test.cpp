#include "voice/clause_cutter.hpp"

#include <random>

#include <gtest/gtest.h>

namespace voice {
namespace {

using Texts = std::vector<std::string>;

std::vector<Piece> cut_all(std::string_view text) {
    ClauseCutter cutter;
    auto pieces = cutter.feed(text);
    auto rest = cutter.finish();
    pieces.insert(pieces.end(), rest.begin(), rest.end());
    return pieces;
}

Texts spoken(std::string_view text) {
    Texts out;
    for (const auto& piece : cut_all(text)) out.push_back(piece.spoken);
    return out;
}

TEST(ClauseCutter, TheFirstPieceIsAClauseAndLaterOnesGrowToSentences) {
    EXPECT_EQ(
        spoken("Well of course, I can tell you about the weather in Berlin, which is mild, and "
               "about the one in Rome. It is warm, sunny, dry, and there is hardly any wind at "
               "all. Bye for now."),
        (Texts{"Well of course,", "I can tell you about the weather in Berlin,",
               "which is mild, and about the one in Rome.",
               "It is warm, sunny, dry, and there is hardly any wind at all.", "Bye for now."}));
}

TEST(ClauseCutter, ALongStartIsCutBeforeAConjunction) {
    EXPECT_EQ(
        spoken("The train to Hamburg leaves at nine because the line is closed until noon."),
        (Texts{"The train to Hamburg leaves at nine", "because the line is closed until noon."}));
    EXPECT_EQ(
        spoken("Der Zug nach Hamburg fährt später weil die Strecke bis Mittag gesperrt ist."),
        (Texts{"Der Zug nach Hamburg fährt später", "weil die Strecke bis Mittag gesperrt ist."}));
}

TEST(ClauseCutter, VeryShortSentencesJoinTheNext) {
    EXPECT_EQ(spoken("Hi! I am Nook. How are you today?"),
              (Texts{"Hi! I am Nook.", "How are you today?"}));
    EXPECT_EQ(spoken("Of course! Let us begin now."), (Texts{"Of course!", "Let us begin now."}));
}

TEST(ClauseCutter, FullStopsThatEndNothing) {
    const std::string_view whole[] = {
        "I met Dr. Smith and Mrs. Jones at St. Mary today.",
        "It costs 3.50 euros or 1,000 yen at 10:30 today.",
        "Use tools, e.g. Hammers.",
        "Das gilt z. B. Dienstags.",
        "Das gilt d.h. Morgen.",
        "Er kommt am 3. Mai zu uns.",
        "Nach dem 2. Weltkrieg begann es.",
        "See No. 5 and Fig. 3 there.",
        "J. R. R. Tolkien wrote it.",
        "It was approx. five of them.",
        "Look at example.com tomorrow.",
        "On 12.11.2026 we meet.",
        "Version 2.0.1 is out.",
    };
    for (const auto text : whole) {
        const auto pieces = spoken(text);
        std::string joined;
        for (const auto& piece : pieces) joined += (joined.empty() ? "" : " ") + piece;
        EXPECT_EQ(joined, text);
        for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
            EXPECT_NE(pieces[i].back(), '.') << text << " was cut after: " << pieces[i];
        }
    }
}

TEST(ClauseCutter, FullStopsThatEndASentence) {
    EXPECT_EQ(spoken("That was in 1990. Then it ended for good."),
              (Texts{"That was in 1990.", "Then it ended for good."}));
    EXPECT_EQ(spoken("You asked if he said \"no.\" He did say so."),
              (Texts{"You asked if he said \"no.\"", "He did say so."}));
    EXPECT_EQ(spoken("Are you really sure?! I am quite sure."),
              (Texts{"Are you really sure?!", "I am quite sure."}));
    EXPECT_EQ(spoken("This line has an end\nThis one has it too"),
              (Texts{"This line has an end", "This one has it too"}));
}

TEST(ClauseCutter, ChineseAndJapaneseAreCutAtTheirOwnMarks) {
    EXPECT_EQ(spoken("当然可以，我来告诉你今天北京的天气情况，晴天为主，气温二十度。明天会下雨！"),
              (Texts{"当然可以，我来告诉你今天北京的天气情况，", "晴天为主，气温二十度。",
                     "明天会下雨！"}));
    EXPECT_EQ(spoken("我今天很高兴，你呢？我们去公园吧。"),
              (Texts{"我今天很高兴，", "你呢？我们去公园吧。"}));
    EXPECT_EQ(spoken("你好！他说：“我来了。”然后他走了。").back(), "然后他走了。");
    EXPECT_EQ(spoken("これは本です。それはペンです。"),
              (Texts{"これは本です。", "それはペンです。"}));
}

TEST(ClauseCutter, MarkdownIsNotReadAloud) {
    EXPECT_EQ(spoken("# Big news\nThis is **very** _important_ and `code` too."),
              (Texts{"Big news", "This is very important and code too."}));
    EXPECT_EQ(spoken("Read [the manual](https://example.com/a) first please."),
              (Texts{"Read the manual first please."}));
    EXPECT_EQ(spoken("See ![a chart](x.png) and <b>bold</b> text[1] there."),
              (Texts{"See a chart and bold text there."}));
    EXPECT_EQ(spoken("Call snake_case_name now, 2 * 3 is 6 and 2*3 too."),
              (Texts{"Call snake case name now,", "2 × 3 is 6 and 2×3 too."}));
    EXPECT_EQ(spoken("Hello there 😀👍🏽 my friend ❤️ again."),
              (Texts{"Hello there my friend again."}));
    EXPECT_EQ(spoken("> Quoted words are said."), (Texts{"Quoted words are said."}));
    EXPECT_EQ(spoken("It is ~~not~~ \\*really\\* ~5 degrees."),
              (Texts{"It is not *really* ~5 degrees."}));
}

TEST(ClauseCutter, CodeIsLeftOutAndWhatFollowsIsSaid) {
    EXPECT_EQ(spoken("Run this command:\n```bash\nrm -rf build. Really!\n```\nThen start again."),
              (Texts{"Run this command:", "Then start again."}));
    EXPECT_EQ(spoken("```\nnever closed, never said"), Texts{});
}

TEST(ClauseCutter, ListsBecomeOnePieceForEachItem) {
    EXPECT_EQ(spoken("You need:\n- two eggs\n- some milk\n* flour\n\n1. Mix it\n2. Bake it\n"),
              (Texts{"You need:", "two eggs", "some milk", "flour", "1 Mix it", "2 Bake it"}));
}

TEST(ClauseCutter, OfAWebAddressTheHostIsSaid) {
    EXPECT_EQ(spoken("Look at https://www.example.com/path/file.html?x=1. It is good."),
              (Texts{"Look at example.com.", "It is good."}));
    EXPECT_EQ(spoken("Go to <http://a.example/b> now, then rest."),
              (Texts{"Go to a.example now,", "then rest."}));
}

TEST(ClauseCutter, NothingButMarksIsNoPiece) {
    EXPECT_EQ(spoken("... --- !!! \n\n***\n\n😀"), Texts{});
    EXPECT_EQ(spoken("---\nHello to you all.\n---\n"), (Texts{"Hello to you all."}));
    EXPECT_EQ(spoken(""), Texts{});
}

TEST(ClauseCutter, StageDirectionsAreReportedWhereTheyHappen) {
    const auto pieces = cut_all("[wave] Hello my friend, [smile: 0.5] how have you been? [nod]");
    ASSERT_EQ(pieces.size(), 3U);
    EXPECT_EQ(pieces[0].spoken, "Hello my friend,");
    ASSERT_EQ(pieces[0].directions.size(), 1U);
    EXPECT_EQ(pieces[0].directions[0].name, "wave");
    EXPECT_EQ(pieces[0].directions[0].spoken_at, 0U);
    EXPECT_EQ(pieces[0].directions[0].original, (Span{0, 6}));
    ASSERT_EQ(pieces[1].directions.size(), 1U);
    EXPECT_EQ(pieces[1].directions[0].name, "smile: 0.5");
    EXPECT_EQ(pieces[1].spoken, "how have you been?");
    EXPECT_EQ(pieces[2].spoken, "");
    EXPECT_EQ(pieces[2].directions[0].name, "nod");

    const auto inside = cut_all("I am so [laugh] happy today.");
    ASSERT_EQ(inside.size(), 1U);
    EXPECT_EQ(inside[0].spoken, "I am so happy today.");
    EXPECT_EQ(inside[0].directions[0].spoken_at, 8U);
    EXPECT_EQ(spoken("The [Quick Brown] fox runs."), (Texts{"The Quick Brown fox runs."}));
    EXPECT_EQ(spoken("An open [bracket never ends"), (Texts{"An open bracket never ends"}));
}

TEST(ClauseCutter, ThePieceComesAsSoonAsItIsCertain) {
    ClauseCutter cutter;
    EXPECT_TRUE(cutter.feed("Well of course,").empty());
    EXPECT_EQ(cutter.feed(" ").size(), 1U);
    ClauseCutter stop;
    EXPECT_TRUE(stop.feed("We met Dr. Who there. ").empty());
    EXPECT_EQ(stop.feed("H").size(), 1U);
    ClauseCutter question;
    EXPECT_TRUE(question.feed("How are you?").empty());
    EXPECT_EQ(question.feed(" ").size(), 1U);
    ClauseCutter wide;
    EXPECT_TRUE(wide.feed("你好吗朋友？").empty());
    EXPECT_EQ(wide.feed("我").size(), 1U);
}

TEST(ClauseCutter, EndlessTextIsCutBetweenWords) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "word ";
    const auto pieces = cut_all(text);
    EXPECT_GT(pieces.size(), 4U);
    for (const auto& piece : pieces) {
        EXPECT_LE(piece.spoken.size(), 201U);
        EXPECT_TRUE(piece.spoken.starts_with("word") && piece.spoken.ends_with("word"));
    }
    for (const auto& piece : cut_all(std::string(1'000, 'x'))) EXPECT_LE(piece.spoken.size(), 201U);
}

TEST(ClauseCutter, EachWordKnowsWhereItWasWritten) {
    const std::string text = "Oh **really**, see [the docs](http://x.example) – 你好。";
    const auto pieces = cut_all(text);
    Texts words;
    Texts written;
    for (const auto& piece : pieces) {
        for (const auto& word : piece.words) {
            words.push_back(
                piece.spoken.substr(word.spoken.begin, word.spoken.end - word.spoken.begin));
            written.push_back(
                text.substr(word.original.begin, word.original.end - word.original.begin));
        }
    }
    EXPECT_EQ(words, (Texts{"Oh", "really,", "see", "the", "docs –", "你", "好。"}));
    EXPECT_EQ(written,
              (Texts{"Oh", "really**,", "see", "the", "docs](http://x.example) –", "你", "好。"}));
}

const Texts kBits = {"Hello",
                     " ",
                     " ",
                     " ",
                     ", ",
                     ". ",
                     "!",
                     "?",
                     "\n",
                     "\n\n",
                     "- ",
                     "1. ",
                     "**",
                     "_",
                     "`",
                     "```",
                     "[wave]",
                     "[",
                     "]",
                     "(",
                     ")",
                     "Dr. ",
                     "3.5",
                     "z. B. ",
                     "你好",
                     "。",
                     "，",
                     "😀",
                     "https://a.b/c",
                     "www.",
                     "h",
                     "ttp",
                     "# ",
                     "and ",
                     "weil ",
                     "\xE4",
                     "\xF0\x9F",
                     "…",
                     "\"",
                     "”",
                     "—",
                     "<b>",
                     "<",
                     ">",
                     "|",
                     "\\",
                     "word ",
                     "ä",
                     "~~",
                     "~",
                     "!",
                     "[a](b)",
                     "•",
                     "• ",
                     "*",
                     "x",
                     "Ende",
                     " is "};

TEST(ClauseCutter, AnOpeningQuotationMarkBelongsToTheNextWord) {
    const auto pieces = cut_all("He said \"no way\" twice.");
    ASSERT_EQ(pieces.size(), 1U);
    ASSERT_EQ(pieces[0].words.size(), 5U);
    EXPECT_EQ(pieces[0].words[1].original, (Span{3, 7}));
    EXPECT_EQ(pieces[0].words[2].original, (Span{8, 11}));
    EXPECT_EQ(pieces[0].words[3].original, (Span{12, 16}));
}

std::string random_text(std::mt19937& random) {
    std::string text;
    for (std::size_t i = 0, count = random() % 60; i < count; ++i)
        text += kBits[random() % kBits.size()];
    return text;
}

bool same(const std::vector<Piece>& a, const std::vector<Piece>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].spoken != b[i].spoken || a[i].original != b[i].original || a[i].index != i ||
            a[i].words.size() != b[i].words.size() ||
            a[i].directions.size() != b[i].directions.size()) {
            return false;
        }
    }
    return true;
}

TEST(ClauseCutter, EverySplitOfTheBytesGivesTheSamePieces) {
    std::mt19937 random(11);
    for (int round = 0; round < 3'000; ++round) {
        const std::string text = random_text(random);
        const auto whole = cut_all(text);
        ClauseCutter cutter;
        std::vector<Piece> split;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t size = 1 + random() % 7;
            for (auto& piece : cutter.feed(std::string_view(text).substr(at, size))) {
                split.push_back(std::move(piece));
            }
            at += size;
        }
        for (auto& piece : cutter.finish()) split.push_back(std::move(piece));
        ASSERT_TRUE(same(whole, split)) << text;

        std::size_t end = 0;
        for (const auto& piece : whole) {
            if (piece.spoken.empty()) continue;
            ASSERT_GE(piece.original.begin, end) << text;
            ASSERT_LE(piece.original.end, text.size()) << text;
            ASSERT_FALSE(piece.words.empty()) << text;
            end = piece.original.end;
        }
    }
}

}  // namespace
}  // namespace voice
