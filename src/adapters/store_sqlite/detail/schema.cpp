#include "adapters/store_sqlite/detail/schema.hpp"

#include <chrono>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace adapters::sqlite {

using base::ErrorCode;
namespace fs = std::filesystem;

namespace {

constexpr int kApplicationId = 0x4C6F6369;  // "Loci"

long long wall_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

fs::path backup_folder(const DataPaths& paths) {
    if (!paths.backup_folder.empty()) return paths.backup_folder;
    const auto parent = fs::path(paths.database).parent_path();
    return parent.empty() ? fs::path(".") : parent;
}

std::string copy_prefix(const DataPaths& paths) {
    return fs::path(paths.database).stem().string() + "-before-migration-";
}

base::Result<void> copy_all(Database& from, Database& to) {
    sqlite3_backup* backup = sqlite3_backup_init(to.raw(), "main", from.raw(), "main");
    if (backup == nullptr) {
        return base::fail(sqlite_error(sqlite3_errcode(to.raw()), sqlite3_errmsg(to.raw()),
                                       "copying the database"));
    }
    const int code = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (code == SQLITE_DONE && finished == SQLITE_OK) return {};
    return base::fail(sqlite_error(code == SQLITE_DONE ? finished : code, sqlite3_errmsg(to.raw()),
                                   "copying the database"));
}

base::Result<void> put_back(Database& db, const std::string& copy, const DataPaths& paths) {
    TRY(source, Database::open(copy, Database::Mode::read_only, paths.vfs));
    return copy_all(*source, db);
}

base::Result<void> steps_between(Database& db, const DataPaths& paths, int from, int to) {
    for (const auto& migration : paths.migrations) {
        if (migration.number > from && migration.number <= to) TRY_DO(apply(db, migration));
    }
    for (auto it = paths.migrations.rbegin(); it != paths.migrations.rend(); ++it) {
        if (it->number <= from && it->number > to) TRY_DO(take_back(db, *it));
    }
    return {};
}

base::Result<void> check_whole(Database& db) {
    TRY(row, db.statement("PRAGMA quick_check(1)"));
    TRY(found, row.step());
    if (found && row.text(0) == "ok") return {};
    return base::fail(ErrorCode::corrupt, "the database is damaged, so it was not migrated",
                      "keep a copy of the file, then restore the newest backup");
}

}  // namespace

int newest_version(const DataPaths& paths) {
    return paths.migrations.empty() ? 0 : paths.migrations.back().number;
}

base::Result<int> schema_version(Database& db, const DataPaths& paths) {
    TRY(version, db.number("PRAGMA user_version"));
    TRY(application, db.number("PRAGMA application_id"));
    TRY(tables, db.number("SELECT count(*) FROM sqlite_schema"));
    if (tables != 0 && application != kApplicationId) {
        return base::fail(ErrorCode::corrupt,
                          fmt::format("{} is not a Loci database", paths.database),
                          "name another data folder, or move this file away");
    }
    if (version > newest_version(paths)) {
        return base::fail(
            ErrorCode::unsupported,
            fmt::format("the database has schema version {}, made by a newer Loci; this one knows "
                        "versions up to {}",
                        version, newest_version(paths)),
            "start the newer Loci, or restore the copy made before its migration");
    }
    return static_cast<int>(version);
}

base::Result<void> configure_writer(Database& db) {
    TRY_DO(db.script("PRAGMA journal_mode = WAL"));
    return db.script(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
        "PRAGMA cache_size = -1000; PRAGMA temp_store = MEMORY;"
        "PRAGMA journal_size_limit = 1000000");
}

base::Result<void> configure_reader(Database& db) {
    return db.script("PRAGMA query_only = ON; PRAGMA cache_size = -1000");
}

base::Result<void> apply(Database& db, const Migration& migration) {
    TRY(transaction, Transaction::begin(db));
    TRY_DO(db.script(fmt::format("PRAGMA application_id = {}", kApplicationId)));
    TRY_DO(
        db.script("CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY,"
                  " name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"));
    TRY_DO(db.script(std::string(migration.up)));
    TRY_DO(db.run("INSERT INTO schema_migrations (number, name, applied_at) VALUES (?, ?, ?)",
                  migration.number, migration.name, wall_ms()));
    TRY_DO(db.script(fmt::format("PRAGMA user_version = {}", migration.number)));
    return transaction.commit();
}

base::Result<void> take_back(Database& db, const Migration& migration) {
    TRY(transaction, Transaction::begin(db));
    TRY_DO(db.script(std::string(migration.down)));
    TRY_DO(db.run("DELETE FROM schema_migrations WHERE number = ?", migration.number));
    TRY(below, db.number("SELECT max(number) FROM schema_migrations"));
    TRY_DO(db.script(fmt::format("PRAGMA user_version = {}", below)));
    return transaction.commit();
}

base::Result<MigrationRun> migrate(Database& db, const DataPaths& paths, int target) {
    TRY(version, schema_version(db, paths));
    MigrationRun done{version, target, {}};
    if (version == target) return done;
    if (version > 0) {
        TRY_DO(check_whole(db));
        TRY(copy, copy_before(db, paths, version));
        done.backup = copy;
    }
    auto result = steps_between(db, paths, version, target);
    if (result) return done;
    auto error =
        std::move(result.error())
            .within(fmt::format("migrating the database from version {} to {}", version, target));
    if (error.hint.empty()) {
        error.hint =
            "the data is as it was before; start the Loci that was used with it, and report this";
    }
    if (!done.backup.empty()) {
        auto restored = put_back(db, done.backup, paths);
        if (!restored) {
            return base::fail(std::move(restored.error())
                                  .within("the migration failed, and so did putting the copy back")
                                  .with("copy", done.backup));
        }
    }
    return base::fail(std::move(error).with("copy", done.backup));
}

base::Result<std::string> copy_before(Database& db, const DataPaths& paths, int version) {
    const auto folder = backup_folder(paths);
    std::error_code error;
    fs::create_directories(folder, error);
    const auto name = fmt::format("{}{:04}-{}.db", copy_prefix(paths), version, wall_ms());
    const auto target = (folder / name).string();
    TRY_DO(prepare_file(target));
    TRY(copy, Database::open(target, Database::Mode::read_write, paths.vfs));
    TRY_DO(copy_all(db, *copy));
    // One file, readable without a write-ahead log.
    TRY_DO(copy->script("PRAGMA journal_mode = DELETE"));
    return target;
}

base::Result<int> remove_copies(const DataPaths& paths) {
    int removed = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(backup_folder(paths), error)) {
        const auto name = entry.path().filename().string();
        if (!name.starts_with(copy_prefix(paths)) || !entry.is_regular_file()) continue;
        if (!fs::remove(entry.path(), error)) break;
        ++removed;
    }
    // No folder: no copy was ever made.
    if (!error || error == std::errc::no_such_file_or_directory) return removed;
    return base::fail(ErrorCode::storage,
                      fmt::format("cannot remove old copies of the database in {}: {}",
                                  backup_folder(paths).string(), error.message()),
                      "remove the files named *-before-migration-*.db there by hand");
}

base::Result<void> prepare_file(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const int opened = errno;
    const bool done = fd >= 0 && ::fchmod(fd, 0600) == 0;
    const int why = fd < 0 ? opened : errno;
    if (fd >= 0) ::close(fd);
    if (done) return {};
    return base::fail(
        ErrorCode::storage,
        fmt::format("cannot write {}: {}", path, std::generic_category().message(why)),
        "make the data folder writable for this user and check its free space");
}

}  // namespace adapters::sqlite
