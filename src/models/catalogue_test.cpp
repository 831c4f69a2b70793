#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/ids.hpp"
#include "models/catalogue.hpp"
#include "models/model_file.hpp"

namespace models {
namespace {

namespace fs = std::filesystem;

struct Folder {
    fs::path path = fs::temp_directory_path() / ("loci-models-" + base::new_uuid());
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    void write(const std::string& name, const std::string& bytes) const {
        std::ofstream(path / name, std::ios::binary) << bytes;
    }
};

std::string u64(std::uint64_t value) {
    std::string out(8, '\0');
    for (char& c : out) {
        c = static_cast<char>(value & 0xFF);
        value >>= 8;
    }
    return out;
}

std::string gguf_head(const std::string& architecture) {
    const std::string key = "general.architecture";
    return std::string("GGUF\x03\0\0\0", 8) + u64(0) + u64(1) + u64(key.size()) + key +
           std::string("\x08\0\0\0", 4) + u64(architecture.size()) + architecture;
}

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
    const Folder folder;
    folder.write("page.gguf", "\n<!DOCTYPE html><html>");
    folder.write("pointer.gguf", "version https://git-lfs.github.com/spec/v1\noid sha256:00");
    folder.write("empty.gguf", "");
    folder.write("noise.gguf", "\x01\x02");
    folder.write("whole.gguf", gguf_head("qwen3"));
    folder.write("vectors.gguf", gguf_head("nomic-bert"));
    folder.write("big-00001-of-00002.gguf", gguf_head("llama"));
    folder.write("big-00002-of-00002.gguf", gguf_head("llama"));
    folder.write("small.gguf", gguf_head("llama"));
    folder.write("notes.txt", "x");
    folder.write(".hidden.gguf", gguf_head("llama"));
    const auto catalogue = Catalogue::parse(R"({"models":[{"id":"small","name":"Small",
        "role":"chat","file":"small.gguf","bytes":1000,"licence":"MIT"},
        {"id":"other","name":"Other","role":"chat","file":"other.gguf"}]})")
                               .value();
    const auto files = scan(folder.path, catalogue).value();
    ASSERT_EQ(files.size(), 8u);
    const auto file = [&](const char* name) {
        return *std::ranges::find(files, folder.path / name, &ModelFile::path);
    };
    EXPECT_NE(file("page.gguf").error->message.find("web page"), std::string::npos);
    EXPECT_NE(file("pointer.gguf").error->message.find("pointer"), std::string::npos);
    EXPECT_NE(file("empty.gguf").error->message.find("empty"), std::string::npos);
    EXPECT_NE(file("noise.gguf").error->message.find("not a GGUF"), std::string::npos);
    EXPECT_NE(file("small.gguf").error->message.find("cut short"), std::string::npos);
    EXPECT_FALSE(file("whole.gguf").error);
    EXPECT_EQ(file("whole.gguf").role, "chat");
    EXPECT_EQ(file("vectors.gguf").role, "embedding");

    const auto cards = local_cards(catalogue, files);
    ASSERT_EQ(cards.size(), 9u);
    EXPECT_EQ(cards[0].state, protocol::ModelState::failed);
    EXPECT_EQ(cards[0].error->code, "corrupt");
    EXPECT_EQ(cards[1].state, protocol::ModelState::absent);
    const auto whole = std::ranges::find(cards, std::string("whole"), &protocol::ModelCard::id);
    ASSERT_NE(whole, cards.end());
    EXPECT_EQ(whole->state, protocol::ModelState::ready);
}

TEST(ModelFile, AMissingFolderHoldsNothing) {
    EXPECT_TRUE(scan("/nonexistent/models", Catalogue::builtin().value()).value().empty());
}

}  // namespace
}  // namespace models
