#include "adapters/store_sqlite/sqlite_store.hpp"
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
    adapters::testing::TempFolder folder;
    std::unique_ptr<adapters::SqliteStore> store;
};

std::shared_ptr<Store> make_sqlite() {
    auto both = std::make_shared<StoreInFolder>();
    auto opened = adapters::SqliteStore::open(both->folder.paths());
    if (!opened) return nullptr;
    both->store = std::move(*opened);
    Store* store = both->store.get();
    return {std::move(both), store};
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, ::testing::Values(whole_suite(make_sqlite)),
                         [](const auto&) { return "Store"; });

}  // namespace
}  // namespace ports::testing
