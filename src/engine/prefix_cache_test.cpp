#include <gtest/gtest.h>

#include "engine/prefix_cache.hpp"

namespace engine {
namespace {

// A toy vocabulary: a token is one byte, or 1000 + a byte for that byte twice.
std::string piece(Token token) {
    if (token >= 1000) return std::string(2, static_cast<char>(token - 1000));
    return std::string(1, static_cast<char>(token));
}

std::vector<Token> bytes(const std::string& text) {
    return {text.begin(), text.end()};
}

PrefixCache make(int sequences = 3) {
    PrefixCache::Options options;
    options.sequences = sequences;
    options.piece = piece;
    return PrefixCache(options);
}

PromptText prompt(const std::string& text, std::string key = {}) {
    return {text, bytes(text), std::move(key), bytes, 0};
}

// Runs a whole turn; returns how much of the prompt was there already.
Placement turn(PrefixCache& cache, const PromptText& text, const std::vector<Token>& reply = {}) {
    auto place = cache.take(text);
    EXPECT_TRUE(place);
    for (std::size_t i = place->kept; i < place->prompt.size(); ++i) {
        cache.append(place->sequence, place->prompt[i]);
    }
    for (const Token token : reply) cache.append(place->sequence, token);
    cache.give_back(place->sequence);
    return *place;
}

TEST(PrefixCache, TheNextTurnKeepsPromptAndReply) {
    auto cache = make();
    const auto first = turn(cache, prompt("persona: hello", "a"), bytes(" hi!"));
    EXPECT_EQ(first.kept, 0u);
    const auto second = turn(cache, prompt("persona: hello hi! more", "a"));
    EXPECT_EQ(second.sequence, first.sequence);
    EXPECT_EQ(second.copy_from, -1);
    EXPECT_EQ(second.kept, std::string("persona: hello hi!").size());
}

TEST(PrefixCache, TheSamePromptAgainStillComputesItsLastToken) {
    auto cache = make();
    turn(cache, prompt("hello", "a"));
    EXPECT_EQ(turn(cache, prompt("hello", "a")).kept, 4u);
}

TEST(PrefixCache, AnotherConversationCopiesTheCommonBeginningAndLeavesTheFirst) {
    auto cache = make();
    const auto first = turn(cache, prompt("persona: hello", "a"), bytes(" hi"));
    const auto other = turn(cache, prompt("persona: weather?", "b"));
    EXPECT_NE(other.sequence, first.sequence);
    EXPECT_EQ(other.copy_from, first.sequence);
    EXPECT_EQ(other.kept, std::string("persona: ").size());
    EXPECT_EQ(turn(cache, prompt("persona: hello hi again", "a")).kept,
              std::string("persona: hello hi").size());
}

TEST(PrefixCache, CopiesFromASequenceThatIsInUse) {
    auto cache = make();
    auto busy = cache.take(prompt("persona: hello", "a"));
    ASSERT_TRUE(busy);
    for (const Token token : busy->prompt) cache.append(busy->sequence, token);
    const auto other = cache.take(prompt("persona: bye", "b"));
    ASSERT_TRUE(other);
    EXPECT_EQ(other->copy_from, busy->sequence);
    EXPECT_EQ(other->kept, 9u);
}

TEST(PrefixCache, KeepsAReplyThatWouldBeTokenisedDifferently) {
    auto cache = make();
    // The reply "llllllllllllllllllll" was sampled as double tokens.
    const std::vector<Token> sampled(10, 1000 + 'l');
    turn(cache, prompt("x:", "a"), sampled);
    const std::string text = "x:" + std::string(20, 'l') + "\nnext";
    const auto next = turn(cache, prompt(text, "a"));
    EXPECT_EQ(next.kept, 12u) << "all tokens in memory stand for the prompt's own bytes";
    EXPECT_EQ(next.prompt.size(), 12u + 5u);
    EXPECT_EQ(next.prompt[2], 1000 + 'l');
    EXPECT_EQ(next.prompt.back(), 't');
}

TEST(PrefixCache, AReplyThatWasCutForDisplayIsKeptUpToTheCut) {
    auto cache = make();
    const std::vector<Token> sampled(12, 1000 + 'l');
    turn(cache, prompt("x:", "a"), sampled);
    const auto next = turn(cache, prompt("x:" + std::string(21, 'l') + ".", "a"));
    // Ten double tokens fit whole into the 21 bytes; the last of them is tokenised anew.
    EXPECT_EQ(next.kept, 2u + 9u);
    std::string back;
    for (const Token token : next.prompt) back += piece(token);
    EXPECT_EQ(back, "x:" + std::string(21, 'l') + ".");
}

TEST(PrefixCache, PromptsOfAnotherMannerShareNoText) {
    auto cache = make();
    turn(cache, prompt("x:", "a"), std::vector<Token>(10, 1000 + 'l'));
    auto raw = prompt("x:" + std::string(20, 'l'), "a");
    raw.manner = 1;
    EXPECT_EQ(turn(cache, raw).kept, 2u);
}

TEST(PrefixCache, TheLongestUnusedConversationMakesWay) {
    auto cache = make(2);
    turn(cache, prompt("aaaa", "a"));
    turn(cache, prompt("bbbb", "b"));
    turn(cache, prompt("aaaaa", "a"));
    turn(cache, prompt("cccc", "c"));  // takes b's place
    EXPECT_EQ(turn(cache, prompt("aaaaaa", "a")).kept, 5u);
    EXPECT_EQ(turn(cache, prompt("bbbbb", "b")).kept, 0u);
}

TEST(PrefixCache, NothingIsGivenWhenAllAreInUse) {
    auto cache = make(1);
    ASSERT_TRUE(cache.take(prompt("a", "a")));
    EXPECT_FALSE(cache.take(prompt("b", "b")));
    EXPECT_FALSE(cache.evict());
    cache.give_back(0);
    EXPECT_TRUE(cache.take(prompt("b", "b")));
}

TEST(PrefixCache, EvictsTheOldestThatIsFree) {
    auto cache = make(3);
    turn(cache, prompt("aa", "a"));
    const auto second = turn(cache, prompt("bb", "b"));
    auto busy = cache.take(prompt("cc", "c"));
    ASSERT_TRUE(busy);
    cache.append(busy->sequence, 'c');
    EXPECT_TRUE(cache.evict());
    EXPECT_EQ(cache.evict(), second.sequence);
    EXPECT_FALSE(cache.evict());
    EXPECT_EQ(cache.length(busy->sequence), 1u);
}

TEST(PrefixCache, MemoryThatCannotBeCutIsOnlyContinued) {
    PrefixCache::Options options;
    options.sequences = 2;
    options.can_copy = options.can_cut = options.can_splice = false;
    PrefixCache cache(options);
    turn(cache, prompt("abcdef", "a"));
    EXPECT_EQ(turn(cache, prompt("abcxyz", "a")).kept, 0u);
    EXPECT_EQ(turn(cache, prompt("abcxyz and more", "a")).kept, 6u);
}

}  // namespace
}  // namespace engine
