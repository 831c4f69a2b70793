// The inside of ModelRegistry, shared by its .cpp files. io thread only.
#pragma once

#include <map>
#include <optional>

#include "adapters/llm_engine/engine_embedder.hpp"
#include "adapters/llm_engine/engine_llm.hpp"
#include "async/task_scope.hpp"
#include "model_registry.hpp"
#include "models/discovery.hpp"
#include "models/puller.hpp"

namespace loci {

// A model of another program on this machine that the person took up.
struct Adopted {
    std::string kind;  // "ollama", "lmstudio", "custom"
    std::string base_url;
    std::string model;
};
BOOST_DESCRIBE_STRUCT(Adopted, (), (kind, base_url, model))

struct Pull {
    std::stop_source stop;
    models::PullProgress progress;
    std::optional<base::Error> error;
    bool running = true;
};

struct ModelRegistry::State {
    State(RegistryParts given, config::Settings first);

    // Routes of each origin; a call replaces the earlier ones of that origin.
    void add_embedded();
    void add_configured();
    void add_adopted();
    void add_route(const std::string& provider_name, std::shared_ptr<ports::LlmProvider> provider,
                   const std::string& model, std::vector<std::string>& ids);
    // The best default: the person's choice, the configured one, the best that is installed.
    void choose_default();
    void explain_absence();
    void publish();

    [[nodiscard]] async::Task<void> recall_choices();
    [[nodiscard]] async::Task<void> warm_up_embedder();
    [[nodiscard]] async::Task<void> watch_shelf();
    [[nodiscard]] async::Task<void> look_around();
    [[nodiscard]] async::Task<void> run_pull(models::CatalogueEntry entry,
                                             std::shared_ptr<Pull> pull);
    void report_engine();
    [[nodiscard]] const models::CatalogueEntry* starter() const;

    RegistryParts parts;
    config::Settings settings;
    std::shared_ptr<adapters::llm_engine::EngineLlm> embedded;
    std::unique_ptr<adapters::llm_engine::EngineEmbedder> embedder;
    bool embedder_ready = false;
    std::vector<std::string> embedded_ids;
    std::vector<std::string> configured_ids;
    std::vector<std::string> adopted_ids;
    std::vector<Adopted> adopted;
    std::vector<models::LocalOffer> found;
    std::string chosen;  // by the person; kept as a fact
    models::Discovery discovery;
    models::Puller puller;
    std::map<std::string, std::shared_ptr<Pull>> pulls;
    int engine_starts = 0;
    process::ServiceState engine_state = process::ServiceState::off;
    async::TaskScope tasks;
};

[[nodiscard]] std::vector<protocol::ModelCard> make_cards(
    const ModelShelf& shelf, const chat::ModelRouter& router,
    const std::map<std::string, std::shared_ptr<Pull>>& pulls);

}  // namespace loci
