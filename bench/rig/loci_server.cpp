#include "loci_server.hpp"

#include <cstdlib>
#include <fstream>

#include <fmt/core.h>

namespace bench {
namespace {

Launch launch_of(const LociPlaces& places, const std::filesystem::path& home,
                 const std::string& script) {
    const char* path = std::getenv("PATH");
    Launch launch;
    launch.program = places.program;
    launch.arguments = {"serve", "--port", "0", "--data", (home / "data").string(), "--no-browser"};
    launch.environment = {
        "HOME=" + home.string(), fmt::format("PATH={}", path == nullptr ? "" : path),
        "LOCI_CACHE=" + places.cache.string(), "LOCI_MODELS_DISCOVER=false",
        // The bench is one peer that asks more often than a person does.
        "LOCI_LIMITS_REQUESTS_PER_SECOND=100000", "LOCI_LIMITS_REQUEST_BURST=100000",
        "LOCI_LIMITS_MESSAGES_PER_MINUTE=1000000", "LOCI_LIMITS_MESSAGE_BURST=100000",
        "LOCI_LOGGING_LEVEL=warn"};
    if (script.empty()) return launch;
    const auto file = home / "script.json";
    if (!(std::ofstream(file) << script)) throw Failure("cannot write " + file.string());
    launch.environment.push_back("LOCI_LLM_PROVIDER=scripted");
    launch.environment.push_back("LOCI_LLM_SCRIPT=" + file.string());
    return launch;
}

}  // namespace

LociServer::LociServer(boost::asio::io_context& io, const LociPlaces& places,
                       const std::string& script)
    : folder(places.folder), program(io, launch_of(places, folder.path(), script)) {}

}  // namespace bench
