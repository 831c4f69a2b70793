#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/gguf_check.hpp"

namespace engine {
namespace {

class GgufCheck : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "loci-gguf-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string write(std::string_view bytes) {
        const auto path = folder_ / "model.gguf";
        std::ofstream(path, std::ios::binary) << bytes;
        return path.string();
    }
    base::Error error_of(std::string_view bytes) {
        const auto facts = check_gguf(write(bytes));
        EXPECT_FALSE(facts);
        return facts ? base::Error{} : facts.error();
    }

    std::filesystem::path folder_;
};

template <class T>
std::string number(T value) {
    std::string out(sizeof value, '\0');
    std::memcpy(out.data(), &value, sizeof value);
    return out;
}

std::string text(std::string_view value) {
    return number<std::uint64_t>(value.size()) + std::string(value);
}

// One key, one list, one f32 tensor of 4 values at offset 0.
std::string small_model() {
    std::string out =
        "GGUF" + number<std::uint32_t>(3) + number<std::uint64_t>(1) + number<std::uint64_t>(2);
    out += text("general.architecture") + number<std::uint32_t>(8) + text("toy");
    out += text("list") + number<std::uint32_t>(9) + number<std::uint32_t>(8) +
           number<std::uint64_t>(2) + text("a") + text("b");
    out += text("t") + number<std::uint32_t>(1) + number<std::uint64_t>(4) +
           number<std::uint32_t>(0) + number<std::uint64_t>(0);
    out.resize((out.size() + 31) / 32 * 32);
    return out + std::string(16, '\1');
}

TEST_F(GgufCheck, AcceptsAWholeModel) {
    const auto facts = check_gguf(write(small_model()));
    ASSERT_TRUE(facts) << facts.error().text();
    EXPECT_EQ(facts->architecture, "toy");
    EXPECT_EQ(facts->tensors, 1u);
}

TEST_F(GgufCheck, NamesAWebPage) {
    const auto error = error_of("\n<!DOCTYPE html><html><body>Sign in</body></html>");
    EXPECT_EQ(error.code, base::ErrorCode::corrupt);
    EXPECT_NE(error.message.find("web page"), std::string::npos);
    EXPECT_FALSE(error.hint.empty());
}

TEST_F(GgufCheck, NamesALargeFilePointer) {
    const auto error = error_of("version https://git-lfs.github.com/spec/v1\noid sha256:00\n");
    EXPECT_NE(error.message.find("pointer"), std::string::npos);
}

TEST_F(GgufCheck, NamesEmptyZeroAndForeignFiles) {
    EXPECT_NE(error_of("").message.find("empty"), std::string::npos);
    EXPECT_NE(error_of(std::string(100, '\0')).message.find("zeros"), std::string::npos);
    EXPECT_NE(error_of("PK\3\4 something").message.find("not a GGUF"), std::string::npos);
    EXPECT_EQ(error_of("FUGG" + number<std::uint32_t>(3)).code, base::ErrorCode::unsupported);
    EXPECT_EQ(error_of("GGUF" + number<std::uint32_t>(99) + std::string(64, '\0')).code,
              base::ErrorCode::unsupported);
}

TEST_F(GgufCheck, EveryCutIsFound) {
    const std::string whole = small_model();
    for (std::size_t size = 4; size < whole.size(); ++size) {
        const auto error = error_of(std::string_view(whole).substr(0, size));
        ASSERT_EQ(error.code, base::ErrorCode::corrupt) << size;
        ASSERT_NE(error.message.find("cut off") == std::string::npos &&
                      error.message.find("damaged") == std::string::npos,
                  true)
            << size << ": " << error.message;
    }
}

TEST_F(GgufCheck, AbsurdNumbersAreRefusedWithoutMemory) {
    std::string huge = "GGUF" + number<std::uint32_t>(3) + number<std::uint64_t>(1) +
                       number<std::uint64_t>(1) + number<std::uint64_t>(~0ull) + "key";
    EXPECT_EQ(error_of(huge).code, base::ErrorCode::corrupt);
    huge =
        "GGUF" + number<std::uint32_t>(3) + number<std::uint64_t>(~0ull) + number<std::uint64_t>(1);
    EXPECT_EQ(error_of(huge).code, base::ErrorCode::corrupt);
}

TEST_F(GgufCheck, AMissingFileSaysSo) {
    const auto facts = check_gguf((folder_ / "none.gguf").string());
    ASSERT_FALSE(facts);
    EXPECT_EQ(facts.error().code, base::ErrorCode::not_found);
    EXPECT_EQ(check_gguf(folder_.string()).error().code, base::ErrorCode::not_found);
}

}  // namespace
}  // namespace engine
