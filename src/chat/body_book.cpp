#include "chat/body_book.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/files.hpp"
#include "body/text/words.hpp"
#include "chat/feeling_file.hpp"
#include "json/json.hpp"

namespace built_in_body {
extern const std::string_view kCommandsEnJson;
extern const std::string_view kCommandsDeJson;
extern const std::string_view kCommandsZhJson;
extern const std::string_view kEmotionsEnJson;
extern const std::string_view kEmotionsDeJson;
extern const std::string_view kEmotionsZhJson;
extern const std::string_view kSignsJson;
}  // namespace built_in_body

namespace chat {
namespace {

namespace fs = std::filesystem;
namespace bt = body::text;

constexpr std::size_t kMaxWordsBytes = 1'000'000;
constexpr std::size_t kMaxFiles = 50;

std::vector<std::string> texts_in(const json::Value* list) {
    std::vector<std::string> out;
    if (list == nullptr || !list->is_array()) return out;
    for (const auto& item : list->get_array()) out.push_back(json::string_or(&item));
    return out;
}

std::vector<bt::Phrase> phrases(const json::Value* list) {
    std::vector<bt::Phrase> out;
    for (const auto& text : texts_in(list)) {
        auto words = bt::plain_words(text);
        if (!words.empty()) out.push_back(std::move(words));
    }
    return out;
}

// A list of objects below `key`; empty where there is none.
const json::Array& list_of(const json::Value& value, std::string_view key) {
    static const json::Array kNone;
    const auto* list = json::find(value, key);
    return list != nullptr && list->is_array() ? list->get_array() : kNone;
}

base::Result<bt::Head> head_of(const json::Value& item) {
    bt::Head head;
    head.label = json::string_or(json::find(item, "label"));
    head.phrases = phrases(json::find(item, "say"));
    head.loose = phrases(json::find(item, "also"));
    bt::Directive& directive = head.directive;
    const std::string action =
        json::string_or(json::find(item, "do"), json::string_or(json::find(item, "gesture")));
    if (!action.empty()) {
        directive.action = bt::Action{.name = action};
        directive.action->loop = json::bool_or(json::find(item, "loop"), false);
    }
    const std::string look = json::string_or(json::find(item, "look"));
    if (!look.empty()) {
        bt::Expression expression{look};
        expression.intensity = json::number_or(json::find(item, "intensity"), 1);
        expression.ms = static_cast<int>(
            json::number_or(json::find(item, "ms"), static_cast<double>(expression.ms)));
        directive.expression = std::move(expression);
    }
    directive.gaze = json::string_or(json::find(item, "gaze"));
    directive.camera = json::string_or(json::find(item, "camera"));
    directive.background = json::string_or(json::find(item, "background"));
    if (head.label.empty() || bt::is_empty(directive) ||
        (head.phrases.empty() && head.loose.empty())) {
        return base::fail(
            base::ErrorCode::corrupt,
            fmt::format("the order \"{}\" lacks its label, what it does or its words", head.label));
    }
    return head;
}

bt::Modifier modifier_of(const json::Value& item) {
    bt::Modifier modifier;
    modifier.phrases = phrases(json::find(item, "say"));
    modifier.speed = json::number_or(json::find(item, "speed"), 1);
    modifier.amount = json::number_or(json::find(item, "amount"), 1);
    modifier.times = static_cast<int>(json::number_or(json::find(item, "times"), 0));
    modifier.direction = json::string_or(json::find(item, "direction"));
    modifier.gaze = json::string_or(json::find(item, "gaze"));
    modifier.loop = json::bool_or(json::find(item, "loop"), false);
    modifier.denies = json::bool_or(json::find(item, "denies"), false);
    modifier.urges = json::bool_or(json::find(item, "urges"), false);
    return modifier;
}

bt::Language& language_in(bt::PhraseBook& book, const std::string& code) {
    const auto found = std::ranges::find(book.languages, code, &bt::Language::code);
    if (found != book.languages.end()) return *found;
    book.languages.push_back({.code = code});
    return book.languages.back();
}

void read_words(const json::Value& value, OrderWords& words) {
    if (const auto* answers = json::find(value, "answers"); answers && answers->is_object()) {
        for (const auto& [key, list] : answers->get_object()) {
            words.answers[std::string(key)] = texts_in(&list);
        }
    }
    const auto* given = json::find(value, "words");
    if (given == nullptr) return;
    const auto take = [&](std::string_view key, std::string& field) {
        field = json::string_or(json::find(*given, key), field);
    };
    take("unknown", words.unknown);
    take("ambiguous", words.ambiguous);
    take("cannot", words.cannot);
    take("empty", words.empty);
    take("or", words.either);
    take("comma", words.comma);
}

base::Result<void> read_language(const json::Value& value, bt::Language& language) {
    for (const auto& item : list_of(value, "heads")) {
        TRY(head, head_of(item));
        const auto known = std::ranges::find(language.heads, head.label, &bt::Head::label);
        if (known == language.heads.end()) {
            language.heads.push_back(std::move(head));
        } else {
            *known = std::move(head);
        }
    }
    for (const auto& item : list_of(value, "modifiers")) {
        language.modifiers.push_back(modifier_of(item));
    }
    for (const auto& item : list_of(value, "vague")) {
        language.vague.push_back(
            {phrases(json::find(item, "say")), texts_in(json::find(item, "between"))});
    }
    for (auto& joiner : phrases(json::find(value, "join"))) {
        language.joiners.push_back(std::move(joiner));
    }
    return {};
}

}  // namespace

base::Result<BodyBook> BodyBook::parse(const std::vector<BodyFile>& files) {
    BodyBook book;
    book.phrases_ = std::make_unique<bt::PhraseBook>();
    book.lexicon_ = std::make_unique<bt::FeelingBook>();
    for (const BodyFile& file : files) {
        auto value = json::parse(file.text);
        if (!value) return base::fail(std::move(value.error()).within(file.name));
        const std::string code = json::string_or(json::find(*value, "language"));
        if (code.empty() && json::find(*value, "signs") == nullptr) {
            return base::fail(base::ErrorCode::corrupt, file.name + " does not say its language",
                              "begin it with {\"language\": \"en\", …");
        }
        auto felt = read_feelings(*value, code, *book.lexicon_);
        if (!felt) return base::fail(std::move(felt.error()).within(file.name));
        if (code.empty()) continue;
        auto read = read_language(*value, language_in(*book.phrases_, code));
        if (!read) return base::fail(std::move(read.error()).within(file.name));
        read_words(*value, book.answers_[code]);
    }
    book.reader_ = std::make_unique<bt::CommandReader>(*book.phrases_);
    book.feelings_ = std::make_unique<bt::EmotionReader>(*book.lexicon_);
    book.words_ = std::make_unique<bt::DirectionWords>(*book.phrases_);
    return book;
}

const OrderWords& BodyBook::words(std::string_view language) const {
    static const OrderWords kNone;
    const auto found = answers_.find(language);
    if (found != answers_.end()) return found->second;
    if (phrases_->languages.empty()) return kNone;
    const auto first = answers_.find(phrases_->languages.front().code);
    return first == answers_.end() ? kNone : first->second;
}

std::vector<BodyFile> built_in_body_files() {
    using namespace built_in_body;
    return {{"commands.en.json", std::string(kCommandsEnJson)},
            {"commands.de.json", std::string(kCommandsDeJson)},
            {"commands.zh.json", std::string(kCommandsZhJson)},
            {"emotions.en.json", std::string(kEmotionsEnJson)},
            {"emotions.de.json", std::string(kEmotionsDeJson)},
            {"emotions.zh.json", std::string(kEmotionsZhJson)},
            {"signs.json", std::string(kSignsJson)}};
}

namespace {

std::vector<fs::path> json_files(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code unreadable;
        if (at->path().extension() == ".json" && !at->is_symlink(unreadable)) {
            paths.push_back(at->path());
        }
    }
    std::ranges::sort(paths);
    return paths;
}

base::Result<BodyFile> read_body_file(const fs::path& path) {
    TRY(text, base::read_file(path, kMaxWordsBytes));
    BodyFile file{path.filename().string(), std::move(text)};
    const auto tried = BodyBook::parse({file});
    if (!tried) return base::fail(tried.error());
    return file;
}

}  // namespace

OwnersBodyFiles read_body_folder(const fs::path& folder) {
    OwnersBodyFiles out;
    auto paths = json_files(folder);
    if (paths.size() > kMaxFiles) {
        out.faults.push_back(
            base::make_error(base::ErrorCode::too_large,
                             fmt::format("of the {} files in {} only the first {} are read",
                                         paths.size(), folder.string(), kMaxFiles),
                             "put the words into fewer files"));
        paths.resize(kMaxFiles);
    }
    for (const auto& path : paths) {
        auto file = read_body_file(path);
        if (file) {
            out.files.push_back(std::move(*file));
        } else {
            out.faults.push_back(std::move(file.error()));
        }
    }
    return out;
}

std::string body_folder_fingerprint(const fs::path& folder) {
    std::string text;
    for (const auto& path : json_files(folder)) {
        std::error_code error;
        const auto size = fs::file_size(path, error);
        const auto written = fs::last_write_time(path, error).time_since_epoch().count();
        if (!error) text += fmt::format("{}:{}:{};", path.filename().string(), size, written);
    }
    return text;
}

}  // namespace chat
