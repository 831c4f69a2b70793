// SpeechBackend: makes the workers of hearing and speaking and leaves all other models to the
// backend behind it. Main thread; both that backend and the gate outlive it.
#pragma once

#include <memory>
#include <string>

#include "engine/gate.hpp"
#include "engine/worker.hpp"

namespace engine::speech {

class SpeechBackend final : public Backend {
public:
    struct Options {
        std::string libraries;  // folder of libonnxruntime.so; empty: none
        int threads = 1;
        std::shared_ptr<Gate> gate;
    };
    SpeechBackend(Backend& others, Options options)
        : others_(others), options_(std::move(options)) {}

    [[nodiscard]] wire::Hello hello() const override;
    [[nodiscard]] std::unique_ptr<Worker> make_worker(wire::ModelSpec spec,
                                                      WorkerOptions options) override;

private:
    Backend& others_;
    Options options_;
};

}  // namespace engine::speech
