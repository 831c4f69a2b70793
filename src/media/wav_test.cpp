#include "media/wav.hpp"

#include <cstring>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace media {
namespace {

using Bytes = std::vector<std::byte>;

Clip ramp(std::size_t count = 501) {
    Clip clip{16'000, {}};
    for (std::size_t i = 0; i < count; ++i) {
        clip.samples.push_back(static_cast<float>(i) / static_cast<float>(count) - 0.5F);
    }
    return clip;
}

Bytes good() {
    return *write_wav(ramp());
}

void set(Bytes& file, std::size_t at, std::uint32_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) file[at + i] = static_cast<std::byte>(value >> (8 * i));
}

TEST(Wav, EveryTypeIsReadBack) {
    for (const auto [type, tolerance] : {std::pair{SampleType::u8, 0.005F},
                                         {SampleType::s16, 2e-5F},
                                         {SampleType::s24, 1e-7F},
                                         {SampleType::s32, 1e-7F},
                                         {SampleType::f32, 0.0F},
                                         {SampleType::mulaw, 0.02F},
                                         {SampleType::alaw, 0.02F}}) {
        const auto file = write_wav(ramp(), type);
        ASSERT_TRUE(file);
        EXPECT_EQ(file->size() % 2, 0U);
        const auto clip = read_wav(*file);
        ASSERT_TRUE(clip) << clip.error().text();
        ASSERT_EQ(clip->samples.size(), 501U);
        EXPECT_EQ(clip->rate_hz, 16'000);
        for (std::size_t i = 0; i < 501; ++i) {
            ASSERT_NEAR(clip->samples[i], ramp().samples[i], tolerance) << to_string(type);
        }
    }
}

TEST(Wav, StereoBecomesTheMeanOfBothSides) {
    Clip both{8'000, {0.5F, -0.5F, 0.25F, 0.75F}};
    Bytes file = *write_wav(both);
    set(file, 22, 2, 2);          // channels
    set(file, 28, 8'000 * 4, 4);  // bytes per second
    set(file, 32, 4, 2);          // bytes per frame
    const auto clip = read_wav(file);
    ASSERT_TRUE(clip) << clip.error().text();
    ASSERT_EQ(clip->samples.size(), 2U);
    EXPECT_NEAR(clip->samples[0], 0.0F, 1e-4);
    EXPECT_NEAR(clip->samples[1], 0.5F, 1e-4);
}

TEST(Wav, ReadsThroughUnknownChunksAndTheExtendedFormat) {
    Bytes file = good();
    // An odd chunk with its padding byte before the data.
    const Bytes list{std::byte{'L'}, std::byte{'I'}, std::byte{'S'}, std::byte{'T'},
                     std::byte{3},   std::byte{0},   std::byte{0},   std::byte{0},
                     std::byte{1},   std::byte{2},   std::byte{3},   std::byte{0}};
    file.insert(file.begin() + 36, list.begin(), list.end());
    // The format chunk grows to 40 bytes: 24 more, with the sub-format's code first.
    Bytes tail(24);
    set(tail, 0, 22, 2);
    set(tail, 2, 16, 2);
    set(tail, 8, 1, 2);
    file.insert(file.begin() + 36, tail.begin(), tail.end());
    set(file, 16, 40, 4);
    set(file, 20, 0xFFFE, 2);
    set(file, 4, static_cast<std::uint32_t>(file.size() - 8), 4);
    const auto clip = read_wav(file);
    ASSERT_TRUE(clip) << clip.error().text();
    EXPECT_EQ(clip->samples.size(), 501U);
}

TEST(Wav, EachLieIsRefusedWithItsPlace) {
    struct Lie {
        std::size_t at;
        std::uint32_t value;
        std::size_t bytes;
        base::ErrorCode code;
        std::string_view says;
    };
    const Lie lies[] = {
        {0, 'X', 1, base::ErrorCode::corrupt, "RIFF"},
        {8, 'X', 1, base::ErrorCode::corrupt, "RIFF"},
        {4, 0x7FFFFFFF, 4, base::ErrorCode::corrupt, "header claims 2147483647"},
        {16, 15, 4, base::ErrorCode::corrupt, "15 bytes, not 16"},
        {16, 0xFFFFFFF0, 4, base::ErrorCode::corrupt, "chunk at byte 12 claims 4294967280"},
        {20, 2, 2, base::ErrorCode::unsupported, "encoding 2"},
        {20, 0xFFFE, 2, base::ErrorCode::corrupt, "extended"},
        {20, 3, 2, base::ErrorCode::unsupported, "encoding 3 with 16 bits"},
        {22, 0, 2, base::ErrorCode::invalid_argument, "0 channels"},
        {22, 6, 2, base::ErrorCode::invalid_argument, "6 channels"},
        {22, 2, 2, base::ErrorCode::corrupt, "contradict"},
        {24, 0, 4, base::ErrorCode::invalid_argument, "0 Hz"},
        {24, 0xFFFFFFFF, 4, base::ErrorCode::corrupt, "4294967295 Hz"},
        {24, 22'050, 4, base::ErrorCode::corrupt, "contradict"},
        {28, 1, 4, base::ErrorCode::corrupt, "contradict"},
        {32, 0, 2, base::ErrorCode::corrupt, "contradict"},
        {34, 12, 2, base::ErrorCode::unsupported, "12 bits"},
        {36, 'X', 1, base::ErrorCode::corrupt, "no data chunk"},
        {12, 'X', 1, base::ErrorCode::corrupt, "before its format"},
        {40, 0xFFFFFFFF, 4, base::ErrorCode::corrupt, "chunk at byte 36 claims 4294967295"},
        {40, 1001, 4, base::ErrorCode::corrupt, "whole number of 2-byte frames"},
    };
    for (const Lie& lie : lies) {
        Bytes file = good();
        set(file, lie.at, lie.value, lie.bytes);
        const auto clip = read_wav(file);
        ASSERT_FALSE(clip) << lie.says;
        EXPECT_EQ(clip.error().code, lie.code) << clip.error().message;
        EXPECT_NE(clip.error().message.find(lie.says), std::string::npos) << clip.error().message;
    }
}

TEST(Wav, AFileCutAnywhereIsRefused) {
    const Bytes file = good();
    for (std::size_t size = 0; size < file.size(); ++size) {
        ASSERT_FALSE(read_wav(std::span(file).first(size))) << size;
    }
}

TEST(Wav, APipesOpenLengthIsTakenOnlyWhereItIsAllowed) {
    Bytes file = good();
    set(file, 4, 0x7FFFF024, 4);
    set(file, 40, 0x7FFFF000, 4);
    EXPECT_FALSE(read_wav(file));
    const auto clip = read_wav(file, {.length = WavLength::may_be_open});
    ASSERT_TRUE(clip) << clip.error().text();
    EXPECT_EQ(clip->samples.size(), 501U);
}

TEST(Wav, TooLongIsSaidBeforeMemoryIsTaken) {
    const auto clip = read_wav(good(), {.max_frames = 500});
    ASSERT_FALSE(clip);
    EXPECT_EQ(clip.error().code, base::ErrorCode::too_large);
}

TEST(Wav, WritesOnlyRatesItWouldRead) {
    EXPECT_FALSE(write_wav({96'000, {0.0F}}));
    EXPECT_TRUE(read_wav(*write_wav({8'000, {}})));
}

TEST(WavHead, IsUnderstoodAsSoonAsItIsThere) {
    const Bytes file = good();
    for (std::size_t n = 0; n < 44; ++n) {
        const auto head = read_wav_head(std::span(file).first(n));
        ASSERT_TRUE(head) << n << head.error().text();
        ASSERT_FALSE(head->has_value()) << n;
    }
    const auto head = read_wav_head(std::span(file).first(44));
    ASSERT_TRUE(head && *head);
    EXPECT_EQ((*head)->format, (AudioFormat{SampleType::s16, 16'000, 1}));
    EXPECT_EQ((*head)->data_at, 44U);
    EXPECT_EQ((*head)->data_bytes, 1002U);
}

TEST(WavHead, TakesAnOpenLengthAndOtherChunks) {
    for (const std::uint32_t open : {0U, 0x7FFF'FFFFU, 0xFFFF'FFFFU}) {
        Bytes file = good();
        set(file, 40, open, 4);
        const auto head = read_wav_head(file);
        ASSERT_TRUE(head && *head);
        EXPECT_FALSE((*head)->data_bytes);
    }
    Bytes file = good();
    const std::string_view list("LIST\3\0\0\0abc\0", 12);  // an odd length and its padding
    const auto* bytes = reinterpret_cast<const std::byte*>(list.data());
    file.insert(file.begin() + 36, bytes, bytes + list.size());
    const auto head = read_wav_head(file);
    ASSERT_TRUE(head && *head);
    EXPECT_EQ((*head)->data_at, 56U);
}

TEST(WavHead, RefusesWhatIsNone) {
    const std::string_view page = "<!DOCTYPE html>";
    EXPECT_FALSE(read_wav_head(std::as_bytes(std::span(page))));
    Bytes file = good();
    set(file, 12, 0x20202020, 4);  // no format
    EXPECT_EQ(read_wav_head(file).error().code, base::ErrorCode::corrupt);
    file = good();
    set(file, 24, 1, 4);  // 1 Hz
    EXPECT_FALSE(read_wav_head(file));
}

}  // namespace
}  // namespace media
