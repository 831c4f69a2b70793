// PrefixCache: which tokens lie in which sequence of a model's memory, and which sequence a new
// prompt should continue or copy. Pure bookkeeping (the caller moves the real memory); owned by
// one model's thread; never fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace engine {

using Token = std::int32_t;

// Where the tokens of a new prompt come from.
struct Placement {
    int sequence = 0;           // run here
    int copy_from = -1;         // first copy `kept` tokens from this sequence; -1: nothing
    std::vector<Token> prompt;  // the prompt as it will lie in memory
    std::size_t kept = 0;       // tokens of `prompt` that need no work
};

// A prompt in the three forms that the search needs.
struct PromptText {
    std::string text;
    std::vector<Token> tokens;
    std::string key;  // conversations of the same key prefer the same sequence
    // Tokenises a part of `text` that begins at a token border. Prompts that differ in how they are
    // tokenised differ in `manner`; their memory is not compared by text.
    std::function<std::vector<Token>(const std::string& part)> tokenize;
    int manner = 0;
};

class PrefixCache {
public:
    // The bytes that a token stands for in a prompt's text; an added BOS stands for none.
    using Piece = std::function<std::string(Token token)>;
    struct Options {
        int sequences = 4;
        bool can_copy = true;    // false: a sequence's memory cannot be copied
        bool can_cut = true;     // false: a sequence can only be continued or emptied
        bool can_splice = true;  // true: text may be tokenised from any token border
        Piece piece;
    };

    explicit PrefixCache(Options options);

    // Takes a free sequence for the prompt, or nothing when all are in use. Bookkeeping of the
    // sequence is already that of `kept` tokens.
    [[nodiscard]] std::optional<Placement> take(const PromptText& prompt);
    // Tokens that were decoded into a taken sequence, in order.
    void append(int sequence, Token token);
    // Memory holds only the first `length` tokens.
    void cut(int sequence, std::size_t length);
    // The reply is over; its tokens stay for the next turn.
    void give_back(int sequence);
    // The free sequence that was used longest ago, now empty; nothing when none holds tokens.
    [[nodiscard]] std::optional<int> evict();
    void clear();

    [[nodiscard]] std::size_t length(int sequence) const;
    [[nodiscard]] bool any_taken() const;

private:
    struct Sequence {
        std::vector<Token> tokens;
        std::string text;               // what the tokens stand for
        std::vector<std::size_t> ends;  // byte offset in `text` after each token
        std::string key;
        int manner = 0;
        std::uint64_t used = 0;
        bool taken = false;
    };
    struct Match {
        std::size_t kept = 0;
        bool spliced = false;
    };
    [[nodiscard]] Match match(const Sequence& sequence, const PromptText& prompt) const;
    [[nodiscard]] std::optional<int> oldest_free() const;
    void truncate(Sequence& sequence, std::size_t length);

    Options options_;
    std::vector<Sequence> sequences_;
    std::uint64_t clock_ = 0;
};

}  // namespace engine
