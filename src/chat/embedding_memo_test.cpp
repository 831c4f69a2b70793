#include "chat/embedding_memo.hpp"

#include <gtest/gtest.h>

#include "async/testing/run.hpp"

namespace chat {
namespace {

// Counts what it is asked; the vector of a text is its length.
class CountingEmbedder final : public ports::Embedder {
public:
    struct Log {
        std::vector<std::string> asked;
        std::string model = "one";
        bool broken = false;
    };
    explicit CountingEmbedder(Log& log) : log_(log) {}

    async::Task<base::Result<std::vector<ports::Embedding>>> embed(
        std::vector<std::string> texts) override {
        if (log_.broken) co_return base::fail(base::ErrorCode::engine_crashed, "gone");
        std::vector<ports::Embedding> out;
        for (const auto& text : texts) {
            log_.asked.push_back(text);
            out.push_back({static_cast<float>(text.size())});
        }
        co_return out;
    }
    [[nodiscard]] std::string model_id() const override { return log_.model; }

private:
    Log& log_;
};

struct EmbeddingMemoTest : ::testing::Test {
    CountingEmbedder::Log log;
    EmbeddingMemo memo{std::make_unique<CountingEmbedder>(log)};

    base::Result<std::vector<ports::Embedding>> embed(std::vector<std::string> texts) {
        return async::testing::run(memo.embed(std::move(texts)));
    }
};

TEST_F(EmbeddingMemoTest, ATextIsAskedForOnceAndKeepsItsPlace) {
    ASSERT_TRUE(embed({"hello"}));
    const auto vectors = embed({"a", "hello", "to"});
    ASSERT_TRUE(vectors);
    EXPECT_EQ(*vectors, (std::vector<ports::Embedding>{{1}, {5}, {2}}));
    EXPECT_EQ(log.asked, (std::vector<std::string>{"hello", "a", "to"}));
    ASSERT_TRUE(embed({"to", "a"}));
    EXPECT_EQ(log.asked.size(), 3U);
}

TEST_F(EmbeddingMemoTest, OnlyTheNewestAreKept) {
    for (std::size_t i = 0; i <= EmbeddingMemo::kKept; ++i) {
        ASSERT_TRUE(embed({std::string(i + 1, 'x')}));
    }
    const auto asked = log.asked.size();
    ASSERT_TRUE(embed({std::string(EmbeddingMemo::kKept + 1, 'x')}));
    EXPECT_EQ(log.asked.size(), asked);
    ASSERT_TRUE(embed({"x"}));
    EXPECT_EQ(log.asked.size(), asked + 1) << "the oldest has gone";
}

TEST_F(EmbeddingMemoTest, LongListsAndOtherModelsAreNotRemembered) {
    ASSERT_TRUE(embed({"a", "bb", "ccc", "dddd", "eeeee"}));
    ASSERT_TRUE(embed({"a"}));
    EXPECT_EQ(log.asked.size(), 6U);
    log.model = "two";
    ASSERT_TRUE(embed({"a"}));
    EXPECT_EQ(log.asked.size(), 7U);
}

TEST_F(EmbeddingMemoTest, AFailureIsPassedOnAndNotRemembered) {
    log.broken = true;
    const auto failed = embed({"a"});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, base::ErrorCode::engine_crashed);
    log.broken = false;
    EXPECT_TRUE(embed({"a"}));
}

}  // namespace
}  // namespace chat
