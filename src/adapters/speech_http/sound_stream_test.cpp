#include "adapters/speech_http/sound_stream.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace adapters::speech_http {
namespace {

std::string tone(int rate, double seconds) {
    media::Clip clip{rate, {}};
    for (int i = 0; i < static_cast<int>(rate * seconds); ++i) {
        clip.samples.push_back(static_cast<float>(0.5 * std::sin(2 * 3.14159265 * 440 * i / rate)));
    }
    const auto file = media::write_wav(clip).value();
    return {reinterpret_cast<const char*>(file.data()), file.size()};
}

struct Heard {
    base::Result<void> outcome;
    std::vector<float> samples;
};

Heard hear(std::string_view type, const std::vector<std::string_view>& pieces, int rate = 24'000) {
    auto stream = SoundStream::make(type, rate);
    if (!stream) return {base::fail(stream.error()), {}};
    Heard heard;
    for (const auto piece : pieces) {
        heard.outcome = stream->feed(piece, heard.samples);
        if (!heard.outcome) return heard;
    }
    heard.outcome = stream->finish(heard.samples);
    return heard;
}

std::vector<std::string_view> in_pieces(std::string_view bytes, std::size_t size) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < bytes.size(); at += size) out.push_back(bytes.substr(at, size));
    return out;
}

TEST(SoundStream, GivesTheSameSoundInEverySplit) {
    const std::string file = tone(32'000, 0.05);
    const auto whole = hear("audio/wav", {file});
    ASSERT_TRUE(whole.outcome) << whole.outcome.error().text();
    EXPECT_EQ(whole.samples.size(), 1'200U);
    for (const std::size_t size : {1U, 2U, 3U, 43U, 44U, 45U, 999U}) {
        const auto split = hear("audio/wav", in_pieces(file, size));
        ASSERT_TRUE(split.outcome);
        EXPECT_EQ(split.samples, whole.samples) << size;
    }
}

TEST(SoundStream, TakesAFileWhoseLengthIsOpen) {
    for (const char byte : {'\0', '\xFF'}) {
        std::string file = tone(24'000, 0.05);
        for (std::size_t at = 40; at < 44; ++at) file[at] = byte;
        const auto heard = hear("audio/x-wav", in_pieces(file, 100));
        ASSERT_TRUE(heard.outcome) << heard.outcome.error().text();
        EXPECT_EQ(heard.samples.size(), 1'200U);
    }
}

TEST(SoundStream, TakesPcmAtTheRateThatIsNamedOrSet) {
    const std::string bytes = tone(16'000, 0.1).substr(44);
    EXPECT_EQ(hear("audio/pcm;rate=16000", {bytes}).samples.size(), 2'400U);
    EXPECT_EQ(hear("application/octet-stream", {bytes}, 16'000).samples.size(), 2'400U);
    EXPECT_EQ(hear("", {bytes}, 16'000).samples.size(), 2'400U);
    EXPECT_EQ(hear("audio/pcm", {bytes}, 8'000).samples.size(), 4'800U);
}

TEST(SoundStream, LeavesOutHalfASampleAndWhatFollowsTheSound) {
    const std::string pcm = tone(24'000, 0.01).substr(44);
    EXPECT_EQ(hear("audio/pcm", {pcm + "x"}).samples, hear("audio/pcm", {pcm}).samples);
    const std::string file = tone(24'000, 0.01);
    const auto tagged =
        hear("audio/wav", in_pieces(file + std::string("LIST\x04\0\0\0tags", 12), 7));
    ASSERT_TRUE(tagged.outcome);
    EXPECT_EQ(tagged.samples.size(), 240U);
}

TEST(SoundStream, NoticesWhatWasCutOff) {
    const std::string file = tone(24'000, 0.01);
    for (std::size_t n = 0; n < file.size(); ++n) {
        const auto heard = hear("audio/wav", {std::string_view(file).substr(0, n)});
        ASSERT_FALSE(heard.outcome) << n;
        ASSERT_EQ(heard.outcome.error().code, base::ErrorCode::upstream) << n;
    }
    EXPECT_FALSE(hear("audio/pcm", {}).outcome);
}

TEST(SoundStream, RefusesWhatIsNoSound) {
    for (const auto* type : {"text/html", "application/json", "audio/mpeg", "audio/aac"}) {
        const auto stream = SoundStream::make(type, 24'000);
        ASSERT_FALSE(stream) << type;
        EXPECT_EQ(stream.error().code, base::ErrorCode::upstream);
        EXPECT_NE(stream.error().message.find(type), std::string::npos);
    }
    EXPECT_FALSE(hear("audio/wav", {"<!DOCTYPE html><title>x</title>"}).outcome);
    const std::string endless =
        "RIFF\xFF\xFF\xFF\xFFWAVEjunk\xFF\xFF\xFF\x7F" + std::string(70'000, 'x');
    EXPECT_FALSE(hear("audio/wav", in_pieces(endless, 5'000)).outcome);
    EXPECT_EQ(hear("audio/pcm", {"abcd"}, 22'051).outcome.error().code,
              base::ErrorCode::unsupported);
}

}  // namespace
}  // namespace adapters::speech_http
