#include "async/offload.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <pthread.h>

namespace async {

struct WorkerThread::State {
    std::mutex mutex;
    std::condition_variable ready;
    std::deque<std::function<void()>> jobs;
    std::size_t max_queue = 0;
    bool closing = false;
    std::thread thread;

    void loop() {
        for (;;) {
            std::function<void()> job;
            {
                std::unique_lock lock(mutex);
                ready.wait(lock, [this] { return closing || !jobs.empty(); });
                if (jobs.empty()) return;
                job = std::move(jobs.front());
                jobs.pop_front();
            }
            job();
        }
    }
};

WorkerThread::WorkerThread(const char* name, std::size_t max_queue)
    : state_(std::make_unique<State>()) {
    state_->max_queue = max_queue;
    state_->thread = std::thread([state = state_.get()] { state->loop(); });
    pthread_setname_np(state_->thread.native_handle(), name);
}

WorkerThread::~WorkerThread() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->closing = true;
    }
    state_->ready.notify_one();
    state_->thread.join();
}

bool WorkerThread::post(std::function<void()> job) {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->closing || state_->jobs.size() >= state_->max_queue) return false;
        state_->jobs.push_back(std::move(job));
    }
    state_->ready.notify_one();
    return true;
}

}  // namespace async
