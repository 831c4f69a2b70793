#include "body/text/phrase_match.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace body::text {
namespace {

bool stands_at(const Phrase& phrase, const Phrase& clause, std::size_t at) {
    if (phrase.empty() || phrase.size() > clause.size() - at) return false;
    return std::equal(phrase.begin(), phrase.end(),
                      clause.begin() + static_cast<std::ptrdiff_t>(at));
}

// The longest phrase of a modifier at this place; 0: none.
std::size_t modifier_at(const Modifier& modifier, const Phrase& clause, std::size_t at) {
    std::size_t length = 0;
    for (const Phrase& phrase : modifier.phrases) {
        if (phrase.size() > length && stands_at(phrase, clause, at)) length = phrase.size();
    }
    return length;
}

Manner with(Manner manner, const Modifier& modifier) {
    manner.speed *= modifier.speed;
    manner.amount *= modifier.amount;
    if (modifier.times > 0) manner.times = modifier.times;
    if (!modifier.direction.empty()) manner.direction = modifier.direction;
    if (!modifier.gaze.empty()) manner.gaze = modifier.gaze;
    manner.loop = manner.loop || modifier.loop;
    manner.denies = manner.denies || modifier.denies;
    manner.urges = manner.urges || modifier.urges;
    return manner;
}

// Lays one phrase over a clause; `steps` bounds the work on words that fit many ways.
class Laying {
public:
    Laying(const Phrase& phrase, const Phrase& clause, const Language& language)
        : phrase_(phrase), clause_(clause), language_(language) {}

    [[nodiscard]] std::optional<Manner> run() { return from(0, 0, {}); }

private:
    static constexpr int kMaxSteps = 2000;

    std::optional<Manner> from(std::size_t at, std::size_t done, const Manner& manner) {
        if (++steps_ > kMaxSteps) return std::nullopt;
        if (at == clause_.size()) {
            return done == phrase_.size() ? std::optional(manner) : std::nullopt;
        }
        if (done < phrase_.size() && clause_[at] == phrase_[done]) {
            auto laid = from(at + 1, done + 1, manner);
            if (laid) return laid;
        }
        for (const Modifier& modifier : language_.modifiers) {
            const std::size_t length = modifier_at(modifier, clause_, at);
            if (length == 0) continue;
            auto laid = from(at + length, done, with(manner, modifier));
            if (laid) return laid;
        }
        return std::nullopt;
    }

    const Phrase& phrase_;
    const Phrase& clause_;
    const Language& language_;
    int steps_ = 0;
};

void try_phrases(const std::vector<Phrase>& phrases, const Phrase& clause, const Language& language,
                 const Head& head, std::optional<Cover>& best, bool must_urge) {
    for (const Phrase& phrase : phrases) {
        if (phrase.size() > clause.size() || (best && phrase.size() <= best->length)) continue;
        // Cheap first: most phrases share no word with the clause.
        if (std::ranges::find(clause, phrase.front()) == clause.end()) continue;
        auto manner = Laying(phrase, clause, language).run();
        if (!manner || (must_urge && !manner->urges)) continue;
        best = Cover{&head, std::move(*manner), phrase.size()};
    }
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row.back();
}

// 0: the same; 1: nothing in common.
double strangeness(std::string_view a, std::string_view b) {
    const std::size_t longer = std::max(a.size(), b.size());
    return longer == 0 ? 0 : static_cast<double>(edit_distance(a, b)) / static_cast<double>(longer);
}

double nearness_of(const Head& head, const std::vector<Word>& words) {
    double least = 1;
    const auto look_at = [&](const std::vector<Phrase>& phrases) {
        for (const Phrase& phrase : phrases) {
            for (const auto& part : phrase) {
                if (part.size() < 3) continue;
                for (const Word& word : words) {
                    if (word.text.size() >= 3)
                        least = std::min(least, strangeness(part, word.text));
                }
            }
        }
    };
    look_at(head.phrases);
    look_at(head.loose);
    return least;
}

}  // namespace

std::size_t joiner_at(const std::vector<Word>& words, std::size_t at, const Language& language) {
    if (words[at].kind != WordKind::word) return 1;
    std::size_t longest = 0;
    for (const Phrase& joiner : language.joiners) {
        if (joiner.size() <= longest || joiner.size() > words.size() - at) continue;
        bool same = true;
        for (std::size_t i = 0; i < joiner.size(); ++i) {
            same = same && words[at + i].kind == WordKind::word && words[at + i].text == joiner[i];
        }
        if (same) longest = joiner.size();
    }
    return longest;
}

