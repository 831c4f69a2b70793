// Many conversations: those that nobody uses leave memory, and nothing of them is lost.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "stage.hpp"

namespace scenarios {
namespace {

constexpr int kConversations = 150;
constexpr std::size_t kMostOpen = 65;  // the one being opened comes on top

std::string prompt_of(const ports::LlmRequest& request) {
    std::string all;
    for (const auto& message : request.messages) all += message.content + "\n";
    return all;
}

TEST(ManyConversations, UnusedOnesLeaveMemoryAndAreTheSameWhenTheyComeBack) {
    Stage stage;
    std::optional<base::SessionId> first;
    for (int i = 0; i < kConversations; ++i) {
        stage.set_session(std::nullopt);
        const auto receipt = stage.say(fmt::format("My number is {}.", 1000 + i), {});
        ASSERT_TRUE(receipt) << receipt.error().text();
        if (!first) first = receipt->message.session;
        EXPECT_LE(stage.inbox().open_conversations(), kMostOpen);
    }
    EXPECT_GT(stage.inbox().open_conversations(), 1u);

    stage.set_session(first);
    const auto again = stage.say("Which one was it?", {});
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->message.session, *first);
    EXPECT_NE(prompt_of(stage.llm().requests().back()).find("My number is 1000."),
              std::string::npos);
    EXPECT_EQ(stage.stored().size(), 4u) << "both questions and both replies";
}

TEST(ManyConversations, OneThatIsBeingAnsweredStays) {
    Stage stage;
    stage.llm().add_reply({"Slowly ", "but surely."}, std::chrono::seconds(5));
    const auto slow = stage.say("Take your time.", {});
    ASSERT_TRUE(slow) << slow.error().text();
    for (int i = 0; i < kConversations; ++i) {
        stage.set_session(std::nullopt);
        ASSERT_TRUE(stage.say(fmt::format("My number is {}.", i), {}));
    }
    EXPECT_EQ(stage.inbox().running_turns(), 1u);
    stage.wait(std::chrono::seconds(11));
    stage.set_session(slow->message.session);
    const auto rows = stage.stored();
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows.back().content, "Slowly but surely.");
}

}  // namespace
}  // namespace scenarios
