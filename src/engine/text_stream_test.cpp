#include <gtest/gtest.h>

#include "engine/text_stream.hpp"

namespace engine {
namespace {

std::string run(TextStream& stream, std::initializer_list<const char*> pieces) {
    std::string out;
    for (const char* piece : pieces) out += stream.feed(piece);
    return out + stream.finish();
}

TEST(TextStream, NeverSendsHalfACharacter) {
    TextStream stream({});
    EXPECT_EQ(stream.feed("a\xf0\x9f"), "a");
    EXPECT_EQ(stream.feed("\x98"), "");
    EXPECT_EQ(stream.feed("\x80!"), "\xf0\x9f\x98\x80!");
}

TEST(TextStream, BytesThatAreNoTextBecomeReplacementCharacters) {
    TextStream stream({});
    EXPECT_EQ(run(stream, {"x\xff", "y", "\xe2\x82"}), "x\xef\xbf\xbdy\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(TextStream, FindsAStopSequenceAtEverySplit) {
    const std::string whole = "Hello there\nPerson: what";
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        for (std::size_t cut2 = cut; cut2 <= whole.size(); ++cut2) {
            TextStream stream({"\nPerson:", "END"});
            std::string out = stream.feed(whole.substr(0, cut));
            out += stream.feed(whole.substr(cut, cut2 - cut));
            out += stream.feed(whole.substr(cut2));
            out += stream.finish();
            ASSERT_EQ(out, "Hello there") << cut << " " << cut2;
            ASSERT_TRUE(stream.stopped());
        }
    }
}

TEST(TextStream, HoldsBackOnlyWhatMayBecomeAStop) {
    TextStream stream({"\nPerson:"});
    EXPECT_EQ(stream.feed("Hi.\nPer"), "Hi.");
    EXPECT_EQ(stream.feed("haps."), "\nPerhaps.");
    EXPECT_EQ(stream.feed("\n"), "");
    EXPECT_EQ(stream.finish(), "\n");
    EXPECT_FALSE(stream.stopped());
}

TEST(TextStream, TheEarliestOfSeveralStopsWins) {
    TextStream stream({"two", "one"});
    EXPECT_EQ(run(stream, {"zero one two"}), "zero ");
}

}  // namespace
}  // namespace engine
