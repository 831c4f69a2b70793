#include <gtest/gtest.h>

#include "protocol/codec.hpp"

namespace protocol {
namespace {

TEST(Codec, EventsCarryTypeAndSequence) {
    const Event event = ReplyDelta{"s", "t", "hello"};
    EXPECT_EQ(encode_text(event, 7),
              R"({"type":"reply.delta","seq":7,"session_id":"s","turn_id":"t","text":"hello"})");
    const auto back = decode_event(encode_text(event, 7));
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<ReplyDelta>(*back).text, "hello");
}

TEST(Codec, CommandsAreChecked) {
    const auto good =
        decode_command(R"({"type":"message.send","text":"hi","idempotency_key":"k","unknown":1})");
    ASSERT_TRUE(good);
    EXPECT_EQ(std::get<SendMessage>(*good).idempotency_key, "k");
    const auto missing = decode_command(R"({"type":"message.send","text":"hi"})");
    EXPECT_EQ(missing.error().message, "`idempotency_key` is missing");
    const auto wrong = decode_command(R"({"type":"mesage.send"})");
    EXPECT_EQ(wrong.error().hint, "did you mean \"message.send\"?");
    EXPECT_FALSE(decode_command("[]"));
    EXPECT_FALSE(decode_command("nonsense"));
}

}  // namespace
}  // namespace protocol
