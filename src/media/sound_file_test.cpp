#include "media/sound_file.hpp"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "media/levels.hpp"

namespace media {
namespace {

constexpr int kRate = 24'000;
constexpr std::chrono::seconds kMinute{60};

std::vector<float> tone(double hz, int ms) {
    std::vector<float> out(static_cast<std::size_t>(kRate * ms / 1000));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = 0.5F * static_cast<float>(
                            std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / kRate));
    }
    return out;
}

// Cycles a second, by counting where the sign changes.
double pitch(std::span<const float> samples, int rate) {
    int changes = 0;
    for (std::size_t i = 1; i < samples.size(); ++i) {
        if ((samples[i - 1] < 0) != (samples[i] < 0)) ++changes;
    }
    return changes * static_cast<double>(rate) / (2.0 * static_cast<double>(samples.size()));
}

std::vector<std::byte> written(SoundFormat format, std::span<const float> samples,
                               std::size_t piece) {
    auto writer = SoundWriter::make(format, kRate);
    EXPECT_TRUE(writer);
    std::vector<std::byte> file;
    const auto add = [&](const base::Result<std::vector<std::byte>>& bytes) {
        ASSERT_TRUE(bytes) << bytes.error().text();
        file.insert(file.end(), bytes->begin(), bytes->end());
    };
    for (std::size_t at = 0; at < samples.size(); at += piece) {
        add(writer->write(samples.subspan(at, std::min(piece, samples.size() - at))));
    }
    add(writer->finish());
    return file;
}

class Formats : public ::testing::TestWithParam<SoundFormat> {};

TEST_P(Formats, WhatIsWrittenPieceByPieceIsReadAgain) {
    const auto sound = tone(440, 1'500);
    const auto file = written(GetParam(), sound, 1'111);
    const auto clip = read_sound(file, 16'000, kMinute);
    ASSERT_TRUE(clip) << clip.error().text();
    EXPECT_EQ(clip->rate_hz, 16'000);
    EXPECT_NEAR(static_cast<double>(clip->samples.size()) / 16'000, 1.5, 0.12);
    ASSERT_GT(clip->samples.size(), 20'000U);
    const auto middle = std::span(clip->samples).subspan(8'000, 8'000);
    EXPECT_NEAR(pitch(middle, 16'000), 440, 5);
    EXPECT_NEAR(measure(middle).rms_dbfs, -9, 1);
}

TEST_P(Formats, ACutFileIsReadAsFarAsItGoesOrRefused) {
    auto file = written(GetParam(), tone(440, 1'500), 4'800);
    for (const std::size_t size :
         {file.size() - 1, file.size() / 2, std::size_t{40}, std::size_t{5}}) {
        const auto clip = read_sound(std::span(file).first(size), 16'000, kMinute);
        if (clip) EXPECT_LE(clip->samples.size(), 26'000U);
    }
}

INSTANTIATE_TEST_SUITE_P(SoundFile, Formats,
                         ::testing::Values(SoundFormat::mp3, SoundFormat::flac, SoundFormat::opus,
                                           SoundFormat::wav),
                         [](const auto& info) {
                             return std::string(media_type(info.param).substr(6));
                         });

// Loud and silent parts would be frames of different size, and a reader without a summary at the
// front would guess the length from the first ones.
TEST(SoundFile, AnMp3InPiecesIsReadToItsEnd) {
    std::vector<float> sound;
    for (int part = 0; part < 6; ++part) {
        auto piece = tone(440, 1'000);
        if (part % 2 == 0) piece.assign(piece.size(), 0.0F);
        sound.insert(sound.end(), piece.begin(), piece.end());
    }
    const auto clip = read_sound(written(SoundFormat::mp3, sound, 24'000), 16'000, kMinute);
    ASSERT_TRUE(clip) << clip.error().text();
    EXPECT_NEAR(static_cast<double>(clip->samples.size()) / 16'000, 6, 0.15);
}

TEST(SoundFile, SomeBytesComeBeforeTheEnd) {
    for (const auto format : {SoundFormat::mp3, SoundFormat::flac, SoundFormat::opus}) {
        auto writer = SoundWriter::make(format, kRate);
        ASSERT_TRUE(writer);
        std::size_t bytes = 0;
        for (int i = 0; i < 20; ++i) bytes += writer->write(tone(300, 200))->size();
        EXPECT_GT(bytes, 2'000U) << media_type(format);
    }
}

TEST(SoundFile, BarePcmIsNothingButSamples) {
    const auto file = written(SoundFormat::pcm, std::vector<float>{0.0F, 0.5F, -1.0F}, 2);
    const std::vector<std::byte> wanted{std::byte{0},    std::byte{0}, std::byte{0},
                                        std::byte{0x40}, std::byte{0}, std::byte{0x80}};
    EXPECT_EQ(file, wanted);
}

TEST(SoundFile, MoreSoundThanAllowedIsRefused) {
    const auto flac = written(SoundFormat::flac, tone(440, 3'000), 4'800);
    const auto wav = written(SoundFormat::wav, tone(440, 3'000), 4'800);
    for (const auto& file : {flac, wav}) {
        const auto clip = read_sound(file, 16'000, std::chrono::seconds(2));
        ASSERT_FALSE(clip);
        EXPECT_EQ(clip.error().code, base::ErrorCode::too_large);
    }
}

TEST(SoundFile, AnythingElseIsNamed) {
    const auto refusal = [](std::string_view text) {
        const auto clip = read_sound(std::as_bytes(std::span(text)), 16'000, kMinute);
        return clip ? std::string("read") : clip.error().message;
    };
    EXPECT_EQ(refusal(""), "this is an empty file");
    EXPECT_EQ(refusal("\x1A\x45\xDF\xA3 webm"), "this is a WebM or Matroska file");
    EXPECT_EQ(refusal(std::string_view("\0\0\0\x20 ftypM4A", 13)),
              "this is a file of an unknown kind");
    EXPECT_EQ(refusal(std::string_view("\0\0\0\x20"
                                       "ftypM4A ",
                                       12)),
              "this is an MP4 or M4A file");
    EXPECT_NE(refusal("fLaC and then nothing like it"), "read");
    EXPECT_NE(refusal("OggS?"), "read");
    EXPECT_NE(refusal("ID3 no"), "read");
}

}  // namespace
}  // namespace media
