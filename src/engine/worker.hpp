// Worker and Backend: the border between the frame loop and whatever computes. One Worker per
// model; the llama backend implements both, tests implement them by hand.
// submit(), wake() and beat() may be called from any thread; answers go through the job's Ticket.
#pragma once

#include <chrono>
#include <memory>
#include <variant>

#include "base/result.hpp"
#include "engine/ticket.hpp"
#include "engine/wire/messages.hpp"
#include "engine/wire/speech.hpp"

namespace engine {

struct Job {
    std::shared_ptr<Ticket> ticket;
    std::variant<wire::Chat, wire::Embed, wire::Count, wire::Load, wire::Transcribe, wire::Speak,
                 wire::Detect, wire::Judge, wire::Spot>
        what;
};

class Worker {
public:
    virtual ~Worker() = default;  // fails what is queued or running, then joins

    // Errors: rate_limited when the queue is full.
    [[nodiscard]] virtual base::Result<void> submit(Job job) = 0;
    // A ticket of this worker got credit or was cancelled.
    virtual void wake() = 0;
    [[nodiscard]] virtual wire::Beat beat() const = 0;
};

struct WorkerOptions {
    int threads = 0;                        // 0: the backend chooses
    std::chrono::seconds idle_unload{600};  // 0: never
};

class Backend {
public:
    virtual ~Backend() = default;

    // Everything of Hello but the sandbox and the version.
    [[nodiscard]] virtual wire::Hello hello() const = 0;
    [[nodiscard]] virtual std::unique_ptr<Worker> make_worker(wire::ModelSpec spec,
                                                              WorkerOptions options) = 0;
};

}  // namespace engine
