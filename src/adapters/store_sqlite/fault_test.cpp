// Fault walks: every write of every operation fails once, and the power fails after every sync.
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "adapters/store_sqlite/sqlite_store.hpp"
#include "adapters/store_sqlite/testing/dump.hpp"
#include "adapters/store_sqlite/testing/fault_vfs.hpp"
#include "adapters/store_sqlite/testing/temp_folder.hpp"
#include "async/testing/run.hpp"

namespace adapters {
namespace {

using ports::MessageRow;
using ports::StoredTurnState;
using ports::TurnRow;
using testing::FaultVfs;
using testing::TempFolder;
namespace fs = std::filesystem;

MessageRow message_of(const base::SessionId& session, const std::string& text) {
    MessageRow row;
    row.id = base::MessageId::make();
    row.session = session;
    row.content = text;
    row.idempotency_key = text;
    row.created_at = 10;
    return row;
}

TurnRow turn_of() {
    TurnRow row;
    row.id = base::TurnId::make();
    row.created_at = 11;
    return row;
}

MessageRow reply_of(const TurnRow& turn, const std::string& text) {
    MessageRow row = message_of({}, text);
    row.turn = turn.id;
    row.role = ports::StoredRole::assistant;
    row.idempotency_key.clear();
    return row;
}

ports::SessionRow session_of(const std::string& title) {
    ports::SessionRow row;
    row.id = base::SessionId::make();
    row.person = base::PersonId("owner");
    row.title = title;
    return row;
}

// The same rows for every round, so that the resulting databases can be compared.
struct Story {
    ports::SessionRow session = session_of("story");
    ports::SessionRow other = session_of("other");
    MessageRow done = message_of(session.id, "done");
    MessageRow running = message_of(session.id, "running");
    MessageRow waiting = message_of(session.id, "waiting");
    TurnRow done_turn = turn_of();
    TurnRow running_turn = turn_of();
    TurnRow waiting_turn = turn_of();
    TurnRow fresh_turn = turn_of();
    MessageRow fresh = message_of(session.id, "fresh");
    MessageRow edit = message_of(session.id, "edit");
    MessageRow answer = reply_of(done_turn, "answer");
    MessageRow half = reply_of(running_turn, "half");

    Story() { edit.replaces = done.id; }
};

// One step of a story; gives whether it was acknowledged.
struct Step {
    const char* name;
    std::function<bool(SqliteStore&, boost::asio::io_context&)> run;
};

template <class T>
bool worked(boost::asio::io_context& io, ports::StoreTask<T> task) {
    return async::testing::run_on(io, std::move(task)).has_value();
}

// What leads to the state in which the operations below are tried.
std::vector<Step> opening(const Story& s) {
    return {
        {"create_session",
         [&s](auto& db, auto& io) { return worked(io, db.create_session(s.session)); }},
        {"accept", [&s](auto& db, auto& io) { return worked(io, db.accept(s.done, s.done_turn)); }},
        {"start_turn",
         [&s](auto& db, auto& io) {
             return worked(io, db.start_turn(s.done_turn.id, 20, "noon"));
         }},
        {"end_turn",
         [&s](auto& db, auto& io) {
             return worked(io, db.end_turn(s.done_turn.id, StoredTurnState::done, s.answer, 21));
         }},
        {"put_summary",
         [&s](auto& db, auto& io) {
             return worked(io, db.put_summary({s.session.id, 2, "sum", 1, 1}));
         }},
        {"accept second",
         [&s](auto& db, auto& io) { return worked(io, db.accept(s.running, s.running_turn)); }},
        {"start second",
         [&s](auto& db, auto& io) { return worked(io, db.start_turn(s.running_turn.id, 22, {})); }},
        {"save_draft", [&s](auto& db, auto& io) { return worked(io, db.save_draft(s.half)); }},
        {"accept third",
         [&s](auto& db, auto& io) { return worked(io, db.accept(s.waiting, s.waiting_turn)); }},
        {"add_note",
         [](auto& db, auto& io) {
             return worked(io, db.add_note({0, base::PersonId("owner"), "note", 1}));
         }},
    };
}

std::vector<Step> operations(const Story& s) {
    return {
        {"create_session",
         [&s](auto& db, auto& io) { return worked(io, db.create_session(s.other)); }},
        {"rename_session",
         [&s](auto& db, auto& io) {
             return worked(io, db.rename_session(s.session.id, "renamed", ports::TitleBy::person));
         }},
        {"accept",
         [&s](auto& db, auto& io) { return worked(io, db.accept(s.fresh, s.fresh_turn)); }},
        {"accept edit",
         [&s](auto& db, auto& io) { return worked(io, db.accept(s.edit, s.fresh_turn)); }},
        {"accept_retry",
         [&s](auto& db, auto& io) {
             return worked(io, db.accept_retry(s.done.id, s.fresh_turn, "again"));
         }},
        {"start_turn",
         [&s](auto& db, auto& io) {
             return worked(io, db.start_turn(s.waiting_turn.id, 30, "noon"));
         }},
        {"save_draft", [&s](auto& db, auto& io) { return worked(io, db.save_draft(s.half)); }},
        {"end_turn",
         [&s](auto& db, auto& io) {
             return worked(io, db.end_turn(s.running_turn.id, StoredTurnState::done, s.half, 31));
         }},
        {"recover", [](auto& db, auto& io) { return worked(io, db.recover(40)); }},
        {"add_message", [&s](auto& db, auto& io) { return worked(io, db.add_message(s.fresh)); }},
        {"put_summary",
         [&s](auto& db, auto& io) {
             return worked(io, db.put_summary({s.session.id, 3, "new", 1, 1}));
         }},
        {"add_note",
         [](auto& db, auto& io) {
             return worked(io, db.add_note({0, base::PersonId("owner"), "second", 1}));
         }},
        {"delete_note", [](auto& db, auto& io) { return worked(io, db.delete_note(1)); }},
        {"put_fact", [](auto& db, auto& io) { return worked(io, db.put_fact("key", "value")); }},
        {"append_logs",
         [](auto& db, auto& io) {
             std::vector<ports::LogRow> rows(3, {0, 1, "info", "test", "line", {}, "{}"});
             return worked(io, db.append_logs(rows));
         }},
    };
}

// Through the layer that syncs nothing, which makes the walks quick.
DataPaths faulty(const TempFolder& folder) {
    auto paths = folder.paths();
    paths.vfs = FaultVfs::name();
    return paths;
}

class FaultWalk : public ::testing::Test {
protected:
    void SetUp() override {
        auto store = open(template_);
        for (const auto& step : opening(story_)) ASSERT_TRUE(step.run(*store, io_)) << step.name;
    }

