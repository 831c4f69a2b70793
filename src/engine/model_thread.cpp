#include "engine/model_thread.hpp"

#include <exception>
#include <utility>

#include <pthread.h>

namespace engine {

namespace {

base::Error library_failed(const std::exception& error) {
    return base::make_error(base::ErrorCode::internal,
                            std::string("the model's library failed: ") + error.what());
}

}  // namespace

long long Pulse::now_ms() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

ModelThread::ModelThread(std::string model, std::shared_ptr<Pulse> pulse,
                         std::unique_ptr<ModelWork> work, std::chrono::milliseconds idle_unload)
    : model_(std::move(model)),
      pulse_(std::move(pulse)),
      work_(std::move(work)),
      idle_unload_(idle_unload),
      thread_([this] { loop(); }) {
    pthread_setname_np(thread_.native_handle(), "model");
}

ModelThread::~ModelThread() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    work_->interrupt();
    ready_.notify_one();
    thread_.join();
}

base::Result<void> ModelThread::submit(Job job) {
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= kMaxQueue) {
            return base::fail(base::ErrorCode::rate_limited,
                              "too many requests wait for this model", "try again in a moment");
        }
        queue_.push_back(std::move(job));
    }
    ready_.notify_one();
    return {};
}

void ModelThread::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    ready_.notify_one();
}

wire::Beat ModelThread::beat() const {
    const int context = work_->loaded_context();
    const bool busy = busy_;
    // Who waits for credit is silent for as long as the server likes, and does not hang.
    const bool computes = busy && !paused_;
    return {model_, context > 0, busy, computes ? pulse_->silent_ms() : 0, context};
}

bool ModelThread::wait_for_work(ModelWork::Step last) {
    std::unique_lock lock(mutex_);
    const auto something = [this] { return ending_ || woken_ || !queue_.empty(); };
    if (last == ModelWork::Step::paused) {
        paused_ = true;
        ready_.wait(lock, something);
        pulse_->beat();
        paused_ = false;
    } else if (last == ModelWork::Step::idle && !something()) {
        busy_ = false;
        const bool may_unload = idle_unload_.count() > 0 && work_->loaded_context() > 0;
        if (!may_unload) {
            ready_.wait(lock, something);
        } else if (!ready_.wait_for(lock, idle_unload_, something)) {
            lock.unlock();
            work_->unload();
            return true;
        }
    }
    pulse_->beat();
    busy_ = true;
    woken_ = false;
    return !ending_;
}

ModelWork::Step ModelThread::turn() {
    std::deque<Job> jobs;
    {
        const std::lock_guard lock(mutex_);
        jobs = std::exchange(queue_, {});
    }
    for (auto& job : jobs) {
        pulse_->beat();
        const auto ticket = job.ticket;
        try {
            work_->accept(std::move(job));
        } catch (const std::exception& e) {
            ticket->fail(library_failed(e));
        }
    }
    return work_->step();
}

void ModelThread::loop() {
    auto last = ModelWork::Step::idle;
    while (wait_for_work(last)) {
        try {
            last = turn();
        } catch (const std::exception& e) {
            work_->fail_all(library_failed(e));
            last = ModelWork::Step::idle;
        }
    }
    const auto ended = base::make_error(base::ErrorCode::unavailable, "the engine is ending");
    work_->fail_all(ended);
    const std::lock_guard lock(mutex_);
    for (const auto& job : queue_) job.ticket->fail(ended);
    queue_.clear();
}

}  // namespace engine
