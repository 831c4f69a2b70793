// What is measured at the server, one function each. Each starts the program in a folder of its
// own and leaves nothing behind; a measurement that cannot be made throws Failure.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "rig/page.hpp"
#include "rig/program.hpp"
#include "rig/report.hpp"
#include "rig/upstream.hpp"

namespace bench {

// Messages in a conversation before a turn in it is measured.
inline constexpr int kConversation = 200;

struct ServerBench {
    boost::asio::io_context& io;
    Upstream& upstream;
    Report& report;
    std::string program;
    int runs = 30;
    int messages = 10'000;
    std::filesystem::path disk;    // where data lies on a real disk
    std::filesystem::path memory;  // empty: this machine has no folder in memory
};

// Binary, memory with a page open, cost of idle sockets.
[[nodiscard]] async::Task<void> measure_size(ServerBench bench);
// A message posted to its request leaving, in a conversation of 200 messages.
[[nodiscard]] async::Task<void> measure_turns(ServerBench bench);
// Tokens of one conversation, then of fifty at once.
[[nodiscard]] async::Task<void> measure_streams(ServerBench bench);
// From the start of the process to the answer of /readyz, with a database that is in use.
[[nodiscard]] async::Task<void> measure_start(ServerBench bench);

}  // namespace bench
