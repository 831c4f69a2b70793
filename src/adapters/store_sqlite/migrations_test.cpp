#include "adapters/store_sqlite/migrations.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "adapters/store_sqlite/database.hpp"
#include "adapters/store_sqlite/sqlite_store.hpp"
#include "adapters/store_sqlite/testing/dump.hpp"
#include "adapters/store_sqlite/testing/temp_folder.hpp"
#include "async/testing/run.hpp"

namespace adapters {
namespace {

using base::ErrorCode;
using sqlite::Database;
using testing::TempFolder;
namespace fs = std::filesystem;

// The real migrations and one more.
std::vector<Migration> with_next(std::string_view up, std::string_view down = "") {
    std::vector<Migration> all(embedded_migrations().begin(), embedded_migrations().end());
    all.push_back({all.back().number + 1, "next", up, down});
    return all;
}

// A database of the present version that holds one note.
void fill(const DataPaths& paths) {
    boost::asio::io_context io;
    auto store = SqliteStore::open(paths);
    ASSERT_TRUE(store) << store.error().text();
    const auto note = async::testing::run_on(
        io, (*store)->add_note({0, base::PersonId("owner"), "kept through it all", 1}));
    ASSERT_TRUE(note);
}

int copies_in(const TempFolder& folder) {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        const auto name = entry.path().filename().string();
        if (name.find("-before-migration-") != std::string::npos) ++count;
    }
    return count;
}

bool has_table(const std::string& database, const std::string& name) {
    auto db = Database::open(database, Database::Mode::read_only);
    return db && (*db)->number("SELECT count(*) FROM sqlite_schema WHERE name = ?", name) == 1;
}

TEST(Migrations, AreNumberedFromOneWithoutGapsAndCanAllBeTakenBack) {
    int expected = 1;
    for (const auto& migration : embedded_migrations()) {
        EXPECT_EQ(migration.number, expected++);
        EXPECT_FALSE(migration.name.empty());
        EXPECT_FALSE(migration.up.empty());
        EXPECT_FALSE(migration.down.empty()) << migration.name;
    }
}

TEST(Migrations, EveryDownScriptLeavesWhatWasThereBefore) {
    const TempFolder folder;
    const auto paths = folder.paths();
    const auto all = static_cast<int>(embedded_migrations().size());
    ASSERT_TRUE(migrate_to_newest(paths));
    const auto back = roll_back(paths, all);
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(back->from, embedded_migrations().back().number);
    EXPECT_EQ(back->to, 0);
    auto db = Database::open(paths.database, Database::Mode::read_only);
    ASSERT_TRUE(db);
    EXPECT_EQ((*db)->number("SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
                            " AND name <> 'schema_migrations'"),
              0);
    db->reset();
    ASSERT_TRUE(migrate_to_newest(paths));
    EXPECT_EQ(testing::damage(paths), "");
}

TEST(Migrations, StatusAndHistoryTellWhatWasApplied) {
    const TempFolder folder;
    const auto paths = folder.paths();
    auto status = migration_status(paths);
    ASSERT_TRUE(status);
    EXPECT_EQ(status->current, 0);
    EXPECT_EQ(status->newest, embedded_migrations().back().number);
    ASSERT_FALSE(status->pending.empty());
    EXPECT_EQ(status->pending.front(), "0001_conversations");
    EXPECT_FALSE(fs::exists(paths.database)) << "asking must not make a file";
    EXPECT_TRUE(migration_history(paths)->empty());
    fill(paths);
    status = migration_status(paths);
    ASSERT_TRUE(status);
    EXPECT_EQ(status->current, status->newest);
    EXPECT_TRUE(status->pending.empty());
    const auto history = migration_history(paths);
    ASSERT_TRUE(history);
    ASSERT_EQ(history->size(), embedded_migrations().size());
    EXPECT_EQ(history->front().number, 1);
    EXPECT_EQ(history->front().name, "conversations");
    EXPECT_GT(history->front().applied_at, 1'700'000'000'000);
}

TEST(Migrations, UpgradeCopiesTheDatabaseFirstAndKeepsItsContent) {
    const TempFolder folder;
    auto paths = folder.paths();
    fill(paths);
    const auto before = testing::dump(paths.database);
    EXPECT_EQ(copies_in(folder), 0) << "nothing to copy when a database is made";
    const auto next = with_next("CREATE TABLE extra (x INTEGER) STRICT;", "DROP TABLE extra;");
    paths.migrations = next;
    const auto run = migrate_to_newest(paths);
    ASSERT_TRUE(run) << run.error().text();
    EXPECT_EQ(run->from + 1, run->to);
    EXPECT_TRUE(has_table(paths.database, "extra"));
    EXPECT_EQ(testing::dump(paths.database), before);
    EXPECT_EQ(testing::dump(run->backup), before);
    EXPECT_FALSE(has_table(run->backup, "extra"));
    EXPECT_EQ(fs::status(run->backup).permissions() & fs::perms::mask,
              fs::perms::owner_read | fs::perms::owner_write);
    const auto again = migrate_to_newest(paths);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->backup, "") << "nothing to do, so nothing to copy";
    const auto back = roll_back(paths, 1);
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_FALSE(has_table(paths.database, "extra"));
    EXPECT_TRUE(has_table(back->backup, "extra"));
    EXPECT_EQ(testing::dump(paths.database), before);
    EXPECT_EQ(migration_history(paths)->size(), embedded_migrations().size());
}

