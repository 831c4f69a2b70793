// LogTable: carries log lines into the store, so that they can be read at /api/logs. Lines come
// from any thread into a bounded queue (the oldest are dropped, and counted); they are written once
// a second on the io thread. Failures are not logged: that would feed itself.
#pragma once

#include <memory>

#include "async/clock.hpp"
#include "ports/store.hpp"

namespace loci {

class LogTable {
public:
    LogTable(async::Clock& clock, ports::Store& store);
    ~LogTable();

    // Runs until `stop`, then writes what is left.
    [[nodiscard]] async::Task<void> run(std::stop_token stop);

private:
    struct Queue;
    [[nodiscard]] async::Task<void> flush();

    async::Clock& clock_;
    ports::Store& store_;
    std::shared_ptr<Queue> queue_;
    std::shared_ptr<void> subscription_;
};

}  // namespace loci
