// Conversations far longer than the model's context: what stands in each prompt, and that no reply
// waits for a summary.
#include <algorithm>
#include <set>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "stage.hpp"

namespace scenarios {
namespace {

constexpr std::string_view kSummariser = "You condense conversations";

// Answers like a model: replies echo, summaries keep the lines that hold a fact. Four bytes a
// token.
class Talker final : public ports::LlmProvider {
public:
    enum class Summaries { made, fail, never_end };

    explicit Talker(async::Clock& clock) : clock_(clock) {}

    [[nodiscard]] std::string name() const override { return "talker"; }
    [[nodiscard]] ports::LlmPlace place() const override { return ports::LlmPlace::here; }
    [[nodiscard]] async::Task<base::Result<std::vector<ports::LlmModel>>> models() override {
        co_return std::vector<ports::LlmModel>{};
    }
    [[nodiscard]] async::Task<base::Result<int>> count_tokens(std::string,
                                                              std::string text) override {
        co_return static_cast<int>(text.size() / 4 + 1);
    }
    [[nodiscard]] async::Task<base::Result<ports::LlmOutcome>> chat(ports::LlmRequest request,
                                                                    ports::LlmSink& sink,
                                                                    std::stop_token stop) override {
        ports::LlmOutcome outcome;
        std::string text;
        if (request.messages.front().content.starts_with(kSummariser)) {
            ++summaries_asked;
            if (summaries == Summaries::fail) {
                co_return base::fail(base::ErrorCode::upstream, "no summary today");
            }
            if (summaries == Summaries::never_end) {
                auto sleeping = clock_.sleep_for(std::chrono::hours(1000), stop);
                const bool slept = co_await std::move(sleeping);
                static_cast<void>(slept);
                co_return base::fail(base::ErrorCode::cancelled, "stopped");
            }
            text = condensed(request.messages.back().content);
        } else {
            text = fmt::format("Reply to message {}.", requests.size());
            requests.push_back(request);
            if (delay.count() > 0) {
                auto sleeping = clock_.sleep_for(delay, stop);
                const bool slept = co_await std::move(sleeping);
                if (!slept) co_return base::fail(base::ErrorCode::cancelled, "stopped");
            }
        }
        const bool goes_on = sink.on_event(ports::LlmText{text});
        static_cast<void>(goes_on);
        co_return outcome;
    }

    static int tokens_of(const ports::LlmRequest& request) {
        int sum = 0;
        for (const auto& m : request.messages) sum += static_cast<int>(m.content.size() / 4 + 1);
        return sum;
    }

    std::vector<ports::LlmRequest> requests;  // for replies
    int summaries_asked = 0;
    Summaries summaries = Summaries::made;
    std::chrono::milliseconds delay{0};  // before a reply

private:
    static std::string condensed(const std::string& transcript) {
        std::string kept;
        std::set<std::string> known;
        for (const auto line : base::split(transcript, '\n')) {
            const auto fact = line.find("FACT-");
            if (fact == std::string_view::npos) continue;
            const std::string words(line.substr(fact));
            for (const auto word : base::split(words, ' ')) {
                if (word.starts_with("FACT-") && known.insert(std::string(word)).second) {
                    kept += std::string(word) + " ";
                }
            }
        }
        return kept.empty() ? "Small talk." : kept;
    }

    async::Clock& clock_;
};

struct LongTalk : testing::Test {
    static constexpr int kContext = 1600;
    static constexpr int kReply = 200;

    LongTalk() : talker(std::make_shared<Talker>(stage.clock())) {
        stage.options().titles = false;
        use(chat::ModelGrade::capable);
    }

    void use(chat::ModelGrade grade) {
        chat::ModelProfile profile;
        profile.id = "talker/test";
        profile.model = "test";
        profile.label = "Talker";
        profile.grade = grade;
        profile.context_tokens = kContext;
        profile.max_reply_tokens = kReply;
        stage.use(profile, talker);
    }

    void say(const std::string& text) {
        const auto receipt = stage.say(text, {});
        ASSERT_TRUE(receipt) << receipt.error().text();
    }

    const ports::LlmRequest& last() const { return talker->requests.back(); }

