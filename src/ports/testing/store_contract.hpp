// StoreContract: what every Store must do, as one GoogleTest suite. An adapter's test makes it its
// own:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, ::testing::Values(whole_suite(make_memory)));
//
// Each test gets a fresh, empty store. The helpers fail the test when the store refuses.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "async/testing/run.hpp"
#include "ports/store.hpp"

namespace ports::testing {

// Makes an empty store; what it lies on (a folder) is removed with the last owner.
using StoreMaker = std::shared_ptr<Store> (*)();
// Gives `make` back; calling it is what makes the linker keep the tests of the suite.
[[nodiscard]] StoreMaker whole_suite(StoreMaker make);

class StoreContract : public ::testing::TestWithParam<StoreMaker> {
public:
    // One for each .cpp with tests; see whole_suite().
    static void keep_session_tests();
    static void keep_message_tests();
    static void keep_turn_tests();
    static void keep_shelf_tests();

protected:
    void SetUp() override;

    // Runs one operation to its end.
    template <class T>
    base::Result<T> call(StoreTask<T> task) {
        return async::testing::run_on(io_, std::move(task));
    }
    template <class T>
    T must(StoreTask<T> task) {
        auto result = call(std::move(task));
        EXPECT_TRUE(result) << result.error().text();
        if (!result) return T{};
        return *std::move(result);
    }
    void must(StoreTask<void> task);
    template <class T>
    void refused(base::ErrorCode code, StoreTask<T> task) {
        const auto result = call(std::move(task));
        ASSERT_FALSE(result);
        EXPECT_EQ(base::to_string(result.error().code), base::to_string(code))
            << result.error().text();
    }

    // Rising times, so that the order of things is plain.
    long long now() { return ++now_; }
    SessionRow new_session(const std::string& title = {}, const std::string& person = "owner");
    [[nodiscard]] MessageRow said(const SessionRow& in, const std::string& text,
                                  const std::string& key = {});
    [[nodiscard]] TurnRow new_turn();
    [[nodiscard]] MessageRow reply_to(const TurnRow& turn, const std::string& text);
    // Says something and has it answered.
    Accepted ask(const SessionRow& in, const std::string& text);
    Accepted exchange(const SessionRow& in, const std::string& text, const std::string& answer);
    void start(const TurnRow& turn);
    void end(const TurnRow& turn, const std::string& answer);

    // The shown contents joined with " | ".
    std::string shown(const SessionRow& in);
    std::string titles(const SessionPage& page);
    std::string found(const std::string& query);
    [[nodiscard]] Store& store() { return *store_; }

private:
    boost::asio::io_context io_;
    std::shared_ptr<Store> store_;
    long long now_ = 1'000'000;
};

}  // namespace ports::testing
