// Data that follows its folder.
#include <fstream>

#include <gtest/gtest.h>

#include "config/folders.hpp"
#include "config/testing/scratch.hpp"

namespace {

using config::testing::Scratch;
namespace fs = std::filesystem;

std::vector<std::string> follow(const config::Loaded& loaded) {
    const auto report = config::follow_folders(loaded);
    EXPECT_TRUE(report.has_value()) << report.error().text();
    return report.value_or(std::vector<std::string>{});
}

TEST(ConfigFolders, take_the_data_along_when_the_setting_changes) {
    Scratch scratch;
    EXPECT_TRUE(follow(scratch.load_yaml("")).empty());
    scratch.write("home/.local/share/loci/loci.db", "words");
    scratch.write("home/.local/share/loci/models/a.gguf", "weights");

    scratch.request.environment["DATA_DIR"] = scratch.path("elsewhere/loci").string();
    const auto report = follow(scratch.load_yaml(""));
    ASSERT_EQ(report.size(), 1U) << "what lay inside moved along";
    EXPECT_EQ(report[0], "data.folder is " + scratch.path("elsewhere/loci").string() +
                             " now; the data was moved there from " +
                             scratch.path("home/.local/share/loci").string());
    EXPECT_EQ(scratch.read(scratch.path("elsewhere/loci/loci.db")), "words");
    EXPECT_EQ(scratch.read(scratch.path("elsewhere/loci/models/a.gguf")), "weights");
    EXPECT_FALSE(fs::exists(scratch.path("home/.local/share/loci")));
    EXPECT_TRUE(follow(scratch.load_yaml("")).empty());

    scratch.request.environment.clear();
    EXPECT_EQ(follow(scratch.load_yaml("")).size(), 1U);
    EXPECT_EQ(scratch.read(scratch.path("home/.local/share/loci/loci.db")), "words");
}

TEST(ConfigFolders, move_single_parts_and_all_files_of_a_database) {
    Scratch scratch;
    follow(scratch.load_yaml(""));
    scratch.write("home/.local/share/loci/loci.db", "words");
    scratch.write("home/.local/share/loci/loci.db-wal", "newest words");
    scratch.write("home/.local/share/loci/models/a.gguf", "weights");
    const std::string yaml = "data: {models_folder: ~/m, database: ~/db/my.db}";
    EXPECT_EQ(follow(scratch.load_yaml(yaml)).size(), 2U);
    EXPECT_EQ(scratch.read(scratch.path("home/m/a.gguf")), "weights");
    EXPECT_EQ(scratch.read(scratch.path("home/db/my.db")), "words");
    EXPECT_EQ(scratch.read(scratch.path("home/db/my.db-wal")), "newest words");
    EXPECT_FALSE(fs::exists(scratch.path("home/.local/share/loci/loci.db-wal")));
}

TEST(ConfigFolders, never_overwrite) {
    Scratch scratch;
    follow(scratch.load_yaml(""));
    scratch.write("home/.local/share/loci/loci.db", "old words");
    scratch.write("home/new/loci.db", "other words");
    const config::Loaded loaded = scratch.load_yaml("data: {folder: ~/new}");
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto report = config::follow_folders(loaded);
        ASSERT_FALSE(report.has_value());
        EXPECT_EQ(report.error().code, base::ErrorCode::conflict);
        EXPECT_EQ(report.error().message,
                  "the data cannot move from " + scratch.path("home/.local/share/loci").string() +
                      " to " + scratch.path("home/new").string() + ", which holds data already");
    }
    EXPECT_EQ(scratch.read(scratch.path("home/.local/share/loci/loci.db")), "old words");
    EXPECT_EQ(scratch.read(scratch.path("home/new/loci.db")), "other words");
    const auto inside =
        config::follow_folders(scratch.load_yaml("data: {folder: ~/.local/share/loci/deeper}"));
    ASSERT_FALSE(inside.has_value());
    EXPECT_EQ(inside.error().code, base::ErrorCode::conflict);
}

TEST(ConfigFolders, leave_folders_of_other_programs_where_they_are) {
    Scratch scratch;
    scratch.write("home/shared-models/theirs.gguf", "weights");
    follow(scratch.load_yaml("data: {models_folder: ~/shared-models}"));
    const auto report = follow(scratch.load_yaml(""));
    ASSERT_EQ(report.size(), 1U);
    EXPECT_TRUE(report[0].ends_with("held other files too and was left as it is"));
    EXPECT_TRUE(fs::exists(scratch.path("home/shared-models/theirs.gguf")));
}

TEST(ConfigFolders, stay_put_for_a_place_given_on_the_command_line) {
    Scratch scratch;
    follow(scratch.load_yaml(""));
    scratch.write("home/.local/share/loci/loci.db", "words");
    scratch.request.overrides.push_back(
        {"data.folder", scratch.path("once").string(), "--data-folder"});
    EXPECT_TRUE(follow(scratch.load_yaml("")).empty());
    EXPECT_FALSE(fs::exists(scratch.path("once")));
    scratch.request.overrides.clear();
    EXPECT_TRUE(follow(scratch.load_yaml("")).empty());
    EXPECT_EQ(scratch.read(scratch.path("home/.local/share/loci/loci.db")), "words");
}

TEST(ConfigFolders, say_when_the_old_data_is_not_there) {
    Scratch scratch;
    follow(scratch.load_yaml("data: {assets_folder: ~/usb/assets}"));
    const auto report = follow(scratch.load_yaml(""));
    ASSERT_EQ(report.size(), 1U);
    EXPECT_TRUE(
        report[0].ends_with("nothing was found in " + scratch.path("home/usb/assets").string()));
}

TEST(ConfigFolders, refuse_a_damaged_marker) {
    Scratch scratch;
    scratch.write("home/.config/loci/config.folders.json", "{");
    const auto report = config::follow_folders(scratch.load_yaml(""));
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, base::ErrorCode::corrupt);
}

}  // namespace
