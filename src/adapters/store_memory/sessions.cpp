#include <algorithm>
#include <cctype>
#include <set>
#include <tuple>

#include "adapters/store_memory/memory_store.hpp"
#include "base/text.hpp"
#include "json/json.hpp"

namespace adapters {

using base::ErrorCode;
using ports::StoreTask;

namespace {

constexpr std::size_t kPreviewChars = 120;

// Words in lower case: runs of ASCII letters, digits and whatever is not ASCII.
std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || std::isalnum(byte) != 0) {
            words.back().push_back(static_cast<char>(std::tolower(byte)));
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

// The words with every Han character and kana alone, as the search index has them.
std::vector<std::string> tokens_of(const std::string& text) {
    std::vector<std::string> tokens;
    for (const auto& word : words_of(text)) {
        tokens.emplace_back();
        for (std::size_t at = 0; at < word.size();) {
            const std::size_t alone = base::unspaced_character(std::string_view(word).substr(at));
            if (alone > 0 && !tokens.back().empty()) tokens.emplace_back();
            tokens.back() += word.substr(at, std::max<std::size_t>(alone, 1));
            at += std::max<std::size_t>(alone, 1);
            if (alone > 0 && at < word.size()) tokens.emplace_back();
        }
    }
    return tokens;
}

// The tokens of `phrase` stand in `text` one after the other; of the last one its start.
bool has_word(const std::string& text, const std::string& phrase) {
    const auto tokens = tokens_of(text);
    const auto wanted = tokens_of(phrase);
    for (std::size_t at = 0; at + wanted.size() <= tokens.size(); ++at) {
        if (tokens[at + wanted.size() - 1].starts_with(wanted.back()) &&
            std::equal(wanted.begin(), wanted.end() - 1,
                       tokens.begin() + static_cast<std::ptrdiff_t>(at))) {
            return true;
        }
    }
    return false;
}

// True when the request or a field of the line is one of `ids`.
bool mentions(const ports::LogRow& row, const std::set<std::string>& ids) {
    if (ids.contains(row.request_id)) return true;
    const auto fields = json::parse(row.fields_json);
    if (!fields || !fields->is_object()) return false;
    return std::ranges::any_of(fields->get_object(), [&](const auto& field) {
        return ids.contains(json::string_or(&field.value()));
    });
}

}  // namespace

ports::SessionRow* MemoryStore::session(const base::SessionId& id) {
    const auto it = std::ranges::find(sessions_, id, &ports::SessionRow::id);
    return it == sessions_.end() ? nullptr : &*it;
}

ports::SessionRow MemoryStore::with_derived(ports::SessionRow row) const {
    row.message_count = 0;
    row.preview.clear();
    long long newest = 0;
    for (const auto& message : messages_) {
        if (message.session != row.id || message.superseded) continue;
        ++row.message_count;
        if (message.seq < newest || message.content.empty()) continue;
        newest = message.seq;
        row.preview = base::shorten(message.content, kPreviewChars);
    }
    return row;
}

bool MemoryStore::found_by(const ports::SessionRow& row, const std::string& query) const {
    const auto words = words_of(query);
    const auto has = [&](const std::string& word) {
        if (has_word(row.title, word)) return true;
        return std::ranges::any_of(messages_, [&](const ports::MessageRow& message) {
            return message.session == row.id && !message.superseded &&
                   has_word(message.content, word);
        });
    };
    return !words.empty() && std::ranges::all_of(words, has);
}

StoreTask<ports::SessionRow> MemoryStore::create_session(ports::SessionRow row) {
    if (row.id.empty() || row.person.empty()) {
        co_return base::fail(ErrorCode::invalid_argument, "a session needs an id and a person");
    }
    if (session(row.id) != nullptr) {
        co_return base::fail(ErrorCode::conflict, "there is a session with this id already");
    }
    const auto same_scope = std::ranges::find_if(sessions_, [&](const auto& other) {
        return !row.scope_key.empty() && other.agent == row.agent &&
               other.scope_key == row.scope_key;
    });
    if (same_scope != sessions_.end()) {
        auto error =
            base::make_error(ErrorCode::conflict, "the agent has a session for this scope already");
        co_return base::fail(std::move(error).with("session", same_scope->id.str()));
    }
    row = with_derived(std::move(row));
    sessions_.push_back(row);
    co_return row;
}

StoreTask<ports::SessionRow> MemoryStore::get_session(base::SessionId id) {
    const auto* row = session(id);
    if (row == nullptr) co_return base::fail(ErrorCode::not_found, "there is no such session");
    co_return with_derived(*row);
}

StoreTask<std::vector<ports::SessionRow>> MemoryStore::list_sessions(ports::SessionPage page) {
    if (page.limit < 1) co_return base::fail(ErrorCode::invalid_argument, "limit must be positive");
    const auto age = [](const ports::SessionRow& row) { return std::tie(row.updated_at, row.id); };
    std::vector<ports::SessionRow> rows;
    for (const auto& row : sessions_) {
        if (!page.person.empty() && row.person != page.person) continue;
        if (page.before_updated_at != 0 &&
            age(row) >= std::tie(page.before_updated_at, page.before)) {
            continue;
        }
        if (page.query.empty() || found_by(row, page.query)) rows.push_back(with_derived(row));
    }
    std::ranges::sort(rows, [&](const auto& a, const auto& b) { return age(a) > age(b); });
    if (rows.size() > static_cast<std::size_t>(page.limit)) {
        rows.resize(static_cast<std::size_t>(page.limit));
    }
    co_return rows;
}

StoreTask<ports::SessionRow> MemoryStore::rename_session(base::SessionId id, std::string title,
                                                         ports::TitleBy by) {
    auto* row = session(id);
    if (row == nullptr) co_return base::fail(ErrorCode::not_found, "there is no such session");
    if (by == ports::TitleBy::person || !row->title_by_person) {
        row->title = std::move(title);
        row->title_by_person = by == ports::TitleBy::person;
    }
    co_return with_derived(*row);
}

void MemoryStore::touch(const base::SessionId& id, long long now_ms) {
    if (auto* row = session(id)) row->updated_at = std::max(row->updated_at, now_ms);
}

void MemoryStore::forget(const base::SessionId& id) {
    std::set<std::string> ids{id.str()};
    std::set<base::TurnId> turns;
    for (const auto& row : messages_) {
        if (row.session == id) ids.insert(row.id.str());
    }
    for (const auto& row : turns_) {
        if (row.session == id) turns.insert(row.id);
    }
    for (const auto& turn : turns) ids.insert(turn.str());
    std::erase_if(logs_, [&](const auto& row) { return mentions(row, ids); });
    std::erase_if(messages_, [&](const auto& row) { return row.session == id; });
    std::erase_if(turns_, [&](const auto& row) { return row.session == id; });
    std::erase_if(summaries_, [&](const auto& row) { return row.session == id; });
    for (auto& row : sessions_) {
        if (row.continues != id) continue;
        row.continues = {};
        row.continues_seq = 0;
    }
    std::erase_if(drafts_, [&](const auto& entry) { return turns.contains(entry.first); });
    std::erase_if(keys_, [&](const auto& entry) { return turns.contains(entry.second.turn); });
}

StoreTask<void> MemoryStore::purge_session(base::SessionId id) {
    if (session(id) == nullptr) {
        co_return base::fail(ErrorCode::not_found, "there is no such session");
    }
    forget(id);
    std::erase_if(sessions_, [&](const auto& row) { return row.id == id; });
    co_return base::Result<void>{};
}

StoreTask<void> MemoryStore::clear_session(base::SessionId id) {
    if (session(id) == nullptr) {
        co_return base::fail(ErrorCode::not_found, "there is no such session");
    }
    forget(id);
    co_return base::Result<void>{};
}

}  // namespace adapters
