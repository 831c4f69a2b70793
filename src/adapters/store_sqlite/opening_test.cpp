// Opening: what lies in the data folder, who may read it, and what happens when it cannot be used.
#include <filesystem>
#include <fstream>
#include <iostream>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "adapters/store_sqlite/database.hpp"
#include "adapters/store_sqlite/sqlite_store.hpp"
#include "adapters/store_sqlite/testing/dump.hpp"
#include "adapters/store_sqlite/testing/fault_vfs.hpp"
#include "adapters/store_sqlite/testing/temp_folder.hpp"
#include "async/testing/run.hpp"

namespace adapters {
namespace {

using base::ErrorCode;
using testing::FaultVfs;
using testing::TempFolder;
namespace fs = std::filesystem;

class Opening : public ::testing::Test {
protected:
    std::unique_ptr<SqliteStore> open() {
        auto opened = SqliteStore::open(folder_.paths());
        EXPECT_TRUE(opened) << opened.error().text();
        return opened ? std::move(*opened) : nullptr;
    }
    base::Result<void> put_fact(SqliteStore& store) {
        return async::testing::run_on(io_, store.put_fact("key", "value"));
    }
    base::Result<std::optional<std::string>> fact(SqliteStore& store) {
        return async::testing::run_on(io_, store.get_fact("key"));
    }

    TempFolder folder_;
    boost::asio::io_context io_;
};

TEST_F(Opening, FindsWhatWasStoredBefore) {
    ASSERT_TRUE(put_fact(*open()));
    const auto store = open();
    EXPECT_EQ(fact(*store), "value");
}

TEST_F(Opening, GivesNobodyElseARightToAnyFile) {
    const auto old_mask = ::umask(0);
    std::ofstream(folder_.paths().database).flush();
    fs::permissions(folder_.paths().database, fs::perms::all);
    const auto store = open();
    ASSERT_TRUE(put_fact(*store));
    ::umask(old_mask);
    int files = 0;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
        ++files;
        EXPECT_EQ(entry.status().permissions() & fs::perms::mask,
                  fs::perms::owner_read | fs::perms::owner_write)
            << entry.path();
    }
    EXPECT_EQ(files, 4) << "the database, its log, its shared memory and the lock";
}

TEST_F(Opening, RefusesASecondServerOnTheSameData) {
    auto first = open();
    const auto second = SqliteStore::open(folder_.paths());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
    EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos);
    ASSERT_TRUE(put_fact(*first));
    first.reset();
    EXPECT_TRUE(open());
}

TEST_F(Opening, SaysWhatToDoAboutADamagedFile) {
    {
        open();
    }
    {
        std::fstream file(folder_.paths().database,
                          std::ios::in | std::ios::out | std::ios::binary);
        file << std::string(5000, 'X');
    }
    const auto size = fs::file_size(folder_.paths().database);
    const auto refused = SqliteStore::open(folder_.paths());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
    EXPECT_NE(refused.error().hint.find("backup"), std::string::npos);
    EXPECT_EQ(fs::file_size(folder_.paths().database), size) << "the file must stay as it is";
}

TEST_F(Opening, LeavesTheDatabaseOfAnotherProgramAlone) {
    {
        auto other =
            sqlite::Database::open(folder_.paths().database, sqlite::Database::Mode::read_write);
        ASSERT_TRUE(other);
        ASSERT_TRUE((*other)->script("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)"));
    }
    const auto refused = SqliteStore::open(folder_.paths());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
    EXPECT_NE(refused.error().message.find("not a Loci database"), std::string::npos);
    auto other =
        sqlite::Database::open(folder_.paths().database, sqlite::Database::Mode::read_only);
    ASSERT_TRUE(other);
    EXPECT_EQ((*other)->number("SELECT x FROM theirs"), 1);
    EXPECT_EQ((*other)->number("SELECT count(*) FROM sqlite_schema"), 1);
}

TEST_F(Opening, NamesAFolderThatIsNotThere) {
    auto paths = folder_.paths();
    paths.database = folder_.file("absent/loci.db");
    const auto refused = SqliteStore::open(paths);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::storage);
    EXPECT_NE(refused.error().message.find("absent"), std::string::npos);
}

TEST_F(Opening, HandlesOddCharactersInThePath) {
    auto paths = folder_.paths();
    fs::create_directory(folder_.file("ä ?#%41'"));
    paths.database = folder_.file("ä ?#%41'/loci.db");
    ASSERT_TRUE(SqliteStore::open(paths));
    EXPECT_TRUE(fs::exists(paths.database));
    const auto reader = sqlite::Database::open(paths.database, sqlite::Database::Mode::immutable);
    ASSERT_TRUE(reader) << reader.error().text();
    EXPECT_EQ((*reader)->number("SELECT count(*) FROM facts"), 0);
}

// The superuser may write everywhere, so the check runs in a child that is somebody else.
TEST_F(Opening, ReadsWhatIsThereInAFolderThatCannotBeWritten) {
    ASSERT_TRUE(put_fact(*open()));
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0555), 0);
    ASSERT_EQ(::chmod(folder_.paths().database.c_str(), 0444), 0);
    fs::remove(folder_.paths().database + ".lock");
    const pid_t child = ::fork();
    if (child == 0) {
        if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
        const auto opened = SqliteStore::open(folder_.paths());
        if (!opened) {
            std::cerr << opened.error().text() << "\n";
            ::_exit(3);
        }
        auto& store = **opened;
        if (store.read_only_reason().find("writable") == std::string::npos) ::_exit(4);
        if (fact(store) != "value") ::_exit(5);
        const auto refused = put_fact(store);
        if (refused || refused.error().code != ErrorCode::storage) ::_exit(6);
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    fs::permissions(folder_.path(), fs::perms::owner_all);
    EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
}

TEST_F(Opening, ReadsWhatIsThereWhenTheDiskIsFull) {
    ASSERT_TRUE(put_fact(*open()));
    FaultVfs vfs;
    auto paths = folder_.paths();
    paths.vfs = FaultVfs::name();
    vfs.fail_write(1, FaultVfs::Fault::disk_full, FaultVfs::Span::lasting);
    auto opened = SqliteStore::open(paths);
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ(fact(**opened), "value");
    EXPECT_FALSE(put_fact(**opened));
    EXPECT_NE((*opened)->read_only_reason().find("full"), std::string::npos);
    vfs.clear();
    opened->reset();
    const auto store = open();
    EXPECT_TRUE(put_fact(*store));
    EXPECT_EQ(store->read_only_reason(), "");
}

TEST_F(Opening, FinishesAScrubThatACrashCutOff) {
    {
        const auto store = open();
        ASSERT_TRUE(async::testing::run_on(io_, store->put_fact("store.scrub_due", "yes")));
    }
    const auto store = open();
    const auto due = async::testing::run_on(io_, store->get_fact("store.scrub_due"));
    ASSERT_TRUE(due);
    EXPECT_FALSE(due->has_value());
}

}  // namespace
}  // namespace adapters
