// OpenAiApi: the HTTP routes in OpenAI's form: /v1/audio/speech, /v1/audio/transcriptions and
// /v1/models, so that programs written for theirs work with this server. Owned by the composition
// root and outlived by what it refers to; io thread only. Errors are in OpenAI's shape.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "api/openai/answers.hpp"
#include "async/clock.hpp"
#include "async/offload.hpp"
#include "chat/model_router.hpp"
#include "http/server.hpp"
#include "ports/speech.hpp"

namespace openai {

// What the owner has set, as it is now.
struct OwnersWishes {
    std::string language;     // that is listened for; empty: found out
    double speed = 1;         // where the caller names none
    std::string wake_phrase;  // empty: none is set
};

struct OpenAiContext {
    async::Executor executor;
    async::Clock& clock;
    chat::ModelRouter& router;
    std::optional<ports::SpeechPorts> speech;  // empty: the engine is off
    std::function<OwnersWishes()> owner;
};

class OpenAiApi {
public:
    explicit OpenAiApi(OpenAiContext context);
    OpenAiApi(const OpenAiApi&) = delete;
    OpenAiApi& operator=(const OpenAiApi&) = delete;

    void add_routes(http::Router& router);

    // For the routes of this room.
    [[nodiscard]] const OpenAiContext& context() const { return context_; }
    [[nodiscard]] async::WorkerThread& files() { return files_; }
    // unavailable, with what to do.
    [[nodiscard]] base::Result<ports::SpeechPorts> speech() const;

private:
    OpenAiContext context_;
    async::WorkerThread files_;  // packs and unpacks sound files
};

// The groups; each adds its routes.
void add_speech_routes(http::Router& router, OpenAiApi& api);
void add_transcription_routes(http::Router& router, OpenAiApi& api);

}  // namespace openai
