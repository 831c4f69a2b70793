// What the engine costs over llama.cpp itself, and what a turn costs with the starter model:
//   engine_bench [--server LOCI] [--engine LOCI_ENGINE] [--model FILE.gguf] [--runs N]
//                [--tokens N] [--folder DIR] [--only NAME]
// The model is looked for where the product looks ($LOCI_CACHE/models). Prints a table against the
// targets on standard error and JSON on standard output.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <boost/asio/io_context.hpp>

#include "adapters/llm_engine/engine_llm.hpp"
#include "async/testing/run.hpp"
#include "engine/core_budget.hpp"
#include "engine/llama/compute_threads.hpp"
#include "engine/llama/model.hpp"
#include "engine/llama/runtime.hpp"
#include "engine_turns.hpp"
#include "models/catalogue.hpp"

namespace {

namespace fs = std::filesystem;
using bench::Failure;
using Clock = std::chrono::steady_clock;

constexpr const char* kPrompt =
    "The small workshop stood at the end of a narrow street, and every morning its owner opened "
    "the green door before the baker had lit his oven. He repaired clocks, radios and music boxes.";

struct Options {
    std::string server;
    std::string engine;
    std::string model;
    std::string only;
    fs::path cache;
    fs::path folder = fs::temp_directory_path();
    int runs = 30;
    int tokens = 128;
};

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// llama.cpp by itself: the loop of its own benchmark, one token after the other, none sampled.
class Bare {
public:
    explicit Bare(const std::string& path)
        : runtime_(must(engine::llama::Runtime::start())),
          model_(must(engine::llama::Model::load(path, [](double) { return true; }))) {}

    double tokens_per_second(int tokens) {
        auto params = llama_context_default_params();
        params.n_ctx = 2048;
        params.n_threads = params.n_threads_batch = engine::core_budget();
        const engine::llama::Context context(llama_init_from_model(model_.get(), params));
        // As llama.cpp's bench does: otherwise every token starts its threads anew.
        engine::llama::ComputeThreads threads(engine::core_budget());
        // As many tokens before the measured ones as the engine has there.
        auto prompt = model_.tokenize(kPrompt, engine::llama::Special::as_text, true);
        llama_decode(context.get(),
                     llama_batch_get_one(prompt.data(), static_cast<int>(prompt.size())));
        auto token = prompt.back();
        threads.attach_to(context.get());
        llama_synchronize(context.get());
        const auto begin = Clock::now();
        for (int i = 0; i < tokens; ++i) {
            llama_decode(context.get(), llama_batch_get_one(&token, 1));
            llama_synchronize(context.get());
            token = (token + 97) % llama_vocab_n_tokens(model_.vocab());
        }
        return tokens / seconds_since(begin);
    }

    // What a message adds to a prompt by the model's own template, its marks included.
    int tokens_of_turn(const std::string& text) const {
        const llama_chat_message message{"user", text.c_str()};
        const char* pattern = llama_model_chat_template(model_.get(), nullptr);
        std::string out(text.size() + 1'000, ' ');
        const int size = llama_chat_apply_template(pattern, &message, 1, true, out.data(),
                                                   static_cast<int>(out.size()));
        if (size < 0) throw Failure("the model's template cannot be applied");
        out.resize(static_cast<std::size_t>(size));
        return static_cast<int>(
            model_.tokenize(out, engine::llama::Special::as_tokens, false).size());
    }

private:
    template <class T>
    static T must(base::Result<T> result) {
        if (!result) throw Failure(result.error().text());
        return std::move(*result);
    }
    std::unique_ptr<engine::llama::Runtime> runtime_;
    engine::llama::Model model_;
};

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
        if (!outcome) throw Failure(outcome.error().text());
        return *outcome;
    }

    ~Engine() {
        async::spawn_detached(io.get_executor(), "close", host.close());
        io.restart();
        io.run();
    }
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    boost::asio::io_context io;
    std::unique_ptr<async::Clock> clock = async::make_system_clock();
    adapters::llm_engine::EngineHost host;
    adapters::llm_engine::EngineLlm llm;
};

double engine_tokens_per_second(Engine& engine, int tokens) {
    // It takes fewer threads beside a busy program, and the bare loop was one until now: it looks
    // at the machine when a reply begins. After the rest both cores must wake, as they are in the
    // loop.
    Meter unmeasured;
    engine.run(kPrompt, 2, unmeasured);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    engine.run(kPrompt, 16, unmeasured);
    Meter meter;
    const auto outcome = engine.run(kPrompt, tokens, meter);
    const int produced = outcome.usage->completion_tokens;
    return (produced - 1) / std::chrono::duration<double>(meter.last - meter.first).count();
}

