// The tokenizer of the search index: that of SQLite (unicode61), with every Han character and every
// kana as a word of its own, because Chinese and Japanese put no spaces between words: a query is
// then found anywhere in a sentence and not only at its beginning. A database that uses it can be
// searched by Loci alone; reading it with other programs needs nothing.
#pragma once

#include "base/result.hpp"

struct sqlite3;

namespace adapters::sqlite {

// Makes `tokenize = 'loci …'` known to the connection; the rest of the words go to unicode61.
[[nodiscard]] base::Result<void> register_tokenizer(sqlite3* db);

}  // namespace adapters::sqlite
