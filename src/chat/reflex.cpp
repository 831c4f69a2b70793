#include "chat/reflex.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "chat/arithmetic.hpp"
#include "chat/reflex_arguments.hpp"
#include "json/json.hpp"

namespace chat {
namespace {

constexpr std::size_t kMaxReflexText = 300;
// Beside a capable model an example must be this near.
constexpr double kCertain = 0.82;
constexpr std::array<std::string_view, 9> kCertainIntents = {
    "time",   "date",  "arithmetic",       "my_name_is", "remember",
    "recall", "theme", "new_conversation", "settings"};
// "My name is Ada" says a name; "my name is Ada and I would like to …" asks for more.
constexpr std::ptrdiff_t kMaxIntroductionBlanks = 6;

bool introduces(std::string_view text) {
    return std::ranges::count(text, ' ') <= kMaxIntroductionBlanks &&
           (name_argument(text) || name_answer(text));
}

std::vector<std::string> strings(const json::Value* list) {
    std::vector<std::string> out;
    if (list == nullptr || !list->is_array()) return out;
    for (const auto& item : list->get_array()) out.push_back(json::string_or(&item));
    return out;
}

}  // namespace

base::Result<IntentBook> parse_intents(std::string_view json_text) {
    TRY(value, json::parse(json_text));
    IntentBook book;
    book.threshold = json::number_or(json::find(value, "threshold"), book.threshold);
    book.not_intents = strings(json::find(value, "not"));
    const auto* intents = json::find(value, "intents");
    if (intents == nullptr || !intents->is_array()) {
        return base::fail(base::ErrorCode::corrupt, "the reflexes have no list `intents`");
    }
    for (const auto& item : intents->get_array()) {
        Intent intent{json::string_or(json::find(item, "id")),
                      strings(json::find(item, "examples")), strings(json::find(item, "answers"))};
        if (intent.id.empty() || intent.examples.empty()) {
            return base::fail(base::ErrorCode::corrupt, "a reflex lacks its id or its examples");
        }
        book.intents.push_back(std::move(intent));
    }
    return book;
}

Reflex::Reflex(IntentBook book, ports::Store& store, const async::Clock& clock)
    : book_(std::move(book)), store_(store), clock_(clock) {
    for (const auto& intent : book_.intents) {
        for (const auto& example : intent.examples) {
            wordings_.push_back({normalise_wording(example), &intent});
        }
    }
}

void Reflex::set_embedder(ports::Embedder* embedder) {
    embedder_ = embedder;
}

async::Task<base::Result<void>> Reflex::warm_up() {
    if (embedder_ == nullptr) {
        co_return base::fail(base::ErrorCode::unavailable, "there is no embedding model");
    }
    std::vector<std::string> texts;
    std::vector<const Intent*> owners;
    for (const auto& intent : book_.intents) {
        for (const auto& example : intent.examples) {
            texts.push_back(example);
            owners.push_back(&intent);
        }
    }
    for (const auto& example : book_.not_intents) {
        texts.push_back(example);
        owners.push_back(nullptr);
    }
    const std::string model = embedder_->model_id();
    auto embedding = embedder_->embed(std::move(texts));
    CO_TRY(vectors, co_await std::move(embedding));
    if (vectors.size() != owners.size()) {
        co_return base::fail(base::ErrorCode::upstream, "the embedder returned too few vectors");
    }
    examples_.clear();
    for (std::size_t i = 0; i < owners.size(); ++i) {
        examples_.push_back({owners[i], std::move(vectors[i])});
    }
    embedded_by_ = model;
    co_return base::Result<void>{};
}

Reflex::Match Reflex::match_wording(std::string_view text) const {
    const std::string wording = normalise_wording(text);
    const auto known = std::ranges::find(wordings_, wording, &Wording::words);
    if (known != wordings_.end()) return {known->intent, 1};
    for (const auto& intent : book_.intents) {
        const bool stated = (intent.id == "arithmetic" && calculate(text)) ||
                            (intent.id == "my_name_is" && introduces(text)) ||
                            (intent.id == "remember" && asks_to_remember(text));
        if (stated) return {&intent, 1};
    }
    return {};
}

async::Task<Reflex::Match> Reflex::match_meaning(std::string text) {
    if (embedder_ == nullptr) co_return Match{};
    if (embedded_by_ != embedder_->model_id()) {
        auto warming = warm_up();
        const auto warm = co_await std::move(warming);
        if (!warm) co_return Match{};
    }
    std::vector<std::string> texts;
    texts.push_back(std::move(text));
    auto embedding = embedder_->embed(std::move(texts));
    const auto vectors = co_await std::move(embedding);
    if (!vectors || vectors->size() != 1) {
        if (!vectors) {
            LOG_WARN("reflex", "no embedding", {"reason", vectors.error().message});
        }
        co_return Match{};
    }
    Match best;
    for (const auto& example : examples_) {
        const double near = ports::similarity(example.vector, vectors->front());
        if (near > best.similarity) best = {example.intent, near};
    }
    co_return best;
}

async::Task<Reflex::Match> Reflex::match(std::string text, ReflexMode mode) {
    if (mode == ReflexMode::off || text.size() > kMaxReflexText) co_return Match{};
    Match match = match_wording(text);
    if (match.intent == nullptr) {
        auto matching = match_meaning(std::move(text));
        match = co_await std::move(matching);
        const double threshold = mode == ReflexMode::certain ? kCertain : book_.threshold;
        if (match.intent == nullptr || match.similarity < threshold) co_return Match{};
        // Nearness says what is asked, not that there is something to compute.
        if (match.intent->id == "arithmetic") co_return Match{};
    }
    if (mode == ReflexMode::certain &&
        std::ranges::find(kCertainIntents, match.intent->id) == kCertainIntents.end()) {
        co_return Match{};
    }
    co_return match;
}

async::Task<std::optional<ReflexAnswer>> Reflex::answer(Match match, Utterance utterance) {
    if (match.intent == nullptr) co_return std::nullopt;
    auto acting = act(*match.intent, std::move(utterance));
    auto result = co_await std::move(acting);
    if (result) {
        result->intent = match.intent->id;
        result->similarity = match.similarity;
    }
    co_return result;
}

async::Task<std::string> Reflex::person_name() {
    auto reading = store_.get_fact("person_name");
    const auto fact = co_await std::move(reading);
    co_return fact && *fact ? **fact : std::string();
}

}  // namespace chat
