#include "adapters/store_sqlite/sqlite_store.hpp"
#include "adapters/store_sqlite/testing/fault_vfs.hpp"
#include "adapters/store_sqlite/testing/temp_folder.hpp"
#include "base/log.hpp"
#include "ports/testing/store_contract.hpp"

namespace ports::testing {
namespace {

// Hundreds of stores are opened by the tests of this program; each would say so.
class QuietLog : public ::testing::Environment {
    void SetUp() override { base::log::configure({base::log::Level::off, {}, {}}); }
};
const auto* const kQuiet = ::testing::AddGlobalTestEnvironment(new QuietLog);

struct StoreInFolder {
    adapters::testing::FaultVfs vfs;  // without faults: it only leaves the slow syncs out
    adapters::testing::TempFolder folder;
    std::unique_ptr<adapters::SqliteStore> store;
};

std::shared_ptr<Store> make_sqlite() {
    auto both = std::make_shared<StoreInFolder>();
    auto paths = both->folder.paths();
    paths.vfs = adapters::testing::FaultVfs::name();
    auto opened = adapters::SqliteStore::open(std::move(paths));
    if (!opened) return nullptr;
    both->store = std::move(*opened);
    Store* store = both->store.get();
    return {std::move(both), store};
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, ::testing::Values(whole_suite(make_sqlite)),
                         [](const auto&) { return "Store"; });

// What the search index does beyond the contract.
class SqliteSearch : public StoreContract {};

TEST_P(SqliteSearch, IgnoresAccentsCaseAndPunctuationOfAnyScript) {
    new_session("Café in Zürich");
    EXPECT_EQ(found("cafe ZURICH"), "Café in Zürich");
    EXPECT_EQ(found("café"), "Café in Zürich");
    EXPECT_EQ(found("„Café“ — Zürich…"), "Café in Zürich");
    EXPECT_EQ(found("—"), "");
    new_session("旅行。天气很好");
    EXPECT_EQ(found("天气"), "旅行。天气很好");
    EXPECT_EQ(found("「旅行」、"), "旅行。天气很好");
}

INSTANTIATE_TEST_SUITE_P(Sqlite, SqliteSearch, ::testing::Values(make_sqlite),
                         [](const auto&) { return "Store"; });

}  // namespace
}  // namespace ports::testing
