#include "http/types.hpp"

#include <gtest/gtest.h>

namespace http {
namespace {

TEST(Headers, AreFoundWithoutCaseAndKeptAsGiven) {
    Headers headers{{"Content-Type", "text/plain"}};
    headers.add("X-One", "1");
    headers.add("x-one", "2");
    EXPECT_EQ(headers.get("content-type"), "text/plain");
    EXPECT_EQ(headers.get("X-ONE"), "1");
    EXPECT_EQ(headers.items().size(), 3U);
    headers.set("X-one", "3");
    EXPECT_EQ(headers.items().size(), 2U);
    EXPECT_EQ(headers.get("x-one"), "3");
    EXPECT_FALSE(headers.get("absent"));
}

TEST(UrlCoding, RoundTripsEveryByte) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
    EXPECT_EQ(url_decode(url_encode(all)), all);
    EXPECT_EQ(url_encode("a b/ü"), "a%20b%2F%C3%BC");
}

TEST(UrlCoding, LeavesInvalidSequencesAndReadsPlusOnlyInForms) {
    EXPECT_EQ(url_decode("%zz%4"), "%zz%4");
    EXPECT_EQ(url_decode("%"), "%");
    EXPECT_EQ(url_decode("%41"), "A");
    EXPECT_EQ(url_decode("a+b"), "a+b");
    EXPECT_EQ(url_decode("a+b", PlusSign::space), "a b");
}

}  // namespace
}  // namespace http