void measure_speed(const Options& options, Bare& bare, bench::Report& report) {
    bench::step("decode speed", 900);
    Engine engine(options.engine, options.model);
    Meter warm;
    engine.run(kPrompt, 8, warm);
    bare.tokens_per_second(8);
    bench::Samples own;
    bench::Samples through;
    bench::Samples ratio;
    // In turns, so that whatever else the machine does meets both.
    for (int round = 0; round < std::max(5, options.runs / 3); ++round) {
        const double one = bare.tokens_per_second(options.tokens);
        const double other = engine_tokens_per_second(engine, options.tokens);
        own.add(one);
        through.add(other);
        ratio.add(other / one);
    }
    report.add({"decode_ratio", "decode speed, engine / llama.cpp alone, p50", "", ratio.at(0.5),
                0.95, bench::Bound::at_least});
    report.add({"engine_tokens_per_s", "  engine, p50", "tok/s", through.at(0.5), {}});
    report.add({"bare_tokens_per_s",
                "  llama.cpp alone, p50",
                "tok/s",
                own.at(0.5),
                {},
                bench::Bound::at_most,
                fmt::format("{} threads", engine::core_budget())});
    report.detail("engine_tokens_per_s", through.summary());
    report.detail("bare_tokens_per_s", own.summary());
    report.detail("decode_ratio", ratio.summary());
}

fs::path cache_folder() {
    using Place = std::pair<const char*, const char*>;
    for (const auto& [name, below] :
         {Place{"LOCI_CACHE", ""}, Place{"XDG_CACHE_HOME", "loci"}, Place{"HOME", ".cache/loci"}}) {
        if (const char* folder = std::getenv(name)) return fs::path(folder) / below;
    }
    throw Failure("LOCI_CACHE is not set");
}

std::string starter_model(const fs::path& cache) {
    const auto catalogue = models::Catalogue::builtin();
    if (!catalogue) throw Failure(catalogue.error().text());
    for (const auto& entry : catalogue->entries()) {
        const fs::path file = cache / "models" / entry.file;
        if (entry.starter && entry.role == "chat" && fs::exists(file)) return file.string();
    }
    throw Failure(fmt::format("no starter model in {}: run ./loci set-up, or name one with --model",
                              (cache / "models").string()));
}

Options read_options(int argc, char** argv) {
    Options options;
    // In a build tree this program lies in bench/.
    const fs::path build = fs::read_symlink("/proc/self/exe").parent_path().parent_path();
    options.server = (build / "apps/loci/loci").string();
    options.engine = (build / "apps/loci-engine/loci-engine").string();
    options.cache = cache_folder();
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        const std::string value = i + 1 < argc ? argv[++i] : "";
        if (value.empty()) throw Failure(name + " needs a value");
        if (name == "--server") {
            options.server = value;
        } else if (name == "--engine") {
            options.engine = value;
        } else if (name == "--model") {
            options.model = value;
        } else if (name == "--runs") {
            options.runs = std::max(1, std::atoi(value.c_str()));
        } else if (name == "--tokens") {
            options.tokens = std::max(8, std::atoi(value.c_str()));
        } else if (name == "--folder") {
            options.folder = value;
        } else if (name == "--only") {
            options.only = value;
        } else {
            throw Failure(name + " is no option of this bench");
        }
    }
    if (options.model.empty()) options.model = starter_model(options.cache);
    return options;
}

async::Task<int> measure_turns(bench::EngineBench bench, std::string only) {
    if (only.empty() || only == "first") {
        auto measuring = bench::measure_first_token(bench);
        co_await std::move(measuring);
    }
    if (only.empty() || only == "reflex") {
        auto measuring = bench::measure_reflex(bench);
        co_await std::move(measuring);
    }
    if (only.empty() || only == "crash") {
        auto measuring = bench::measure_crash(bench);
        co_await std::move(measuring);
    }
    co_return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const Options options = read_options(argc, argv);
        bench::Report report("engine");
        Bare bare(options.model);
        if (options.only.empty() || options.only == "speed") measure_speed(options, bare, report);
        boost::asio::io_context io;
        const bench::EngineBench bench{
            io,
            report,
            options.server,
            options.cache,
            options.folder,
            options.runs,
            [&bare](const std::string& text) { return bare.tokens_of_turn(text); }};
        async::testing::run_on(io, measure_turns(bench, options.only));
        report.print();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "engine_bench: {}\n", failure.what());
        return 1;
    }
}
