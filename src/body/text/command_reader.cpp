#include "body/text/command_reader.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <span>
#include <utility>

#include "body/text/phrase_match.hpp"
#include "body/text/words.hpp"

namespace body::text {
namespace {

constexpr std::size_t kMaxWords = 40;
constexpr std::size_t kMaxNearest = 4;

using Clauses = std::vector<Phrase>;

// At punctuation and at words such as "and then".
Clauses split_clauses(const std::vector<Word>& words, const Language& language) {
    Clauses clauses(1);
    for (std::size_t i = 0; i < words.size();) {
        const auto joiner = words[i].kind == WordKind::word ? joiner_at(words, i, language) : 1;
        if (joiner > 0) {
            if (!clauses.back().empty()) clauses.emplace_back();
            i += joiner;
        } else {
            clauses.back().push_back(words[i++].text);
        }
    }
    if (clauses.back().empty()) clauses.pop_back();
    return clauses;
}

Directive changed(Directive directive, const Manner& manner) {
    if (directive.action) {
        Action& action = *directive.action;
        action.speed = std::clamp(action.speed * manner.speed, 0.25, 3.0);
        action.amount = std::clamp(action.amount * manner.amount, 0.1, 1.5);
        if (manner.times > 0) action.times = manner.times;
        if (!manner.direction.empty()) action.direction = manner.direction;
        action.loop = action.loop || manner.loop;
    }
    if (directive.expression) {
        auto& intensity = directive.expression->intensity;
        intensity = std::clamp(intensity * manner.amount, 0.05, 1.0);
        if (manner.loop) directive.expression->ms = 0;
    }
    if (directive.gaze.empty()) directive.gaze = manner.gaze;
    return directive;
}

// The directive that ends what `directive` begins.
Directive ended(const Directive& directive) {
    Directive end;
    if (directive.action) end.action = Action{.name = "idle"};
    if (directive.expression) end.expression = Expression{"neutral", 1, 0};
    if (!directive.gaze.empty() && !directive.action && !directive.expression) end.gaze = "none";
    return end;
}

Order order_of(const Cover& cover) {
    Order order;
    order.label = cover.head->label;
    order.denied = cover.manner.denies;
    order.directive =
        order.denied ? ended(cover.head->directive) : changed(cover.head->directive, cover.manner);
    return order;
}

// Courtesy before a comma: "Nook, please wave".
bool only_courtesy(const Phrase& clause, const Language& language) {
    return covers_without_head(clause, language);
}

std::optional<Orders> read_in(const std::vector<Word>& words, const Language& language,
                              Strictness strictness) {
    Orders orders;
    orders.language = language.code;
    for (const Phrase& clause : split_clauses(words, language)) {
        if (only_courtesy(clause, language)) continue;
        // Behind another order its wording may be shorter: "look sad and angry".
        const auto how = orders.list.empty() ? strictness : Strictness::loose;
        const auto cover = best_cover(clause, language, how);
        if (!cover) return std::nullopt;
        orders.list.push_back(order_of(*cover));
    }
    if (orders.list.empty()) return std::nullopt;
    return orders;
}

std::optional<double> number_of(std::string_view word) {
    double value = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
    const bool whole = read.ec == std::errc() && read.ptr == word.data() + word.size();
    if (!whole || !(value >= 0 && value <= 10)) return std::nullopt;
    return value;
}

void add_label(std::vector<std::string>& labels, const std::string& label) {
    if (labels.size() < kMaxNearest && std::ranges::find(labels, label) == labels.end()) {
        labels.push_back(label);
    }
}

}  // namespace

std::optional<Orders> CommandReader::read(std::string_view text) const {
    const auto words = split_words(text);
    if (words.empty() || words.size() > kMaxWords) return std::nullopt;
    for (const Language& language : book_.languages) {
        auto orders = read_in(words, language, Strictness::whole);
        if (orders) return orders;
    }
    return std::nullopt;
}

Understanding CommandReader::understand(std::string_view text) const {
    Understanding result;
    auto words = split_words(text);
    if (words.size() > kMaxWords) words.resize(kMaxWords);
    for (const Language& language : book_.languages) {
        auto orders = read_in(words, language, Strictness::loose);
        if (!orders) continue;
        result.kind = Understanding::Kind::orders;
        result.orders = std::move(*orders);
        return result;
    }
    // What is named somewhere in it.
    for (const Language& language : book_.languages) {
        Orders named;
        named.language = language.code;
        for (const Phrase& clause : split_clauses(words, language)) {
            const auto vague = vague_in(clause, language);
            const auto found = named_in(clause, language);
            if (found.empty() && vague != nullptr) {
                result.kind = Understanding::Kind::ambiguous;
                result.nearest = vague->between;
            } else if (found.size() > 1) {
                result.kind = Understanding::Kind::ambiguous;
                for (const Cover& cover : found) add_label(result.nearest, cover.head->label);
            }
            if (!result.nearest.empty()) {
                result.orders.language = language.code;
                return result;
            }
            if (found.size() == 1) named.list.push_back(order_of(found.front()));
        }
        if (named.list.empty()) continue;
        result.kind = Understanding::Kind::orders;
        result.orders = std::move(named);
        return result;
    }
    result.orders.language = language_of(words, book_);
    for (const Language& language : book_.languages) {
        if (language.code != result.orders.language) continue;
        for (const auto& label : nearest_labels(words, language, kMaxNearest)) {
            add_label(result.nearest, label);
        }
    }
    return result;
}

std::optional<Directive> CommandReader::read_direction(std::string_view inside) const {
    std::string spaced(inside);
    std::ranges::replace(spaced, '_', ' ');
    std::vector<Word> words = split_words(spaced);
    if (words.empty() || words.size() > 8) return std::nullopt;
    std::optional<double> strength;
    if (words.size() > 1 && words.back().kind == WordKind::word) {
        strength = number_of(words.back().text);
        if (strength) words.pop_back();
    }
    std::erase_if(words, [](const Word& word) { return word.kind == WordKind::comma; });
    for (const Language& language : book_.languages) {
        const auto orders = read_in(words, language, Strictness::loose);
        if (!orders || orders->list.size() != 1 || orders->list.front().denied) continue;
        Directive directive = orders->list.front().directive;
        if (strength) {
            if (directive.expression) {
                directive.expression->intensity = std::clamp(*strength, 0.0, 1.0);
            }
            if (directive.action) directive.action->amount = std::clamp(*strength, 0.1, 1.5);
        }
        return directive;
    }
    return std::nullopt;
}

}  // namespace body::text
