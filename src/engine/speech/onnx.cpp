#include "engine/speech/onnx.hpp"

#include <mutex>

#include <dlfcn.h>

#include <fmt/core.h>

namespace engine::speech {
namespace {

constexpr std::uint32_t kApiVersion = 22;  // what the table below needs; newer libraries have it
constexpr const char* kLibrary = "libonnxruntime.so";

struct ApiBase {
    const void* const* (*get_api)(std::uint32_t version);
    const char* (*version_text)();
};

// Places in the function table (OrtApi).
enum Entry : std::size_t {
    kGetErrorMessage = 2,
    kCreateEnv = 3,
    kCreateSessionFromArray = 8,
    kRun = 9,
    kCreateSessionOptions = 10,
    kSetIntraOpNumThreads = 24,
    kSessionGetInputTypeInfo = 33,
    kSessionGetOutputTypeInfo = 34,
    kSessionGetInputName = 36,
    kSessionGetOutputName = 37,
    kCreateTensorWithData = 49,
    kGetTensorMutableData = 51,
    kCastTypeInfoToTensorInfo = 55,
    kGetTensorElementType = 60,
    kGetDimensionsCount = 61,
    kGetDimensions = 62,
    kGetTensorShapeElementCount = 64,
    kGetTensorTypeAndShape = 65,
    kCreateCpuMemoryInfo = 69,
    kAllocatorFree = 76,
    kGetAllocatorWithDefaultOptions = 78,
    kReleaseEnv = 92,
    kReleaseStatus = 93,
    kReleaseMemoryInfo = 94,
    kReleaseSession = 95,
    kReleaseValue = 96,
    kReleaseTypeInfo = 98,
    kReleaseTypeAndShape = 99,
    kReleaseSessionOptions = 100,
    kAddSessionConfigEntry = 130,
};

constexpr int kFloat = 1;  // element types
constexpr int kInt64 = 7;
constexpr int kErrorsOnly = 3;  // of the library's own log

base::Result<ApiBase> find_library(const std::string& folder) {
    const std::string path = folder + "/" + kLibrary;
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        return base::fail(base::ErrorCode::unavailable,
                          fmt::format("ONNX Runtime cannot be loaded: {}", dlerror()),
                          "run ./loci set-up to fetch it");
    }
    const auto get_base = reinterpret_cast<const ApiBase* (*)()>(dlsym(library, "OrtGetApiBase"));
    if (get_base == nullptr || get_base() == nullptr) {
        return base::fail(base::ErrorCode::unsupported, path + " is not ONNX Runtime");
    }
    return *get_base();
}

}  // namespace

template <class... Arguments>
base::Result<void> Onnx::call(std::size_t index, Arguments... arguments) const {
    using Function = void* (*)(Arguments...);
    void* status = reinterpret_cast<Function>(const_cast<void*>(table_[index]))(arguments...);
    if (status != nullptr) return base::fail(take_error(status));
    return {};
}

base::Error Onnx::take_error(void* status) const {
    using Function = const char* (*)(const void*);
    const auto message = reinterpret_cast<Function>(const_cast<void*>(table_[kGetErrorMessage]));
    auto error = base::make_error(base::ErrorCode::internal,
                                  std::string("ONNX Runtime: ") + message(status));
    release(kReleaseStatus, status);
    return error;
}

void Onnx::release(std::size_t index, void* object) const {
    using Function = void (*)(void*);
    if (object != nullptr) reinterpret_cast<Function>(const_cast<void*>(table_[index]))(object);
}

base::Result<std::shared_ptr<Onnx>> Onnx::open(const std::string& folder) {
    static std::mutex opening;
    static std::shared_ptr<Onnx> opened;
    const std::lock_guard lock(opening);
    if (opened) return opened;
    TRY(library, find_library(folder));
    std::shared_ptr<Onnx> onnx(new Onnx);
    onnx->version_ = library.version_text();
    onnx->table_ = library.get_api(kApiVersion);
    if (onnx->table_ == nullptr || !onnx->version_.starts_with("1.")) {
        return base::fail(
            base::ErrorCode::unsupported,
            fmt::format("ONNX Runtime {} has no interface {}", onnx->version_, kApiVersion),
            "run ./loci set-up to fetch the right one");
    }
    TRY_DO(
        onnx->call(kCreateEnv, kErrorsOnly, static_cast<const char*>("loci"), &onnx->environment_));
    TRY_DO(onnx->call(kCreateCpuMemoryInfo, 0, 0, &onnx->memory_));
    opened = onnx;
    return onnx;
}

Onnx::~Onnx() {
    if (table_ == nullptr) return;
    release(kReleaseMemoryInfo, memory_);
    release(kReleaseEnv, environment_);
}

