#include "chat/feeling_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "body/text/words.hpp"

namespace chat {
namespace {

namespace bt = body::text;
using Kind = bt::FeelingEntry::Kind;

constexpr double kMostFactor = 3;

const json::Array& items_in(const json::Value& value, std::string_view key) {
    static const json::Array kNone;
    const auto* list = json::find(value, key);
    return list != nullptr && list->is_array() ? list->get_array() : kNone;
}

base::Result<bt::Emotion> feeling_named_in(const json::Value& item) {
    const std::string name = json::string_or(json::find(item, "feel"));
    const auto emotion = bt::emotion_named(name);
    if (emotion) return *emotion;
    return base::fail(base::ErrorCode::corrupt, fmt::format("there is no feeling \"{}\"", name),
                      "use joy, sadness, anger, disgust, surprise, fear or neutral");
}

base::Result<double> part_in(const json::Value& item, std::string_view key, double most) {
    const double number = json::number_or(json::find(item, key), -1);
    if (number >= 0 && number <= most) return number;
    return base::fail(base::ErrorCode::corrupt,
                      fmt::format("`{}` must be a number from 0 to {}", key, most));
}

// Adds each phrase of the list as a copy of `entry`.
base::Result<void> add_phrases(const json::Array& phrases, const bt::FeelingEntry& entry,
                               std::vector<bt::FeelingEntry>& entries) {
    for (const auto& item : phrases) {
        const std::string text = json::string_or(&item);
        bt::FeelingEntry one = entry;
        one.phrase = bt::plain_words(text);
        one.open_end = text.ends_with('*');
        if (one.phrase.empty()) {
            return base::fail(base::ErrorCode::corrupt,
                              fmt::format("\"{}\" is no word or phrase", text));
        }
        entries.push_back(std::move(one));
    }
    return {};
}

base::Result<void> add_feelings(const json::Value& file, std::vector<bt::FeelingEntry>& entries) {
    for (const auto& item : items_in(file, "feelings")) {
        bt::FeelingEntry entry{.kind = Kind::feeling};
        TRY(emotion, feeling_named_in(item));
        entry.emotion = emotion;
        TRY(weight, part_in(item, "weight", 1));
        entry.value = weight;
        if (const auto* denied = json::find(item, "denied")) {
            TRY(other, feeling_named_in(*denied));
            TRY(left, part_in(*denied, "weight", 1));
            entry.denied = bt::Feeling{other, left};
        }
        TRY_DO(add_phrases(items_in(item, "say"), entry, entries));
    }
    return {};
}

base::Result<void> add_factors(const json::Value& file, std::string_view key, Kind kind,
                               std::vector<bt::FeelingEntry>& entries) {
    for (const auto& item : items_in(file, key)) {
        bt::FeelingEntry entry{.kind = kind};
        TRY(factor, part_in(item, "factor", kMostFactor));
        entry.value = factor;
        TRY_DO(add_phrases(items_in(item, "say"), entry, entries));
    }
    return {};
}

bool speaks_of_feelings(const json::Value& file) {
    constexpr std::array<std::string_view, 7> kKeys = {
        "common", "feelings", "negators", "strengths", "hedges", "hinges", "no_feelings"};
    return std::ranges::any_of(kKeys, [&](auto key) { return json::find(file, key) != nullptr; });
}

bt::FeelingLanguage& feeling_language_in(bt::FeelingBook& book, const std::string& code) {
    const auto found = std::ranges::find(book.languages, code, &bt::FeelingLanguage::code);
    if (found != book.languages.end()) return *found;
    book.languages.push_back({.code = code});
    return book.languages.back();
}

base::Result<void> add_signs(const json::Value& file, bt::FeelingBook& book) {
    for (const auto& item : items_in(file, "signs")) {
        TRY(emotion, feeling_named_in(item));
        TRY(weight, part_in(item, "weight", 1));
        for (const auto& sign : items_in(item, "say")) {
            std::string text = json::string_or(&sign);
            if (text.empty()) {
                return base::fail(base::ErrorCode::corrupt, "a sign is empty or no text");
            }
            std::erase_if(book.signs, [&](const auto& known) { return known.text == text; });
            book.signs.push_back({std::move(text), emotion, weight});
        }
    }
    // ">:(" is looked for before ":(" that is in it.
    std::ranges::sort(book.signs, [](const auto& a, const auto& b) {
        return a.text.size() != b.text.size() ? a.text.size() > b.text.size() : a.text < b.text;
    });
    return {};
}

}  // namespace

base::Result<void> read_feelings(const json::Value& file, const std::string& language,
                                 bt::FeelingBook& book) {
    TRY_DO(add_signs(file, book));
    if (language.empty() || !speaks_of_feelings(file)) return {};
    bt::FeelingLanguage& words = feeling_language_in(book, language);
    for (const auto& item : items_in(file, "common"))
        words.common.push_back(json::string_or(&item));
    words.negation_follows =
        json::bool_or(json::find(file, "negation_follows"), words.negation_follows);
    auto& entries = words.entries;
    TRY_DO(add_feelings(file, entries));
    TRY_DO(add_phrases(items_in(file, "negators"), {.kind = Kind::negator}, entries));
    TRY_DO(add_factors(file, "strengths", Kind::strength, entries));
    TRY_DO(add_factors(file, "hedges", Kind::hedge, entries));
    TRY_DO(add_phrases(items_in(file, "hinges"), {.kind = Kind::hinge}, entries));
    return add_phrases(items_in(file, "no_feelings"), {.kind = Kind::plain}, entries);
}

}  // namespace chat
