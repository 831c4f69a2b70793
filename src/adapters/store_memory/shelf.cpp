// Notes, facts and log lines.
#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "adapters/store_memory/memory_store.hpp"

namespace adapters {

using base::ErrorCode;
using ports::StoreTask;

namespace {

constexpr std::array<std::string_view, 5> kLevels{"trace", "debug", "info", "warn", "error"};

std::ptrdiff_t rank_of(std::string_view level) {
    const auto it = std::ranges::find(kLevels, level);
    return it == kLevels.end() ? -1 : it - kLevels.begin();
}

}  // namespace

StoreTask<ports::NoteRow> MemoryStore::add_note(ports::NoteRow note) {
    if (note.person.empty()) {
        co_return base::fail(ErrorCode::invalid_argument, "a note needs a person");
    }
    note.id = ++last_note_;
    notes_.push_back(note);
    co_return note;
}

StoreTask<std::vector<ports::NoteRow>> MemoryStore::list_notes(base::PersonId person) {
    std::vector<ports::NoteRow> rows;
    std::ranges::copy_if(notes_, std::back_inserter(rows),
                         [&](const auto& note) { return note.person == person; });
    std::ranges::reverse(rows);
    co_return rows;
}

StoreTask<void> MemoryStore::delete_note(long long id) {
    const auto removed = std::erase_if(notes_, [&](const auto& note) { return note.id == id; });
    if (removed == 0) co_return base::fail(ErrorCode::not_found, "there is no such note");
    co_return base::Result<void>{};
}

StoreTask<std::optional<std::string>> MemoryStore::get_fact(std::string key) {
    const auto it = facts_.find(key);
    if (it == facts_.end()) co_return std::optional<std::string>{};
    co_return std::optional<std::string>(it->second);
}

StoreTask<void> MemoryStore::put_fact(std::string key, std::string value) {
    if (key.empty()) co_return base::fail(ErrorCode::invalid_argument, "a fact needs a key");
    facts_[key] = std::move(value);
    co_return base::Result<void>{};
}

StoreTask<void> MemoryStore::append_logs(std::vector<ports::LogRow> rows) {
    const bool known =
        std::ranges::all_of(rows, [](const auto& row) { return rank_of(row.level) >= 0; });
    if (!known) co_return base::fail(ErrorCode::invalid_argument, "unknown log level");
    for (auto& row : rows) {
        row.id = ++last_log_;
        logs_.push_back(std::move(row));
    }
    const auto oldest = last_log_ - ports::kMaxLogRows;
    std::erase_if(logs_, [&](const auto& row) { return row.id <= oldest; });
    co_return base::Result<void>{};
}

StoreTask<std::vector<ports::LogRow>> MemoryStore::list_logs(ports::LogQuery query) {
    if (query.limit < 1) {
        co_return base::fail(ErrorCode::invalid_argument, "limit must be positive");
    }
    const auto least = rank_of(query.min_level);
    if (least < 0) co_return base::fail(ErrorCode::invalid_argument, "unknown log level");
    std::set<std::string> related{query.request_id};
    const std::string named = '"' + query.request_id + '"';
    for (const auto& row : logs_) {
        if (row.fields_json.find(named) != std::string::npos) related.insert(row.request_id);
    }
    related.erase("");
    std::vector<ports::LogRow> rows;
    for (auto it = logs_.rbegin(); it != logs_.rend() && std::ssize(rows) < query.limit; ++it) {
        if (rank_of(it->level) < least) continue;
        const bool wanted = query.request_id.empty() || related.contains(it->request_id);
        if (wanted) rows.push_back(*it);
    }
    std::ranges::reverse(rows);
    co_return rows;
}

}  // namespace adapters
