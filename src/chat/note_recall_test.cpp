#include "chat/note_recall.hpp"

#include <gtest/gtest.h>

#include "adapters/store_memory/memory_store.hpp"
#include "async/testing/run.hpp"

namespace chat {
namespace {

using Strings = std::vector<std::string>;

// Vectors by the subject that a text names: the same subject is near, another one is not.
class SubjectEmbedder final : public ports::Embedder {
public:
    async::Task<base::Result<std::vector<ports::Embedding>>> embed(
        std::vector<std::string> texts) override {
        embedded += texts.size();
        std::vector<ports::Embedding> out;
        for (const auto& text : texts) {
            ports::Embedding vector(3, 0.0F);
            if (text.find("tea") != std::string::npos) {
                vector[0] = text.find("strong") != std::string::npos ? 0.8F : 1.0F;
                vector[2] = text.find("strong") != std::string::npos ? 0.6F : 0.0F;
            } else {
                vector[1] = 1.0F;
            }
            out.push_back(std::move(vector));
        }
        co_return out;
    }
    std::string model_id() const override { return model; }

    std::size_t embedded = 0;
    std::string model = "subjects";
};

struct NoteRecallTest : ::testing::Test {
    adapters::MemoryStore store;
    NoteRecall recall{store};
    base::PersonId ada{"ada"};

    void note(const std::string& text, const std::string& person = "ada") {
        ports::NoteRow row;
        row.person = base::PersonId(person);
        row.text = text;
        ASSERT_TRUE(async::testing::run(store.add_note(row)));
    }
    Strings ask(const std::string& message) {
        return async::testing::run(recall.recall(ada, message));
    }
};

TEST_F(NoteRecallTest, WithoutAModelSharedTellingWordsDecide) {
    EXPECT_EQ(ask("How do I take my tea?"), Strings{});
    note("the garden gate squeaks");
    note("I like my Breakfast late");
    note("what about this and that");
    EXPECT_EQ(ask("When is breakfast?"), Strings{"I like my Breakfast late"});
    EXPECT_EQ(ask("What would you like to do about that?"), Strings{});
}

TEST_F(NoteRecallTest, NearestInMeaningComeFirstAndAtMostThree) {
    SubjectEmbedder embedder;
    recall.set_embedder(&embedder);
    note("likes strong tea");
    note("the gate squeaks");
    note("tea\nat five");
    EXPECT_EQ(ask("tea?"), (Strings{"tea at five", "likes strong tea"}));
    note("tea a");
    note("tea b");
    EXPECT_EQ(ask("tea?"), (Strings{"tea b", "tea a", "tea at five"}));
}

TEST_F(NoteRecallTest, AnotherPersonsNotesStayTheirs) {
    SubjectEmbedder embedder;
    recall.set_embedder(&embedder);
    note("hides the tea", "bob");
    EXPECT_EQ(ask("tea?"), Strings{});
    recall.set_embedder(nullptr);
    note("hides the biscuits", "bob");
    EXPECT_EQ(ask("biscuits?"), Strings{});
}

TEST_F(NoteRecallTest, ANoteIsEmbeddedOncePerModel) {
    SubjectEmbedder embedder;
    recall.set_embedder(&embedder);
    note("tea a");
    note("tea b");
    (void)ask("tea?");
    EXPECT_EQ(embedder.embedded, 3u);
    (void)ask("tea?");
    EXPECT_EQ(embedder.embedded, 4u);
    embedder.model = "other";
    (void)ask("tea?");
    EXPECT_EQ(embedder.embedded, 7u);
}

TEST_F(NoteRecallTest, LongNotesAreShortened) {
    note("umbrella " + std::string(500, 'x'));
    const auto found = ask("umbrella");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_LT(found[0].size(), 210u);
}

}  // namespace
}  // namespace chat
