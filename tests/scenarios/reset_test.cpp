// Conversations that go on from others: after silence, at a time of day, by command; what is
// carried over, who hears of it, and what stays where it is.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "protocol/codec.hpp"
#include "stage.hpp"

namespace scenarios {
namespace {

const base::PersonId kOwner("owner");

struct Reset : testing::Test {
    Reset() { stage.options().titles = true; }

    chat::Receipt say(const std::string& text) {
        auto receipt = stage.say(text, {});
        EXPECT_TRUE(receipt) << receipt.error().text();
        return receipt ? *receipt : chat::Receipt{};
    }

    std::string last_prompt() {
        std::string all;
        for (const auto& m : stage.llm().requests().back().messages) all += m.content + "\n";
        return all;
    }

    int events(std::string_view type) {
        int count = 0;
        for (const auto& item : stage.events()) {
            count += protocol::type_of(item->event) == type ? 1 : 0;
        }
        return count;
    }

    ports::SessionRow row(const base::SessionId& id) {
        auto got = stage.run(stage.store().get_session(id));
        EXPECT_TRUE(got);
        return got ? *got : ports::SessionRow{};
    }

    Stage stage;
};

TEST_F(Reset, SilenceBeginsANewConversationThatStillKnowsTheOldOne) {
    stage.options().reset.idle = std::chrono::minutes(30);
    const auto first = say("My cat is called Miso.");
    stage.wait(std::chrono::minutes(29));
    const auto same = say("She is three years old.");
    EXPECT_EQ(same.message.session, first.message.session) << "not long enough";
    const std::string old_words =
        stage.run(stage.store().get_session(first.message.session))->preview;
    stage.wait(std::chrono::minutes(31));
    const auto after = say("How is she called?");
    ASSERT_NE(after.message.session, first.message.session);

    const auto fresh = row(after.message.session);
    EXPECT_EQ(fresh.continues, first.message.session);
    EXPECT_EQ(events("notice"), 1) << "announced to every surface";
    const auto rows = stage.stored();
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[0].role, ports::StoredRole::notice);
    EXPECT_EQ(rows[0].content,
              "New conversation after 31 minutes of silence. I still know what we said in the last "
              "one.");
    const std::string prompt = last_prompt();
    EXPECT_NE(prompt.find("My cat is called Miso."), std::string::npos);
    EXPECT_NE(prompt.find("She is three years old."), std::string::npos);
    EXPECT_EQ(prompt.find("31 minutes of silence"), std::string::npos) << "notices are for people";

    // The old one is as it was, listed, and can be gone on with by whoever chooses it.
    EXPECT_EQ(row(first.message.session).preview, old_words);
    stage.wait(std::chrono::minutes(1));
    stage.set_session(first.message.session);
    EXPECT_EQ(say("Back here.").message.session, first.message.session);
}

TEST_F(Reset, WhoeverWritesInAnOlderConversationStaysThere) {
    stage.options().reset.idle = std::chrono::minutes(30);
    const auto older = say("about gardens").message.session;
    stage.set_session(std::nullopt);
    const auto newer = say("about boats").message.session;
    stage.wait(std::chrono::hours(5));
    stage.set_session(older);
    EXPECT_EQ(say("and roses?").message.session, older);
    EXPECT_EQ(events("notice"), 0);
    stage.set_session(newer);
    EXPECT_EQ(say("and sails?").message.session, newer) << "not the newest any more";
}

TEST_F(Reset, ByDefaultNothingIsReset) {
    const auto first = say("hello").message.session;
    stage.wait(std::chrono::hours(24 * 30));
    EXPECT_EQ(say("still here?").message.session, first);
}

TEST_F(Reset, MessagesSentBeforeTheSurfaceCouldKnowFollow) {
    stage.options().reset.idle = std::chrono::minutes(30);
    const auto first = say("hello").message.session;
    stage.wait(std::chrono::hours(1));
    const auto next = say("one").message.session;
    stage.set_session(first);
    EXPECT_EQ(say("two").message.session, next);
    stage.set_session(first);
    stage.wait(std::chrono::minutes(1));
    EXPECT_EQ(say("on purpose").message.session, first);
}

TEST_F(Reset, AMessageSentAgainAfterwardsIsStillOneTurn) {
    stage.options().reset.idle = std::chrono::minutes(30);
    const auto first = say("hello").message.session;
    stage.wait(std::chrono::hours(1));
    chat::SubmitOptions options;
    options.idempotency_key = "k";
    const auto once = stage.say("one", options);
    ASSERT_TRUE(once);
    stage.wait(std::chrono::minutes(1));
    stage.set_session(first);
    const auto twice = stage.say("one", options);
    ASSERT_TRUE(twice) << twice.error().text();
    EXPECT_TRUE(twice->duplicate);
    EXPECT_EQ(twice->message.id, once->message.id);
}

TEST_F(Reset, TheSummaryAndTheLastTenMessagesAreCarried) {
    stage.options().reset.idle = std::chrono::minutes(30);
    say("My sister lives in Lisbon.");
    for (int i = 0; i < 8; ++i) say(fmt::format("small talk {}", i));
    // At the end of the silence, not when the person is back.
    stage.llm().add_reply({"Their sister lives in Lisbon."});
    const auto before = stage.llm().requests().size();
    stage.wait(std::chrono::minutes(31));
    ASSERT_EQ(stage.llm().requests().size(), before + 1) << "summarised while nobody waits";
    say("Where does she live?");
    EXPECT_EQ(stage.llm().requests().size(), before + 2);
    const auto& messages = stage.llm().requests().back().messages;
    EXPECT_NE(messages.front().content.find("Their sister lives in Lisbon."), std::string::npos);
    ASSERT_EQ(messages.size(), 12u) << "system, ten carried, the new one";
    EXPECT_NE(messages[1].content.find("small talk 3"), std::string::npos);
    // What follows extends it.
    const auto prompt = messages;
    say("And my brother?");
    const auto& now = stage.llm().requests().back().messages;
    ASSERT_GT(now.size(), prompt.size());
    for (std::size_t i = 0; i < prompt.size(); ++i) EXPECT_EQ(now[i].content, prompt[i].content);
}

TEST_F(Reset, WithoutAModelTheFactsArePickedOut) {
    stage.set_route(chat::ModelGrade::toy);
    stage.options().reset.idle = std::chrono::minutes(30);
    const auto first = say("My sister is called Zora. What do you think?").message.session;
    for (int i = 0; i < 12; ++i) say("Tell me more.");
    stage.wait(std::chrono::minutes(31));
    const auto summary = stage.run(stage.store().get_summary(first));
    ASSERT_TRUE(summary && *summary);
    EXPECT_EQ((**summary).by, ports::SummaryBy::extract);
    EXPECT_NE((**summary).text.find("My sister is called Zora."), std::string::npos);
}

TEST_F(Reset, ANewDayBeginsANewConversation) {
    stage.options().reset.daily = chat::daily_time("04:00");
    const auto first = say("good evening").message.session;
    stage.wait(std::chrono::hours(24));
    const auto next = say("good morning").message.session;
    EXPECT_NE(next, first);
    EXPECT_NE(last_prompt().find("good evening"), std::string::npos);
    EXPECT_NE(stage.stored().front().content.find("A new day"), std::string::npos);
}

TEST_F(Reset, TheCommandBeginsANewOneAndSaysSo) {
    const auto first = say("My boat is called Vela.").message.session;
    const auto next = say("/reset").message.session;
    ASSERT_NE(next, first);
    EXPECT_EQ(events("notice"), 1);
    auto rows = stage.stored();
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[1].content, "A new conversation. I still know what we said in the last one.");
    say("How is my boat called?");
    EXPECT_NE(last_prompt().find("My boat is called Vela."), std::string::npos);
    EXPECT_EQ(row(next).title, "How is my boat called?") << "a command is no title";

