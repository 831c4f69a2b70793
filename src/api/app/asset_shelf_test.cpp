#include "api/app/asset_shelf.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "api/app/clip_length.hpp"
#include "api/app/glb_check.hpp"

namespace app {
namespace {

namespace fs = std::filesystem;

void put_number(std::string& out, std::size_t value) {
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
}

std::string glb(const std::string& text) {
    std::string out = "glTF";
    put_number(out, 2);
    put_number(out, 20 + text.size());
    put_number(out, text.size());
    return out + "JSON" + text;
}

const char* const kVrm = R"({"extensions": {"VRMC_vrm": {"meta": {"name": "Fig", "licenseUrl": "L"},
    "humanoid": {"humanBones": {"hips": {"node": 0}}}}}})";

TEST(GlbCheck, TellsCharactersFromOtherFiles) {
    const auto info = check_character(glb(kVrm));
    ASSERT_TRUE(info) << info.error().text();
    EXPECT_EQ(info->kind, "VRM 1.0");
    EXPECT_EQ(info->title, "Fig");
    EXPECT_EQ(info->licence, "L");
    const auto older = check_character(glb(R"({"extensions": {"VRM": {"meta": {"title": "Old"},
        "humanoid": {"humanBones": []}}}})"));
    ASSERT_TRUE(older);
    EXPECT_EQ(older->kind, "VRM 0.x");
    EXPECT_TRUE(check_animation(glb(R"({"extensions": {"VRMC_vrm_animation": {}}})")));
    EXPECT_FALSE(check_animation(glb(kVrm)));
}

TEST(GlbCheck, SaysWhatIsWrong) {
    const auto said = [](const std::string& bytes) {
        const auto info = check_character(bytes);
        return info ? std::string() : info.error().message;
    };
    EXPECT_EQ(said(""), "this is no binary glTF file");
    EXPECT_EQ(said("PNG and more than twenty bytes"), "this is no binary glTF file");
    EXPECT_EQ(said(glb("{}")), "this is a 3D model, but no VRM character");
    EXPECT_EQ(said(glb("{\"extensions\": {\"VRM\": {}}}")),
              "the character has no skeleton of a person");
    const std::string whole = glb(kVrm);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(check_character(whole.substr(0, size))) << size;
    }
}

class AssetShelfTest : public ::testing::Test {
protected:
    AssetShelfTest()
        : folder_(fs::temp_directory_path() / ("loci-assets-" + std::to_string(::getpid()))),
          shelf_(folder_, {}) {
        fs::remove_all(folder_);
    }
    ~AssetShelfTest() override {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    fs::path folder_;
    AssetShelf shelf_;
};

TEST_F(AssetShelfTest, KeepsListsGivesAndRemoves) {
    ASSERT_TRUE(shelf_.put(AssetKind::characters, "fig.vrm", glb(kVrm)));
    ASSERT_EQ(shelf_.list(AssetKind::characters).size(), 1u);
    EXPECT_EQ(shelf_.list(AssetKind::characters)[0].name, "fig.vrm");
    EXPECT_TRUE(shelf_.find(AssetKind::characters, "fig.vrm"));
    // What is put there by hand is there at once.
    fs::create_directories(folder_ / "anims");
    std::ofstream(folder_ / "anims" / "jump.bvh") << "HIERARCHY";
    EXPECT_EQ(shelf_.list(AssetKind::animations).size(), 1u);
    EXPECT_TRUE(shelf_.remove(AssetKind::characters, "fig.vrm"));
    EXPECT_FALSE(shelf_.remove(AssetKind::characters, "fig.vrm"));
    EXPECT_TRUE(shelf_.list(AssetKind::characters).empty());
}

TEST_F(AssetShelfTest, NamesCannotLeaveTheFolderAndLinksAreNotFollowed) {
    for (const char* name :
         {"", ".vrm", "../x.vrm", "a/b.vrm", "a\\b.vrm", "x.exe", "x", "\n.vrm"}) {
        EXPECT_FALSE(shelf_.put(AssetKind::characters, name, glb(kVrm))) << name;
        EXPECT_FALSE(shelf_.find(AssetKind::characters, name)) << name;
    }
    EXPECT_FALSE(shelf_.put(AssetKind::characters, std::string(200, 'a') + ".vrm", glb(kVrm)));
    fs::create_directories(folder_ / "characters");
    std::ofstream(folder_ / "secret") << "s";
    fs::create_symlink(folder_ / "secret", folder_ / "characters" / "link.vrm");
    EXPECT_TRUE(shelf_.list(AssetKind::characters).empty());
    EXPECT_FALSE(shelf_.find(AssetKind::characters, "link.vrm"));
    EXPECT_FALSE(shelf_.put(AssetKind::characters, "link.vrm", glb(kVrm)));
}

TEST_F(AssetShelfTest, PicturesMustBeWhatTheirNameSays) {
    EXPECT_TRUE(shelf_.put(AssetKind::backgrounds, "a.png", "\x89PNG\r\n\x1a\nrest"));
    EXPECT_TRUE(shelf_.put(AssetKind::backgrounds, "a.jpg", "\xFF\xD8\xFFrest"));
    EXPECT_FALSE(shelf_.put(AssetKind::backgrounds, "b.png", "\xFF\xD8\xFFrest"));
    EXPECT_FALSE(shelf_.put(AssetKind::backgrounds, "b.webp", "RIFF....WAVE  "));
    EXPECT_FALSE(shelf_.put(AssetKind::backgrounds, "b.svg", "<svg/>"));
}

TEST(ClipLength, IsReadFromTheFilesThemselves) {
    const std::string vrma = glb(R"({"extensions": {"VRMC_vrm_animation": {}},
        "animations": [{"samplers": [{"input": 0, "output": 9}, {"input": 1}, {"input": 77},
                                     {"input": -1}, {}]}],
        "accessors": [{"max": [1.25]}, {"max": [2.5]}, {"max": [9]}, {}]})");
    EXPECT_EQ(file_seconds("a.VRMA", vrma), 2.5);
    EXPECT_EQ(file_seconds("a.vrma", glb(R"({"extensions": {"VRMC_vrm_animation": {}}})")),
              std::nullopt);
    const std::string forever = glb(R"({"extensions": {"VRMC_vrm_animation": {}},
        "animations": [{"samplers": [{"input": 0}]}], "accessors": [{"max": [1e30]}]})");
    EXPECT_EQ(file_seconds("a.vrma", forever), std::nullopt);
    EXPECT_EQ(file_seconds("a.bvh", "HIERARCHY\nMOTION\nFrames: 121\nFrame Time: 0.025\n"), 3.0);
    EXPECT_EQ(file_seconds("a.bvh", "HIERARCHY\nMOTION\nFrames: \nFrame Time:"), std::nullopt);
    EXPECT_EQ(file_seconds("a.fbx", "Kaydara FBX Binary"), std::nullopt);
    EXPECT_TRUE(pack_seconds("LBC").empty());
}

TEST_F(AssetShelfTest, TellsHowLongItsMovementsLast) {
    const std::string bvh = "HIERARCHY\nMOTION\nFrames: 11\nFrame Time: 0.1\n";
    ASSERT_TRUE(shelf_.put(AssetKind::animations, "hop.bvh", bvh));
    EXPECT_EQ(shelf_.seconds(shelf_.list(AssetKind::animations).at(0)), 1.0);
    EXPECT_TRUE(shelf_.built_in_clips().empty());
}

}  // namespace
}  // namespace app
