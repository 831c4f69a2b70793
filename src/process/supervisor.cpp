#include "process/supervisor.hpp"

#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"

namespace process {

std::string_view to_string(ServiceState state) {
    switch (state) {
        case ServiceState::off:
            return "off";
        case ServiceState::starting:
            return "starting";
        case ServiceState::up:
            return "up";
        case ServiceState::crashed:
            return "crashed";
        case ServiceState::hung:
            return "hung";
    }
    return "?";
}

Supervisor::Supervisor(async::Executor executor, async::Clock& clock, Service& service)
    : clock_(clock), service_(service), tasks_(std::move(executor)) {}

Supervisor::~Supervisor() = default;

int Supervisor::pid() const {
    return child_ ? child_->pid() : 0;
}

async::Task<base::Result<void>> Supervisor::ensure_up(std::stop_token stop) {
    while (!closing_) {
        if (status_.state == ServiceState::up) co_return base::Result<void>{};
        if (status_.state != ServiceState::starting) {
            if (child_) {
                // The one that is ending must be gone before the next begins.
                const bool gone = co_await down_.wait(stop);
                if (!gone)
                    co_return base::fail(base::ErrorCode::cancelled, "stopped while it ended");
                continue;
            }
            auto started = co_await start(stop);
            co_return started;
        }
        const bool woken = co_await changed_.wait(stop);
        if (!woken) co_return base::fail(base::ErrorCode::cancelled, "stopped while it started");
    }
    co_return base::fail(base::ErrorCode::unavailable, "the program is shutting down");
}

async::Task<bool> Supervisor::wait_down(std::stop_token stop) {
    if (status_.state != ServiceState::up && status_.state != ServiceState::hung) co_return true;
    const bool down = co_await down_.wait(stop);
    co_return down;
}

async::Task<base::Result<void>> Supervisor::start(std::stop_token stop) {
    const auto before = status_;
    status_.state = ServiceState::starting;
    changed_.reset();
    down_.reset();
    const auto wait = backoff_.wait(clock_.steady());
    if (wait > async::Duration::zero()) {
        const bool came = co_await clock_.sleep_for(wait, stop);
        if (!came || closing_) {
            // Whoever waits for this start tries on its own.
            status_ = before;
            changed_.set();
            co_return base::fail(base::ErrorCode::cancelled, "stopped while it started");
        }
    }
    backoff_.note_start(clock_.steady());
    ++status_.starts;
    auto child = service_.launch();
    if (!child) {
        ended(child.error());
        co_return base::fail(std::move(child.error()));
    }
    child_ = std::move(*child);
    tasks_.spawn("supervisor.watch", watch(*child_));
    auto shaken = co_await service_.handshake();
    if (!shaken) {
        // The child may have ended on its own, which says more than the handshake's error.
        if (status_.state == ServiceState::starting && child_) give_up_on(shaken.error().message);
        changed_.set();
        co_return shaken;
    }
    if (status_.state != ServiceState::starting) {
        co_return base::fail(base::ErrorCode::engine_crashed, status_.reason);
    }
    status_.state = ServiceState::up;
    status_.reason.clear();
    changed_.set();
    co_return base::Result<void>{};
}

async::Task<void> Supervisor::watch(Child& child) {
    const Exit exit = co_await child.wait();
    std::string reason = hung_reason_ ? *std::exchange(hung_reason_, std::nullopt) : exit.text();
    const auto words = child.last_words();
    if (!exit.ok() && !words.empty()) reason += ": " + words;
    const bool was_hung = status_.state == ServiceState::hung;
    child_.reset();
    down_.set();
    auto error = base::make_error(base::ErrorCode::engine_crashed,
                                  fmt::format("the local engine ended ({})", reason),
                                  "the next message starts it again");
    if (closing_) {
        status_.state = ServiceState::off;
        service_.on_end(error);
        changed_.set();
        co_return;
    }
    ended(std::move(error));
    if (was_hung) status_.state = ServiceState::hung;
}

void Supervisor::ended(base::Error why) {
    backoff_.note_end(clock_.steady());
    status_.state = ServiceState::crashed;
    status_.reason = why.message;
    LOG_WARN("process", "a supervised program ended", {"reason", why.message},
             {"starts", status_.starts});
    service_.on_end(why);
    changed_.set();
}

void Supervisor::give_up_on(std::string reason) {
    if (!child_) return;
    hung_reason_ = std::move(reason);
    status_.state = ServiceState::hung;
    status_.reason = *hung_reason_;
    child_->kill();
}

async::Task<void> Supervisor::kill_after(async::Duration grace, std::stop_token stop) {
    const bool came = co_await clock_.sleep_for(grace, stop);
    if (came && child_) child_->kill();
}

async::Task<void> Supervisor::shut_down(async::Duration grace) {
    closing_ = true;
    changed_.set();
    if (child_) {
        std::stop_source done;
        child_->terminate();
        tasks_.spawn("supervisor.grace", kill_after(grace, done.get_token()));
        const bool gone = co_await down_.wait();
        static_cast<void>(gone);
        done.request_stop();
    }
    co_await tasks_.close();
    status_.state = ServiceState::off;
}

}  // namespace process