base::Result<OnnxSession> OnnxSession::load(std::shared_ptr<Onnx> onnx, std::string_view model,
                                            int threads) {
    void* options = nullptr;
    TRY_DO(onnx->call(kCreateSessionOptions, &options));
    auto prepared = onnx->call(kSetIntraOpNumThreads, options, threads);
    // Waiting threads must sleep: other models compute on the same cores.
    if (prepared) {
        prepared = onnx->call(kAddSessionConfigEntry, options,
                              static_cast<const char*>("session.intra_op.allow_spinning"),
                              static_cast<const char*>("0"));
    }
    void* session = nullptr;
    if (prepared) {
        prepared =
            onnx->call(kCreateSessionFromArray, onnx->environment_,
                       static_cast<const void*>(model.data()), model.size(), options, &session);
    }
    onnx->release(kReleaseSessionOptions, options);
    if (!prepared) {
        auto error = std::move(prepared.error());
        error.code = base::ErrorCode::corrupt;
        error.hint = "bring the model again";
        return base::fail(std::move(error));
    }
    return OnnxSession(std::move(onnx), session);
}

OnnxSession::~OnnxSession() {
    if (onnx_) onnx_->release(kReleaseSession, session_);
}

base::Result<OnnxSession::Port> OnnxSession::first_input() const {
    return describe(kSessionGetInputTypeInfo, kSessionGetInputName);
}

base::Result<OnnxSession::Port> OnnxSession::first_output() const {
    return describe(kSessionGetOutputTypeInfo, kSessionGetOutputName);
}

base::Result<OnnxSession::Port> OnnxSession::describe(std::size_t type_entry,
                                                      std::size_t name_entry) const {
    Port port;
    void* allocator = nullptr;  // the library's own; not released
    TRY_DO(onnx_->call(kGetAllocatorWithDefaultOptions, &allocator));
    char* name = nullptr;
    TRY_DO(onnx_->call(name_entry, session_, std::size_t{0}, allocator, &name));
    port.name = name;
    TRY_DO(onnx_->call(kAllocatorFree, allocator, static_cast<void*>(name)));
    void* type = nullptr;
    TRY_DO(onnx_->call(type_entry, session_, std::size_t{0}, &type));
    const void* facts = nullptr;  // belongs to `type`; null: no tensor
    auto known = onnx_->call(kCastTypeInfoToTensorInfo, type, &facts);
    std::size_t count = 0;
    if (known && facts != nullptr) known = onnx_->call(kGetDimensionsCount, facts, &count);
    if (known && count > 0) {
        port.shape.resize(count);
        known = onnx_->call(kGetDimensions, facts, port.shape.data(), count);
    }
    onnx_->release(kReleaseTypeInfo, type);
    TRY_DO(known);
    return port;
}

base::Result<std::vector<float>> OnnxSession::take(void* value) const {
    void* facts = nullptr;
    TRY_DO(onnx_->call(kGetTensorTypeAndShape, value, &facts));
    int type = 0;
    std::size_t count = 0;
    auto known = onnx_->call(kGetTensorElementType, facts, &type);
    if (known) known = onnx_->call(kGetTensorShapeElementCount, facts, &count);
    onnx_->release(kReleaseTypeAndShape, facts);
    TRY_DO(known);
    if (type != kFloat) {
        return base::fail(base::ErrorCode::corrupt, "the model's output is not of floats",
                          "bring the model again");
    }
    float* values = nullptr;
    TRY_DO(onnx_->call(kGetTensorMutableData, value, &values));
    return std::vector<float>(values, values + count);
}

base::Result<std::vector<std::vector<float>>> OnnxSession::run(
    std::vector<Input> inputs, const std::vector<const char*>& outputs) {
    std::vector<const char*> names;
    std::vector<void*> given;
    std::vector<void*> made(outputs.size(), nullptr);
    base::Result<void> good;
    for (auto& input : inputs) {
        void* value = nullptr;
        good = std::visit(
            [&]<class T>(std::vector<T>& values) {
                const int type = std::is_same_v<T, float> ? kFloat : kInt64;
                return onnx_->call(kCreateTensorWithData, onnx_->memory_,
                                   static_cast<void*>(values.data()), values.size() * sizeof(T),
                                   static_cast<const std::int64_t*>(input.tensor.shape.data()),
                                   input.tensor.shape.size(), type, &value);
            },
            input.tensor.values);
        if (!good) break;
        names.push_back(input.name);
        given.push_back(value);
    }
    if (good) {
        good = onnx_->call(kRun, session_, static_cast<void*>(nullptr), names.data(),
                           static_cast<void* const*>(given.data()), given.size(), outputs.data(),
                           outputs.size(), made.data());
    }
    std::vector<std::vector<float>> results;
    for (std::size_t i = 0; good && i < made.size(); ++i) {
        auto result = take(made[i]);
        if (result) {
            results.push_back(std::move(*result));
        } else {
            good = base::fail(std::move(result.error()));
        }
    }
    for (void* value : given) onnx_->release(kReleaseValue, value);
    for (void* value : made) onnx_->release(kReleaseValue, value);
    if (!good) return base::fail(std::move(good.error()));
    return results;
}

}  // namespace engine::speech
