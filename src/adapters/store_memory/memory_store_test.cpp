#include "adapters/store_memory/memory_store.hpp"
#include "ports/testing/store_contract.hpp"

namespace ports::testing {
namespace {

std::shared_ptr<Store> make_memory() {
    return std::make_shared<adapters::MemoryStore>();
}

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, ::testing::Values(whole_suite(make_memory)),
                         [](const auto&) { return "Store"; });

}  // namespace
}  // namespace ports::testing
