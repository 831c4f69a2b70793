// ModelRegistry: every language model that could answer: those of the catalogue that run in
// loci-engine, those of configured providers, and those other programs on this machine serve.
// Keeps the router, the embedder of the reflexes and the page up to date. Owned by House; io thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/app/desks.hpp"
#include "async/task_scope.hpp"
#include "chat/inbox.hpp"
#include "chat/status_board.hpp"
#include "config/settings.hpp"
#include "http/client.hpp"

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
    // Where models lie, best first: the owner's folder, then that of the starter models.
    std::vector<std::filesystem::path> folders;
};

class ModelRegistry final : public app::ModelDesk {
public:
    ModelRegistry(RegistryParts parts, config::Settings settings);
    ~ModelRegistry() override;

    // Reads the catalogue and the settings, offers what is there, looks around on this machine.
    [[nodiscard]] async::Task<void> start();
    // Takes over changed settings.
    [[nodiscard]] async::Task<void> configure(config::Settings settings);
    [[nodiscard]] async::Task<void> close();

    [[nodiscard]] std::vector<protocol::ModelCard> cards() const override;
    [[nodiscard]] std::vector<protocol::ModelCard> offers() const override;
    [[nodiscard]] async::Task<base::Result<void>> use(std::string id) override;
    [[nodiscard]] async::Task<base::Result<void>> pull(std::string id) override;
    [[nodiscard]] async::Task<base::Result<void>> remove(std::string id) override;
    [[nodiscard]] async::Task<base::Result<void>> cancel(std::string id) override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace loci
