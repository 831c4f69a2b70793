// A turn works while its message is being stored, and nothing of it leaves before that.
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "chat/turn.hpp"
#include "protocol/codec.hpp"
#include "stage.hpp"

namespace scenarios {
namespace {

struct EarlyTurn : testing::Test {
    EarlyTurn() {
        const auto row = stage.run(stage.inbox().create(base::PersonId("owner"), "web"));
        job.message.session = row->id;
        job.message.id = base::MessageId::make();
        job.message.role = ports::StoredRole::user;
        job.message.content = "Why is the sky blue?";
        job.message.seq = 1;
        job.turn.id = base::TurnId::make();
        job.turn.session = row->id;
        job.turn.message = job.message.id;
        job.person = base::PersonId("owner");
        job.acceptance = std::make_shared<chat::Acceptance>();
        before = stage.events().size();
    }

    void start(chat::Turn& turn) {
        const auto answer = [](EarlyTurn& test, chat::Turn& each) -> async::Task<void> {
            auto running = each.run({}, test.window, {});
            test.reply = co_await std::move(running);
            test.over = true;
        };
        boost::asio::co_spawn(stage.io(), answer(*this, turn), boost::asio::detached);
        stage.wait(std::chrono::seconds(10));
    }

    std::vector<std::string> news() {
        std::vector<std::string> types;
        for (std::size_t i = before; i < stage.events().size(); ++i) {
            types.emplace_back(protocol::type_of(stage.events()[i]->event));
        }
        return types;
    }

    Stage stage;
    chat::TurnJob job;
    chat::PromptWindow window;
    std::size_t before = 0;
    std::optional<ports::MessageRow> reply;
    bool over = false;
};

TEST_F(EarlyTurn, AsksTheModelButShowsAndWritesNothingUntilItsMessageIsStored) {
    stage.llm().add_reply({"Light ", "scatters."}, std::chrono::seconds(2));
    chat::Turn turn(stage.services(), job);
    start(turn);
    ASSERT_EQ(stage.llm().requests().size(), 1u);
    EXPECT_EQ(stage.llm().running(), 0) << "the model has answered already";
    EXPECT_FALSE(turn.shown());
    EXPECT_FALSE(over);
    EXPECT_TRUE(news().empty());

    const auto accepted = stage.run(stage.store().accept(job.message, job.turn));
    ASSERT_TRUE(accepted) << accepted.error().text();
    turn.accepted(accepted->message);
    stage.wait(std::chrono::seconds(1));
    ASSERT_TRUE(over);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->content, "Light scatters.");
    const std::vector<std::string> wanted = {"turn.started", "turn.state",  "turn.state",
                                             "reply.delta",  "reply.delta", "turn.ended"};
    EXPECT_EQ(news(), wanted);
    ports::MessagePage page;
    page.session = job.message.session;
    const auto stored = stage.run(stage.store().list_messages(page));
    ASSERT_EQ(stored->size(), 2u);
    EXPECT_FALSE(stored->front().volatile_context.empty()) << "kept as it was sent";
}

TEST_F(EarlyTurn, OfARefusedMessageLeavesNoTrace) {
    stage.llm().add_reply({"Light ", "scatters."});
    chat::Turn turn(stage.services(), job);
    start(turn);
    job.acceptance->refuse();
    stage.wait(std::chrono::seconds(1));
    EXPECT_TRUE(over);
    EXPECT_FALSE(reply);
    EXPECT_TRUE(news().empty());
}

TEST_F(EarlyTurn, AReflexThatActsWaitsForTheMessage) {
    stage.options().reflexes = chat::ReflexPolicy::on;
    job.message.content = "Make a note: buy milk";
    chat::Turn turn(stage.services(), job);
    start(turn);
    EXPECT_TRUE(stage.llm().requests().empty()) << "no model is asked";
    EXPECT_TRUE(stage.run(stage.store().list_notes(base::PersonId("owner")))->empty());
    job.acceptance->refuse();
    stage.wait(std::chrono::seconds(1));
    EXPECT_TRUE(over);
    EXPECT_TRUE(stage.run(stage.store().list_notes(base::PersonId("owner")))->empty());
}

}  // namespace
}  // namespace scenarios
