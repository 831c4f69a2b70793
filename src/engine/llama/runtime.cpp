#include "engine/llama/runtime.hpp"

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string_view>
#include <utility>

#include <dlfcn.h>

#include <ggml-backend.h>
#include <llama.h>
#include <log.h>

#include "base/text.hpp"
#include "engine/core_budget.hpp"
#include "engine/llama/chat_work.hpp"
#include "engine/llama/embed_work.hpp"

namespace engine::llama {
namespace {

std::mutex error_mutex;
std::string newest_error;  // guarded by error_mutex

void on_library_log(ggml_log_level level, const char* text, void*) {
    if (level != GGML_LOG_LEVEL_ERROR) return;
    const std::lock_guard lock(error_mutex);
    newest_error = std::string(base::trim(text));
}

std::string folder_of(const void* symbol) {
    Dl_info info{};
    if (dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) return {};
    return std::filesystem::path(info.dli_fname).parent_path().string();
}

// The file of the processor backend in use, for example libggml-cpu-haswell.so.
std::string processor_backend() {
    auto* device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    if (device == nullptr) return {};
    auto* registry = ggml_backend_dev_backend_reg(device);
    void* symbol = ggml_backend_reg_get_proc_address(registry, "ggml_backend_set_n_threads");
    Dl_info info{};
    if (symbol == nullptr || dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) {
        return ggml_backend_reg_name(registry);
    }
    return std::filesystem::path(info.dli_fname).filename().string();
}

// True when only the plain variant was found although the processor can do much better: a long
// prompt would take minutes.
bool is_needlessly_slow(std::string_view backend) {
#if defined(__x86_64__)
    const bool plain = backend.find("-x64") != std::string_view::npos ||
                       backend.find("-sse42") != std::string_view::npos;
    return plain && __builtin_cpu_supports("avx2");
#else
    (void)backend;
    return false;
#endif
}

}  // namespace

std::string last_library_error() {
    const std::lock_guard lock(error_mutex);
    return newest_error;
}

void clear_library_error() {
    const std::lock_guard lock(error_mutex);
    newest_error.clear();
}

base::Result<std::unique_ptr<Runtime>> Runtime::start() {
    // Without this ggml starts a debugger on itself when it aborts.
    setenv("GGML_NO_BACKTRACE", "1", 1);
    llama_log_set(on_library_log, nullptr);
    common_log_pause(common_log_main());
    std::unique_ptr<Runtime> runtime(new Runtime);
    runtime->folder_ = folder_of(reinterpret_cast<const void*>(&llama_backend_init));
    ggml_backend_load_all_from_path(runtime->folder_.c_str());
    llama_backend_init();
    runtime->backend_ = processor_backend();
    if (runtime->backend_.empty()) {
        return base::fail(base::ErrorCode::unavailable,
                          "no processor backend of llama.cpp was found in " + runtime->folder_,
                          "run `./loci set-up` to fetch it again");
    }
    runtime->slow_ = is_needlessly_slow(runtime->backend_);
    runtime->threads_ = core_budget();
    return runtime;
}

wire::Hello Runtime::hello() const {
    return {{}, backend_, slow_, threads_, {}, {}};
}

std::unique_ptr<Worker> Runtime::make_worker(wire::ModelSpec spec, WorkerOptions options) {
    auto pulse = std::make_shared<Pulse>();
    const int threads = options.threads > 0 ? options.threads : threads_;
    std::unique_ptr<ModelWork> work;
    if (spec.role == wire::ModelRole::embed) {
        work = std::make_unique<EmbedWork>(spec, threads, gate_, pulse);
    } else {
        work = std::make_unique<ChatWork>(spec, threads, gate_, pulse);
    }
    return std::make_unique<ModelThread>(spec.id, std::move(pulse), std::move(work),
                                         options.idle_unload);
}

}  // namespace engine::llama