    std::unique_ptr<SqliteStore> open(const TempFolder& folder) {
        auto opened = SqliteStore::open(faulty(folder));
        EXPECT_TRUE(opened) << opened.error().text();
        return opened ? std::move(*opened) : nullptr;
    }

    // A store on a fresh copy of the template.
    std::unique_ptr<SqliteStore> fresh(const TempFolder& folder) {
        fs::copy_file(template_.paths().database, folder.paths().database);
        return open(folder);
    }

    // Fails the n-th write of `step`; false when it has fewer writes.
    bool fails_cleanly(const Step& step, int n, const std::string& before,
                       const std::string& after) {
        const TempFolder folder;
        const auto database = folder.paths().database;
        auto store = fresh(folder);
        vfs_.fail_write(n);
        const bool done = step.run(*store, io_);
        const bool reached = vfs_.failed();
        vfs_.clear();
        EXPECT_EQ(testing::dump(database), done ? after : before);
        if (!done) EXPECT_TRUE(step.run(*store, io_)) << "the next attempt fails";
        EXPECT_EQ(testing::dump(database), after);
        store.reset();
        EXPECT_EQ(testing::dump(database), after) << "after closing";
        EXPECT_EQ(testing::damage(faulty(folder)), "");
        return reached;
    }

    FaultVfs vfs_;
    boost::asio::io_context io_;
    TempFolder template_;
    Story story_;
};

TEST_F(FaultWalk, AnyFailedWriteLeavesTheStateBeforeAndTheNextAttemptWorks) {
    const auto before = testing::dump(template_.paths().database);
    for (const auto& step : operations(story_)) {
        SCOPED_TRACE(step.name);
        std::string after;
        {
            const TempFolder folder;
            auto store = fresh(folder);
            ASSERT_TRUE(step.run(*store, io_));
            after = testing::dump(folder.paths().database);
        }
        int n = 1;
        while (fails_cleanly(step, n, before, after)) {
            ++n;
            if (HasFailure()) FAIL() << "at write " << n - 1;
        }
        EXPECT_GT(n, 1) << "the operation wrote nothing";
    }
}

TEST_F(FaultWalk, PurgeThatFailsHalfWayRemovesTheRowsAndFinishesAtTheNextAttempt) {
    const auto purge = [this](SqliteStore& store) {
        return async::testing::run_on(io_, store.purge_session(story_.session.id));
    };
    for (int n = 1;; ++n) {
        SCOPED_TRACE(n);
        const TempFolder folder;
        const auto database = folder.paths().database;
        const auto before = testing::dump(template_.paths().database);
        auto store = fresh(folder);
        vfs_.fail_write(n);
        const auto first = purge(*store);
        const bool reached = vfs_.failed();
        vfs_.clear();
        const bool gone = testing::dump(database).find("story") == std::string::npos;
        if (!gone) EXPECT_EQ(testing::dump(database), before);
        if (!first) {
            const auto second = purge(*store);
            EXPECT_TRUE(second) << second.error().text();
        }
        EXPECT_EQ(testing::dump(database).find("story"), std::string::npos);
        const auto third = purge(*store);
        ASSERT_FALSE(third);
        EXPECT_EQ(third.error().code, base::ErrorCode::not_found);
        store.reset();
        EXPECT_EQ(testing::damage(faulty(folder)), "");
        if (!reached) break;
        ASSERT_FALSE(HasFailure());
    }
}

TEST_F(FaultWalk, FullDiskIsNamedUntilThereIsRoomAgain) {
    const TempFolder folder;
    auto store = fresh(folder);
    vfs_.fail_write(1, FaultVfs::Fault::disk_full, FaultVfs::Span::lasting);
    for (int i = 0; i < 3; ++i) {
        const auto refused = async::testing::run_on(io_, store->put_fact("key", "value"));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, base::ErrorCode::storage);
        EXPECT_NE(store->read_only_reason().find("disk is full"), std::string::npos);
        EXPECT_TRUE(worked(io_, store->get_session(story_.session.id)));
    }
    vfs_.clear();
    EXPECT_TRUE(worked(io_, store->put_fact("key", "value")));
    EXPECT_EQ(store->read_only_reason(), "");
}

TEST_F(FaultWalk, OpeningFailsCleanlyAtAnyWriteAndWorksAfterwards) {
    for (int n = 1;; ++n) {
        SCOPED_TRACE(n);
        const TempFolder folder;
        const auto paths = faulty(folder);
        vfs_.fail_write(n);
        {
            const auto first = SqliteStore::open(paths);
        }
        const bool reached = vfs_.failed();
        vfs_.clear();
        auto store = open(folder);
        ASSERT_TRUE(store);
        EXPECT_EQ(store->read_only_reason(), "");
        for (const auto& step : opening(story_)) ASSERT_TRUE(step.run(*store, io_)) << step.name;
        store.reset();
        EXPECT_EQ(testing::damage(paths), "");
        if (!reached) break;
    }
}

// Writes what a disk held into a folder and gives the paths of the database there.
DataPaths put_into(const TempFolder& folder, const FaultVfs::Disk& disk) {
    for (const auto& [path, bytes] : disk) {
        std::ofstream file(folder.file(fs::path(path).filename().string()), std::ios::binary);
        file << bytes;
    }
    return faulty(folder);
}

// Log lines are not synced by themselves, so they count neither way.
std::string dump_without_logs(const std::string& database) {
    std::string kept;
    std::istringstream all(testing::dump(database));
    for (std::string line; std::getline(all, line);) {
        if (!line.starts_with("log|")) kept += line + "\n";
    }
    return kept;
}

TEST(PowerCut, AfterAnySyncWhatWasAcknowledgedIsThereAndNothingIsHalfThere) {
    FaultVfs vfs;
    boost::asio::io_context io;
    const TempFolder folder;
    const Story story;
    struct Moment {
        std::size_t disk;  // the first disk on which the step must be whole
        std::string state;
        const char* name;
    };
    std::vector<Moment> moments;
    const auto paths = faulty(folder);
    vfs.keep_synced();
    auto opened = SqliteStore::open(paths);
    ASSERT_TRUE(opened) << opened.error().text();
    auto store = std::move(*opened);
    moments.push_back({vfs.disks().size() - 1, dump_without_logs(paths.database), "open"});
    std::vector<Step> steps;
    // Between writes that must be synced.
    const Step logging = {"append_logs", [](auto& db, auto& running) {
                              std::vector<ports::LogRow> rows(1, {0, 1, "info", "t", "m", {}, {}});
                              return worked(running, db.append_logs(rows));
                          }};
    for (auto& step : opening(story)) {
        steps.push_back(std::move(step));
        steps.push_back(logging);
    }
    for (auto& step : operations(story)) {
        const std::string name = step.name;
        if (name == "rename_session" || name == "end_turn" || name == "recover" ||
            name == "accept edit" || name == "put_fact" || name == "delete_note") {
            steps.push_back(std::move(step));
        }
    }
    for (const auto& step : steps) {
        ASSERT_TRUE(step.run(*store, io)) << step.name;
        moments.push_back({vfs.disks().size() - 1, dump_without_logs(paths.database), step.name});
    }
    store.reset();
    const auto disks = vfs.disks();
    ASSERT_GT(disks.size(), opening(story).size()) << "every one of these is synced";
    vfs.clear();
    for (std::size_t disk = 0; disk < disks.size(); ++disk) {
        SCOPED_TRACE(disk);
        const TempFolder after;
        const auto there = put_into(after, disks[disk]);
        const auto again = SqliteStore::open(there);
        ASSERT_TRUE(again) << again.error().text();
        EXPECT_EQ((*again)->read_only_reason(), "");
        const auto state = dump_without_logs(there.database);
        std::size_t newest = 0;
        while (newest + 1 < moments.size() && moments[newest + 1].disk <= disk) ++newest;
        const bool acknowledged = state == moments[newest].state;
        const bool one_more = newest + 1 < moments.size() && state == moments[newest + 1].state;
        EXPECT_TRUE(acknowledged || one_more)
            << "expected the state after " << moments[newest].name << ", got\n"
            << state;
        EXPECT_EQ(testing::damage(there), "");
    }
}

}  // namespace
}  // namespace adapters
