// Child: one started program. spawn() gives it exactly the descriptors and the environment that
// are named, nothing inherited by accident; its end is seen through a pidfd, so no signal handler
// is involved. io thread only. A Child that is destroyed while the program runs kills it.
// Errors of spawn(): not_found (no such program), unavailable (the system refused).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"

namespace process {

struct Exit {
    int code = 0;
    int signal = 0;  // non-zero: ended by this signal

    [[nodiscard]] bool ok() const { return code == 0 && signal == 0; }
    // "exit code 3", "killed by SIGKILL".
    [[nodiscard]] std::string text() const;
};

class Child {
public:
    virtual ~Child() = default;

    [[nodiscard]] virtual int pid() const = 0;
    // Ends when the program has ended; may be awaited by several.
    [[nodiscard]] virtual async::Task<Exit> wait() = 0;
    // Asks it to end (SIGTERM); kill() does not ask.
    virtual void terminate() = 0;
    virtual void kill() = 0;
    // The last line that it wrote to its standard error, shortened; empty when it wrote none.
    [[nodiscard]] virtual std::string last_words() const = 0;
};

// An open descriptor of ours and the number that the program shall see.
struct Passed {
    int ours = -1;
    int theirs = -1;
};

struct SpawnOptions {
    std::string program;  // a path; no search
    std::vector<std::string> arguments;
    std::vector<std::string> environment;  // "NAME=value", all of it
    std::vector<Passed> descriptors;       // standard input and output are /dev/null
};

[[nodiscard]] base::Result<std::unique_ptr<Child>> spawn(async::Executor executor,
                                                         SpawnOptions options);

}  // namespace process
