// ModelRegistry: every language model that could answer: those of the catalogue that run in
// loci-engine, those of configured providers, and those that other programs on this machine serve.
// Keeps the router, the embedder of the reflexes and the page up to date. Owned by House; io
// thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/llm_engine/engine_host.hpp"
#include "api/app/desks.hpp"
#include "chat/inbox.hpp"
#include "chat/status_board.hpp"
#include "config/settings.hpp"
#include "http/client.hpp"
#include "model_shelf.hpp"

namespace loci {

struct RegistryParts {
    async::Executor executor;
    async::Clock& clock;
    http::Client& http;
    ports::Store& store;
    chat::EventHub& hub;
    chat::StatusBoard& status;
    chat::ModelRouter& router;
    chat::Reflex& reflex;
    chat::NoteRecall& notes;
    ModelShelf& shelf;
    chat::Inbox& inbox;
    adapters::llm_engine::EngineHost* engine;  // null: switched off
    std::function<void()> on_models = {};      // files of models came or went
};

class ModelRegistry final : public app::ModelDesk {
public:
    ModelRegistry(RegistryParts parts, config::Settings settings);
    ~ModelRegistry() override;

    // Makes the routes of what is there; turns can be answered from then on.
    [[nodiscard]] async::Task<void> prepare();
    // After prepare(): warms up, then keeps looking: for models that arrive, for other servers on
    // this machine, at the engine's health. Runs until close().
    [[nodiscard]] async::Task<void> start();
    // Takes over changed settings.
    void configure(config::Settings settings);
    [[nodiscard]] async::Task<void> close();

    [[nodiscard]] std::vector<protocol::ModelCard> cards() const override;
    [[nodiscard]] std::vector<protocol::ModelCard> offers() const override;
    [[nodiscard]] async::Task<base::Result<void>> use(std::string id) override;
    [[nodiscard]] async::Task<base::Result<void>> pull(std::string id) override;
    [[nodiscard]] async::Task<base::Result<void>> answer(std::string id,
                                                         app::Question question) override;
    [[nodiscard]] async::Task<base::Result<void>> remove(std::string id) override;
    [[nodiscard]] async::Task<base::Result<void>> cancel(std::string id) override;

    struct State;  // registry_state.hpp

private:
    std::unique_ptr<State> state_;
};

}  // namespace loci
