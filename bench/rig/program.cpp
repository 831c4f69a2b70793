#include "program.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/core.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/event.hpp"
#include "http/testing/raw_client.hpp"

namespace bench {
namespace {

namespace fs = std::filesystem;
constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

std::array<std::atomic<int>, 8> started_pids{};

void remember(int pid) {
    for (auto& place : started_pids) {
        int none = 0;
        if (place.compare_exchange_strong(none, pid)) return;
    }
}

void forget(int pid) {
    for (auto& place : started_pids) {
        int known = pid;
        if (place.compare_exchange_strong(known, 0)) return;
    }
}

Memory memory_of(int pid) {
    std::map<std::string, double> kilobytes;
    std::ifstream file(fmt::format("/proc/{}/smaps_rollup", pid));
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        double size = 0;
        if (words >> name >> size) kilobytes[name] = size;
    }
    constexpr double kMegabyte = 1024.0 / 1'000'000;
    return {kilobytes["Rss:"] * kMegabyte, kilobytes["Private_Dirty:"] * kMegabyte,
            kilobytes["Pss:"] * kMegabyte};
}

// The fields of /proc/PID/stat behind the name, which may hold anything: state, parent, ….
std::vector<std::string> stat_fields(const fs::path& folder) {
    std::ifstream file(folder / "stat");
    std::string text;
    std::getline(file, text);
    const auto end = text.rfind(')');
    std::vector<std::string> fields;
    if (end == std::string::npos) return fields;
    std::istringstream words(text.substr(end + 1));
    for (std::string word; words >> word;) fields.push_back(word);
    return fields;
}

struct Joint {
    std::size_t left = 0;
    std::exception_ptr failed;
    async::Event done;
};

}  // namespace

Program::Program(boost::asio::io_context& io, Launch launch) : io_(io) {
    std::array<int, 2> ends{-1, -1};
    process::SpawnOptions options{
        std::move(launch.program), std::move(launch.arguments), std::move(launch.environment), {}};
    if (launch.output == Output::read_ready_line) {
        if (pipe(ends.data()) != 0) throw Failure("no pipe");
        options.descriptors.push_back({ends[1], STDOUT_FILENO});
    }
    output_ = ends[0];
    started_ = now();
    auto child = process::spawn(io.get_executor(), std::move(options));
    if (ends[1] >= 0) close(ends[1]);
    if (!child) throw Failure(child.error().text());
    child_ = std::move(*child);
    remember(child_->pid());
}

Program::~Program() {
    forget(child_->pid());
    if (output_ >= 0) close(output_);
}

async::Task<int> Program::ready_port() {
    boost::asio::posix::stream_descriptor pipe(io_, dup(output_));
    std::string text;
    int port = 0;
    while (port == 0) {
        auto buffer = boost::asio::dynamic_buffer(text);
        auto reading = boost::asio::async_read_until(pipe, buffer, '\n', kAwait);
        const auto [error, size] = co_await std::move(reading);
        if (error) throw Failure("the server did not get ready: " + last_words());
        const std::string line = text.substr(0, size);
        text.erase(0, size);
        if (line.find("ready: ") == std::string::npos) continue;
        port = std::atoi(line.c_str() + line.rfind(':') + 1);
    }
    co_return port;
}

Memory Program::memory() const {
    return memory_of(pid());
}

Memory Program::memory_with_children() const {
    Memory sum = memory_of(pid());
    for (const int child : descendants(pid())) {
        const Memory part = memory_of(child);
        sum.rss += part.rss;
        sum.private_dirty += part.private_dirty;
        sum.pss += part.pss;
    }
    return sum;
}

double Program::cpu_seconds() const {
    constexpr std::size_t kUser = 11;  // behind the name; proc(5) counts them 14 and 15
    const auto fields = stat_fields(fmt::format("/proc/{}", pid()));
    if (fields.size() <= kUser + 1) return 0;
    const double ticks = std::stod(fields[kUser]) + std::stod(fields[kUser + 1]);
    return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

async::Task<void> Program::stop() {
    child_->terminate();
    auto ending = child_->wait();
    co_await std::move(ending);
}

void kill_started_programs() {
    for (const auto& place : started_pids) {
        const int pid = place.load();
        if (pid > 0) kill(pid, SIGKILL);
    }
}

std::vector<int> descendants(int pid) {
    std::multimap<int, int> children;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const int number = std::atoi(entry.path().filename().c_str());
        if (number <= 0) continue;
        const auto fields = stat_fields(entry.path());
        if (fields.size() > 1) children.emplace(std::atoi(fields[1].c_str()), number);
    }
    std::vector<int> found{pid};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto [first, last] = children.equal_range(found[i]);
        for (auto at = first; at != last; ++at) found.push_back(at->second);
    }
    found.erase(found.begin());
    return found;
}

Folder::Folder(const fs::path& parent) {
    std::string name = (parent / "loci-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw Failure("no folder can be made in " + name);
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

async::Task<void> pause(std::chrono::milliseconds time) {
    auto waiting = pause_until(now() + time);
    co_await std::move(waiting);
}

async::Task<void> pause_until(Time time) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
    auto waiting = timer.async_wait(kAwait);
    co_await std::move(waiting);
}

async::Task<void> all_of(std::vector<async::Task<void>> tasks) {
    const auto executor = co_await boost::asio::this_coro::executor;
    const auto joint = std::make_shared<Joint>();
    joint->left = tasks.size();
    for (auto& task : tasks) {
        boost::asio::co_spawn(executor, std::move(task), [joint](std::exception_ptr error) {
            if (error && !joint->failed) joint->failed = error;
            if (--joint->left == 0 || error) joint->done.set();
        });
    }
    if (joint->left > 0) {
        auto waiting = joint->done.wait();
        co_await std::move(waiting);
    }
    if (joint->failed) std::rethrow_exception(joint->failed);
}

async::Task<std::string> ask(boost::asio::io_context& io, int port, std::string request) {
    http::testing::RawClient client(io, port);
    auto asking = client.exchange(std::move(request));
    auto answer = co_await std::move(asking);
    co_return answer;
}

async::Task<std::string> ask_get(boost::asio::io_context& io, int port, std::string path) {
    auto asking = ask(io, port,
                      "GET " + path +
                          " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, br\r\n"
                          "Connection: close\r\n\r\n");
    auto answer = co_await std::move(asking);
    co_return answer;
}

}  // namespace bench
