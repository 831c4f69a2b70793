// How much the engine costs over llama.cpp itself, on this machine and the same libraries:
//   engine_bench LOCI_ENGINE MODEL.gguf [tokens]
// Prints tokens per second of a bare decoding loop, of a reply through the whole way (process,
// frames, port), and the time to the first token of a follow-up turn on a cached conversation.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <boost/asio/io_context.hpp>

#include "adapters/llm_engine/engine_llm.hpp"
#include "async/testing/run.hpp"
#include "engine/core_budget.hpp"
#include "engine/llama/model.hpp"
#include "engine/llama/runtime.hpp"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

constexpr const char* kPrompt =
    "The small workshop stood at the end of a narrow street, and every morning its owner opened "
    "the green door before the baker had lit his oven. He repaired clocks, radios and music boxes.";

// Greedy decoding with nothing around it.
double bare_tokens_per_second(const std::string& path, int tokens) {
    auto runtime = engine::llama::Runtime::start();
    auto model = engine::llama::Model::load(path, [](double) { return true; });
    if (!runtime || !model) {
        fmt::print("{}\n", (!runtime ? runtime.error() : model.error()).text());
        std::exit(1);
    }
    auto params = llama_context_default_params();
    params.n_ctx = 2048;
    params.n_threads = params.n_threads_batch = engine::core_budget();
    const engine::llama::Context context(llama_init_from_model(model->get(), params));
    auto prompt = model->tokenize(kPrompt, engine::llama::Special::as_text, true);
    llama_decode(context.get(),
                 llama_batch_get_one(prompt.data(), static_cast<int>(prompt.size())));
    auto* sampler = llama_sampler_init_greedy();
    auto token = llama_sampler_sample(sampler, context.get(), -1);
    const auto begin = Clock::now();
    for (int i = 0; i < tokens; ++i) {
        llama_decode(context.get(), llama_batch_get_one(&token, 1));
        token = llama_sampler_sample(sampler, context.get(), -1);
    }
    const double spent = seconds_since(begin);
    llama_sampler_free(sampler);
    return tokens / spent;
}

class Meter final : public ports::LlmSink {
public:
    bool on_event(const ports::LlmEvent& event) override {
        if (first == Clock::time_point{}) first = Clock::now();
        last = Clock::now();
        if (const auto* part = std::get_if<ports::LlmText>(&event)) text += part->text;
        return true;
    }
    std::string text;
    Clock::time_point first{};
    Clock::time_point last{};
};

struct Engine {
    Engine(const std::string& program, const std::string& path)
        : host(io.get_executor(), *clock, options(program, path)), llm(host) {}

    static adapters::llm_engine::EngineOptions options(const std::string& program,
                                                       const std::string& path) {
        adapters::llm_engine::EngineOptions options;
        options.program = program;
        options.models = {
            {"m", "m", path, adapters::llm_engine::EngineRole::chat, 2048, true, false}};
        return options;
    }

    ports::LlmOutcome run(std::string prompt, int tokens, Meter& meter) {
        ports::LlmRequest request;
        request.model = "m";
        request.raw_prompt = std::move(prompt);
        request.sampling.temperature = 0.0;
        request.max_tokens = tokens;
        request.cache_key = "bench";
        auto outcome = async::testing::run_on(io, llm.chat(std::move(request), meter, {}));
        if (!outcome) {
            fmt::print("{}\n", outcome.error().text());
            std::exit(1);
        }
        return *outcome;
    }

    boost::asio::io_context io;
    std::unique_ptr<async::Clock> clock = async::make_system_clock();
    adapters::llm_engine::EngineHost host;
    adapters::llm_engine::EngineLlm llm;
};

void measure_engine(const std::string& program, const std::string& path, int tokens) {
    Engine engine(program, path);
    std::string prompt = kPrompt;
    Meter warm;
    engine.run(prompt, 8, warm);
    Meter meter;
    const auto outcome = engine.run(prompt, tokens, meter);
    const int produced = outcome.usage->completion_tokens;
    const double spent = std::chrono::duration<double>(meter.last - meter.first).count();
    fmt::print("engine  {:7.1f} tokens/s ({} tokens)\n", (produced - 1) / spent, produced);

    prompt += meter.text;
    std::vector<double> firsts;
    ports::LlmUsage usage;
    for (int i = 0; i < 5; ++i) {
        prompt += " Then, on a Tuesday, somebody knocked at the door and asked for a light.";
        Meter turn;
        const auto begin = Clock::now();
        usage = *engine.run(prompt, 4, turn).usage;
        firsts.push_back(std::chrono::duration<double, std::milli>(turn.first - begin).count());
        prompt += turn.text;
    }
    std::sort(firsts.begin(), firsts.end());
    fmt::print("first token {:.0f} ms (median of 5; {} of {} prompt tokens were new)\n", firsts[2],
               usage.prompt_tokens - usage.cached_tokens, usage.prompt_tokens);
    async::spawn_detached(engine.io.get_executor(), "close", engine.host.close());
    engine.io.restart();
    engine.io.run();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        fmt::print("usage: engine_bench LOCI_ENGINE MODEL.gguf [tokens]\n");
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const int tokens = argc > 3 ? std::atoi(argv[3]) : 128;
    measure_engine(argv[1], argv[2], tokens);
    fmt::print("bare    {:7.1f} tokens/s ({} threads)\n", bare_tokens_per_second(argv[2], tokens),
               engine::core_budget());
    return 0;
}
