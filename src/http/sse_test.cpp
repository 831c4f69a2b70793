#include "http/sse.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace http {
namespace {

using Events = std::vector<std::string>;

struct Collector {
    Events events;
    bool operator()(const SseEvent& event) {
        events.push_back(event.event + "|" + event.data + "|" + event.id);
        return true;
    }
};

Events parse(std::string_view text) {
    SseParser parser;
    Collector collector;
    const auto fed = parser.feed(text, std::ref(collector));
    EXPECT_TRUE(fed);
    return collector.events;
}

constexpr std::string_view kSample =
    "\xEF\xBB\xBF: a comment\r\n"
    "event: first\r\n"
    "data: one\r\n"
    "data:two\r"
    "id: 7\n"
    "\n"
    "data\n"
    "\r\n"
    "event: dropped, it has no data\n"
    "\n"
    "retry: 100\n"
    "unknown: x\n"
    "data:  spaced\n\n"
    "data: cut by the end\n";

const Events kExpected = {"first|one\ntwo|7", "message||7", "message| spaced|7"};

TEST(SseParser, ReadsFieldsCommentsAndAllLineEnds) {
    EXPECT_EQ(parse(kSample), kExpected);
}

TEST(SseParser, GivesTheSameEventsForEverySplitIntoThree) {
    for (std::size_t a = 0; a <= kSample.size(); ++a) {
        for (std::size_t b = a; b <= kSample.size(); ++b) {
            SseParser parser;
            Collector collector;
            for (const auto piece :
                 {kSample.substr(0, a), kSample.substr(a, b - a), kSample.substr(b)}) {
                ASSERT_TRUE(parser.feed(piece, std::ref(collector)));
            }
            ASSERT_EQ(collector.events, kExpected) << a << " " << b;
        }
    }
}

TEST(SseParser, ReadsByteByByte) {
    SseParser parser;
    Collector collector;
    for (const char& c : kSample) ASSERT_TRUE(parser.feed({&c, 1}, std::ref(collector)));
    EXPECT_EQ(collector.events, kExpected);
}

TEST(SseParser, StopsWhenTheReaderSaysSo) {
    SseParser parser;
    int seen = 0;
    const auto once = [&](const SseEvent&) { return ++seen < 1; };
    ASSERT_TRUE(parser.feed("data: a\n\ndata: b\n\n", once));
    ASSERT_TRUE(parser.feed("data: c\n\n", once));
    EXPECT_EQ(seen, 1);
}

TEST(SseParser, RefusesAnEventOverTheLimitHoweverItIsCut) {
    SseParser one_line(100);
    Collector ignored;
    EXPECT_EQ(one_line.feed("data: " + std::string(200, 'x'), std::ref(ignored)).error().code,
              base::ErrorCode::too_large);
    SseParser many_lines(100);
    base::Result<void> fed;
    for (int i = 0; i < 50 && fed; ++i) fed = many_lines.feed("data: abcdef\n", std::ref(ignored));
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().code, base::ErrorCode::too_large);
    EXPECT_TRUE(ignored.events.empty());
}

TEST(SseParser, IgnoresAnIdWithAZeroByte) {
    EXPECT_EQ(parse(std::string_view("id: a\0b\ndata: x\n\n", 17)), Events{"message|x|"});
}

TEST(FormatSse, IsReadBackByTheParser) {
    EXPECT_EQ(parse(format_sse("tick", "a\nb\r\nc\rd")), Events{"tick|a\nb\nc\nd|"});
    EXPECT_EQ(parse(format_sse("", "")), Events{"message||"});
    EXPECT_EQ(parse(format_sse("a\ndata: forged", "x")), Events{"adata: forged|x|"});
    EXPECT_EQ(parse(format_sse("", "ends with a break\n")), Events{"message|ends with a break\n|"});
}

}  // namespace
}  // namespace http
