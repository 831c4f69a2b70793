// Recogniser: whisper.cpp with one model. Owned by one model's thread. What a bad model does to the
// library (it may abort) is kept out by checking the file's head first.
// Errors: not_found, corrupt, unsupported, out_of_memory, cancelled, internal.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "engine/wire/speech.hpp"

namespace engine::speech {

struct ListenTask {
    std::span<const float> samples;  // outlive the call
    std::string language;            // empty: found out, by a model of many languages
    std::string context;
    std::string phrase;  // Transcript::phrase_fit tells how well the sound begins with it
    int threads = 1;
    // Asked between parts of the computation; true ends it.
    std::function<bool()> should_stop;
};

class Recogniser {
public:
    [[nodiscard]] static base::Result<std::unique_ptr<Recogniser>> load(const std::string& path);
    ~Recogniser();
    Recogniser(const Recogniser&) = delete;
    Recogniser& operator=(const Recogniser&) = delete;

    [[nodiscard]] base::Result<wire::Transcript> listen(const ListenTask& task);

    // Name and version of the library.
    [[nodiscard]] static std::string library();

private:
    struct Impl;
    explicit Recogniser(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace engine::speech
