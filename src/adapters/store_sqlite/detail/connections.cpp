#include "adapters/store_sqlite/detail/connections.hpp"

#include <filesystem>

#include "adapters/store_sqlite/detail/operations.hpp"
#include "adapters/store_sqlite/detail/schema.hpp"
#include "base/log.hpp"

namespace adapters::sqlite {

using base::ErrorCode;
namespace fs = std::filesystem;

namespace {

// A database that could not be migrated is shown all the same: what the queries read and an older
// schema lacks stands in views of this connection, in place of the tables.
base::Result<void> show_as_newest(Database& db, int version) {
    if (version >= 3) return {};
    return db.script(
        "CREATE TEMP VIEW sessions AS"
        " SELECT *, '' AS continues, 0 AS continues_seq FROM main.sessions;"
        "CREATE TEMP VIEW summaries AS SELECT *, 'model' AS made_by FROM main.summaries;");
}

base::Result<std::unique_ptr<Database>> open_reader(const DataPaths& paths, Database::Mode mode) {
    TRY(db, Database::open(paths.database, mode, paths.vfs));
    TRY(version, schema_version(*db, paths));
    // Before any view: a change of it drops what is temporary.
    TRY_DO(db->script("PRAGMA temp_store = MEMORY"));
    if (version > 0) TRY_DO(show_as_newest(*db, version));
    TRY_DO(configure_reader(*db));
    if (version == 0) {
        return base::fail(ErrorCode::storage, "there is no database yet and none can be made",
                          "make the data folder writable for this user");
    }
    return db;
}

// Nothing can be written to the folder. A database that was closed in order can be read without
// its side files; one that was not needs them.
base::Result<Connections> open_read_only(const DataPaths& paths, const base::Error& why) {
    Connections files;
    files.read_only_reason = why.text();
    auto reader = open_reader(paths, Database::Mode::read_only);
    std::error_code ignored;
    const auto log_size = fs::file_size(paths.database + "-wal", ignored);
    if (!reader && (ignored || log_size == 0)) {
        reader = open_reader(paths, Database::Mode::immutable);
    }
    if (!reader) return base::fail(base::Error(why).with("reading", reader.error().text()));
    files.reader = std::move(*reader);
    LOG_WARN("store", "the database is open for reading only", {"reason", why.message});
    return files;
}

base::Result<void> migrate_writer(Database& db, const DataPaths& paths) {
    const auto newest = newest_version(paths);
    TRY(run, migrate(db, paths, newest));
    if (run.from == 0 && run.to != 0) {
        LOG_INFO("store", "a new database was made");
    } else if (run.from != run.to) {
        LOG_INFO("store", "the database was migrated", {"from", run.from}, {"to", run.to});
    }
    return {};
}

// Finishes a purge that was cut off. It can fail for want of space while writing works; the mark
// stays, so the next purge or start tries again.
base::Result<void> finish_scrub(Database& db) {
    TRY(due, scrub_due(db));
    if (!due) return {};
    const auto scrubbed = scrub(db);
    if (!scrubbed) {
        LOG_WARN("store", "removed conversations could not be overwritten yet",
                 {"reason", scrubbed.error().message});
    }
    return {};
}

base::Result<Connections> open_for_writing(const DataPaths& paths) {
    Connections files;
    TRY(lock, FileLock::take(paths.database + ".lock"));
    files.lock = std::move(lock);
    TRY_DO(prepare_file(paths.database));
    TRY(writer, Database::open(paths.database, Database::Mode::read_write, paths.vfs));
    // Before anything is written to a file that may not be ours.
    TRY(version, schema_version(*writer, paths));
    TRY_DO(configure_writer(*writer));
    if (auto migrated = migrate_writer(*writer, paths); !migrated) {
        if (version == 0) return base::fail(std::move(migrated.error()));
        files.read_only_reason = migrated.error().text();
        LOG_ERROR("store", "the migration failed; the database is open for reading only",
                  {"reason", migrated.error().message});
        writer.reset();
    }
    if (writer != nullptr) TRY_DO(finish_scrub(*writer));
    files.writer = std::move(writer);
    TRY(reader, open_reader(paths, Database::Mode::read_only));
    files.reader = std::move(reader);
    return files;
}

}  // namespace

base::Result<Connections> open_connections(const DataPaths& paths) {
    auto files = open_for_writing(paths);
    if (files || files.error().code != ErrorCode::storage) return files;
    return open_read_only(paths, files.error());
}

}  // namespace adapters::sqlite
