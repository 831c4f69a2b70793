// Onnx: the ONNX Runtime library, opened when first needed, and OnnxSession: one model in it. The
// few functions that are used are declared here by their place in the library's function table,
// which only ever grows at its end; open() checks the library's version. Any thread may open;
// a session belongs to one thread.
// Errors: unavailable (no library), unsupported (another version), corrupt (not a model), internal.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace engine::speech {

struct Tensor {
    std::vector<std::int64_t> shape;
    std::variant<std::vector<float>, std::vector<std::int64_t>> values;
};

class Onnx {
public:
    // `folder` holds libonnxruntime.so. Opened once per process; it stays, because it cannot be
    // unloaded safely.
    [[nodiscard]] static base::Result<std::shared_ptr<Onnx>> open(const std::string& folder);
    ~Onnx();
    Onnx(const Onnx&) = delete;
    Onnx& operator=(const Onnx&) = delete;

    [[nodiscard]] const std::string& version() const { return version_; }

private:
    friend class OnnxSession;
    Onnx() = default;
    // Calls entry `index`; all that are called this way return a status that is null when good.
    template <class... Arguments>
    [[nodiscard]] base::Result<void> call(std::size_t index, Arguments... arguments) const;
    void release(std::size_t index, void* object) const;
    [[nodiscard]] base::Error take_error(void* status) const;

    const void* const* table_ = nullptr;
    std::string version_;
    void* environment_ = nullptr;
    void* memory_ = nullptr;  // describes the processor's memory
};

class OnnxSession {
public:
    [[nodiscard]] static base::Result<OnnxSession> load(std::shared_ptr<Onnx> onnx,
                                                        std::string_view model, int threads);
    OnnxSession(OnnxSession&& other) noexcept
        : onnx_(std::move(other.onnx_)), session_(std::exchange(other.session_, nullptr)) {}
    OnnxSession& operator=(OnnxSession&& other) noexcept {
        std::swap(onnx_, other.onnx_);
        std::swap(session_, other.session_);
        return *this;
    }
    ~OnnxSession();

    // What goes in or comes out, as the model itself says.
    struct Port {
        std::string name;
        std::vector<std::int64_t> shape;  // -1: any
    };
    [[nodiscard]] base::Result<Port> first_input() const;
    [[nodiscard]] base::Result<Port> first_output() const;

    struct Input {
        const char* name;
        Tensor tensor;
    };
    // The named outputs, which must be floats, in their order.
    [[nodiscard]] base::Result<std::vector<std::vector<float>>> run(
        std::vector<Input> inputs, const std::vector<const char*>& outputs);

private:
    OnnxSession(std::shared_ptr<Onnx> onnx, void* session)
        : onnx_(std::move(onnx)), session_(session) {}
    [[nodiscard]] base::Result<std::vector<float>> take(void* value) const;
    [[nodiscard]] base::Result<Port> describe(std::size_t type_entry, std::size_t name_entry) const;

    std::shared_ptr<Onnx> onnx_;
    void* session_ = nullptr;
};

}  // namespace engine::speech
