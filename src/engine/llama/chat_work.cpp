#include "engine/llama/chat_work.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/core.h>

#include "engine/core_budget.hpp"

namespace engine::llama {
namespace {

constexpr std::size_t kMinSlice = 16;
constexpr unsigned kLooks = 8;   // times asked whether to go on, for one look at the clock
constexpr double kSliceMs = 80;  // how long one computation should take
// What llama_decode() says.
constexpr int kNoRoom = 1;
constexpr int kAborted = 2;

}  // namespace

ChatWork::ChatWork(wire::ModelSpec spec, int threads, std::shared_ptr<Gate> gate,
                   std::shared_ptr<Pulse> pulse)
    : spec_(std::move(spec)),
      threads_(threads),
      gate_(std::move(gate)),
      pulse_(std::move(pulse)),
      token_threads_(threads, machine_now(threads)),
      prompt_threads_(threads, machine_now(threads)) {}

ChatWork::~ChatWork() = default;

bool ChatWork::should_abort(void* self) {
    auto& work = *static_cast<ChatWork*>(self);
    if (work.gate_->waiting() > 0) {
        const auto asked = std::chrono::steady_clock::now();
        work.gate_->make_way();
        if (work.give_up_at_) *work.give_up_at_ += std::chrono::steady_clock::now() - asked;
    }
    if (work.interrupted_) return true;
    // Asked hundreds of times for one token: looking at the clock each time would be noticed.
    if (++work.times_asked_ % kLooks == 0) {
        work.pulse_->beat();
        if (work.give_up_at_ && std::chrono::steady_clock::now() > *work.give_up_at_) {
            work.gave_up_ = true;
            return true;
        }
    }
    // A slice that is only read is finished: most are given up because their chat begins.
    return !work.in_batch_.empty() &&
           std::all_of(work.in_batch_.begin(), work.in_batch_.end(), [](const Reply* reply) {
               return reply->ticket->cancelled() && !reply->only_reads();
           });
}

base::Result<void> ChatWork::load(Ticket& ticket) {
    if (loaded_) return {};
    LoadedChat::Wish wish;
    wish.path = spec_.path;
    wish.context_tokens = spec_.context_tokens;
    wish.threads = threads_;
    wish.progress = [&](double fraction) {
        pulse_->beat();
        ticket.progress({spec_.id, fraction});
        return !interrupted_ && !ticket.cancelled();
    };
    wish.should_abort = should_abort;
    wish.abort_data = this;
    TRY(loaded, LoadedChat::load(wish));
    loaded_ = std::move(loaded);
    context_tokens_ = loaded_->plan.tokens;
    return {};
}

void ChatWork::unload() {
    context_tokens_ = 0;
    ahead_.clear();
    loaded_.reset();
}

void ChatWork::accept(Job job) {
    if (job.ticket->cancelled()) {
        job.ticket->fail(base::make_error(base::ErrorCode::cancelled, "stopped before it began"));
        return;
    }
    auto loaded = load(*job.ticket);
    if (!loaded) {
        job.ticket->fail(loaded.error());
        return;
    }
    if (const auto* count = std::get_if<wire::Count>(&job.what)) {
        wire::Done done;
        const auto tokens = loaded_->model.tokenize(count->text, Special::as_text, false);
        done.prompt_tokens = static_cast<int>(tokens.size());
        job.ticket->done(done);
    } else if (auto* chat = std::get_if<wire::Chat>(&job.what)) {
        auto begun = begin(job.ticket, std::move(*chat));
        if (!begun) job.ticket->fail(begun.error());
    } else {
        job.ticket->done({});
    }
}

base::Result<void> ChatWork::begin(const std::shared_ptr<Ticket>& ticket, wire::Chat chat) {
    TRY(form, loaded_->forms.prepare(chat, loaded_->model));
    if (replies_.empty()) {
        // A page that draws keeps cores busy, and the first words must not pay for finding that
        // out.
        const int fitting = threads_beside(others_.cores_now(), threads_);
        token_threads_.begin(fitting);
        prompt_threads_.begin(fitting);
    }
    std::unique_ptr<Sampler> sampler;
    const bool only_reads = chat.max_tokens == wire::kOnlyRead;
    if (!only_reads || (chat.foresee > 0 && Reply::is_foreseeable(chat))) {
        TRY(made, loaded_->forms.make_sampler(chat, form, loaded_->model));
        sampler = std::move(made);
    }
    if (only_reads && !loaded_->model.remembers_by_token()) {
        // It could not take back what turns out not to be asked, and would lose all before it.
        ticket->done({});
        return {};
    }
    auto& reply =
        replies_.emplace_back(ticket, std::move(chat), std::move(form), std::move(sampler));
    const auto first_reading = std::find_if(waiting_.begin(), waiting_.end(),
                                            [](const Reply* one) { return one->only_reads(); });
    waiting_.insert(only_reads ? waiting_.end() : first_reading, &reply);
    return {};
}

bool ChatWork::waits(const Reply& reply) const {
    return std::find(waiting_.begin(), waiting_.end(), &reply) != waiting_.end();
}

void ChatWork::admit() {
    while (!waiting_.empty()) {
        Reply& reply = *waiting_.front();
        if (take_foreseen(reply)) {
            waiting_.pop_front();
            continue;
        }
        // Its place may be just the one that this should go on from.
        forget_foreseen();
        auto placed = loaded_->place(reply.form, reply.chat.cache_key);
        if (placed) {
            reply.place(std::move(*placed));
            waiting_.pop_front();
            continue;
        }
        const bool full = placed.error().code == base::ErrorCode::unavailable;
        if (full && !reply.only_reads()) {
            if (end_reading()) continue;
            return;
        }
        if (full) {
            reply.give_way();
        } else {
            reply.ticket->fail(placed.error());
        }
        waiting_.pop_front();
        replies_.remove_if([&](const Reply& other) { return &other == &reply; });
    }
}

ChatWork::Replies::iterator ChatWork::remove(Replies::iterator reply) {
    const auto waiting = std::find(waiting_.begin(), waiting_.end(), &*reply);
    if (waiting != waiting_.end()) {
        waiting_.erase(waiting);
    } else if (loaded_) {
        loaded_->cache.give_back(reply->sequence());
    }
    return replies_.erase(reply);
}

void ChatWork::drop_cancelled() {
    for (auto it = replies_.begin(); it != replies_.end();) {
        if (!it->ticket->cancelled()) {
            ++it;
            continue;
        }
        it->stop();
        it = remove(it);
    }
}

void ChatWork::flush() {
    for (auto it = replies_.begin(); it != replies_.end();) {
        if (!it->flush()) {
            ++it;
        } else {
            it = it->may_foresee() ? keep_ahead(it) : remove(it);
        }
    }
}

void ChatWork::fail_all(const base::Error& error) {
    for (auto& reply : replies_) reply.ticket->fail(error);
    while (!replies_.empty()) remove(replies_.begin());
    in_batch_.clear();
    // What the library left behind is unknown, so the next request starts from the file.
    unload();
}

ModelWork::Step ChatWork::step() {
    drop_cancelled();
    flush();
    admit();
    flush();  // what is only read may lie in memory already
    const bool foresees = !ahead_.empty() && ahead_.front().foresees_more();
    if (replies_.empty() && !foresees) return Step::idle;
    if (!fill_batch()) return Step::paused;
    compute();
    flush();
    return Step::worked;
}

void ChatWork::add_to_batch(Reply& reply, Token token, std::size_t position, bool last) {
    const int row = loaded_->batch.add(token, position, reply.sequence(),
                                       last ? Batch::Scores::yes : Batch::Scores::no);
    if (last) reply.output_row = row;
}

bool ChatWork::fill_batch() {
    loaded_->batch.clear();
    in_batch_.clear();
    prompt_tokens_in_batch_ = 0;
    for (auto& reply : replies_) {
        reply.output_row = -1;
        if (!reply.generating || reply.ended() || reply.blocked()) continue;
        add_to_batch(reply, reply.next, reply.decoded, true);
        in_batch_.push_back(&reply);
    }
    const std::size_t slice = std::min(slice_, Batch::kMost - loaded_->batch.size());
    for (auto& reply : replies_) {
        if (reply.only_reads() || reply.generating || reply.ended() || waits(reply)) continue;
        add_prompt(reply, reply.prompt().size(), slice);
        if (prompt_tokens_in_batch_ >= slice) break;
    }
    if (!in_batch_.empty()) return true;
    // Half a slice, because whoever comes meanwhile waits for it.
    const std::size_t ahead = std::max(kMinSlice, slice / 2);
    for (auto& reply : replies_) {
        if (!reply.only_reads() || waits(reply)) continue;
        add_prompt(reply, reply.prompt().size() - 1, ahead);
        break;
    }
    if (in_batch_.empty() && replies_.empty()) add_foreseen();
    return !in_batch_.empty();
}

void ChatWork::add_prompt(Reply& reply, std::size_t end, std::size_t most) {
    const auto& prompt = reply.prompt();
    std::size_t at = reply.decoded;
    while (at < end && prompt_tokens_in_batch_ < most) {
        add_to_batch(reply, prompt[at], at, at + 1 == prompt.size());
        ++at;
        ++prompt_tokens_in_batch_;
    }
    if (at > reply.decoded) in_batch_.push_back(&reply);
}

void ChatWork::compute() {
    int result = 0;
    // One number of threads for whatever is dominated by single tokens, one for prompts.
    const bool prompts = prompt_tokens_in_batch_ >= kMinSlice;
    ThreadTuner& tuner = prompts ? prompt_threads_ : token_threads_;
    llama_set_n_threads(loaded_->context.get(), tuner.threads(), tuner.threads());
    {
        const Gate::Pass pass(*gate_);
        const auto begin = std::chrono::steady_clock::now();
        be_patient_for(tuner.patience(), begin);
        do {
            pulse_->beat();
            result = llama_decode(loaded_->context.get(), loaded_->batch.raw());
        } while (result == kNoRoom && loaded_->make_room());
        const std::chrono::duration<double, std::milli> spent =
            std::chrono::steady_clock::now() - begin;
        if (result == 0) learn_speed(spent.count());
        if (result == kAborted && gave_up_) tuner.give_up();
    }
    after_compute(result);
    // The replies it points to may end before the next batch.
    in_batch_.clear();
}

void ChatWork::be_patient_for(double ms_per_token, Time begin) {
    gave_up_ = false;
    give_up_at_.reset();
    // Where single tokens cannot be taken back nothing can be done again.
    if (ms_per_token <= 0 || !loaded_->model.remembers_by_token()) return;
    const std::chrono::duration<double, std::milli> patience(
        ms_per_token * static_cast<double>(loaded_->batch.size()));
    give_up_at_ = begin + std::chrono::ceil<std::chrono::milliseconds>(patience);
}

void ChatWork::learn_speed(double ms) {
    if (prompt_tokens_in_batch_ < kMinSlice) {
        // Steps of another size would look like a change of the machine.
        const std::size_t size = loaded_->batch.size();
        if (size == std::exchange(last_size_, size)) token_threads_.learn(ms);
        return;
    }
    if (ms <= 0) return;
    prompt_threads_.learn(ms / static_cast<double>(prompt_tokens_in_batch_));
    const double fits = static_cast<double>(prompt_tokens_in_batch_) * kSliceMs / ms;
    const auto wanted = static_cast<std::size_t>(
        std::clamp(fits, static_cast<double>(kMinSlice), static_cast<double>(Batch::kMost)));
    // Halfway, so that one disturbed measurement does little.
    slice_ = std::clamp((slice_ + wanted) / 2, kMinSlice, Batch::kMost);
}

void ChatWork::after_compute(int result) {
    const auto& raw = loaded_->batch.raw();
    if (result == 0) {
        for (int row = 0; row < raw.n_tokens; ++row) {
            loaded_->cache.append(raw.seq_id[row][0], raw.token[row]);
        }
        for (auto* reply : in_batch_) {
            reply->decoded = loaded_->cache.length(reply->sequence());
            if (reply->output_row >= 0) sample(*reply);
        }
        return;
    }
    // What was computed halfway is taken back, so that memory and bookkeeping agree.
    for (const auto* reply : in_batch_) {
        loaded_->cut_back(reply->sequence(), reply->decoded);
    }
    // The cancelled ones are dropped by the next step; what was given up is done again there.
    if (result == kAborted) return;
    // Nobody waits for what is foreseen.
    if (!ahead_.empty() && in_batch_.back() == &ahead_.front()) {
        forget_foreseen();
        return;
    }
    if (result == kNoRoom && end_reading()) return;
    // No room although nothing is left to evict: the newest makes way for the others.
    Reply& victim = *in_batch_.back();
    auto error = base::make_error(base::ErrorCode::internal,
                                  fmt::format("llama.cpp failed with {}", result));
    if (result == kNoRoom) {
        error = base::make_error(base::ErrorCode::out_of_memory,
                                 "the conversations that run at once do not fit together",
                                 "try again when the others are done");
    }
    victim.ticket->fail(error);
    const auto it = std::find_if(replies_.begin(), replies_.end(),
                                 [&](const Reply& reply) { return &reply == &victim; });
    remove(it);
}

void ChatWork::sample(Reply& reply) {
    base::Result<void> taken;
    try {
        const auto choice = reply.sampler->choose(loaded_->context.get(), reply.output_row);
        reply.generating = true;
        if (reply.only_reads()) {
            reply.foresee(choice, loaded_->model);
            return;
        }
        taken = reply.accept(choice.token, choice.logprob, loaded_->model,
                             static_cast<std::size_t>(loaded_->plan.tokens));
    } catch (const std::exception& e) {
        // A grammar that allows no further token comes here.
        taken = base::fail(base::ErrorCode::internal,
                           fmt::format("the next token cannot be chosen: {}", e.what()));
    }
    if (taken) return;
    if (reply.only_reads()) {
        forget_foreseen();
        return;
    }
    reply.ticket->fail(taken.error());
    reply.ticket->cancel();  // the next step removes it
}

}  // namespace engine::llama
