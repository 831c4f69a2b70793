// What the server costs, measured with a scripted upstream and with clients in this process:
//   server_bench [--program LOCI] [--runs N] [--messages N] [--folder DIR] [--only NAME]
//                [--openclaw DIR]
// Prints a table against the targets on standard error and JSON on standard output. --openclaw
// measures an installation of OpenClaw (DIR holds node_modules) the same way.
#include <sys/vfs.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>

#include <fmt/core.h>
#include <linux/magic.h>

#include "async/testing/run.hpp"
#include "openclaw_peer.hpp"
#include "server_measures.hpp"

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string program;
    std::string only;
    std::string openclaw;
    fs::path folder = fs::temp_directory_path();
    int runs = 30;
    int messages = 10'000;
};

Options read_options(int argc, char** argv) {
    Options options;
    // In a build tree this program lies in bench/.
    options.program =
        (fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "apps/loci/loci")
            .string();
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        const std::string value = i + 1 < argc ? argv[++i] : "";
        if (value.empty()) throw bench::Failure(name + " needs a value");
        if (name == "--program") {
            options.program = value;
        } else if (name == "--runs") {
            options.runs = std::max(1, std::atoi(value.c_str()));
        } else if (name == "--messages") {
            options.messages = std::max(200, std::atoi(value.c_str()));
        } else if (name == "--folder") {
            options.folder = value;
        } else if (name == "--only") {
            options.only = value;
        } else if (name == "--openclaw") {
            options.openclaw = value;
        } else {
            throw bench::Failure(name + " is no option of this bench");
        }
    }
    return options;
}

// A folder whose files never go to a disk.
fs::path memory_folder() {
    struct statfs facts{};
    const bool found = statfs("/dev/shm", &facts) == 0 && facts.f_type == TMPFS_MAGIC;
    return found ? "/dev/shm" : "";
}

async::Task<int> run(bench::ServerBench bench, Options options) {
    const auto wanted = [&](const char* name) {
        return options.only.empty() || options.only == name;
    };
    if (wanted("size")) {
        auto measuring = bench::measure_size(bench);
        co_await std::move(measuring);
    }
    if (wanted("turns")) {
        auto measuring = bench::measure_turns(bench);
        co_await std::move(measuring);
    }
    if (wanted("streams")) {
        auto measuring = bench::measure_streams(bench);
        co_await std::move(measuring);
    }
    if (wanted("start")) {
        auto measuring = bench::measure_start(bench);
        co_await std::move(measuring);
    }
    if (!options.openclaw.empty()) {
        auto measuring = bench::measure_openclaw(bench, options.openclaw);
        co_await std::move(measuring);
    }
    co_return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const Options options = read_options(argc, argv);
        boost::asio::io_context io;
        bench::Report report("server");
        bench::Upstream upstream(io);
        const bench::ServerBench bench{
            io,           upstream,         report,         options.program,
            options.runs, options.messages, options.folder, memory_folder()};
        async::testing::run_on(io, run(bench, options));
        report.print();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "server_bench: {}\n", failure.what());
        return 1;
    }
}
