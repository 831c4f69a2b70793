#include "adapters/llm_engine/launch.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/core.h>
#include <boost/asio/post.hpp>

#include "async/event.hpp"

namespace adapters::llm_engine {
namespace {

constexpr int kEngineFd = 3;

struct SocketPair {
    int ours = -1;
    int theirs = -1;
};

base::Result<SocketPair> make_sockets() {
    std::array<int, 2> ends{-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return base::fail(base::ErrorCode::unavailable,
                          fmt::format("no socket for the engine: {}", std::strerror(errno)));
    }
    return SocketPair{ends[0], ends[1]};
}

// Only what a program needs to find its libraries and language; never a secret.
std::vector<std::string> clean_environment() {
    std::vector<std::string> environment{"GGML_NO_BACKTRACE=1"};
    for (const char* name : {"LANG", "LC_ALL", "LD_LIBRARY_PATH", "HOME", "PATH"}) {
        if (const char* value = std::getenv(name)) {
            environment.push_back(fmt::format("{}={}", name, value));
        }
    }
    return environment;
}

// The engine on a thread of this process.
class LibraryChild final : public process::Child {
public:
    using Serve = int (*)(int fd, const char* speech);

    LibraryChild(async::Executor executor, Serve serve, std::string speech, int theirs, int watched)
        : state_(std::make_shared<State>()), watched_(watched) {
        auto run = [state = state_, executor, serve, theirs, speech = std::move(speech)] {
            const int code = serve(theirs, speech.c_str());
            ::close(theirs);
            boost::asio::post(executor, [state, code] {
                state->exit = process::Exit{code, 0};
                state->done.set();
            });
        };
        thread_ = std::thread(std::move(run));
        pthread_setname_np(thread_.native_handle(), "engine");
    }
    ~LibraryChild() override {
        terminate();
        thread_.join();
        ::close(watched_);
    }

    int pid() const override { return getpid(); }
    async::Task<process::Exit> wait() override {
        const auto state = state_;
        const bool ended = co_await state->done.wait();
        if (!ended) co_return process::Exit{};
        co_return state->exit;
    }
    void terminate() override { shutdown(watched_, SHUT_RDWR); }
    void kill() override { terminate(); }
    std::string last_words() const override { return {}; }

private:
    struct State {
        process::Exit exit;
        async::Event done;
    };
    std::shared_ptr<State> state_;
    int watched_;  // a copy of the engine's end, to shut it down with
    std::thread thread_;
};

}  // namespace

base::Result<LaunchedEngine> launch_process(async::Executor executor,
                                            const EngineOptions& options) {
    if (options.program.empty()) {
        return base::fail(base::ErrorCode::unavailable,
                          "this installation has no local engine (loci-engine)",
                          "run `./loci set-up`, or configure another provider");
    }
    TRY(sockets, make_sockets());
    process::SpawnOptions spawn;
    spawn.program = options.program;
    spawn.arguments = {"--fd", std::to_string(kEngineFd), "--parent", std::to_string(getpid())};
    for (const auto& folder : {options.models_folder, options.starters_folder}) {
        if (folder.empty()) continue;
        spawn.arguments.insert(spawn.arguments.end(), {"--read", folder});
    }
    for (const auto& model : options.models) {
        if (model.path.empty()) continue;  // built in
        spawn.arguments.insert(spawn.arguments.end(), {"--read", model.path});
        // A voice's description lies beside it.
        if (model.role == EngineRole::speak) {
            spawn.arguments.insert(spawn.arguments.end(), {"--read", model.path + ".json"});
        }
    }
    if (!options.speech_folder.empty()) {
        spawn.arguments.insert(spawn.arguments.end(), {"--speech", options.speech_folder});
    }
    if (!options.sandbox) spawn.arguments.emplace_back("--no-sandbox");
    spawn.environment = clean_environment();
    spawn.descriptors = {{sockets.theirs, kEngineFd}};
    auto child = process::spawn(std::move(executor), std::move(spawn));
    ::close(sockets.theirs);
    if (!child) {
        ::close(sockets.ours);
        return base::fail(std::move(child.error()));
    }
    return LaunchedEngine{std::move(*child), sockets.ours};
}

base::Result<LaunchedEngine> launch_library(async::Executor executor,
                                            const EngineOptions& options) {
    void* library = dlopen(options.library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        return base::fail(base::ErrorCode::unavailable,
                          fmt::format("the engine library cannot be loaded: {}", dlerror()));
    }
    const auto serve = reinterpret_cast<LibraryChild::Serve>(dlsym(library, "loci_engine_serve"));
    if (serve == nullptr) {
        return base::fail(base::ErrorCode::unavailable,
                          fmt::format("{} is not the engine library", options.library));
    }
    TRY(sockets, make_sockets());
    const int watched = fcntl(sockets.theirs, F_DUPFD_CLOEXEC, 0);
    auto child = std::make_unique<LibraryChild>(std::move(executor), serve, options.speech_folder,
                                                sockets.theirs, watched);
    return LaunchedEngine{std::move(child), sockets.ours};
}

}  // namespace adapters::llm_engine