std::optional<Cover> best_cover(const Phrase& clause, const Language& language,
                                Strictness strictness) {
    std::optional<Cover> best;
    for (const Head& head : language.heads) {
        try_phrases(head.phrases, clause, language, head, best, false);
        try_phrases(head.loose, clause, language, head, best, strictness == Strictness::whole);
    }
    return best;
}

bool covers_without_head(const Phrase& clause, const Language& language) {
    const Phrase none;
    const auto manner = Laying(none, clause, language).run();
    return manner && !manner->denies;
}

std::vector<Cover> named_in(const Phrase& clause, const Language& language) {
    struct Found {
        Cover cover;
        std::size_t at = 0;
        std::size_t rank = 0;
    };
    std::vector<Found> found;
    const auto look_for = [&](const Head& head, const std::vector<Phrase>& phrases) {
        for (const Phrase& phrase : phrases) {
            for (std::size_t at = 0; at < clause.size(); ++at) {
                if (!stands_at(phrase, clause, at)) continue;
                found.push_back({{&head, {}, phrase.size()}, at, found.size()});
            }
        }
    };
    for (const Head& head : language.heads) {
        look_for(head, head.phrases);
        look_for(head, head.loose);
    }
    // Of the same length, as the book has them.
    std::ranges::sort(found, {}, [](const Found& item) {
        return std::tuple(-static_cast<long long>(item.cover.length), item.rank);
    });
    std::vector<bool> taken(clause.size(), false);
    std::vector<Cover> out;
    for (Found& item : found) {
        const auto first = taken.begin() + static_cast<std::ptrdiff_t>(item.at);
        const auto last = first + static_cast<std::ptrdiff_t>(item.cover.length);
        if (std::find(first, last, true) != last) continue;
        std::fill(first, last, true);
        const bool known = std::ranges::any_of(
            out, [&](const Cover& cover) { return cover.head->label == item.cover.head->label; });
        if (!known) out.push_back(std::move(item.cover));
    }
    // How it is to be done is said by the words that are left.
    Manner manner;
    for (std::size_t at = 0; at < clause.size(); ++at) {
        if (taken[at]) continue;
        for (const Modifier& modifier : language.modifiers) {
            if (modifier_at(modifier, clause, at) > 0) manner = with(manner, modifier);
        }
    }
    for (Cover& cover : out) cover.manner = manner;
    return out;
}

const Vague* vague_in(const Phrase& clause, const Language& language) {
    for (const Vague& vague : language.vague) {
        for (const Phrase& phrase : vague.phrases) {
            for (std::size_t at = 0; at < clause.size(); ++at) {
                if (stands_at(phrase, clause, at)) return &vague;
            }
        }
    }
    return nullptr;
}

std::string language_of(const std::vector<Word>& words, const PhraseBook& book) {
    std::string best = book.languages.empty() ? "" : book.languages.front().code;
    std::size_t most = 0;
    for (const Language& language : book.languages) {
        std::size_t known = 0;
        const auto holds = [&](const std::vector<Phrase>& phrases, const std::string& word) {
            return std::ranges::any_of(phrases, [&](const Phrase& phrase) {
                return std::ranges::find(phrase, word) != phrase.end();
            });
        };
        for (const Word& word : words) {
            const bool in_heads = std::ranges::any_of(language.heads, [&](const Head& head) {
                return holds(head.phrases, word.text) || holds(head.loose, word.text);
            });
            const bool in_modifiers = std::ranges::any_of(
                language.modifiers, [&](const Modifier& m) { return holds(m.phrases, word.text); });
            known += in_heads || in_modifiers || holds(language.joiners, word.text) ? 1 : 0;
        }
        if (known > most) {
            most = known;
            best = language.code;
        }
    }
    const bool unspaced = std::ranges::any_of(words, [](const Word& word) {
        const std::string_view text = word.text;
        return !text.empty() && is_unspaced(text.substr(0, character_size(text)));
    });
    if (most == 0 && unspaced) return "zh";
    return best;
}

std::vector<std::string> nearest_labels(const std::vector<Word>& words, const Language& language,
                                        std::size_t most) {
    constexpr double kFarthest = 0.5;
    std::vector<std::pair<double, std::size_t>> ranked;
    for (std::size_t i = 0; i < language.heads.size(); ++i) {
        ranked.emplace_back(nearness_of(language.heads[i], words), i);
    }
    std::ranges::sort(ranked);
    std::vector<std::string> labels;
    for (const auto& [distance, index] : ranked) {
        const std::string& label = language.heads[index].label;
        if (distance <= kFarthest && labels.size() < most) labels.push_back(label);
    }
    for (const Head& head : language.heads) {
        if (labels.size() >= std::min<std::size_t>(most, 3)) break;
        if (std::ranges::find(labels, head.label) == labels.end()) labels.push_back(head.label);
    }
    return labels;
}

}  // namespace body::text
