#include <gtest/gtest.h>

#include <array>

#include "adapters/store_memory/memory_store.hpp"
#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"
#include "chat/arithmetic.hpp"
#include "chat/event_hub.hpp"
#include "chat/prompt.hpp"
#include "chat/reflex.hpp"
#include "chat/reflex_arguments.hpp"
#include "chat/reply_check.hpp"
#include "chat/titles.hpp"

namespace chat {
namespace {

TEST(Arithmetic, ReadsSumsInWordsAndSigns) {
    constexpr std::array<std::array<const char*, 2>, 12> kCases = {{
        {"What is 7 plus 5?", "12"},
        {"3 + 4 * 2", "11"},
        {"what's 15% of 80?", "12"},
        {"Calculate 12 times 8.", "96"},
        {"How much is 100 divided by 8", "12.5"},
        {"(1 + 2) * -3 =", "-9"},
        {"2 to the power of 10", "1024"},
        {"1,000 * 3", "3000"},
        {"5 / 0", "undefined"},
        {"12 squared", "144"},
        {"2 ^ 3 ^ 2", "512"},
        {"1 / 3", "0.3333333333"},
    }};
    for (const auto& [question, answer] : kCases) {
        const auto result = calculate(question);
        ASSERT_TRUE(result) << question;
        EXPECT_EQ(result->result, answer) << question;
    }
}

TEST(Arithmetic, LeavesEverythingElseAlone) {
    for (const char* text : {"What is 7?", "I have 2 cats and 3 dogs", "call 555-1234 now", "",
                             "what is love", "7 plus", "((((1", "1..2 + 3", "2026-11-21x"}) {
        EXPECT_FALSE(calculate(text)) << text;
    }
    EXPECT_FALSE(calculate(std::string(150, '(') + "1+1" + std::string(40, ')')));
}

TEST(ReflexArguments, TakeNamesNotesAndThemes) {
    EXPECT_EQ(name_argument("Hi, my name is ada."), "Ada");
    EXPECT_EQ(name_argument("Please call me Jean-Luc, thanks"), "Jean-Luc");
    EXPECT_FALSE(name_argument("My name is 4711"));
    EXPECT_FALSE(name_argument("my name is not something that I would tell you"));
    EXPECT_EQ(note_argument("Please remember that my cat is called Miso."),
              "my cat is called Miso");
    EXPECT_FALSE(note_argument("What do you remember?"));
    EXPECT_EQ(theme_argument("Turn on dark mode, please."), "dark");
    EXPECT_FALSE(theme_argument("darkness falls"));
}

TEST(ReflexArguments, TakeTheAnswerToTheQuestionForTheName) {
    EXPECT_EQ(name_answer("I am Ada"), "Ada");
    EXPECT_EQ(name_answer("Hi Nook, I'm Ada Lovelace!"), "Ada Lovelace");
    EXPECT_EQ(name_answer("Hello, I’m Émile."), "Émile");
    for (const char* text :
         {"I am tired", "I am Ada and I am tired", "Ada", "Yes", "I'm 42", "Do you think I am Ada",
          "It is Monday", "I am Very Very Glad Indeed", "I am German", "Hi, I'm OK"}) {
        EXPECT_FALSE(name_answer(text)) << text;
    }
}

TEST(ReplyCheck, FindsTheEndOfTheSecondSentence) {
    EXPECT_EQ(end_of_sentences("One. Two. Three", 2), 9u);
    EXPECT_EQ(end_of_sentences("Dr. Who likes 3.5 cups. Yes! And", 2), 28u);
    EXPECT_EQ(end_of_sentences("Still going. Not yet", 2), std::string::npos);
    EXPECT_EQ(end_of_sentences("No end yet.", 1), std::string::npos);
}

TEST(ReplyCheck, NamesWhatIsWrong) {
    EXPECT_EQ(find_fault("hi", "  ", {}), ReplyFault::empty);
    EXPECT_EQ(find_fault("hi", "I am a cat I am a cat I am a cat", {}), ReplyFault::loop);
    EXPECT_EQ(find_fault("hi", "你好，我是一个语言模型", {}), ReplyFault::wrong_language);
    EXPECT_EQ(find_fault("hi", "Words without sense", -3.0), ReplyFault::low_confidence);
    EXPECT_EQ(find_fault("hi", "The sky is blue because of scattering.", -0.9), std::nullopt);
}

TEST(Titles, AreMadeFromTheFirstMessage) {
    EXPECT_EQ(title_from("Hello Nook, can you tell me a story about a fox?"),
              "A story about a fox?");
    EXPECT_EQ(title_from("hi"), "Hi");
    EXPECT_EQ(title_from("explain how\nmagnets work"), "Explain how");
}

TEST(EventHub, ReplaysWhatAClientMissed) {
    EventHub hub(3);
    const base::PersonId person("p");
    for (int i = 0; i < 5; ++i) hub.publish(person, {}, protocol::Pong{});
    EXPECT_EQ(hub.last_seq(), 5);
    EXPECT_EQ(hub.since(5)->size(), 0u);
    EXPECT_EQ(hub.since(2)->size(), 3u);
    EXPECT_FALSE(hub.since(1)) << "event 2 is gone";
    EXPECT_FALSE(hub.since(9)) << "a number of the future";
}

TEST(EventHub, KeepsTheTextButNotTheEvent) {
    EventHub hub;
    std::shared_ptr<const Published> published;
    const auto handle = hub.subscribe([&](const auto& item) { published = item; });
    hub.publish(base::PersonId("p"), base::SessionId("s"), protocol::Pong{});
    ASSERT_TRUE(published);
    EXPECT_EQ(published.use_count(), 1) << "the hub holds it, too";
    const auto kept = hub.since(0);
    ASSERT_EQ(kept->size(), 1u);
    EXPECT_EQ(kept->front()->seq, 1);
    EXPECT_EQ(kept->front()->person.str(), "p");
    EXPECT_EQ(kept->front()->session.str(), "s");
    EXPECT_EQ(kept->front()->text, published->text);
}

TEST(EventHub, ListenersMayLeaveWhileTheyAreCalled) {
    EventHub hub;
    int heard = 0;
    std::shared_ptr<void> handle = hub.subscribe([&](const auto&) {
        ++heard;
        handle.reset();
    });
    hub.publish({}, {}, protocol::Pong{});
    hub.publish({}, {}, protocol::Pong{});
    EXPECT_EQ(heard, 1);
}

// An embedder whose vectors are chosen by hand: one axis per known text.
class AxisEmbedder final : public ports::Embedder {
public:
    async::Task<base::Result<std::vector<ports::Embedding>>> embed(
        std::vector<std::string> texts) override {
        std::vector<ports::Embedding> out;
        for (const auto& text : texts) {
            ports::Embedding vector(64, 0.0F);
            // Near the axis of "What time is it?": a hand-made paraphrase.
            if (text == "Got the time?") {
                vector[0] = 0.8F;
                vector[1] = 0.6F;
            } else if (text == "What time is it?") {
                vector[0] = 1.0F;
            } else {
                vector[2 + std::hash<std::string>{}(text) % 62] = 1.0F;
            }
            out.push_back(std::move(vector));
        }
        co_return out;
    }
    std::string model_id() const override { return "axis"; }
};

struct ReflexFixture {
    adapters::MemoryStore store;
    async::testing::ManualClock clock;
    Reflex reflex{*parse_intents(built_in_intents()), store, clock};

