// How the words of a clause are laid over the phrases of a book. Private to body/text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "body/text/phrase_book.hpp"
#include "body/text/words.hpp"

namespace body::text {

// What the modifiers of a clause say together.
struct Manner {
    double speed = 1;
    double amount = 1;
    int times = 0;
    std::string direction;
    std::string gaze;
    bool loop = false;
    bool denies = false;
    bool urges = false;
};

struct Cover {
    const Head* head = nullptr;
    Manner manner;
    std::size_t length = 0;  // words of the phrase
};

enum class Strictness { whole, loose };

// Words that a joiner takes at `at`; 0: none. Punctuation between clauses counts as one.
[[nodiscard]] std::size_t joiner_at(const std::vector<Word>& words, std::size_t at,
                                    const Language& language);
// The longest phrase that, with modifiers around and between its words, is the whole clause.
[[nodiscard]] std::optional<Cover> best_cover(const Phrase& clause, const Language& language,
                                              Strictness strictness);
// Whether the clause consists of modifiers that say nothing: "please", "Nook".
[[nodiscard]] bool covers_without_head(const Phrase& clause, const Language& language);
// The different things that are named somewhere in the clause, longest phrases first.
[[nodiscard]] std::vector<Cover> named_in(const Phrase& clause, const Language& language);
[[nodiscard]] const Vague* vague_in(const Phrase& clause, const Language& language);

// The language that knows most of the words; that of the script where none does.
[[nodiscard]] std::string language_of(const std::vector<Word>& words, const PhraseBook& book);
// Labels of the phrases that are spelled most like something in the text, then the book's first.
[[nodiscard]] std::vector<std::string> nearest_labels(const std::vector<Word>& words,
                                                      const Language& language, std::size_t most);

}  // namespace body::text
