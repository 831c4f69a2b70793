#include "process/child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/core.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/event.hpp"
#include "base/text.hpp"

namespace process {
namespace {

namespace asio = boost::asio;
constexpr std::size_t kMaxWords = 300;
constexpr int kFirstSpare = 200;  // copies of passed descriptors start here, out of the way

class Fd {
public:
    explicit Fd(int fd = -1) : fd_(fd) {}
    ~Fd() {
        if (fd_ >= 0) close(fd_);
    }
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

struct State {
    State(asio::any_io_executor executor, pid_t child, Fd handle, Fd error_output)
        : pid(child), ended(executor, handle.release()), words(executor, error_output.release()) {}

    // Takes the exit status; the pidfd names this very process even if its number is used again.
    void reap(int flags) {
        siginfo_t info{};
        constexpr auto kPidfd = static_cast<idtype_t>(3);  // P_PIDFD
        if (exit ||
            waitid(kPidfd, static_cast<id_t>(ended.native_handle()), &info, WEXITED | flags) != 0 ||
            info.si_pid == 0) {
            return;
        }
        exit = info.si_code == CLD_EXITED ? Exit{info.si_status, 0} : Exit{0, info.si_status};
        done.set();
    }

    void note(std::string_view bytes) {
        line.append(bytes);
        const auto end = line.find_last_of('\n');
        if (end != std::string::npos) {
            const auto whole = base::trim(std::string_view(line).substr(0, end));
            const auto start = whole.find_last_of('\n');
            last = whole.substr(start == std::string_view::npos ? 0 : start + 1);
            line.erase(0, end + 1);
        }
        if (line.size() > kMaxWords) line.resize(kMaxWords);
    }

    pid_t pid;
    asio::posix::stream_descriptor ended;
    asio::posix::stream_descriptor words;
    std::optional<Exit> exit;
    async::Event done;
    std::string line;
    std::string last;
};

async::Task<void> watch_end(std::shared_ptr<State> state) {
    auto readable = state->ended.async_wait(asio::posix::stream_descriptor::wait_read,
                                            asio::as_tuple(asio::use_awaitable));
    const auto [error] = co_await std::move(readable);
    if (!error) state->reap(0);
}

async::Task<void> read_words(std::shared_ptr<State> state) {
    std::array<char, 1024> bytes;
    for (;;) {
        auto reading =
            state->words.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
        const auto [error, count] = co_await std::move(reading);
        if (error) co_return;
        state->note({bytes.data(), count});
    }
}

class SpawnedChild final : public Child {
public:
    explicit SpawnedChild(std::shared_ptr<State> state) : state_(std::move(state)) {}
    ~SpawnedChild() override {
        if (!state_->exit) {
            kill();
            state_->reap(0);
        }
        boost::system::error_code ignored;
        state_->ended.close(ignored);
        state_->words.close(ignored);
    }

    int pid() const override { return state_->pid; }
    async::Task<Exit> wait() override {
        const auto state = state_;
        const bool ended = co_await state->done.wait();
        if (!ended || !state->exit) co_return Exit{0, SIGKILL};
        co_return *state->exit;
    }
    void terminate() override { send(SIGTERM); }
    void kill() override { send(SIGKILL); }
    std::string last_words() const override {
        const std::string& words = state_->last.empty() ? state_->line : state_->last;
        return base::shorten(base::to_valid_utf8(words), kMaxWords);
    }

private:
    void send(int signal) {
        if (state_->exit) return;
        syscall(SYS_pidfd_send_signal, state_->ended.native_handle(), signal, nullptr, 0);
    }
    std::shared_ptr<State> state_;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (auto& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

// The plan of what the new process does with descriptors and signals before it runs the program.
class Plan {
public:
    Plan() {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        sigset_t all;
        sigset_t none;
        sigfillset(&all);
        sigemptyset(&none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    ~Plan() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

base::Result<Fd> copy_out_of_the_way(int fd) {
    Fd copy(fcntl(fd, F_DUPFD_CLOEXEC, kFirstSpare));
    if (copy.get() < 0) {
        return base::fail(base::ErrorCode::unavailable,
                          fmt::format("a descriptor cannot be copied: {}", std::strerror(errno)));
    }
    return copy;
}

}  // namespace

std::string Exit::text() const {
    if (signal == 0) return fmt::format("exit code {}", code);
    const char* name = sigabbrev_np(signal);
    return name == nullptr ? fmt::format("killed by signal {}", signal)
                           : fmt::format("killed by SIG{}", name);
}

base::Result<std::unique_ptr<Child>> spawn(async::Executor executor, SpawnOptions options) {
    if (access(options.program.c_str(), X_OK) != 0) {
        return base::fail(
            base::ErrorCode::not_found,
            fmt::format("the program {} cannot be run: {}", options.program, std::strerror(errno)));
    }
    std::array<int, 2> ends{-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return base::fail(base::ErrorCode::unavailable,
                          fmt::format("no pipe: {}", std::strerror(errno)));
    }
    Fd words(ends[0]);
    Plan plan;
    std::vector<Fd> copies;
    int highest = 2;
    TRY(error_output, copy_out_of_the_way(Fd(ends[1]).get()));
    posix_spawn_file_actions_addopen(&plan.actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&plan.actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&plan.actions, error_output.get(), 2);
    for (const auto& passed : options.descriptors) {
        TRY(copy, copy_out_of_the_way(passed.ours));
        posix_spawn_file_actions_adddup2(&plan.actions, copy.get(), passed.theirs);
        highest = std::max(highest, passed.theirs);
        copies.push_back(std::move(copy));
    }
    const auto is_passed = [&](int fd) {
        return std::any_of(options.descriptors.begin(), options.descriptors.end(),
                           [&](const Passed& passed) { return passed.theirs == fd; });
    };
    for (int fd = 3; fd < highest; ++fd) {
        if (!is_passed(fd)) posix_spawn_file_actions_addclose(&plan.actions, fd);
    }
    posix_spawn_file_actions_addclosefrom_np(&plan.actions, highest + 1);

    options.arguments.insert(options.arguments.begin(), options.program);
    auto arguments = pointers(options.arguments);
    auto environment = pointers(options.environment);
    pid_t pid = -1;
    const int failed = posix_spawn(&pid, options.program.c_str(), &plan.actions, &plan.attributes,
                                   arguments.data(), environment.data());
    if (failed != 0) {
        return base::fail(base::ErrorCode::unavailable,
                          fmt::format("the program {} cannot be started: {}", options.program,
                                      std::strerror(failed)));
    }
    Fd handle(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (handle.get() < 0) {
        const int error = errno;
        ::kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        return base::fail(base::ErrorCode::unsupported,
                          fmt::format("pidfd_open: {}", std::strerror(error)),
                          "Linux 5.3 or newer is needed");
    }
    auto state = std::make_shared<State>(executor, pid, std::move(handle), std::move(words));
    async::spawn_detached(executor, "child.end", watch_end(state));
    async::spawn_detached(executor, "child.words", read_words(state));
    return std::make_unique<SpawnedChild>(std::move(state));
}

}  // namespace process
