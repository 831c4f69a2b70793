// RealEngineFixture: the real engine with the starter models, through the ports. Tests begin with
// SKIP_WITHOUT, which skips them, with the reason printed, where the engine or a model is missing.
#pragma once

#include <algorithm>
#include <filesystem>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "adapters/llm_engine/engine_llm.hpp"
#include "adapters/llm_engine/testing/collect_sink.hpp"
#include "async/testing/run.hpp"

namespace adapters::llm_engine::testing {

inline const std::string kModels = std::string(LOCI_CACHE) + "/models";
inline const std::string kChatModel = kModels + "/SmolLM2-135M-Instruct.Q4_1.gguf";
inline const std::string kEmbedModel = kModels + "/all-MiniLM-L6-v2.Q8_0.gguf";
#ifdef LOCI_ENGINE_PROGRAM
inline const std::string kProgram = LOCI_ENGINE_PROGRAM;
inline const std::string kLibrary = LOCI_ENGINE_LIBRARY;
#else
inline const std::string kProgram;
inline const std::string kLibrary;
#endif

inline std::string missing(const std::string& model) {
    if (kProgram.empty()) return "built without llama.cpp, so there is no loci-engine";
    if (!std::filesystem::exists(model)) return "missing model file " + model;
    return {};
}

#define SKIP_WITHOUT(model) \
    if (const auto why = missing(model); !why.empty()) GTEST_SKIP() << why

class RealEngineFixture : public ::testing::Test {
protected:
    EngineOptions options(EngineMode mode = EngineMode::own_process) const {
        EngineOptions options;
        options.mode = mode;
        options.program = kProgram;
        options.library = kLibrary;
        options.models_folder = kModels;
        options.models = {{"chat", "Starter", kChatModel, EngineRole::chat, 2048, true, false},
                          {"embed", "Embeddings", kEmbedModel, EngineRole::embed, 0, false, false}};
        return options;
    }
    void start(EngineMode mode = EngineMode::own_process) {
        host_ = std::make_unique<EngineHost>(io_.get_executor(), *clock_, options(mode));
        llm_ = std::make_unique<EngineLlm>(*host_);
    }
    void TearDown() override {
        if (!host_) return;
        async::spawn_detached(io_.get_executor(), "close", host_->close());
        io_.restart();
        io_.run();
    }
    static ports::LlmRequest ask(std::string text, std::string key) {
        ports::LlmRequest request;
        request.model = "chat";
        request.messages = {{ports::LlmRole::system, "You are Nook, a friendly companion.", {}, {}},
                            {ports::LlmRole::user, std::move(text), {}, {}}};
        request.sampling.seed = 7;
        request.sampling.temperature = 0.2;
        request.max_tokens = 12;
        request.cache_key = std::move(key);
        return request;
    }
    base::Result<ports::LlmOutcome> chat(ports::LlmRequest request, CollectSink& sink,
                                         std::stop_token stop = {}) {
        return async::testing::run_on(io_, llm_->chat(std::move(request), sink, stop));
    }

    // A conversation that runs beside others.
    struct Call {
        CollectSink sink;
        std::optional<base::Result<ports::LlmOutcome>> outcome;
    };
    // One request about a number each; every call must outlive the loop.
    void begin_all(std::list<Call>& calls) {
        int number = 0;
        for (auto& call : calls) {
            auto request = ask("Say something about the number " + std::to_string(number),
                               "k" + std::to_string(number));
            ++number;
            async::spawn_detached(io_.get_executor(), "chat", run(*llm_, std::move(request), call));
        }
    }
    static bool all_over(const std::list<Call>& calls) {
        return std::all_of(calls.begin(), calls.end(),
                           [](const Call& call) { return call.outcome.has_value(); });
    }
    template <class Over>
    void run_until(Over over) {
        io_.restart();
        while (!over() && io_.run_one() > 0) {
        }
    }

    void expect_figures_of_an_early_end() {
        CollectSink sink;
        sink.on_part = [&] { return sink.events.size() < 3; };
        auto request = ask("Tell me about bread.", "enough");
        request.max_tokens = 500;
        const auto outcome = chat(std::move(request), sink);
        ASSERT_TRUE(outcome) << outcome.error().text();
        EXPECT_EQ(outcome->finish, ports::LlmFinish::stopped);
        EXPECT_EQ(sink.events.size(), 3u);
        ASSERT_TRUE(outcome->usage);
        EXPECT_GT(outcome->usage->prompt_tokens, 15);
        EXPECT_GE(outcome->usage->completion_tokens, 3);
        EXPECT_LT(outcome->usage->completion_tokens, 500);
        ASSERT_TRUE(outcome->mean_logprob);
        EXPECT_LT(*outcome->mean_logprob, 0.0);
    }

    static async::Task<void> run(EngineLlm& llm, ports::LlmRequest request, Call& call) {
        auto chatting = llm.chat(std::move(request), call.sink, {});
        auto outcome = co_await std::move(chatting);
        call.outcome.emplace(std::move(outcome));
    }

    boost::asio::io_context io_;
    std::unique_ptr<async::Clock> clock_ = async::make_system_clock();
    std::unique_ptr<EngineHost> host_;
    std::unique_ptr<EngineLlm> llm_;
};

}  // namespace adapters::llm_engine::testing
