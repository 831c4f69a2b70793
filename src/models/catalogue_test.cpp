#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "models/catalogue.hpp"
#include "models/model_file.hpp"

namespace models {
namespace {

TEST(Catalogue, TheBuiltInOneIsSoundAndComplete) {
    const auto catalogue = Catalogue::builtin();
    ASSERT_TRUE(catalogue) << catalogue.error().text();
    const auto& entries = catalogue->entries();
    EXPECT_TRUE(
        std::ranges::any_of(entries, [](const auto& e) { return e.starter && e.role == "chat"; }));
    EXPECT_TRUE(std::ranges::any_of(entries, [](const auto& e) { return e.role == "embedding"; }));
    for (const char* role : {"recogniser", "activity", "turn"}) {
        EXPECT_TRUE(std::ranges::any_of(entries, [&](const auto& e) {
            return e.starter && e.role == role;
        })) << role;
    }
    EXPECT_TRUE(std::ranges::none_of(entries, [](const auto& e) {
        return e.starter && e.role == "voice";
    })) << "a voice is never taken unasked";
    EXPECT_TRUE(std::ranges::any_of(entries, [](const auto& e) { return e.recommended && e.hub; }));
    for (const auto& entry : entries) {
        EXPECT_FALSE(entry.licence.empty()) << entry.id;
        EXPECT_GT(entry.memory_bytes, 0) << entry.id;
        EXPECT_TRUE(entry.packaged || entry.hub) << entry.id;
        EXPECT_TRUE(!entry.starter || entry.packaged) << entry.id;
    }
}

TEST(Catalogue, ResolvesIdsAndPathsOnTheHub) {
    const auto catalogue = Catalogue::parse(R"({"models":[
        {"id":"small","name":"Small","role":"chat","file":"small.gguf","source":{"kind":"pypi"}},
        {"id":"large","name":"Large","role":"chat","file":"large.gguf",
         "source":{"kind":"hub","repo":"org/large","file":"large.gguf"}}]})")
                               .value();
    EXPECT_EQ(catalogue.resolve("large").value().hub->repo, "org/large");
    EXPECT_EQ(catalogue.resolve("small").error().code, base::ErrorCode::unsupported);
    EXPECT_NE(catalogue.resolve("lagre").error().hint.find("large"), std::string::npos);
    const auto path = catalogue.resolve("org/repo/sub/My.Q4_K_M.gguf").value();
    EXPECT_EQ(path.hub->repo, "org/repo");
    EXPECT_EQ(path.hub->file, "sub/My.Q4_K_M.gguf");
    EXPECT_EQ(path.file, "My.Q4_K_M.gguf");
    EXPECT_EQ(path.id, "My.Q4_K_M");
    for (const char* bad : {"", "a/b", "a/../b/x.gguf", "/etc/passwd", "a/b/.x.gguf", "a/b/c.bin",
                            "http://x/y/z.gguf", "a//b/c.gguf"}) {
        EXPECT_FALSE(catalogue.resolve(bad)) << bad;
    }
}

TEST(Catalogue, NamesThePlaceOfAMistake) {
    const auto message = [](const char* text) { return Catalogue::parse(text).error().message; };
    EXPECT_NE(message(R"({"models":[{"id":"a"}]})").find("models.0"), std::string::npos);
    EXPECT_NE(message(R"({"models":[{"id":"a","name":"A","role":"chat","file":"../a.gguf"}]})")
                  .find("file"),
              std::string::npos);
    EXPECT_NE(message(R"({"models":[{"id":"a","name":"A","role":"chat","file":"a.gguf",
        "sha256":"XY"}]})")
                  .find("sha256"),
              std::string::npos);
    EXPECT_FALSE(Catalogue::parse("[]"));
}

TEST(ModelFile, NamesWhatABrokenFileReallyIs) {
    const auto named = [](std::string_view head) {
        return std::string(complaint(kind_of_bytes(head)));
    };
    EXPECT_NE(named("\n<!DOCTYPE html><html>").find("web page"), std::string::npos);
    EXPECT_NE(named("version https://git-lfs.github.com/spec/v1\noid sha256:00").find("pointer"),
              std::string::npos);
    EXPECT_EQ(named(""), "empty");
    EXPECT_NE(named("\x01\x02").find("not a GGUF"), std::string::npos);
    EXPECT_EQ(named("GGUF\x03"), "");
}

}  // namespace
}  // namespace models
