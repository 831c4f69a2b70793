// Of a spoken reply that was interrupted history keeps what was heard.
#include <gtest/gtest.h>

#include "protocol/codec.hpp"
#include "stage.hpp"

namespace scenarios {
namespace {

const base::PersonId kListener("owner");

struct Interrupted : testing::Test {
    ports::MessageRow answered() {
        EXPECT_TRUE(stage.say("Tell me about the harbour.", {}));
        stage.wait(std::chrono::seconds(5));
        const auto rows = stage.stored();
        EXPECT_EQ(rows.size(), 2U);
        return rows.empty() ? ports::MessageRow{} : rows.back();
    }
    base::Result<void> cut(const base::MessageId& reply, std::string heard) {
        return stage.run(
            stage.inbox().cut_reply(kListener, *stage.session(), reply, std::move(heard)));
    }
    std::string last_prompt() {
        std::string all;
        for (const auto& m : stage.llm().requests().back().messages) all += m.content + "\n";
        return all;
    }
    Stage stage;
};

TEST_F(Interrupted, OnlyTheHeardPartIsShownAndRemembered) {
    const auto reply = answered();
    ASSERT_GT(reply.content.size(), 6U);
    const std::string heard = reply.content.substr(0, 4);
    ASSERT_TRUE(cut(reply.id, heard));
    const auto rows = stage.stored();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].content, heard);
    EXPECT_EQ(rows[1].status, ports::StoredStatus::interrupted);
    EXPECT_EQ(rows[1].replaces, reply.id) << "a new row: nothing said is overwritten";
    const auto* told = std::get_if<protocol::TurnEnded>(&stage.events().back()->event);
    ASSERT_NE(told, nullptr);
    EXPECT_EQ(told->state, protocol::TurnState::interrupted);
    EXPECT_EQ(told->message->content, heard);

    ASSERT_TRUE(stage.say("And the boats?", {}));
    stage.wait(std::chrono::seconds(5));
    const std::string prompt = last_prompt();
    EXPECT_EQ(prompt.find(reply.content), std::string::npos);
    EXPECT_NE(prompt.find(heard), std::string::npos);
}

TEST_F(Interrupted, AReplyOfWhichNothingWasHeardIsNotInThePrompt) {
    const auto reply = answered();
    ASSERT_TRUE(cut(reply.id, ""));
    EXPECT_EQ(stage.stored().back().content, "");
    ASSERT_TRUE(stage.say("And the boats?", {}));
    stage.wait(std::chrono::seconds(5));
    EXPECT_EQ(last_prompt().find(reply.content), std::string::npos);
}

TEST_F(Interrupted, WhatIsNoReplyHereIsNotCut) {
    const auto reply = answered();
    const auto question = stage.stored().front();
    EXPECT_EQ(cut(question.id, "x").error().code, base::ErrorCode::not_found);
    EXPECT_EQ(cut(base::MessageId::make(), "x").error().code, base::ErrorCode::not_found);
    ASSERT_TRUE(cut(reply.id, "x"));
    EXPECT_EQ(cut(reply.id, "y").error().code, base::ErrorCode::conflict) << "cut already";
    EXPECT_EQ(stage.stored().back().content, "x");
}

}  // namespace
}  // namespace scenarios
