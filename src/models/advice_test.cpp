#include "models/advice.hpp"

#include <gtest/gtest.h>

namespace models {
namespace {

constexpr long long kGigabyte = 1'000'000'000;

CatalogueEntry a_model(std::string id, long long bytes, long long memory) {
    CatalogueEntry entry;
    entry.id = std::move(id);
    entry.role = "chat";
    entry.bytes = bytes;
    entry.memory_bytes = memory;
    entry.hub = HubFile{"some/where", "file.gguf"};
    return entry;
}

std::vector<CatalogueEntry> three() {
    auto list = std::vector{a_model("small", kGigabyte, 2 * kGigabyte),
                            a_model("choice", 5 * kGigabyte / 2, 4 * kGigabyte),
                            a_model("large", 8 * kGigabyte, 10 * kGigabyte)};
    list[1].recommended = true;
    return list;
}

Machine with_memory(long long bytes) {
    Machine machine;
    machine.memory_bytes = bytes;
    return machine;
}

std::string chosen(const Machine& machine, const std::string& taken = "") {
    const auto list = three();
    const auto* entry =
        recommend(list, machine, [&](const auto& model) { return model.id != taken; });
    return entry == nullptr ? "none" : entry->id;
}

TEST(Advice, SaysWhatTheMinutesAreBasedOn) {
    const auto model = a_model("m", 2 * kGigabyte, 0);
    Machine machine;
    EXPECT_EQ(advise(model, machine).download_s, 640);
    EXPECT_NE(advise(model, machine).download_basis.find("assuming"), std::string::npos);
    machine.download_bytes_per_s = 10e6;
    EXPECT_EQ(advise(model, machine).download_s, 200);
    EXPECT_NE(advise(model, machine).download_basis.find("measured"), std::string::npos);
    EXPECT_EQ(advise(model, machine, kGigabyte).download_s, 100);
}

TEST(Advice, ScalesTheMeasuredSpeedBySizeAndNamesItsSource) {
    const auto model = a_model("m", 2 * kGigabyte, 0);
    Machine machine;
    EXPECT_FALSE(advise(model, machine).tokens_per_s);
    machine.tokens_per_s = 80;
    machine.measured_bytes = kGigabyte / 10;
    machine.measured_name = "Tiny";
    const auto advice = advise(model, machine);
    ASSERT_TRUE(advice.tokens_per_s);
    EXPECT_DOUBLE_EQ(*advice.tokens_per_s, 4);
    EXPECT_NE(advice.speed_basis.find("80 tokens/s that Tiny"), std::string::npos);
}

TEST(Advice, SaysWhatStandsAgainstAModelThatIsTooLarge) {
    const auto model = a_model("m", 2 * kGigabyte, 4 * kGigabyte);
    Machine machine;
    EXPECT_EQ(advise(model, machine).fit, MemoryFit::unknown);
    machine.memory_bytes = 4 * kGigabyte;
    EXPECT_EQ(advise(model, machine).fit, MemoryFit::too_large);
    machine.memory_bytes = 8 * kGigabyte;
    EXPECT_EQ(advise(model, machine).fit, MemoryFit::fits);
    EXPECT_TRUE(advise(model, machine).memory_note.empty());
    machine.free_memory_bytes = kGigabyte;
    EXPECT_EQ(advise(model, machine).fit, MemoryFit::tight);
    EXPECT_NE(advise(model, machine).memory_note.find("free just now"), std::string::npos);
}

TEST(Advice, RecommendsTheCataloguesChoiceWhenItFits) {
    EXPECT_EQ(chosen({}), "choice");
    EXPECT_EQ(chosen(with_memory(16 * kGigabyte)), "choice");
}

TEST(Advice, RecommendsWhatFitsTheMemory) {
    EXPECT_EQ(chosen(with_memory(4 * kGigabyte)), "small");
    EXPECT_EQ(chosen(with_memory(2 * kGigabyte)), "none");
    EXPECT_EQ(chosen(with_memory(16 * kGigabyte), "choice"), "large");
}

TEST(Advice, RecommendsASmallerOneWhenTheMachineIsSlow) {
    Machine machine = with_memory(16 * kGigabyte);
    machine.measured_bytes = kGigabyte;
    machine.tokens_per_s = 3;  // 1.2 for the choice
    EXPECT_EQ(chosen(machine), "small");
    machine.tokens_per_s = 0.5;  // nothing is bearable: still better than nothing
    EXPECT_EQ(chosen(machine), "small");
}

TEST(Advice, NeverRecommendsTheStarterOrWhatCannotBeFetched) {
    auto list = three();
    for (auto& entry : list) entry.hub.reset();
    EXPECT_EQ(recommend(list, {}, [](const auto&) { return true; }), nullptr);
    list = three();
    for (auto& entry : list) entry.starter = true;
    EXPECT_EQ(recommend(list, {}, [](const auto&) { return true; }), nullptr);
}

TEST(Advice, SeesTheMemoryOfThisMachine) {
    const auto machine = look_at_memory();
    EXPECT_GT(machine.memory_bytes, 0);
    EXPECT_LE(machine.free_memory_bytes, machine.memory_bytes);
}

}  // namespace
}  // namespace models
