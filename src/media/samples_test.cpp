// Codes, levels, fades: the parts that look at one sample at a time.
#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "media/fader.hpp"
#include "media/g711.hpp"
#include "media/levels.hpp"
#include "media/pcm.hpp"

namespace media {
namespace {

// The ends of the segments and the value numbers as ITU-T G.711 prints them.
struct Segment {
    int begin;       // decision value at which it begins
    int step;        // between its decision values
    int first_code;  // value number of its first step
};
// Table 2a (µ-law), 14-bit scale. The very first interval is 0…1 with the output 0.
constexpr Segment kMulaw[] = {{1, 2, 1},     {31, 4, 16},   {95, 8, 32},     {223, 16, 48},
                              {479, 32, 64}, {991, 64, 80}, {2015, 128, 96}, {4063, 256, 112}};
// Table 1a (A-law), 13-bit scale.
constexpr Segment kAlaw[] = {{0, 2, 0},     {64, 4, 32},    {128, 8, 48},    {256, 16, 64},
                             {512, 32, 80}, {1024, 64, 96}, {2048, 128, 112}};

TEST(G711, MulawDecodesToTheOutputsOfTheStandard) {
    EXPECT_EQ(decode_mulaw(0xFF), 0);
    for (const Segment& segment : kMulaw) {
        const int steps = segment.begin == 1 ? 15 : 16;
        for (int i = 0; i < steps; ++i) {
            const int low = segment.begin + i * segment.step;
            const int output = low + segment.step / 2;  // y: the middle of the interval
            const auto code = static_cast<std::uint8_t>(0xFF - (segment.first_code + i));
            EXPECT_EQ(decode_mulaw(code), output * 4) << "value number " << segment.first_code + i;
            EXPECT_EQ(decode_mulaw(static_cast<std::uint8_t>(code - 0x80)), -output * 4);
            // Every 14-bit value of the interval is coded so.
            for (int v = low; v < low + segment.step && v < 8159; ++v) {
                ASSERT_EQ(encode_mulaw(static_cast<std::int16_t>(v * 4)), code) << v;
            }
        }
    }
    EXPECT_EQ(decode_mulaw(0x80), 8031 * 4);
    EXPECT_EQ(decode_mulaw(0x00), -8031 * 4);
}

TEST(G711, AlawDecodesToTheOutputsOfTheStandard) {
    for (const Segment& segment : kAlaw) {
        const int steps = segment.begin == 0 ? 32 : 16;
        for (int i = 0; i < steps; ++i) {
            const int low = segment.begin + i * segment.step;
            const int output = low + segment.step / 2;
            const auto code = static_cast<std::uint8_t>((0x80 | (segment.first_code + i)) ^ 0x55);
            EXPECT_EQ(decode_alaw(code), output * 8) << "value number " << segment.first_code + i;
            EXPECT_EQ(decode_alaw(static_cast<std::uint8_t>(code ^ 0x80)), -output * 8);
            for (int v = low; v < low + segment.step; ++v) {
                ASSERT_EQ(encode_alaw(static_cast<std::int16_t>(v * 8)), code) << v;
            }
        }
    }
    EXPECT_EQ(decode_alaw(0xAA), 4032 * 8);
}

TEST(G711, EveryCodeSurvivesARoundTripAndTheExtremesClip) {
    for (int i = 0; i < 256; ++i) {
        const auto code = static_cast<std::uint8_t>(i);
        EXPECT_EQ(encode_alaw(decode_alaw(code)), code);
        // 0x7F is negative zero, which PCM does not have.
        EXPECT_EQ(encode_mulaw(decode_mulaw(code)), code == 0x7F ? 0xFF : code);
    }
    EXPECT_EQ(encode_mulaw(32767), 0x80);
    EXPECT_EQ(encode_mulaw(-32768), 0x00);
    EXPECT_EQ(encode_alaw(32767), 0xAA);
    EXPECT_EQ(encode_alaw(-32768), 0x2A);
}

TEST(G711, NeitherSignIsFavoured) {
    for (int v = 0; v < 32768; ++v) {
        const auto up = static_cast<std::int16_t>(v);
        const auto down = static_cast<std::int16_t>(-v - 1);
        ASSERT_EQ(encode_mulaw(up) ^ 0x80, encode_mulaw(down)) << v;
        ASSERT_EQ(encode_alaw(up) ^ 0x80, encode_alaw(down)) << v;
    }
}

TEST(Pcm, EveryTypeGivesBackWhatItCanHold) {
    for (const auto [type, tolerance] : {std::pair{SampleType::u8, 1.0 / 256},
                                         {SampleType::s16, 1.0 / 65'536},
                                         {SampleType::s24, 1.0 / 8'388'608},
                                         {SampleType::s32, 1e-7},
                                         {SampleType::f32, 0.0}}) {
        std::vector<float> in;
        for (int i = -100; i < 100; ++i) in.push_back(static_cast<float>(i) / 100.5F);
        std::vector<std::byte> bytes(in.size() * static_cast<std::size_t>(bytes_of(type)));
        std::vector<float> out(in.size());
        ASSERT_EQ(encode_samples(type, in, bytes), in.size());
        ASSERT_EQ(decode_samples(type, bytes, out), in.size());
        for (std::size_t i = 0; i < in.size(); ++i) {
            ASSERT_NEAR(in[i], out[i], tolerance + 1e-9) << to_string(type);
        }
    }
}

TEST(Pcm, TooLoudIsClippedAndNoNumberIsSilence) {
    EXPECT_EQ(to_s16(2.0F), 32767);
    EXPECT_EQ(to_s16(-2.0F), -32768);
    EXPECT_EQ(to_s16(std::numeric_limits<float>::infinity()), 32767);
    EXPECT_EQ(to_s16(std::numeric_limits<float>::quiet_NaN()), 0);
    for (int i = -32768; i < 32768; ++i) {
        ASSERT_EQ(to_s16(from_s16(static_cast<std::int16_t>(i))), i);
    }
}

TEST(Levels, KnowTheSineTheSquareAndSilence) {
    std::vector<float> sine(16'000);
    for (std::size_t i = 0; i < sine.size(); ++i) {
        sine[i] = static_cast<float>(std::sin(2 * std::numbers::pi * static_cast<double>(i) / 64));
    }
    EXPECT_NEAR(measure(sine).rms_dbfs, -3.01, 0.01);
    EXPECT_NEAR(measure(sine).peak_dbfs, 0.0, 0.01);
    EXPECT_EQ(measure(sine).clipped, 500U);
    const std::vector<float> quiet(100, -0.01F);
    EXPECT_NEAR(measure(quiet).rms_dbfs, -40.0, 0.01);
    EXPECT_EQ(measure(quiet).clipped, 0U);
    EXPECT_EQ(measure({}).rms_dbfs, kSilenceDbfs);
    EXPECT_EQ(measure(std::vector<float>(10, 0.0F)).peak_dbfs, kSilenceDbfs);
}

TEST(Fader, FallsWithoutAStepAndStaysSilent) {
    Fader fader(320);  // 20 ms at 16 kHz
    fader.fade_out();
    float last = 1.0F;
    for (const std::size_t size : {1U, 100U, 7U, 212U}) {
        std::vector<float> block(size, 1.0F);
        fader.apply(block);
        for (const float value : block) {
            EXPECT_LE(value, last);
            EXPECT_LT(last - value, 0.005F);
            last = value;
        }
    }
    EXPECT_TRUE(fader.silent());
    std::vector<float> after(50, 1.0F);
    fader.apply(after);
    EXPECT_EQ(measure(after).peak_dbfs, kSilenceDbfs);
}

TEST(Fader, TurnsRoundInTheMiddleFromWhereItIs) {
    Fader fader(100);
    fader.fade_out();
    std::vector<float> block(50, 1.0F);
    fader.apply(block);
    EXPECT_NEAR(block.back(), 0.5F, 0.02F);
    fader.fade_in();
    std::vector<float> back(50, 1.0F);
    fader.apply(back);
    EXPECT_NEAR(back.front(), 0.5F, 0.03F);
    EXPECT_TRUE(fader.full());
}

}  // namespace
}  // namespace media