    std::optional<ReflexAnswer> ask(std::string text, ReflexMode mode = ReflexMode::lenient) {
        Utterance utterance{std::move(text), base::PersonId("p"), "Nook"};
        const auto match = async::testing::run(reflex.match(utterance.text, mode));
        return async::testing::run(reflex.answer(match, std::move(utterance)));
    }
};

TEST(Reflex, AnswersByRuleWithoutAnyModel) {
    ReflexFixture f;
    EXPECT_EQ(f.ask("What is 7 plus 5?")->text, "7 + 5 = 12");
    EXPECT_TRUE(f.ask("what time is it")->text.starts_with("It is "));
    EXPECT_EQ(f.ask("Switch to dark mode")->commands.at(0).value, "dark");
    EXPECT_FALSE(f.ask("Tell me about the war of the roses"));
    EXPECT_FALSE(f.ask("What is 7 plus 5?", ReflexMode::off));
}

TEST(Reflex, NearestExampleDecidesAboveTheThreshold) {
    ReflexFixture f;
    AxisEmbedder embedder;
    EXPECT_FALSE(f.ask("Got the time?"));
    f.reflex.set_embedder(&embedder);
    const auto answer = f.ask("Got the time?");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->intent, "time");
    EXPECT_NEAR(answer->similarity, 0.8, 0.01);
    EXPECT_FALSE(f.ask("Got the time?", ReflexMode::certain)) << "not near enough for that";
}

TEST(Reflex, IAmAdaIsANameWhileNoneIsKnown) {
    ReflexFixture f;
    EXPECT_EQ(f.ask("I am Ada")->text, "Nice to meet you, Ada. I will remember your name.");
    EXPECT_FALSE(f.ask("I am Batman")) << "how somebody is, once the name is known";
    EXPECT_EQ(f.ask("Hi, I'm ADA.")->text.substr(0, 10), "Hello, Ada");
    EXPECT_EQ(f.ask("What is my name?")->text, "You are Ada.");
    EXPECT_EQ(f.ask("Call me Countess.")->intent, "my_name_is");
}

TEST(Reflex, NotesAreKeptAndReadBack) {
    ReflexFixture f;
    EXPECT_EQ(f.ask("Make a note: buy milk")->text, "Noted: buy milk.");
    const auto none = f.ask("Show my notes.");
    EXPECT_EQ(none->text, "One note:\n- buy milk");
}

TEST(Prompt, EstimateIsNeverFarTooLow) {
    EXPECT_GE(estimate_tokens("The quick brown fox jumps over the lazy dog."), 10);
    EXPECT_GE(estimate_tokens("你好吗"), 3);
}

}  // namespace
}  // namespace chat