    static std::string filler(int i) {
        return fmt::format(
            "This is message {} about nothing in particular, only long enough to "
            "fill the window of a small model step by step.",
            i);
    }

    Stage stage;
    std::shared_ptr<Talker> talker;
};

bool extends(const ports::LlmRequest& before, const ports::LlmRequest& now) {
    if (now.messages.size() < before.messages.size()) return false;
    for (std::size_t i = 0; i < before.messages.size(); ++i) {
        if (now.messages[i].role != before.messages[i].role) return false;
        if (now.messages[i].content != before.messages[i].content) return false;
    }
    return true;
}

TEST_F(LongTalk, FiveHundredMessagesNeverOverflowAndKeyFactsSurvive) {
    int moves = 0;
    for (int i = 0; i < 250; ++i) {
        std::string text = filler(i);
        if (i % 50 == 3) text += fmt::format(" Keep in mind FACT-{} please.", i);
        ASSERT_NO_FATAL_FAILURE(say(text));
        ASSERT_EQ(talker->requests.size(), static_cast<std::size_t>(i) + 1) << "a reply each";
        ASSERT_LE(Talker::tokens_of(last()), kContext - kReply) << "message " << i;
        ASSERT_EQ(last().messages.back().role, ports::LlmRole::user);
        ASSERT_NE(last().messages.back().content.find(filler(i)), std::string::npos);
        if (last().messages.size() > 1) {
            ASSERT_EQ(last().messages[1].role, ports::LlmRole::user) << "begins with a question";
        }
        if (i > 0 && !extends(talker->requests[talker->requests.size() - 2], last())) ++moves;
    }
    EXPECT_GT(moves, 5) << "the window did move";
    EXPECT_LT(moves, 60) << "and then stood for many turns";
    EXPECT_GT(talker->summaries_asked, 3);
    EXPECT_LT(talker->summaries_asked, 60) << "a summary lasts for many turns";
    EXPECT_EQ(stage.stored().size(), 100u) << "the newest page";
    for (const int fact : {3, 53, 103, 153, 203}) {
        EXPECT_NE(last().messages.front().content.find(fmt::format("FACT-{}", fact)),
                  std::string::npos)
            << "FACT-" << fact << " is not in: " << last().messages.front().content;
    }
}

TEST_F(LongTalk, NoReplyWaitsForASummaryThatNeverComes) {
    talker->summaries = Talker::Summaries::never_end;
    ASSERT_NO_FATAL_FAILURE(say("My sister is called Zora and she lives in Porto."));
    for (int i = 0; i < 120; ++i) {
        ASSERT_NO_FATAL_FAILURE(say(filler(i)));
        ASSERT_EQ(talker->requests.size(), static_cast<std::size_t>(i) + 2);
        ASSERT_LE(Talker::tokens_of(last()), kContext - kReply);
    }
    EXPECT_GT(talker->summaries_asked, 0);
    EXPECT_NE(last().messages.front().content.find("My sister is called Zora"), std::string::npos)
        << last().messages.front().content;
}

TEST_F(LongTalk, AFailingSummariserCostsNothingButItsWords) {
    talker->summaries = Talker::Summaries::fail;
    ASSERT_NO_FATAL_FAILURE(say("My doctor is called Lindqvist."));
    for (int i = 0; i < 120; ++i) ASSERT_NO_FATAL_FAILURE(say(filler(i)));
    EXPECT_NE(last().messages.front().content.find("Lindqvist"), std::string::npos);
    // As soon as it works again, a real summary takes the place of the picked sentences.
    talker->summaries = Talker::Summaries::made;
    ASSERT_NO_FATAL_FAILURE(say("FACT-9 is new."));
    for (int i = 0; i < 30; ++i) ASSERT_NO_FATAL_FAILURE(say(filler(i)));
    EXPECT_NE(last().messages.front().content.find("FACT-9"), std::string::npos)
        << last().messages.front().content;
}

TEST_F(LongTalk, AMessageThatNoContextCanHoldIsRefusedInWords) {
    ASSERT_NO_FATAL_FAILURE(say(std::string(9'000, 'x')));
    EXPECT_TRUE(talker->requests.empty());
    const auto rows = stage.stored();
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[1].status, ports::StoredStatus::failed);
    EXPECT_NE(rows[1].error_json.find("too long for Talker"), std::string::npos);
    ASSERT_NO_FATAL_FAILURE(say("And a short one?"));
    EXPECT_EQ(talker->requests.size(), 1u) << "the next one is answered";
    EXPECT_LE(Talker::tokens_of(last()), kContext - kReply);
}

TEST_F(LongTalk, ThePromptOnlyGrowsWhateverHappensBetween) {
    ASSERT_NO_FATAL_FAILURE(say("first"));
    for (int i = 0; i < 12; ++i) {
        stage.wait(std::chrono::minutes(7));  // the time in the volatile part moves on
        if (i == 4) {
            ASSERT_NO_FATAL_FAILURE(say("/stats"));
        } else if (i == 7) {
            ASSERT_TRUE(stage.retry());
            const auto& before = talker->requests[talker->requests.size() - 2];
            EXPECT_EQ(last().messages.size(), before.messages.size());
            EXPECT_TRUE(extends(before, last())) << "asked again in the same words";
        } else {
            ASSERT_NO_FATAL_FAILURE(say(fmt::format("word {}", i)));
            const auto& before = talker->requests[talker->requests.size() - 2];
            ASSERT_TRUE(extends(before, last())) << "turn " << i;
            ASSERT_GT(last().messages.size(), before.messages.size());
            EXPECT_NE(last().messages.back().content, before.messages.back().content);
        }
    }
}

TEST_F(LongTalk, ANoteStandsBeforeItsMessageAndIsNotSaidAgain) {
    ports::NoteRow note;
    note.person = base::PersonId("owner");
    note.text = "the bicycle is at the workshop";
    ASSERT_TRUE(stage.run(stage.store().add_note(note)));
    ASSERT_NO_FATAL_FAILURE(say("Where is my bicycle?"));
    EXPECT_NE(last().messages.back().content.find("Noted earlier: the bicycle is at the workshop"),
              std::string::npos)
        << last().messages.back().content;
    ASSERT_NO_FATAL_FAILURE(say("And is the bicycle ready?"));
    EXPECT_EQ(last().messages.back().content.find("Noted earlier"), std::string::npos);
    EXPECT_NE(last().messages[1].content.find("Noted earlier"), std::string::npos) << "as sent";
}

TEST_F(LongTalk, AnEditKeepsThePromptBeforeIt) {
    for (int i = 0; i < 4; ++i) ASSERT_NO_FATAL_FAILURE(say(fmt::format("word {}", i)));
    const auto whole = last();
    ASSERT_TRUE(stage.edit(3, "another word"));
    ASSERT_EQ(last().messages.size(), 6u) << "system, two exchanges, the edited one";
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(last().messages[i].content, whole.messages[i].content);
    }
    EXPECT_NE(last().messages[5].content.find("another word"), std::string::npos);
}

TEST_F(LongTalk, AfterARestartTheWindowIsTheSameWords) {
    for (int i = 0; i < 5; ++i) ASSERT_NO_FATAL_FAILURE(say(fmt::format("word {}", i)));
    const auto before = last();
    stage.restart();
    stage.wait(std::chrono::hours(3));
    ASSERT_NO_FATAL_FAILURE(say("after"));
    EXPECT_TRUE(extends(before, last())) << "time and person stay as they were sent";
}

TEST_F(LongTalk, MessagesAnsweredTogetherAreAllInThePrompt) {
    stage.options().queue_mode = chat::QueueMode::collect;
    ASSERT_NO_FATAL_FAILURE(say("one"));
    talker->delay = std::chrono::milliseconds(100);
    for (const char* word : {"two", "three", "four", "five"}) ASSERT_NO_FATAL_FAILURE(say(word));
    stage.wait(std::chrono::seconds(1));
    ASSERT_EQ(talker->requests.size(), 3u) << "one, two, and the others together";
    std::string all;
    for (const auto& m : last().messages) all += m.content + "\n";
    for (const char* word : {"one", "two", "three", "four", "five"}) {
        EXPECT_NE(all.find(word), std::string::npos) << word << " is not in\n" << all;
    }
}

}  // namespace
}  // namespace scenarios
