// How a spoken conversation feels through the whole server, as a page has it: /ws/voice, the real
// engines and the starter model, in one conversation. A measurement that cannot be made throws
// Failure.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "rig/program.hpp"
#include "rig/report.hpp"
#include "rig/talking_page.hpp"
#include "voice_turns.hpp"

namespace bench {

struct VoiceServerBench {
    boost::asio::io_context& io;
    Report& report;
    std::string server;            // the program loci
    std::filesystem::path cache;   // its models/ holds the models
    std::filesystem::path folder;  // where data may lie
    std::string voice;
    std::string eagerness;
    std::vector<SpokenLine> lines;
};

[[nodiscard]] async::Task<void> measure_through_server(VoiceServerBench bench);
// How the memory of server and engine grows while somebody talks with them, the lines over and over
// again; a script answers in place of a language model (voice_talk.cpp).
[[nodiscard]] async::Task<void> measure_talk(VoiceServerBench bench, int minutes);

// Loads the engines and hears the greeting.
[[nodiscard]] async::Task<void> wake(TalkingPage& page);

}  // namespace bench
