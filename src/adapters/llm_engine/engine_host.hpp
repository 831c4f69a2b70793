// EngineHost: owns loci-engine for the server: starts it when first needed, watches its heartbeat,
// starts it again after a crash, and gives out exchanges with it. EngineLlm and EngineEmbedder are
// the ports on top. io thread only; close() must be awaited before the host is destroyed.
// Errors: unavailable (no engine program or library), engine_crashed, cancelled.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "adapters/llm_engine/link.hpp"
#include "async/clock.hpp"
#include "process/supervisor.hpp"

namespace adapters::llm_engine {

enum class EngineRole { chat, embed, recognise, speak, activity, turn, wake };

// A model of the server's catalogue that the engine may load.
struct EngineModel {
    std::string id;
    std::string name;
    std::string path;  // empty: built into the engine
    EngineRole role = EngineRole::chat;
    int context_tokens = 0;  // upper bound; 0: as trained, at most 4096
    bool raw_prompt = false;
    bool tools = false;
    std::string family = {};  // of speech models that are folders (engine/folders); empty: a file
    std::string shared = {};  // folder of what models of its role have in common; empty: nothing
};

enum class EngineMode {
    own_process,
    in_process,  // the same engine as a library in this process: for debugging only
};

struct EngineOptions {
    EngineMode mode = EngineMode::own_process;
    std::string program;          // path of loci-engine
    std::string library;          // path of libloci-engine.so, for in_process
    std::string models_folder;    // the engine may read below it
    std::string starters_folder;  // and below this one, which the set-up fills; may be empty
    std::string speech_folder;    // libraries of hearing and speaking; empty: none
    std::vector<EngineModel> models;
    int threads = 0;  // 0: physical cores, at most 4
    std::chrono::seconds idle_unload{600};
    bool sandbox = true;
};

struct EngineStatus {
    process::ServiceStatus service;
    int pid = 0;
    std::string version;
    std::string backend;
    bool slow_backend = false;
    int threads = 0;
    std::vector<std::string> sandbox;
    std::vector<std::string> speech;
    long long rss_bytes = 0;
    std::vector<std::string> loaded_models;
};

// A started engine: the process and our end of its socket.
struct LaunchedEngine {
    std::unique_ptr<process::Child> child;
    int fd = -1;
};
using EngineLauncher =
    std::function<base::Result<LaunchedEngine>(async::Executor, const EngineOptions&)>;

class EngineHost {
public:
    EngineHost(async::Executor executor, async::Clock& clock, EngineOptions options);
    // With another way to start it; tests play the engine themselves.
    EngineHost(async::Executor executor, async::Clock& clock, EngineOptions options,
               EngineLauncher launcher);
    ~EngineHost();
    EngineHost(const EngineHost&) = delete;
    EngineHost& operator=(const EngineHost&) = delete;

    [[nodiscard]] EngineStatus status() const;
    [[nodiscard]] const std::vector<EngineModel>& models() const;
    // The catalogue changed (a model was fetched or removed). A running engine is told; one that
    // may not read a new file, because it lies outside models_folder, is started anew instead.
    void set_models(std::vector<EngineModel> models);
    [[nodiscard]] const EngineModel* find(const std::string& id) const;
    [[nodiscard]] bool is_loaded(const std::string& id) const;
    // Tokens of a loaded model's context; 0 when it is not loaded.
    [[nodiscard]] int loaded_context(const std::string& id) const;

    // Loads a model before it is needed, starting the engine when it is off.
    [[nodiscard]] async::Task<base::Result<void>> warm_up(std::string model, std::stop_token stop);

    struct Opened {
        std::shared_ptr<Link> link;
        std::shared_ptr<Exchange> exchange;
    };
    // Starts the engine when needed and sends a request.
    [[nodiscard]] async::Task<base::Result<Opened>> open(engine::wire::FrameType type,
                                                         std::string payload, std::stop_token stop);
    // Sends a request that has one answer and waits for it.
    [[nodiscard]] async::Task<base::Result<engine::wire::Frame>> ask(engine::wire::FrameType type,
                                                                     std::string payload,
                                                                     std::stop_token stop);

    // Ends the engine. No request may be running.
    [[nodiscard]] async::Task<void> close();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace adapters::llm_engine
