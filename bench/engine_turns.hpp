// What the engine costs a person, measured through the whole server with the model that comes with
// the set-up: first token, tokens decoded, an answer by reflex, a crash. A measurement that cannot
// be made throws Failure.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "rig/program.hpp"
#include "rig/report.hpp"

namespace bench {

struct EngineBench {
    boost::asio::io_context& io;
    Report& report;
    std::string server;            // the program loci
    std::filesystem::path cache;   // its models/ holds the models
    std::filesystem::path folder;  // where data may lie
    int runs = 30;
    // Tokens that a message adds to a prompt, its marks of a turn included.
    std::function<int(const std::string&)> tokens_of_turn;
};

[[nodiscard]] async::Task<void> measure_first_token(EngineBench bench);
[[nodiscard]] async::Task<void> measure_reflex(EngineBench bench);
[[nodiscard]] async::Task<void> measure_crash(EngineBench bench);

}  // namespace bench
