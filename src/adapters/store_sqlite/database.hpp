// Database: one SQLite connection with its prepared statements; the only place of the room that
// calls the C interface for everyday work. A connection belongs to one thread at a time. Every
// SQLite failure becomes an Error by sqlite_error(); no exception, no text of a person in it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/ids.hpp"
#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace adapters::sqlite {

// The error for an SQLite result code (extended or not); `what` says which work failed.
[[nodiscard]] base::Error sqlite_error(int code, std::string_view message, std::string_view what);

// A prepared statement lent by its Database; given back, reset and with nothing bound, when it
// goes out of scope. Values are bound from left to right.
class Statement {
public:
    explicit Statement(sqlite3_stmt* raw) : raw_(raw) {}
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    template <class... Values>
    Statement& bind(const Values&... values) {
        (bind_one(values), ...);
        return *this;
    }
    // True when there is a row to read.
    [[nodiscard]] base::Result<bool> step();

    [[nodiscard]] int columns() const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] long long integer(int column) const;
    template <class IdType>
    [[nodiscard]] IdType id(int column) const {
        return IdType(text(column));
    }

private:
    void bind_one(std::string_view value);
    void bind_one(long long value);
    void bind_one(int value) { bind_one(static_cast<long long>(value)); }
    void bind_one(bool value) { bind_one(value ? 1LL : 0LL); }
    template <class Tag>
    void bind_one(const base::Id<Tag>& value) {
        bind_one(std::string_view(value.str()));
    }

    sqlite3_stmt* raw_;
    int next_ = 1;
    int bind_error_ = 0;
};

class Database {
public:
    enum class Mode { read_write, read_only, immutable };

    // `vfs` names the SQLite file layer; empty: the default one.
    [[nodiscard]] static base::Result<std::unique_ptr<Database>> open(const std::string& path,
                                                                      Mode mode,
                                                                      const std::string& vfs = {});
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // `sql` must live as long as the Database (a literal): statements are kept by its text.
    [[nodiscard]] base::Result<Statement> statement(std::string_view sql);
    // Runs one statement to its end.
    template <class... Values>
    [[nodiscard]] base::Result<void> run(std::string_view sql, const Values&... values) {
        TRY(prepared, statement(sql));
        prepared.bind(values...);
        return drain(prepared);
    }
    // The first column of the first row; 0 when there is no row.
    template <class... Values>
    [[nodiscard]] base::Result<long long> number(std::string_view sql, const Values&... values) {
        TRY(prepared, statement(sql));
        prepared.bind(values...);
        TRY(row, prepared.step());
        return row ? prepared.integer(0) : 0;
    }
    // Runs several statements, for set-up and migrations; nothing is kept.
    [[nodiscard]] base::Result<void> script(const std::string& sql);
    // Rows changed by the last run().
    [[nodiscard]] int changes() const;
    [[nodiscard]] long long last_rowid() const;
    // Closes the kept statements and gives cache memory back.
    void release_memory();

    [[nodiscard]] sqlite3* raw() const { return raw_; }

private:
    explicit Database(sqlite3* raw) : raw_(raw) {}
    static base::Result<void> drain(Statement& prepared);

    sqlite3* raw_;
    std::unordered_map<std::string_view, sqlite3_stmt*> kept_;
};

// Rolls back at the end of its scope unless committed.
class Transaction {
public:
    enum class Kind { read, write };

    [[nodiscard]] static base::Result<Transaction> begin(Database& db, Kind kind = Kind::write);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    [[nodiscard]] base::Result<void> commit();

private:
    explicit Transaction(Database& db) : db_(&db) {}
    Database* db_;
};

}  // namespace adapters::sqlite
