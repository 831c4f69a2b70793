#include "engine/speech/queue_work.hpp"

#include <utility>

namespace engine::speech {

void QueueWork::accept(Job job) {
    if (!loaded_) {
        auto loaded = load();
        if (!loaded) {
            job.ticket->fail(loaded.error());
            return;
        }
        loaded_ = true;
        pulse_->beat();
    }
    if (std::holds_alternative<wire::Load>(job.what)) {
        job.ticket->done({});
    } else if (std::holds_alternative<wire::Count>(job.what)) {
        job.ticket->fail(
            base::make_error(base::ErrorCode::unsupported, "this model does not count in tokens"));
    } else {
        jobs_.push_back(std::move(job));
    }
}

ModelWork::Step QueueWork::step() {
    if (jobs_.empty()) return Step::idle;
    const Job& job = jobs_.front();
    if (job.ticket->cancelled()) {
        job.ticket->fail(base::make_error(base::ErrorCode::cancelled, "stopped"));
        leave_queue();
        return Step::worked;
    }
    pulse_->beat();
    auto slice = compute(job);
    if (!slice) job.ticket->fail(slice.error());
    resting_ = slice && *slice == Slice::no_credit ? resting_ + 1 : 0;
    if (!slice || *slice == Slice::over) {
        leave_queue();
        return Step::worked;
    }
    if (*slice == Slice::more) return Step::worked;
    if (resting_ >= jobs_.size()) {
        resting_ = 0;
        return Step::paused;
    }
    // Whoever is behind need not wait for a slow reader.
    jobs_.push_back(std::move(jobs_.front()));
    jobs_.pop_front();
    return Step::worked;
}

void QueueWork::leave_queue() {
    forget(jobs_.front());
    jobs_.pop_front();
}

void QueueWork::unload() {
    loaded_ = false;
    drop();
}

void QueueWork::fail_all(const base::Error& error) {
    for (const auto& job : jobs_) job.ticket->fail(error);
    while (!jobs_.empty()) leave_queue();
    unload();
}

std::vector<float> to_floats(const wire::Samples& samples) {
    std::vector<float> out;
    out.reserve(samples.size());
    for (const auto sample : samples) out.push_back(static_cast<float>(sample) / 32'768.0F);
    return out;
}

}  // namespace engine::speech
