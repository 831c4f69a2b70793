#include "adapters/store_sqlite/detail/tokenizer.hpp"

#include <memory>
#include <string_view>

#include <sqlite3.h>

#include "adapters/store_sqlite/database.hpp"
#include "base/text.hpp"

namespace adapters::sqlite {

namespace {

constexpr const char* kName = "loci";
constexpr const char* kInner = "unicode61";

using TokenSink = int (*)(void*, int, const char*, int, int, int);

struct Tokenizer {
    fts5_tokenizer inner{};
    Fts5Tokenizer* of_inner = nullptr;
};

int create(void* api, const char** words, int count, Fts5Tokenizer** out) {
    auto* fts = static_cast<fts5_api*>(api);
    auto made = std::make_unique<Tokenizer>();
    void* context = nullptr;
    int code = fts->xFindTokenizer(fts, kInner, &context, &made->inner);
    // The first word of our own is the name of the tokenizer that is asked for its tokens.
    const int skipped = count > 0 && std::string_view(words[0]) == kInner ? 1 : 0;
    if (code == SQLITE_OK) {
        code = made->inner.xCreate(context, words + skipped, count - skipped, &made->of_inner);
    }
    if (code != SQLITE_OK) return code;
    *out = reinterpret_cast<Fts5Tokenizer*>(made.release());  // NOLINT: an opaque handle of SQLite
    return SQLITE_OK;
}

void destroy(Fts5Tokenizer* handle) {
    const std::unique_ptr<Tokenizer> owned(reinterpret_cast<Tokenizer*>(handle));  // NOLINT
    if (owned != nullptr) owned->inner.xDelete(owned->of_inner);
}

struct Splitter {
    void* context;
    TokenSink sink;
};

// Hands a token of unicode61 on in pieces: runs of other characters whole, each Han character and
// kana alone. Positions are those of the whole token: nothing here asks for them.
int split_token(void* opaque, int flags, const char* token, int size, int start, int end) {
    const auto& to = *static_cast<Splitter*>(opaque);
    std::string_view rest(token, static_cast<std::size_t>(size));
    std::size_t run = 0;
    const auto emit = [&](std::size_t length) {
        const int code =
            to.sink(to.context, flags, rest.data(), static_cast<int>(length), start, end);
        rest.remove_prefix(length);
        run = 0;
        return code;
    };
    while (run < rest.size()) {
        const std::size_t length = base::unspaced_character(rest.substr(run));
        if (length == 0) {
            ++run;
            continue;
        }
        if (run > 0) {
            if (const int code = emit(run); code != SQLITE_OK) return code;
        }
        if (const int code = emit(length); code != SQLITE_OK) return code;
    }
    return rest.empty() ? SQLITE_OK : emit(rest.size());
}

int tokenize(Fts5Tokenizer* handle, void* context, int flags, const char* text, int size,
             TokenSink sink) {
    const auto* self = reinterpret_cast<const Tokenizer*>(handle);  // NOLINT
    Splitter splitter{context, sink};
    return self->inner.xTokenize(self->of_inner, &splitter, flags, text, size, split_token);
}

}  // namespace

base::Result<void> register_tokenizer(sqlite3* db) {
    sqlite3_stmt* asked = nullptr;
    fts5_api* api = nullptr;
    int code = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &asked, nullptr);
    if (code == SQLITE_OK) {
        sqlite3_bind_pointer(asked, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
        sqlite3_step(asked);
    }
    sqlite3_finalize(asked);
    if (api == nullptr) {
        return base::fail(sqlite_error(code == SQLITE_OK ? SQLITE_ERROR : code,
                                       "this SQLite has no full-text search", "opening"));
    }
    fts5_tokenizer ours{create, destroy, tokenize};
    code = api->xCreateTokenizer(api, kName, api, &ours, nullptr);
    if (code != SQLITE_OK) return base::fail(sqlite_error(code, sqlite3_errmsg(db), "opening"));
    return {};
}

}  // namespace adapters::sqlite
