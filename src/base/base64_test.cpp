#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
    const auto view = std::as_bytes(std::span(text));
    return {view.begin(), view.end()};
}

TEST(Base64, TheVectorsOfTheStandardGoBothWays) {
    for (const auto& [plain, coded] : std::vector<std::pair<std::string, std::string>>{
             {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(to_base64(bytes_of(plain)), coded);
        EXPECT_EQ(from_base64(coded), bytes_of(plain));
    }
}

TEST(Base64, EveryByteSurvives) {
    std::vector<std::byte> all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
    EXPECT_EQ(from_base64(to_base64(all)), all);
}

TEST(Base64, WhatIsNotBase64IsRefused) {
    for (const auto* text :
         {"Zg", "Zg=", "Z===", "====", "Zm9v\n", "Zm 9", "Zm9-", "Zh==", "=Zg="}) {
        EXPECT_FALSE(from_base64(text)) << text;
    }
}

}  // namespace
}  // namespace base
