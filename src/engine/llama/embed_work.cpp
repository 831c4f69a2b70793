#include "engine/llama/embed_work.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/core.h>

#include "engine/core_budget.hpp"
#include "engine/llama/runtime.hpp"

namespace engine::llama {
namespace {

constexpr std::size_t kBatch = 512;  // tokens in one computation, at most
constexpr int kTextsAtOnce = 16;

std::vector<float> normalised(const float* values, std::size_t count) {
    std::vector<float> row(values, values + count);
    double sum = 0;
    for (const float value : row) sum += static_cast<double>(value) * static_cast<double>(value);
    const double length = std::sqrt(sum);
    if (length > 0) {
        for (float& value : row) value = static_cast<float>(static_cast<double>(value) / length);
    }
    return row;
}

}  // namespace

struct EmbedWork::Loaded {
    Model model;
    Context context;
    std::size_t max_tokens = 0;  // of one text
    llama_batch batch = llama_batch_init(static_cast<int>(kBatch), 0, 1);

    Loaded(Model m, Context c) : model(std::move(m)), context(std::move(c)) {}
    ~Loaded() { llama_batch_free(batch); }
    Loaded(const Loaded&) = delete;
    Loaded& operator=(const Loaded&) = delete;
};

EmbedWork::EmbedWork(wire::ModelSpec spec, int threads, std::shared_ptr<Gate> gate,
                     std::shared_ptr<Pulse> pulse)
    : spec_(std::move(spec)),
      threads_(threads),
      gate_(std::move(gate)),
      pulse_(std::move(pulse)),
      tuner_(threads, machine_now(threads)) {}

EmbedWork::~EmbedWork() = default;

bool EmbedWork::should_abort(void* self) {
    auto& work = *static_cast<EmbedWork*>(self);
    work.pulse_->beat();
    work.gate_->make_way();
    return work.interrupted_;
}

base::Result<void> EmbedWork::load(Ticket& ticket) {
    if (loaded_) return {};
    auto progress = [&](double fraction) {
        pulse_->beat();
        ticket.progress({spec_.id, fraction});
        return !interrupted_ && !ticket.cancelled();
    };
    TRY(model, Model::load(spec_.path, progress));
    auto params = llama_context_default_params();
    params.embeddings = true;
    params.n_ctx = kBatch;
    params.n_batch = params.n_ubatch = kBatch;  // a text must be computed in one piece
    params.n_seq_max = kTextsAtOnce;
    params.kv_unified = true;
    params.n_threads = params.n_threads_batch = threads_;
    params.pooling_type = LLAMA_POOLING_TYPE_MEAN;
    params.abort_callback = should_abort;
    params.abort_callback_data = this;
    clear_library_error();
    Context context(llama_init_from_model(model.get(), params));
    if (!context) {
        return base::fail(
            base::ErrorCode::unsupported,
            "llama.cpp cannot make embeddings with this model: " + last_library_error());
    }
    loaded_ = std::make_unique<Loaded>(std::move(model), std::move(context));
    const int trained = llama_model_n_ctx_train(loaded_->model.get());
    loaded_->max_tokens = static_cast<std::size_t>(std::clamp(trained, 8, kMaxTokens));
    context_tokens_ = static_cast<int>(loaded_->max_tokens);
    return {};
}

void EmbedWork::unload() {
    context_tokens_ = 0;
    loaded_.reset();
}

std::vector<Token> EmbedWork::tokens_of(const std::string& text) const {
    auto tokens = loaded_->model.tokenize(text, Special::as_text, true);
    if (tokens.size() > loaded_->max_tokens) {
        // The closing mark belongs to every text.
        const Token last = tokens.back();
        tokens.resize(loaded_->max_tokens);
        tokens.back() = last;
    }
    return tokens;
}

void EmbedWork::accept(Job job) {
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
        return;
    }
    const auto* embed = std::get_if<wire::Embed>(&job.what);
    if (embed == nullptr) {
        job.ticket->done({});
        return;
    }
    Request request{job.ticket, {}, {}};
    for (const auto& text : embed->texts) request.texts.push_back(tokens_of(text));
    requests_.push_back(std::move(request));
}

base::Result<void> EmbedWork::compute_some(Request& request) {
    auto& batch = loaded_->batch;
    batch.n_tokens = 0;
    const std::size_t first = request.rows.size();
    std::size_t next = first;
    while (next < request.texts.size() && next - first < kTextsAtOnce) {
        const auto& tokens = request.texts[next];
        if (static_cast<std::size_t>(batch.n_tokens) + tokens.size() > kBatch) break;
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const int row = batch.n_tokens++;
            batch.token[row] = tokens[i];
            batch.pos[row] = static_cast<llama_pos>(i);
            batch.n_seq_id[row] = 1;
            batch.seq_id[row][0] = static_cast<llama_seq_id>(next - first);
            batch.logits[row] = 1;
        }
        ++next;
    }
    int result = 0;
    {
        const Gate::Pass pass(*gate_);
        pulse_->beat();
        llama_set_n_threads(loaded_->context.get(), tuner_.threads(), tuner_.threads());
        const auto begin = std::chrono::steady_clock::now();
        result = llama_encode(loaded_->context.get(), batch);
        const std::chrono::duration<double, std::milli> spent =
            std::chrono::steady_clock::now() - begin;
        tuner_.learn(spent.count() / batch.n_tokens);
    }
    if (result != 0) {
        return base::fail(base::ErrorCode::internal,
                          fmt::format("llama.cpp failed with {} on an embedding", result));
    }
    const auto size = static_cast<std::size_t>(llama_model_n_embd(loaded_->model.get()));
    for (std::size_t i = first; i < next; ++i) {
        const float* values =
            llama_get_embeddings_seq(loaded_->context.get(), static_cast<llama_seq_id>(i - first));
        if (values == nullptr) {
            return base::fail(base::ErrorCode::unsupported, "the model gave no embedding",
                              "choose an embedding model");
        }
        request.rows.push_back(normalised(values, size));
    }
    return {};
}

ModelWork::Step EmbedWork::step() {
    if (requests_.empty()) return Step::idle;
    Request& request = requests_.front();
    bool over = request.ticket->cancelled();
    if (over) {
        request.ticket->fail(base::make_error(base::ErrorCode::cancelled, "stopped"));
    } else if (request.rows.size() < request.texts.size()) {
        const auto computed = compute_some(request);
        if (!computed) request.ticket->fail(computed.error());
        over = !computed;
    }
    if (!over && request.rows.size() == request.texts.size()) {
        request.ticket->vectors(request.rows);
        over = true;
    }
    if (over) requests_.pop_front();
    return Step::worked;
}

void EmbedWork::fail_all(const base::Error& error) {
    for (const auto& request : requests_) request.ticket->fail(error);
    requests_.clear();
    unload();
}

}  // namespace engine::llama
