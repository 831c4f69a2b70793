// The llama.cpp backend of the engine: loads the arithmetic libraries once per process, says which
// one it found, and makes a worker per model. Main thread; lives as long as the process, because
// the libraries cannot be unloaded safely.
// Errors: unavailable when no usable arithmetic library is found.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "engine/gate.hpp"
#include "engine/worker.hpp"

namespace engine::llama {

class Runtime final : public Backend {
public:
    // The libraries are looked for beside the llama.cpp that this program is linked with.
    [[nodiscard]] static base::Result<std::unique_ptr<Runtime>> start();

    [[nodiscard]] wire::Hello hello() const override;
    [[nodiscard]] std::unique_ptr<Worker> make_worker(wire::ModelSpec spec,
                                                      WorkerOptions options) override;
    [[nodiscard]] const std::string& libraries_folder() const { return folder_; }
    // Shared with everything else that computes in this process.
    [[nodiscard]] const std::shared_ptr<Gate>& gate() const { return gate_; }
    [[nodiscard]] int threads() const { return threads_; }

private:
    Runtime() = default;

    std::string folder_;
    std::string backend_;
    bool slow_ = false;
    int threads_ = 1;
    std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
};

// The newest error line that llama.cpp wrote, to explain a failure whose call says nothing more.
[[nodiscard]] std::string last_library_error();
void clear_library_error();

}  // namespace engine::llama
