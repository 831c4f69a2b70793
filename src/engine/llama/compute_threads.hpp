// ComputeThreads: the threads that ggml computes with, kept from one computation to the next. Left
// to itself ggml starts and ends them for every token, which takes a small model a twentieth of its
// time. Between computations they sleep. Must outlive the context they are given to.
#pragma once

#include <memory>

#include <ggml-cpu.h>
#include <llama.h>

namespace engine::llama {

class ComputeThreads {
public:
    // `most` threads, the caller's own among them; llama_set_n_threads() may ask for fewer. After
    // Runtime::start().
    explicit ComputeThreads(int most);

    void attach_to(llama_context* context) const;

private:
    // Of the processor backend, which is loaded at run time.
    std::unique_ptr<ggml_threadpool, decltype(&ggml_threadpool_free)> pool_;
};

}  // namespace engine::llama
