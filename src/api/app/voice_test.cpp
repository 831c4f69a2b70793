// The parts of the voice socket that need no server: which tab speaks, what frames look like.
#include <gtest/gtest.h>

#include "api/app/speech_desk.hpp"
#include "api/app/voice_frames.hpp"
#include "api/app/voice_tabs.hpp"
#include "protocol/codec.hpp"
#include "protocol/voice_codec.hpp"

namespace app {
namespace {

struct Heard {
    std::vector<std::string> tabs;
    VoiceTabs::Listener listener() {
        return [this](const std::string& tab) { tabs.push_back(tab); };
    }
};

TEST(VoiceTabsTest, ExactlyOneTabSpeaks) {
    VoiceTabs tabs;
    Heard a, b, c;
    const auto one = tabs.enter("a", a.listener());
    const auto two = tabs.enter("b", b.listener());
    const auto three = tabs.enter("c", c.listener());
    EXPECT_TRUE(tabs.speaks(one));
    EXPECT_FALSE(tabs.speaks(two));
    tabs.claim(two);
    EXPECT_EQ(tabs.speaking(), "b");
    EXPECT_FALSE(tabs.speaks(one));
    tabs.claim(two);
    EXPECT_EQ(a.tabs, std::vector<std::string>{"b"}) << "told once";
    tabs.leave(two);
    EXPECT_EQ(tabs.speaking(), "a") << "that claimed it before";
    tabs.leave(one);
    EXPECT_TRUE(tabs.speaks(three));
    tabs.leave(three);
    EXPECT_EQ(tabs.speaking(), "");
    EXPECT_EQ(c.tabs, (std::vector<std::string>{"b", "a", "c"}));
}

TEST(VoiceTabsTest, ATabThatComesBackGoesOnSpeaking) {
    VoiceTabs tabs;
    Heard heard;
    const auto one = tabs.enter("a", heard.listener());
    static_cast<void>(tabs.enter("b", heard.listener()));
    const auto again = tabs.enter("a", heard.listener());
    tabs.leave(one);  // its old socket is found dead later
    EXPECT_TRUE(tabs.speaks(again));
    tabs.leave(one);
    EXPECT_TRUE(tabs.speaks(again));
}

class StillDesk final : public SpeechDesk {
public:
    using SpeechDesk::tell_watchers;
    voice::SpeechEngines engines() override { return {}; }
    voice::ConversationSettings defaults() const override { return {}; }
    std::vector<protocol::VoiceCard> voices() const override { return {}; }
    bool voice_chosen() const override { return false; }
    std::vector<protocol::VoiceLack> lacks() const override { return {}; }
    async::Task<base::Result<void>> prewarm(std::string, std::stop_token) override {
        co_return base::Result<void>{};
    }
    WakeSettings wake() const override { return {}; }
};

TEST(SpeechDeskTest, TalksAreToldOfChangesUntilTheyEnd) {
    StillDesk desk;
    int one = 0;
    int two = 0;
    SpeechDesk::Watch second;
    auto first = desk.watch([&] {
        ++one;
        second.reset();  // ends the other while they are told
    });
    second = desk.watch([&] { ++two; });
    desk.tell_watchers();
    EXPECT_EQ(one, 1);
    EXPECT_EQ(two, 0);
    first.reset();
    desk.tell_watchers();
    EXPECT_EQ(one, 1);
}

TEST(VoiceFramesTest, AudioHasAHeaderAndLittleEndianSamples) {
    const auto bytes = to_bytes({7, 2, 0x01020304, {1, -2, 0x1234}});
    ASSERT_EQ(bytes.size(), 18U);
    const std::string expected("\x07\0\0\0\x02\0\0\0\x04\x03\x02\x01\x01\0\xFE\xFF\x34\x12", 18);
    EXPECT_EQ(bytes, expected);
    const auto samples = from_bytes(std::string_view(bytes).substr(12));
    ASSERT_TRUE(samples);
    ASSERT_EQ(samples->size(), 3U);
    EXPECT_FLOAT_EQ((*samples)[1], -2.0F / 32768.0F);
    EXPECT_FALSE(from_bytes("abc"));
    EXPECT_EQ(from_bytes("")->size(), 0U);
}

TEST(VoiceFramesTest, WhatHappensIsToldInTheProtocolsWords) {
    namespace event = voice::event;
    const auto text = [](const event::Any& what) {
        const auto frame = to_frame(voice::Time{1'234}, what, 24'000);
        return frame ? protocol::encode_text(*frame) : std::string();
    };
    EXPECT_EQ(text(event::SpeechStarted{3, voice::Time{900}}),
              R"({"type":"voice.speech_started","turn":3,"t_ms":1234})");
    EXPECT_EQ(text(event::Resumed{2, voice::Time{20}, voice::ResumeReason::own_voice}),
              R"({"type":"voice.resume","response":2,"reason":"own_voice"})");
    EXPECT_EQ(text(event::Cancelled{2, voice::Time{20}, event::CancelCause::asked}),
              R"({"type":"voice.cancel","response":2,"reason":"button"})");
    EXPECT_EQ(text(event::StateChanged{event::State::interrupted}),
              R"({"type":"voice.state","state":"interrupted","t_ms":1234})");
    event::Segment segment;
    segment.response = 1;
    segment.spoken = "Hi there.";
    segment.first = 24'000;
    segment.length = 12'000;
    segment.words = {{"Hi", 0, 200}};
    segment.phonemes = {{"h", 0, 80}};
    segment.exact = true;
    EXPECT_EQ(text(segment),
              R"({"type":"voice.segment","response":1,"segment":0,"text":"Hi there.","t_ms":1000,)"
              R"("dur_ms":500,"words":[{"text":"Hi","t_ms":0,"dur_ms":200}],)"
              R"("phonemes":[{"ipa":"h","t_ms":0,"dur_ms":80}],"exact":true})");
    EXPECT_EQ(text(event::ResponseText{1, "not for this socket"}), "");
}

TEST(VoiceFramesTest, TheWordsOfASegmentHaveTheirPlacesInTheShownReply) {
    WrittenReply reply;
    reply.add("Grüß dich 😊, ");
    reply.add("Ada. Bye.");
    voice::event::Segment segment;
    // Bytes; ü and ß take two, the emoji four, but two units of UTF-16.
    segment.places = {{{0, 6}, 0, 100}, {{7, 11}, 2'400, 300}, {{18, 22}, 12'000, 400}};
    const auto marks = reply.marks(segment, 24'000);
    ASSERT_EQ(marks.size(), 3U);
    EXPECT_EQ(marks[1].offset, 5);
    EXPECT_EQ(marks[1].t_ms, 100);
    EXPECT_EQ(marks[2].offset, 14);
    EXPECT_EQ(marks[2].t_ms, 500);
    segment.places = {{{23, 27}, 0, 100}, {{4, 5}, 0, 1}, {{9'999, 10'000}, 0, 1}};
    const auto more = reply.marks(segment, 24'000);
    ASSERT_EQ(more.size(), 2U) << "never back, never beyond the text";
    EXPECT_EQ(more[0].offset, 19);
    EXPECT_EQ(more[1].offset, 23);
    reply.restart();
    reply.add("No.");
    segment.places = {{{0, 3}, 0, 100}};
    EXPECT_EQ(reply.marks(segment, 24'000).at(0).offset, 0);
}

TEST(VoiceFramesTest, CommandsAreReadAndFaultsNamed) {
    const auto played =
        protocol::decode_voice_command(R"({"type":"voice.played","response":2,"played_ms":300})");
    ASSERT_TRUE(played);
    EXPECT_EQ(std::get<protocol::VoicePlayed>(*played).played_ms, 300);
    const auto wrong = protocol::decode_voice_command(R"({"type":"voice.talk","down":"yes"})");
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().message.find("down"), std::string::npos) << wrong.error().message;
    const auto unknown = protocol::decode_voice_command(R"({"type":"voice.tlak"})");
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().hint.find("voice.talk"), std::string::npos);
}

}  // namespace
}  // namespace app
