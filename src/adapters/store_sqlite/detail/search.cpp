#include <set>

#include "adapters/store_sqlite/detail/operations.hpp"
#include "adapters/store_sqlite/detail/rows.hpp"
#include "base/text.hpp"

namespace adapters::sqlite {

namespace {

constexpr std::size_t kMaxWords = 16;

// Punctuation of the blocks Latin-1, General Punctuation and CJK Punctuation, which the index
// leaves out of words too; `at` is the start of a character in valid UTF-8.
bool is_foreign_punctuation(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    if (byte(0) == 0xC2) return byte(1) != 0xAA && byte(1) != 0xB5 && byte(1) != 0xBA;
    if (byte(0) == 0xE2) return byte(1) == 0x80 || (byte(1) == 0x81 && byte(2) < 0xB0);
    return byte(0) == 0xE3 && byte(1) == 0x80 && byte(2) != 0x85 && byte(2) != 0x86;
}

// Words of a query: runs of ASCII letters, digits and characters beyond ASCII. The rest could be
// query syntax and never reaches the index.
std::vector<std::string> words_of(const std::string& query) {
    const std::string text = base::to_valid_utf8(query);
    std::vector<std::string> words(1);
    bool punctuation = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte >= 0xC0) punctuation = is_foreign_punctuation(text, i);
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                           (byte >= 'A' && byte <= 'Z');
        if (plain || (byte >= 0x80 && !punctuation)) {
            words.back().push_back(text[i]);
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.back().empty()) words.pop_back();
    if (words.size() > kMaxWords) words.resize(kMaxWords);
    return words;
}

base::Result<std::set<std::string>> sessions_with(Database& db, const std::string& word) {
    TRY(rows, db.statement("SELECT DISTINCT coalesce(messages.session, sessions.id)"
                           " FROM search_index"
                           " LEFT JOIN messages ON messages.n = search_index.rowid"
                           " LEFT JOIN sessions ON sessions.n = -search_index.rowid"
                           " WHERE search_index MATCH ?"));
    rows.bind("\"" + word + "\" *");
    std::set<std::string> ids;
    for (;;) {
        TRY(more, rows.step());
        if (!more) return ids;
        ids.insert(rows.text(0));
    }
}

}  // namespace

base::Result<std::vector<ports::SessionRow>> search_sessions(Database& db,
                                                             const ports::SessionPage& page) {
    const auto words = words_of(page.query);
    if (words.empty()) return std::vector<ports::SessionRow>{};
    TRY(snapshot, Transaction::begin(db, Transaction::Kind::read));
    TRY(found, sessions_with(db, words.front()));
    for (std::size_t i = 1; i < words.size() && !found.empty(); ++i) {
        TRY(also, sessions_with(db, words[i]));
        std::erase_if(found, [&](const auto& id) { return !also.contains(id); });
    }
    TRY(ids, db.statement("SELECT id FROM sessions WHERE (?1 = '' OR person = ?1)"
                          " AND (?2 = 0 OR (updated_at, id) < (?2, ?3))"
                          " ORDER BY updated_at DESC, id DESC"));
    ids.bind(page.person, page.before_updated_at, page.before);
    std::vector<ports::SessionRow> sessions;
    while (std::ssize(sessions) < page.limit) {
        TRY(more, ids.step());
        if (!more) break;
        if (!found.contains(ids.text(0))) continue;
        TRY(session, get_session(db, ids.id<base::SessionId>(0)));
        sessions.push_back(std::move(session));
    }
    return sessions;
}

}  // namespace adapters::sqlite
