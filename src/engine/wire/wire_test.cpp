#include <gtest/gtest.h>

#include "engine/wire/frame.hpp"
#include "engine/wire/messages.hpp"
#include "engine/wire/speech.hpp"

namespace engine::wire {
namespace {

std::string two_frames() {
    std::string out = preamble();
    append_frame(out, FrameType::text, 7, "h\xc3\xa4llo");
    append_frame(out, FrameType::cancel, 4'000'000'000u, "");
    return out;
}

TEST(Decoder, GivesTheSameFramesAtEverySplit) {
    const std::string bytes = two_frames();
    for (std::size_t a = 0; a <= bytes.size(); ++a) {
        for (std::size_t b = a; b <= bytes.size(); ++b) {
            Decoder decoder;
            std::vector<Frame> frames;
            for (const auto part :
                 {std::string_view(bytes).substr(0, a), std::string_view(bytes).substr(a, b - a),
                  std::string_view(bytes).substr(b)}) {
                decoder.feed(part);
                for (;;) {
                    auto frame = decoder.next();
                    ASSERT_TRUE(frame) << frame.error().text();
                    if (!*frame) break;
                    frames.push_back(std::move(**frame));
                }
            }
            ASSERT_EQ(frames.size(), 2u);
            EXPECT_EQ(frames[0].type, FrameType::text);
            EXPECT_EQ(frames[0].id, 7u);
            EXPECT_EQ(frames[0].payload, "h\xc3\xa4llo");
            EXPECT_EQ(frames[1].type, FrameType::cancel);
            EXPECT_EQ(frames[1].id, 4'000'000'000u);
        }
    }
}

TEST(Decoder, RefusesWhatIsNotTheProtocolAndStaysBroken) {
    Decoder other;
    other.feed("GET / HTTP/1.1\r\n");
    EXPECT_EQ(other.next().error().code, base::ErrorCode::corrupt);
    other.feed(two_frames());
    EXPECT_EQ(other.next().error().code, base::ErrorCode::corrupt);

    Decoder newer;
    std::string hello = preamble();
    hello[6] = 9;
    newer.feed(hello);
    EXPECT_EQ(newer.next().error().code, base::ErrorCode::unsupported);

    Decoder huge;
    std::string bytes = preamble();
    append_u32(bytes, kMaxPayload + 1);
    bytes += std::string(5, '\0');
    huge.feed(bytes);
    EXPECT_EQ(huge.next().error().code, base::ErrorCode::too_large);

    Decoder unknown;
    bytes = preamble();
    append_u32(bytes, 0);
    bytes += "\x63";
    append_u32(bytes, 1);
    unknown.feed(bytes);
    EXPECT_EQ(unknown.next().error().code, base::ErrorCode::corrupt);
}

TEST(Messages, ErrorsKeepTheirCodeHintAndDetailsAcrossTheBorder) {
    const auto error = base::make_error(base::ErrorCode::out_of_memory, "does not fit", "close it")
                           .with("needed", "3 GB");
    const auto parsed = parse<Failure>(write(to_failure(error)));
    ASSERT_TRUE(parsed);
    const auto back = to_error(*parsed);
    EXPECT_EQ(back.code, error.code);
    EXPECT_EQ(back.message, error.message);
    EXPECT_EQ(back.hint, error.hint);
    EXPECT_EQ(back.details, error.details);
}

TEST(Messages, ChatKeepsAbsentSamplingAbsent) {
    Chat chat;
    chat.model = "m";
    chat.temperature = 0.0;
    const auto back = parse<Chat>(write(chat));
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(back->temperature, 0.0);
    EXPECT_FALSE(back->top_p);
    EXPECT_FALSE(back->seed);
}

TEST(Vectors, RoundTripAndRefusePartialRows) {
    const std::vector<std::vector<float>> rows{{1.0f, -2.5f, 0.0f}, {3.0f, 4.0f, 5.5f}};
    const auto bytes = write_vectors(rows);
    const auto back = parse_vectors(bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, rows);
    EXPECT_FALSE(parse_vectors(bytes.substr(0, bytes.size() - 1)));
    EXPECT_FALSE(parse_vectors(bytes.substr(0, 3)));
    std::string zero(8, '\0');
    EXPECT_FALSE(parse_vectors(zero));
}

TEST(Sound, RoundTripAndRefusesWhatDoesNotFit) {
    Segment segment;
    segment.index = 3;
    segment.sample_rate = 22'050;
    segment.text = "Hi.";
    segment.words = {{"Hi.", 10, 200, 1}};
    segment.samples = {0, 1, -1, 32767, -32768};
    const auto bytes = write_sound(segment);
    const auto back = parse_sound<Segment>(bytes);
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(back->samples, segment.samples);
    EXPECT_EQ(back->words[0].dur_ms, 200);
    EXPECT_FALSE(parse_sound<Segment>(bytes.substr(0, bytes.size() - 1))) << "half a sample";
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const auto cut = parse_sound<Segment>(bytes.substr(0, length));
        if (cut) EXPECT_LT(cut->samples.size(), segment.samples.size());
    }
    EXPECT_FALSE(parse_sound<Segment>("\xff\xff\xff\xff{}"));
    const auto silent = parse_request<Judge>(join_sound(R"({"model": "t"})", {}));
    ASSERT_TRUE(silent);
    EXPECT_TRUE(silent->samples.empty());
    EXPECT_TRUE(parse_request<Load>(R"({"model": "t"})"));
}

}  // namespace
}  // namespace engine::wire