TEST(Migrations, FirstDatabaseIsSearchableWithinSentencesAfterTheUpgrade) {
    const TempFolder folder;
    auto paths = folder.paths();
    const auto all = embedded_migrations();
    paths.migrations = all.subspan(0, 1);
    boost::asio::io_context io;
    {
        auto store = SqliteStore::open(paths);
        ASSERT_TRUE(store) << store.error().text();
    }
    {
        // As the program of that time wrote it: today's knows columns that are not there yet.
        auto db = Database::open(paths.database, Database::Mode::read_write);
        ASSERT_TRUE(db) << db.error().text();
        ASSERT_TRUE(
            (*db)->run("INSERT INTO sessions (id, person, agent, channel, scope_key, title,"
                       " title_by_person, created_at, updated_at)"
                       " VALUES ('s', 'owner', 'nook', 'web', '', '今天天气怎么样', 0, 1, 1)"));
    }
    paths.migrations = all;
    auto store = SqliteStore::open(paths);
    ASSERT_TRUE(store) << store.error().text();
    ports::SessionPage page;
    page.query = "天气";
    const auto found = async::testing::run_on(io, (*store)->list_sessions(page));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->size(), 1u);
}

TEST(Migrations, FailedOneIsTakenBackAndTheStoreOpensReadOnlyWithTheReason) {
    const TempFolder folder;
    auto paths = folder.paths();
    fill(paths);
    const auto before = testing::dump(paths.database);
    // Two further steps, of which the second fails after the first was committed.
    auto next = with_next("CREATE TABLE extra (x INTEGER) STRICT; DELETE FROM notes;");
    next.push_back(
        {next.back().number + 1, "broken", "CREATE TABLE y (x); DROP TABLE nothere;", ""});
    paths.migrations = next;
    const auto opened = SqliteStore::open(paths);
    ASSERT_TRUE(opened) << opened.error().text();
    auto& store = **opened;
    EXPECT_NE(store.read_only_reason().find("migrating the database"), std::string::npos)
        << store.read_only_reason();
    boost::asio::io_context io;
    const auto notes = async::testing::run_on(io, store.list_notes(base::PersonId("owner")));
    ASSERT_TRUE(notes);
    EXPECT_EQ(notes->size(), 1u);
    const auto refused = async::testing::run_on(io, store.put_fact("key", "value"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::storage);
    EXPECT_EQ(testing::dump(paths.database), before);
    EXPECT_FALSE(has_table(paths.database, "extra"));
    EXPECT_EQ(copies_in(folder), 1);
}

TEST(Migrations, DatabaseOfANewerProgramIsRefusedWithBothVersions) {
    const TempFolder folder;
    auto paths = folder.paths();
    const auto next = with_next("CREATE TABLE extra (x INTEGER) STRICT;");
    paths.migrations = next;
    fill(paths);
    paths.migrations = embedded_migrations();
    const auto before = testing::dump(paths.database);
    const auto refused = SqliteStore::open(paths);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
    const auto& text = refused.error().message;
    EXPECT_NE(text.find(std::to_string(next.back().number)), std::string::npos) << text;
    EXPECT_NE(text.find(std::to_string(next.back().number - 1)), std::string::npos) << text;
    EXPECT_EQ(testing::dump(paths.database), before);
    EXPECT_EQ(migration_status(paths).error().code, ErrorCode::unsupported);
}

TEST(Migrations, AreRefusedWhileAServerHoldsTheDatabase) {
    const TempFolder folder;
    const auto store = SqliteStore::open(folder.paths());
    ASSERT_TRUE(store);
    EXPECT_EQ(migrate_to_newest(folder.paths()).error().code, ErrorCode::conflict);
    EXPECT_EQ(roll_back(folder.paths(), 1).error().code, ErrorCode::conflict);
    EXPECT_TRUE(migration_status(folder.paths()));
}

TEST(Migrations, RollBackTakesOnlyWhatWasApplied) {
    const TempFolder folder;
    fill(folder.paths());
    EXPECT_EQ(roll_back(folder.paths(), 0).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(roll_back(folder.paths(), 99).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(copies_in(folder), 0);
}

TEST(Migrations, NewPairOfScriptsGetsTheNextNumber) {
    const TempFolder folder;
    std::ofstream(folder.file("0007_old.sql")) << "--";
    const auto made = create_migration(folder.path().string(), "add_things");
    ASSERT_TRUE(made) << made.error().text();
    ASSERT_EQ(made->size(), 2u);
    EXPECT_EQ((*made)[0], folder.file("0008_add_things.sql"));
    EXPECT_EQ((*made)[1], folder.file("0008_add_things.down.sql"));
    EXPECT_TRUE(fs::exists((*made)[0]));
    EXPECT_TRUE(fs::exists((*made)[1]));
    EXPECT_EQ(create_migration(folder.path().string(), "../evil").error().code,
              ErrorCode::invalid_argument);
    EXPECT_EQ(create_migration(folder.file("absent"), "x").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace adapters
