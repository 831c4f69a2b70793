// Reflex: answers what needs no language model. Rules that are certain come first; then the
// authored intent whose example is nearest by sentence embedding, above a threshold; then rules
// take the arguments (docs/rooms/chat.md). Owned by the composition root; io thread only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/clock.hpp"
#include "async/task.hpp"
#include "base/ids.hpp"
#include "ports/embedder.hpp"
#include "ports/store.hpp"
#include "protocol/events.hpp"
#include "protocol/values.hpp"

namespace chat {

struct Intent {
    std::string id;
    std::vector<std::string> examples;
    std::vector<std::string> answers;
};

struct IntentBook {
    double threshold = 0.62;
    std::vector<Intent> intents;
    std::vector<std::string> not_intents;  // near misses that belong to nobody
};

// Parses characters/<name>/reflexes.json.
[[nodiscard]] base::Result<IntentBook> parse_intents(std::string_view json_text);
// The built-in book, compiled into the binary.
[[nodiscard]] std::string_view built_in_intents();

struct ReflexAnswer {
    std::string intent;
    double similarity = 1;  // 1: by rule
    std::string text;
    std::vector<protocol::UiCommand> commands;
    std::optional<protocol::Action> action;
};

struct Utterance {
    std::string text;
    base::PersonId person;
    std::string companion;  // name of the persona
};

// lenient: for a toy model, everything the intents cover. certain: beside a capable model, only
// what a rule or a very near example decides and a model would do worse (clock, notes, page).
enum class ReflexMode { off, certain, lenient };

class Reflex {
public:
    Reflex(IntentBook book, ports::Store& store, const async::Clock& clock);

    // May be null until the embedding model is there; only exact wording matches until then.
    void set_embedder(ports::Embedder* embedder);
    // Embeds the examples (once per model); without it the first answer pays for that.
    [[nodiscard]] async::Task<base::Result<void>> warm_up();

    struct Match {
        const Intent* intent = nullptr;  // null: this needs a model
        double similarity = 0;           // 1: by rule
    };
    // Which intent these words belong to; without any effect.
    [[nodiscard]] async::Task<Match> match(std::string text, ReflexMode mode);
    // Does what the matched intent stands for. Nothing when it has nothing to say after all.
    [[nodiscard]] async::Task<std::optional<ReflexAnswer>> answer(Match match, Utterance utterance);

private:
    struct Wording {
        std::string words;  // normalised
        const Intent* intent;
    };
    [[nodiscard]] Match match_wording(std::string_view text) const;
    [[nodiscard]] async::Task<Match> match_meaning(std::string text);
    [[nodiscard]] async::Task<std::optional<ReflexAnswer>> act(const Intent& intent,
                                                               Utterance utterance);
    [[nodiscard]] async::Task<std::string> person_name();
    [[nodiscard]] async::Task<std::optional<ReflexAnswer>> learn_name(std::string text);

    IntentBook book_;
    ports::Store& store_;
    const async::Clock& clock_;
    ports::Embedder* embedder_ = nullptr;
    std::string embedded_by_;  // model id of examples_
    struct Example {
        const Intent* intent;  // null: belongs to nobody
        ports::Embedding vector;
    };
    std::vector<Example> examples_;
    std::vector<Wording> wordings_;  // of the book, in its order
    std::size_t turn_ = 0;           // rotates the authored answers
};

}  // namespace chat
