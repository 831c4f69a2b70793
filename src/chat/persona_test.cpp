#include "chat/persona.hpp"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace chat {
namespace {

namespace fs = std::filesystem;

struct PersonaFiles : testing::Test {
    PersonaFiles()
        : folder(fs::temp_directory_path() / ("loci-persona-" + std::to_string(::getpid()))) {
        fs::remove_all(folder);
    }
    ~PersonaFiles() override { fs::remove_all(folder); }

    void put(const std::string& name, const std::string& text) const {
        fs::create_directories((folder / name).parent_path());
        std::ofstream(folder / name) << text;
    }
    [[nodiscard]] Persona persona() const { return {folder / "workspace", built_in_persona()}; }

    fs::path folder;
};

TEST_F(PersonaFiles, AreReadInAlphabeticalOrderWithoutTheHeartbeat) {
    put("workspace/SOUL.md", "the soul");
    put("workspace/AGENTS.md", "the agents");
    put("workspace/TOOLS.md", "the tools");
    put("workspace/USER.md", "the user");
    put("workspace/IDENTITY.md", "# Luna\nthe identity");
    put("workspace/heartbeat.md", "the heartbeat");
    put("workspace/HEARTBEAT.md", "the other heartbeat");
    put("workspace/SHORT.md", "the short one");
    put("workspace/notes.txt", "no persona");
    auto persona = this->persona();
    EXPECT_EQ(persona.prompt(),
              "the agents\n\n# Luna\nthe identity\n\nthe soul\n\nthe tools\n\nthe user");
    EXPECT_EQ(persona.short_prompt(), "the short one");
    EXPECT_EQ(persona.name(), "Luna");
}

TEST_F(PersonaFiles, AChangeIsTakenOverWithoutARestart) {
    auto persona = this->persona();
    ASSERT_TRUE(persona.prepare());
    EXPECT_EQ(persona.name(), "Nook");
    ASSERT_TRUE(persona.write("IDENTITY.md", "# Luna and more\n"));
    EXPECT_EQ(persona.name(), "Luna and more");
}

TEST_F(PersonaFiles, APersonalityOfTheConfigurationStandsForIdentityAndSoul) {
    auto persona = this->persona();
    ASSERT_TRUE(persona.prepare());
    ASSERT_TRUE(persona.write("USER.md", "I am Ada."));
    persona.set_personality({"", "# Rex\nYou are a gruff guard dog.", {}});
    EXPECT_EQ(persona.prompt(), "# Rex\nYou are a gruff guard dog.\n\nI am Ada.");
    EXPECT_EQ(persona.short_prompt(), "# Rex\nYou are a gruff guard dog.");
    EXPECT_EQ(persona.name(), "Rex");

    put("rex.md", "You are a kind guard dog.");
    persona.set_personality({"Max", "", folder / "rex.md"});
    EXPECT_EQ(persona.prompt(), "Your name is Max.\n\nYou are a kind guard dog.\n\nI am Ada.");
    EXPECT_EQ(persona.name(), "Max");
    put("rex.md", "You are a very kind guard dog.");
    EXPECT_NE(persona.prompt().find("very kind"), std::string::npos) << "read again when changed";

    persona.set_personality({"", "the text", folder / "missing.md"});
    EXPECT_TRUE(persona.prompt().starts_with("the text")) << "a missing file is left out";
    persona.set_personality({});
    EXPECT_EQ(persona.name(), "Nook");
}

TEST_F(PersonaFiles, AProfileFillsAUserFileThatNobodyTouched) {
    put("profile.md", "My name is Ada and I like boats.");
    auto persona = this->persona();
    ASSERT_TRUE(persona.prepare());
    EXPECT_EQ(persona.take_profile(folder / "profile.md").value(), Taken::yes);
    EXPECT_NE(persona.prompt().find("I like boats."), std::string::npos);
    ASSERT_TRUE(persona.write("USER.md", "I like trains now."));
    EXPECT_EQ(persona.take_profile(folder / "profile.md").value(), Taken::no);
    EXPECT_EQ(persona.read("USER.md")->content, "I like trains now.");
    EXPECT_FALSE(persona.take_profile(folder / "missing.md"));
}

}  // namespace
}  // namespace chat
