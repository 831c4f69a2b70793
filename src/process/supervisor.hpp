// Supervisor: keeps one service program usable: starts it when first needed, notices its end,
// starts it again on the next need after a growing pause, and says how it is. io thread only.
// Errors of ensure_up(): those of the Service, and cancelled.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "async/task_scope.hpp"
#include "process/backoff.hpp"
#include "process/child.hpp"

namespace process {

enum class ServiceState { off, starting, up, crashed, hung };
[[nodiscard]] std::string_view to_string(ServiceState state);

struct ServiceStatus {
    ServiceState state = ServiceState::off;
    std::string reason;  // of crashed and hung
    int starts = 0;
};

// What is supervised.
class Service {
public:
    virtual ~Service() = default;
    [[nodiscard]] virtual base::Result<std::unique_ptr<Child>> launch() = 0;
    // Returns once the launched child is usable, or with an Error when it will not be.
    [[nodiscard]] virtual async::Task<base::Result<void>> handshake() = 0;
    // The child is gone: fail what relied on it.
    virtual void on_end(const base::Error& why) = 0;
};

class Supervisor {
public:
    Supervisor(async::Executor executor, async::Clock& clock, Service& service);
    ~Supervisor();

    // Returns once the service is usable; starts it when it is not.
    [[nodiscard]] async::Task<base::Result<void>> ensure_up(std::stop_token stop);
    // Returns once the service is not up any more; false when `stop` was requested first.
    [[nodiscard]] async::Task<bool> wait_down(std::stop_token stop);
    // The service does not answer any more: kills it, so that the next need starts it anew.
    void give_up_on(std::string reason);
    [[nodiscard]] const ServiceStatus& status() const { return status_; }
    [[nodiscard]] int pid() const;

    // Asks the child to end, waits `grace`, then kills it. Nothing starts afterwards.
    [[nodiscard]] async::Task<void> shut_down(async::Duration grace);

private:
    [[nodiscard]] async::Task<base::Result<void>> start(std::stop_token stop);
    [[nodiscard]] async::Task<void> watch(Child& child);
    [[nodiscard]] async::Task<void> kill_after(async::Duration grace, std::stop_token stop);
    void ended(base::Error why);

    async::Clock& clock_;
    Service& service_;
    Backoff backoff_;
    ServiceStatus status_;
    std::unique_ptr<Child> child_;
    std::optional<std::string> hung_reason_;
    bool closing_ = false;
    async::Event changed_;  // set when a start ends
    async::Event down_;     // set when the child ended
    async::TaskScope tasks_;
};

}  // namespace process
