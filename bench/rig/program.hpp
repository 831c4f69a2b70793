// A program under measurement: started with a folder of its own, watched through /proc. Owned by
// the bench; io thread. What cannot be measured throws Failure, which ends the bench.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "async/task.hpp"
#include "process/child.hpp"
#include "samples.hpp"

namespace bench {

class Failure : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// In megabytes (1,000,000 bytes).
struct Memory {
    double rss = 0;
    double private_dirty = 0;
    double pss = 0;
};

enum class Output { read_ready_line, drop };

struct Launch {
    std::string program;
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    Output output = Output::read_ready_line;
};

class Program {
public:
    Program(boost::asio::io_context& io, Launch launch);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    // The port in the line "ready: http://host:port" that it writes.
    [[nodiscard]] async::Task<int> ready_port();
    [[nodiscard]] int pid() const { return child_->pid(); }
    [[nodiscard]] Time started() const { return started_; }
    // Of the process and, summed, of its descendants.
    [[nodiscard]] Memory memory() const;
    [[nodiscard]] Memory memory_with_children() const;
    // Processor time used so far, in seconds.
    [[nodiscard]] double cpu_seconds() const;
    [[nodiscard]] std::string last_words() const { return child_->last_words(); }
    [[nodiscard]] async::Task<void> stop();

private:
    boost::asio::io_context& io_;
    Time started_;
    int output_ = -1;
    std::unique_ptr<process::Child> child_;
};

// For a signal handler: nothing that was started outlives the bench.
void kill_started_programs();

// Pids of all processes below `pid`.
[[nodiscard]] std::vector<int> descendants(int pid);

// A folder that is removed with its content at the end.
class Folder {
public:
    // Below `parent`, which must exist.
    explicit Folder(const std::filesystem::path& parent);
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// Lets the loop run for a while.
[[nodiscard]] async::Task<void> pause(std::chrono::milliseconds time);
[[nodiscard]] async::Task<void> pause_until(Time time);
// Runs all at the same time; throws what the first that failed threw.
[[nodiscard]] async::Task<void> all_of(std::vector<async::Task<void>> tasks);
// One request on a connection of its own; the whole answer, head included.
[[nodiscard]] async::Task<std::string> ask(boost::asio::io_context& io, int port,
                                           std::string request);
[[nodiscard]] async::Task<std::string> ask_get(boost::asio::io_context& io, int port,
                                               std::string path);

}  // namespace bench
