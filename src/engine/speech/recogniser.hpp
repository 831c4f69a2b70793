// Recogniser: whisper.cpp with one model. Owned by one model's thread. What a bad model does to the
// library (it may abort) is kept out by checking the file's head first.
// Errors: not_found, corrupt, unsupported, out_of_memory, cancelled, internal.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "engine/speech/listener.hpp"

namespace engine::speech {

class Recogniser final : public Listener {
public:
    [[nodiscard]] static base::Result<std::unique_ptr<Recogniser>> load(const std::string& path);
    ~Recogniser() override;
    Recogniser(const Recogniser&) = delete;
    Recogniser& operator=(const Recogniser&) = delete;

    [[nodiscard]] base::Result<wire::Transcript> listen(const ListenTask& task) override;

    // Name and version of the library.
    [[nodiscard]] static std::string library();

private:
    struct Impl;
    explicit Recogniser(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace engine::speech
