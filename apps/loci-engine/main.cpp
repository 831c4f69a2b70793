// loci-engine: the supervised inference process. Started by the server with one end of a socket
// pair; ends when that socket closes. See docs/engine-protocol.md.
//
//   loci-engine --fd N --parent PID [--read PATH]… [--speech FOLDER] [--no-sandbox]
#include <charconv>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/prctl.h>
#include <unistd.h>

#include <fmt/core.h>

#include "backends.hpp"
#include "engine/sandbox.hpp"
#include "engine/serve.hpp"

namespace {

enum ExitCode { ended = 0, bad_usage = 2, cannot_start = 3, protocol_broken = 4 };

struct Arguments {
    int fd = -1;
    int parent = 0;
    bool sandbox = true;
    engine::SandboxWish wish;
    std::string speech;  // folder of its libraries
};

std::optional<int> to_number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<Arguments> parse(const std::vector<std::string_view>& words) {
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--no-sandbox") {
            arguments.sandbox = false;
            continue;
        }
        if (i + 1 == words.size()) return std::nullopt;
        const std::string_view name = words[i];
        const std::string_view value = words[++i];
        if (name == "--read") {
            arguments.wish.readable.emplace_back(value);
            continue;
        }
        if (name == "--speech") {
            arguments.speech = value;
            arguments.wish.readable.emplace_back(value);
            continue;
        }
        const auto number = to_number(value);
        if (!number || *number < 0) return std::nullopt;
        if (name == "--fd") {
            arguments.fd = *number;
        } else if (name == "--parent") {
            arguments.parent = *number;
        } else {
            return std::nullopt;
        }
    }
    if (arguments.fd < 0) return std::nullopt;
    return arguments;
}

// The process must never outlive its server, not even one that was killed.
bool die_with_parent(int parent) {
    if (parent == 0) return true;
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

void complain(const base::Error& error) {
    fmt::print(stderr, "loci-engine: {}\n", error.text());
}

}  // namespace

int main(int argc, char** argv) {
    const auto arguments = parse({argv + 1, argv + argc});
    if (!arguments) {
        fmt::print(stderr,
                   "loci-engine is started by `loci`; it is not used by hand.\n"
                   "usage: loci-engine --fd N --parent PID [--read PATH]… [--speech FOLDER] "
                   "[--no-sandbox]\n");
        return bad_usage;
    }
    std::signal(SIGPIPE, SIG_IGN);
    if (!die_with_parent(arguments->parent)) return cannot_start;
    auto backends = loci_engine::Backends::start(arguments->speech);
    if (!backends) {
        complain(backends.error());
        return cannot_start;
    }
    engine::ServeOptions options;
    options.version = LOCI_VERSION;
    if (arguments->sandbox) {
        auto wish = arguments->wish;
        wish.readable.push_back(backends->llama_folder());
        options.sandbox = engine::enter_sandbox(wish);
    } else {
        options.sandbox = {"off: by request"};
    }
    const auto served = engine::serve(arguments->fd, backends->all(), std::move(options));
    if (!served) complain(served.error());
    // The libraries' own clean-up at exit has nothing to save and has been seen to hang.
    std::fflush(stderr);
    _exit(served ? ended : protocol_broken);
}
