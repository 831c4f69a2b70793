#include "adapters/store_sqlite/database.hpp"

#include <utility>

#include <fmt/core.h>
#include <sqlite3.h>

#include "adapters/store_sqlite/detail/tokenizer.hpp"

namespace adapters::sqlite {

using base::ErrorCode;

base::Error sqlite_error(int code, std::string_view message, std::string_view what) {
    const auto make = [&](ErrorCode kind, std::string_view why, std::string hint) {
        auto error = base::make_error(kind, fmt::format("{}: {}", what, why), std::move(hint));
        return std::move(error).with("sqlite", fmt::format("{} ({})", code, message));
    };
    // The shared memory beside the log is only ever lengthened for want of space.
    switch (code == SQLITE_IOERR_SHMSIZE ? SQLITE_FULL : code & 0xFF) {
        case SQLITE_FULL:
            return make(ErrorCode::storage, "the disk is full",
                        "free some space on the disk of the data folder")
                .with("reason", "disk_full");
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return make(ErrorCode::storage, "the database may only be read",
                        "make the data folder and its files writable for this user");
        case SQLITE_CANTOPEN:
            return make(ErrorCode::storage, "the database file cannot be opened",
                        "check that the data folder exists and belongs to this user");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return make(ErrorCode::storage, "another program holds the database",
                        "close other programs that have the database open");
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return make(ErrorCode::corrupt, "the database is damaged",
                        "keep a copy of the file, then restore the newest backup");
        case SQLITE_NOMEM:
            return make(ErrorCode::out_of_memory, "not enough memory", {});
        case SQLITE_TOOBIG:
            return make(ErrorCode::too_large, "the value is too large to store", {});
        case SQLITE_CONSTRAINT:
            return make(ErrorCode::conflict, "it contradicts what is stored", {});
        case SQLITE_IOERR:
            return make(ErrorCode::storage, "the disk reported a failure",
                        "check the disk, then try again");
        default:
            return make(ErrorCode::internal, message, {});
    }
}

Statement::Statement(Statement&& other) noexcept
    : raw_(std::exchange(other.raw_, nullptr)),
      next_(other.next_),
      bind_error_(other.bind_error_) {}

Statement::~Statement() {
    if (raw_ == nullptr) return;
    sqlite3_reset(raw_);
    sqlite3_clear_bindings(raw_);
}

void Statement::bind_one(std::string_view value) {
    // A null pointer would bind NULL.
    const char* data = value.data() == nullptr ? "" : value.data();
    const int code =
        sqlite3_bind_text64(raw_, next_++, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    if (code != SQLITE_OK) bind_error_ = code;
}

void Statement::bind_one(long long value) {
    const int code = sqlite3_bind_int64(raw_, next_++, value);
    if (code != SQLITE_OK) bind_error_ = code;
}

base::Result<bool> Statement::step() {
    const int code = bind_error_ != SQLITE_OK ? bind_error_ : sqlite3_step(raw_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    sqlite3* db = sqlite3_db_handle(raw_);
    return base::fail(sqlite_error(code, sqlite3_errmsg(db), "the database did not answer"));
}

int Statement::columns() const {
    return sqlite3_column_count(raw_);
}

std::string Statement::text(int column) const {
    const auto* bytes = sqlite3_column_blob(raw_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(raw_, column));
    return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

long long Statement::integer(int column) const {
    return sqlite3_column_int64(raw_, column);
}

namespace {

std::string as_uri(const std::string& path) {
    std::string uri = "file:";
    for (const char c : path) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '-' || c == '_';
        if (plain) {
            uri.push_back(c);
        } else {
            uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
        }
    }
    return uri + "?immutable=1";
}

}  // namespace

base::Result<std::unique_ptr<Database>> Database::open(const std::string& path, Mode mode,
                                                       const std::string& vfs) {
    sqlite3* raw = nullptr;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= mode == Mode::read_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                      : SQLITE_OPEN_READONLY;
    if (mode == Mode::immutable) flags |= SQLITE_OPEN_URI;
    const std::string name = mode == Mode::immutable ? as_uri(path) : path;
    const int code =
        sqlite3_open_v2(name.c_str(), &raw, flags, vfs.empty() ? nullptr : vfs.c_str());
    std::unique_ptr<Database> db(new Database(raw));
    if (code != SQLITE_OK) {
        const char* message = raw == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(raw);
        return base::fail(sqlite_error(code, message, "opening " + path));
    }
    sqlite3_busy_timeout(raw, 5000);
    // Defends against a prepared file: no functions or tables with side effects out of a schema.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    TRY_DO(register_tokenizer(raw));
    return db;
}

Database::~Database() {
    for (const auto& entry : kept_) sqlite3_finalize(entry.second);
    sqlite3_close_v2(raw_);
}

base::Result<Statement> Database::statement(std::string_view sql) {
    if (const auto it = kept_.find(sql); it != kept_.end()) return Statement(it->second);
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(raw_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (code != SQLITE_OK) {
        return base::fail(sqlite_error(code, sqlite3_errmsg(raw_), "preparing a statement"));
    }
    kept_.emplace(sql, raw);
    return Statement(raw);
}

base::Result<void> Database::drain(Statement& prepared) {
    for (;;) {
        TRY(row, prepared.step());
        if (!row) return {};
    }
}

base::Result<void> Database::script(const std::string& sql) {
    const int code = sqlite3_exec(raw_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return {};
    return base::fail(sqlite_error(code, sqlite3_errmsg(raw_), "running a script"));
}

int Database::changes() const {
    return sqlite3_changes(raw_);
}

long long Database::last_rowid() const {
    return sqlite3_last_insert_rowid(raw_);
}

void Database::release_memory() {
    for (const auto& entry : std::exchange(kept_, {})) sqlite3_finalize(entry.second);
    sqlite3_db_release_memory(raw_);
}

base::Result<Transaction> Transaction::begin(Database& db, Kind kind) {
    // A write that starts as a read could fail half-way when it upgrades its lock.
    if (kind == Kind::write) {
        TRY_DO(db.run("BEGIN IMMEDIATE"));
    } else {
        TRY_DO(db.run("BEGIN"));
    }
    return Transaction(db);
}

Transaction::Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}

Transaction::~Transaction() {
    // SQLite has rolled back by itself after some failures.
    if (db_ != nullptr && sqlite3_get_autocommit(db_->raw()) == 0) {
        sqlite3_exec(db_->raw(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

base::Result<void> Transaction::commit() {
    TRY_DO(db_->run("COMMIT"));
    db_ = nullptr;
    return {};
}

}  // namespace adapters::sqlite
