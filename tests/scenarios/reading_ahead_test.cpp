// A model that reads ahead gets, while a person pauses, exactly the prompt of the turn to come, and
// nothing of it shows or stays.
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "chat/wire.hpp"
#include "stage.hpp"

namespace scenarios {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const base::PersonId kSpeaker("owner");
constexpr const char* kWords = "Why is the sky blue?";

struct ReadingAhead : testing::Test {
    ReadingAhead() { stage.llm().read_ahead(); }

    void prepare(const std::string& words) {
        const auto ask = [](ReadingAhead& test, std::string text) -> async::Task<void> {
            auto preparing =
                test.stage.inbox().prepare(kSpeaker, test.stage.session(),
                                           {std::move(text), test.whole}, test.stop.get_token());
            co_await std::move(preparing);
            ++test.over;
        };
        boost::asio::co_spawn(stage.io(), ask(*this, words), boost::asio::detached);
        async::testing::ManualClock::settle(stage.io());
    }
    void say(const std::string& words) {
        const auto receipt = stage.say(words, {});
        ASSERT_TRUE(receipt) << receipt.error().text();
        stage.wait(seconds(1));
    }
    const std::vector<ports::LlmRequest>& prepared() { return stage.llm().prepared(); }
    const std::vector<ports::LlmRequest>& requests() { return stage.llm().requests(); }
    static std::string bytes_of(const ports::LlmRequest& request) {
        std::string all = request.model + "\n" + request.cache_key + "\n" + request.raw_prompt;
        for (const auto& one : request.messages) {
            all += "\n" + std::to_string(static_cast<int>(one.role)) + " " + one.content;
        }
        return all;
    }
    std::size_t sessions() {
        ports::SessionPage page;
        page.person = kSpeaker;
        return stage.run(stage.store().list_sessions(page))->size();
    }

