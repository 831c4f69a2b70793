// LociServer: the program loci with its real models, in a folder of its own, for one measurement.
// Owned by the bench; io thread. Fails as Program does.
#pragma once

#include <filesystem>
#include <string>

#include <boost/asio/io_context.hpp>

#include "program.hpp"

namespace bench {

struct LociPlaces {
    std::string program;
    std::filesystem::path cache;   // its models/ holds the models
    std::filesystem::path folder;  // where data may lie while it is measured
};

struct LociServer {
    // With a script (adapters/llm_scripted/script.hpp) that answers in place of a language model.
    LociServer(boost::asio::io_context& io, const LociPlaces& places,
               const std::string& script = {});

    Folder folder;
    Program program;
};

}  // namespace bench