    const auto clean = say("/new").message.session;
    EXPECT_NE(clean, next);
    EXPECT_TRUE(row(clean).continues.empty());
    say("And now?");
    EXPECT_EQ(last_prompt().find("Vela"), std::string::npos);
}

TEST_F(Reset, ClearingSaysSoInEveryWindowAndForgets) {
    const auto id = say("My secret is 4711.").message.session;
    const auto next = say("/reset").message.session;
    stage.set_session(id);
    EXPECT_EQ(say("/clear").message.session, id);
    EXPECT_EQ(events("session.snapshot"), 1);
    EXPECT_EQ(stage.stored().back().content, "What was said here is removed.");
    stage.set_session(next);
    say("What was my secret?");
    EXPECT_EQ(last_prompt().find("4711"), std::string::npos) << "not carried on either";
}

TEST_F(Reset, StatisticsCountWhatIsShown) {
    say("hi");
    say("how are you");
    say("/stats");
    const std::string text = stage.stored().back().content;
    EXPECT_TRUE(text.starts_with("4 messages, 2 of them replies.")) << text;
    EXPECT_NE(text.find("Scripted: 2 replies"), std::string::npos) << text;
}

TEST_F(Reset, TwoPersonsNeverSeeEachOther) {
    const auto mine = say("My secret is 4711.");
    const base::PersonId other("other");
    auto& inbox = stage.inbox();
    const auto is_hidden = [](const auto& result) {
        return !result && result.error().code == base::ErrorCode::not_found;
    };
    const auto& id = mine.message.session;
    EXPECT_TRUE(is_hidden(stage.run(inbox.view(other, id))));
    EXPECT_TRUE(is_hidden(stage.run(inbox.submit({other, id, "web", "hello", {}}))));
    EXPECT_TRUE(is_hidden(stage.run(inbox.edit(other, mine.message.id, "changed", {}))));
    EXPECT_TRUE(is_hidden(stage.run(inbox.retry(other, id, {}))));
    EXPECT_TRUE(is_hidden(stage.run(inbox.stop(other, id))));
    EXPECT_TRUE(is_hidden(stage.run(inbox.reset(other, id))));
    EXPECT_TRUE(is_hidden(stage.run(inbox.rename(other, id, "theirs"))));
    EXPECT_TRUE(is_hidden(stage.run(inbox.clear(other, id))));
    EXPECT_TRUE(is_hidden(stage.run(inbox.remove(other, id))));
    ports::SessionPage page;
    page.query = "secret";
    EXPECT_TRUE(stage.run(inbox.list(other, page))->empty());
    EXPECT_EQ(stage.run(inbox.list(kOwner, page))->size(), 1u);
    // Theirs begins with nothing of mine, also by /reset.
    const auto theirs = stage.run(inbox.submit({other, std::nullopt, "web", "/reset", {}}));
    ASSERT_TRUE(theirs);
    EXPECT_TRUE(row(theirs->message.session).continues.empty());
    for (const auto& item : stage.events()) {
        if (item->session == id) EXPECT_EQ(item->person, kOwner) << item->text;
    }
}

}  // namespace
}  // namespace scenarios