    std::stop_source stop;
    bool whole = false;  // the words
    int over = 0;
    Stage stage;
};

TEST_F(ReadingAhead, TheTurnSendsWhatWasReadByteForByte) {
    for (const auto grade : {chat::ModelGrade::capable, chat::ModelGrade::toy}) {
        stage.set_route(grade);
        say("Hello there, my friend.");
        const std::size_t asked = requests().size();
        prepare(kWords);
        EXPECT_EQ(over, grade == chat::ModelGrade::capable ? 1 : 2);
        EXPECT_EQ(requests().size(), asked) << "reading is no request";
        say(kWords);
        ASSERT_EQ(requests().size(), asked + 1);
        EXPECT_EQ(bytes_of(prepared().back()), bytes_of(requests().back()));
    }
    EXPECT_EQ(prepared().size(), 2U);
}

TEST_F(ReadingAhead, OnlyWholeWordsAreAnsweredAhead) {
    prepare("Why is the");
    EXPECT_EQ(prepared().back().foresee, 0);
    whole = true;
    prepare(kWords);
    EXPECT_GT(prepared().back().foresee, 0);
    say(kWords);
    EXPECT_EQ(requests().back().foresee, 0);
}

TEST_F(ReadingAhead, WhatWasForeseenMakesNoModelLookFast) {
    for (const int foreseen : {0, 21, 41}) {
        adapters::Script script;
        script.steps = {{ports::LlmText{"It "}},
                        {ports::LlmText{"scatters "}, std::chrono::milliseconds(100), 20},
                        {ports::LlmUsage{30, 30, 41, foreseen}}};
        stage.llm().add(std::move(script));
        ASSERT_TRUE(stage.say(kWords, {}));
        stage.wait(seconds(3));
        const auto reply = chat::to_wire(stage.stored().back());
        ASSERT_TRUE(reply.detail);
        // Two seconds passed from the first word to the last.
        const auto& speed = reply.detail->tokens_per_s;
        EXPECT_EQ(speed.has_value(), foreseen < 41) << "nothing was made in that time";
        if (speed) EXPECT_NEAR(*speed, foreseen == 0 ? 20 : 10, 0.1) << foreseen;
    }
}

TEST_F(ReadingAhead, NotesAndNameAreReadAsTheTurnWillSayThem) {
    ports::NoteRow note;
    note.person = kSpeaker;
    note.text = "The blue hour over Lisbon is her favourite.";
    ASSERT_TRUE(stage.run(stage.store().add_note(note)));
    ASSERT_TRUE(stage.run(stage.store().put_fact("person_name", "Ada")));
    prepare(kWords);
    say(kWords);
    const std::string read = prepared().back().messages.back().content;
    EXPECT_NE(read.find("Lisbon"), std::string::npos);
    EXPECT_NE(read.find("Ada"), std::string::npos);
    EXPECT_EQ(read, requests().back().messages.back().content);
}

TEST_F(ReadingAhead, NothingIsStoredOrTold) {
    say("Hello there.");
    const auto rows = stage.stored().size();
    const auto told = stage.events().size();
    prepare("A secret that is never said");
    stage.wait(minutes(1));
    ASSERT_EQ(prepared().size(), 1U);
    EXPECT_EQ(stage.stored().size(), rows);
    EXPECT_EQ(stage.events().size(), told);
    say("Something else");
    EXPECT_EQ(bytes_of(requests().back()).find("secret"), std::string::npos);
}

TEST_F(ReadingAhead, ANewConversationIsReadButNotMade) {
    prepare(kWords);
    ASSERT_EQ(prepared().size(), 1U);
    EXPECT_EQ(sessions(), 0U);
    EXPECT_TRUE(stage.events().empty());
    say(kWords);
    EXPECT_EQ(prepared().back().messages.size(), requests().back().messages.size());
    EXPECT_EQ(prepared().back().messages.back().content, requests().back().messages.back().content);
}

TEST_F(ReadingAhead, WhoHasOnlyBegunHasWhatWasSaidBeforeRead) {
    say("Hello there.");
    prepare("");
    say(kWords);
    const auto& read = prepared().back().messages;
    const auto& sent = requests().back().messages;
    ASSERT_EQ(read.size(), sent.size());
    for (std::size_t i = 0; i + 1 < read.size(); ++i) EXPECT_EQ(read[i].content, sent[i].content);
    EXPECT_FALSE(read.back().content.empty()) << "time and name stand before the words";
    EXPECT_TRUE(sent.back().content.starts_with(read.back().content));
}

TEST_F(ReadingAhead, AStopWithdrawsItAtOnce) {
    say("Hello there.");
    stage.llm().read_ahead(minutes(1));
    prepare(kWords);
    ASSERT_EQ(prepared().size(), 1U);
    EXPECT_EQ(over, 0);
    stop.request_stop();
    async::testing::ManualClock::settle(stage.io());
    EXPECT_EQ(over, 1);
    EXPECT_EQ(stage.llm().withdrawn(), 1);
    prepare(kWords);
    EXPECT_EQ(prepared().size(), 1U) << "stopped before it began";
}

TEST_F(ReadingAhead, TheTurnDoesNotWaitForIt) {
    say("Hello there.");
    stage.llm().read_ahead(minutes(1));
    prepare(kWords);
    say(kWords);
    EXPECT_EQ(stage.llm().withdrawn(), 1);
    EXPECT_EQ(over, 1);
    EXPECT_EQ(requests().size(), 2U);
    EXPECT_EQ(stage.stored().back().status, ports::StoredStatus::complete);
}

TEST_F(ReadingAhead, ANewerOneReplacesIt) {
    say("Hello there.");
    stage.llm().read_ahead(minutes(1));
    prepare("Why is");
    prepare("Why is the sky blue?");
    EXPECT_EQ(stage.llm().withdrawn(), 1);
    EXPECT_EQ(prepared().size(), 2U);
}

TEST_F(ReadingAhead, WhileATurnRunsNothingIsRead) {
    stage.llm().add_reply({"Long ", "thought."}, minutes(1));
    ASSERT_TRUE(stage.say("Hello there.", {}));
    prepare(kWords);
    EXPECT_EQ(over, 1);
    EXPECT_TRUE(prepared().empty());
}

TEST_F(ReadingAhead, WhatNeedsNoModelIsNotRead) {
    stage.options().reflexes = chat::ReflexPolicy::on;
    for (const char* words : {"What time is it?", "12 times 12", "/reset", "/do wave"}) {
        prepare(words);
        EXPECT_TRUE(prepared().empty()) << words;
    }
    stage.body().put_stage("page", {"Nook", {"wave"}, {"happy"}});
    prepare("Wave");
    EXPECT_TRUE(prepared().empty());
    prepare(kWords);
    EXPECT_EQ(prepared().size(), 1U);
}

TEST_F(ReadingAhead, AConversationThatIsOverIsNotRead) {
    stage.options().reset.idle = minutes(30);
    say("Hello there.");
    stage.wait(minutes(31));
    const auto told = stage.events().size();
    prepare(kWords);
    EXPECT_EQ(over, 1);
    EXPECT_TRUE(prepared().empty());
    EXPECT_EQ(sessions(), 1U);
    EXPECT_EQ(stage.events().size(), told);
}

TEST_F(ReadingAhead, SomebodyElsesConversationIsNotRead) {
    say("Hello there.");
    const auto ask = [](ReadingAhead& test) -> async::Task<void> {
        auto preparing = test.stage.inbox().prepare(base::PersonId("stranger"),
                                                    test.stage.session(), {kWords}, {});
        co_await std::move(preparing);
    };
    boost::asio::co_spawn(stage.io(), ask(*this), boost::asio::detached);
    async::testing::ManualClock::settle(stage.io());
    EXPECT_TRUE(prepared().empty());
}

TEST(ReadingAheadOff, AModelThatDoesNotReadAheadIsLeftAlone) {
    Stage stage;
    const auto ask = [](Stage& on) -> async::Task<bool> {
        auto preparing = on.inbox().prepare(kSpeaker, std::nullopt, {kWords}, {});
        co_await std::move(preparing);
        co_return true;
    };
    EXPECT_TRUE(stage.run(ask(stage)));
    EXPECT_TRUE(stage.llm().prepared().empty());
    EXPECT_TRUE(stage.llm().requests().empty());
}

// A window that is about to move moves with the turn, not with what was only read.
TEST_F(ReadingAhead, AFullWindowStaysWhereItIs) {
    chat::ModelProfile profile;
    profile.id = profile.model = "small";
    profile.context_tokens = 700;
    profile.max_reply_tokens = 100;
    auto llm = std::make_shared<adapters::ScriptedLlm>(stage.clock());
    llm->read_ahead();
    auto twin = std::make_shared<adapters::ScriptedLlm>(stage.clock());
    Stage other;
    stage.use(profile, llm);
    other.use(profile, twin);
    const std::string filler(300, 'a');
    for (int i = 0; i < 12; ++i) {
        const std::string words = "Number " + std::to_string(i) + " " + filler;
        prepare(words + " " + filler + " that is taken back");
        say(words);
        ASSERT_TRUE(other.say(words, {}));
        other.wait(seconds(1));
        const auto& mine = llm->requests().back().messages;
        const auto& theirs = twin->requests().back().messages;
        ASSERT_EQ(mine.size(), theirs.size()) << i;
        EXPECT_EQ(mine.front().content, theirs.front().content);
        EXPECT_EQ(mine.at(1).content, theirs.at(1).content);
    }
    EXPECT_EQ(llm->prepared().size(), 12U);
    EXPECT_LT(llm->requests().back().messages.size(), 12U) << "the window has moved";
}

}  // namespace
}  // namespace scenarios
