// OthersLoad: how many cores other programs keep busy, so that models take only what is left. The
// number of threads that want to run just now says little: the engine's own are among them, and a
// page that draws or a server that answers wants to run only now and then. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace engine {

class OthersLoad {
public:
    using Time = std::chrono::steady_clock::time_point;
    // Processor time of all programs together and of this one, since some beginning.
    struct Spent {
        std::chrono::milliseconds all{0};
        std::chrono::milliseconds own{0};
    };

    // Cores that others used on average between now and the question before; 0 until enough time
    // has passed to tell, then the last answer.
    double cores(Time now, Spent spent);
    // The same of this machine; 0 where the kernel does not say.
    double cores_now();

    // Of /proc/stat's text; the kernel counts in `ticks_per_second`.
    [[nodiscard]] static std::optional<std::chrono::milliseconds> parse_spent(
        std::string_view stat, long ticks_per_second);

private:
    std::optional<Time> asked_;
    Spent spent_;
    double cores_ = 0;
};

// Threads for a computation on a machine where others use so many cores: 1 … `most`.
[[nodiscard]] int threads_beside(double others, int most);

}  // namespace engine
