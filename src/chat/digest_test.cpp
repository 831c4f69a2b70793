#include "chat/digest.hpp"

#include <gtest/gtest.h>

#include "chat/prompt.hpp"

namespace chat {
namespace {

ports::MessageRow said(ports::StoredRole role, std::string text) {
    ports::MessageRow row;
    row.role = role;
    row.content = std::move(text);
    return row;
}

TEST(Digest, KeepsFactsAndLetsSmallTalkGo) {
    std::vector<ports::MessageRow> rows;
    rows.push_back(said(ports::StoredRole::user, "Hello there! My sister is called Zora."));
    for (int i = 0; i < 40; ++i) {
        rows.push_back(said(ports::StoredRole::user, "What do you think about the weather?"));
        rows.push_back(said(ports::StoredRole::assistant, "It may rain, or it may not rain."));
    }
    rows.push_back(said(ports::StoredRole::user, "I must call the doctor on 3 May."));
    const std::string text = digest("", rows, 40);
    EXPECT_NE(text.find("- Person: My sister is called Zora."), std::string::npos) << text;
    EXPECT_NE(text.find("- Person: I must call the doctor on 3 May."), std::string::npos) << text;
    EXPECT_LT(text.find("Zora"), text.find("doctor")) << "in their order";
    EXPECT_LE(estimate_tokens(text), 45);
}

TEST(Digest, AnEarlierOneCompetesAgainAndProseIsKept) {
    const std::vector<ports::MessageRow> rows = {
        said(ports::StoredRole::user, "My brother is called Anton.")};
    const std::string text =
        digest("They talked about boats.\n- Person: My sister is called Zora.", rows, 60);
    EXPECT_TRUE(text.starts_with("They talked about boats.\n")) << text;
    EXPECT_NE(text.find("Zora"), std::string::npos);
    EXPECT_NE(text.find("Anton"), std::string::npos);
    EXPECT_EQ(digest(text, {}, 60), text) << "nothing new, nothing lost";
}

TEST(Digest, WorksWithoutEnglish) {
    const std::vector<ports::MessageRow> rows = {
        said(ports::StoredRole::user, "Meine Schwester heißt Zora und wohnt in Porto."),
        said(ports::StoredRole::assistant, "Das ist schön zu hören, wirklich sehr schön.")};
    const std::string text = digest("", rows, 25);
    EXPECT_NE(text.find("Zora"), std::string::npos) << text;
    EXPECT_EQ(text.find("schön"), std::string::npos) << text;
}

}  // namespace
}  // namespace chat
