// Listener: one loaded recogniser, whatever its library. Owned by one model's thread.
// Errors: those of loading (not_found, corrupt, unsupported, unavailable, out_of_memory),
// invalid_argument, cancelled, internal.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "engine/wire/speech.hpp"

namespace engine::speech {

struct ListenTask {
    std::span<const float> samples;  // kListenRate; outlive the call
    std::string language;            // empty: found out, by a model of many languages
    std::string context;             // likely words, for those that can use them
    std::string phrase;  // Transcript::phrase_fit is to tell how well the sound begins with it
    int threads = 1;     // for those that can choose them for each call
    // Asked between parts of the computation; true ends it.
    std::function<bool()> should_stop;
};

class Listener {
public:
    virtual ~Listener() = default;
    [[nodiscard]] virtual base::Result<wire::Transcript> listen(const ListenTask& task) = 0;
};

}  // namespace engine::speech
