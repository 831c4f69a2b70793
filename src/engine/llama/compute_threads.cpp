#include "engine/llama/compute_threads.hpp"

#include <ggml-backend.h>

namespace engine::llama {
namespace {

template <class Function>
Function* from_backend(const char* name) {
    auto* device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    if (device == nullptr) return nullptr;
    return reinterpret_cast<Function*>(
        ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), name));
}

ggml_threadpool* make_pool(int most) {
    auto* make = from_backend<decltype(ggml_threadpool_new)>("ggml_threadpool_new");
    if (make == nullptr) return nullptr;
    auto params = ggml_threadpool_params_default(most);
    params.poll = 0;  // not spinning while nothing is computed: others need the cores
    return make(&params);
}

}  // namespace

ComputeThreads::ComputeThreads(int most)
    : pool_(make_pool(most), from_backend<decltype(ggml_threadpool_free)>("ggml_threadpool_free")) {
}

void ComputeThreads::attach_to(llama_context* context) const {
    // Without a pool ggml makes one for each computation.
    if (pool_) llama_attach_threadpool(context, pool_.get(), pool_.get());
}

}  // namespace engine::llama
