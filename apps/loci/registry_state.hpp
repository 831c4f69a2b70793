// The inside of ModelRegistry, shared by its .cpp files. io thread only.
#pragma once

#include <map>
#include <optional>

#include "adapters/llm_engine/engine_embedder.hpp"
#include "adapters/llm_engine/engine_llm.hpp"
#include "async/task_scope.hpp"
#include "chat/embedding_memo.hpp"
#include "model_registry.hpp"
#include "models/advice.hpp"
#include "models/discovery.hpp"
#include "models/puller.hpp"

namespace loci {

// A model of another program on this machine that the person took up.
struct Adopted {
    std::string kind;  // "ollama", "lmstudio", "custom"
    std::string base_url;
    std::string model;
    std::optional<bool> passed_on;  // to a cloud, by that program
};
BOOST_DESCRIBE_STRUCT(Adopted, (), (kind, base_url, model, passed_on))

// A reply that is made again as soon as its model is here. Kept as a fact, so that a restart does
// not forget it.
struct WaitingQuestion {
    std::string model;
    std::string person;
    std::string session;
    std::string reply;
};
BOOST_DESCRIBE_STRUCT(WaitingQuestion, (), (model, person, session, reply))

struct Pull {
    models::CatalogueEntry entry;
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
                   const std::string& model, std::vector<std::string>& ids,
                   std::optional<ports::LlmPlace> place = {});
    // The best default: the person's choice, the configured one, the best that is installed.
    void choose_default();
    void explain_absence();
    void publish();
    // Which model would serve better than the one in use, and the button that says so.
    void choose_upgrade();
    [[nodiscard]] std::vector<protocol::ModelCard> cards() const;
    [[nodiscard]] std::vector<protocol::ModelCard> offers() const;
    // Memory, and what has been measured so far.
    [[nodiscard]] models::Machine machine() const;

    [[nodiscard]] async::Task<void> recall_choices();
    [[nodiscard]] async::Task<void> warm_up_embedder();
    [[nodiscard]] async::Task<void> watch_shelf();
    [[nodiscard]] async::Task<void> look_around();
    [[nodiscard]] async::Task<void> run_pull(models::CatalogueEntry entry,
                                             std::shared_ptr<Pull> pull);
    void begin_pull(models::CatalogueEntry entry);
    void on_pull_progress(Pull& pull, const models::PullProgress& progress);
    // Takes up what another program serves, or chooses what is here; the id that it has from now
    // on.
    [[nodiscard]] async::Task<base::Result<std::string>> take_into_use(std::string id);
    // Begins the replies whose model is here; goes on with the download of the others.
    [[nodiscard]] async::Task<void> answer_waiting();
    [[nodiscard]] async::Task<void> answer_again(WaitingQuestion question);
    [[nodiscard]] async::Task<void> resume_waiting();
    [[nodiscard]] async::Task<base::Result<void>> keep_waiting();
    void drop_waiting(const std::string& model);
    [[nodiscard]] async::Task<void> keep_speeds();
    [[nodiscard]] async::Task<void> store_measured();
    [[nodiscard]] bool is_served(const std::string& id) const;
    void report_engine();
    [[nodiscard]] const models::CatalogueEntry* starter() const;

    RegistryParts parts;
    config::Settings settings;
    std::shared_ptr<adapters::llm_engine::EngineLlm> embedded;
    std::unique_ptr<chat::EmbeddingMemo> embedder;
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
    std::vector<WaitingQuestion> waiting;
    std::string recommended;  // id of a card or an offer
    models::Machine memory;
    double download_bytes_per_s = 0;  // of the last download
    std::map<std::string, double> told_speeds;
    async::Duration published{};
    bool untold_progress = false;
    std::vector<std::string> told_loaded;
    bool closing = false;
    int engine_starts = 0;
    process::ServiceState engine_state = process::ServiceState::off;
    async::TaskScope tasks;
};

}  // namespace loci
