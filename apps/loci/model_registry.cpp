#include "model_registry.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "json/describe.hpp"
#include "registry_state.hpp"

namespace loci {
namespace {

constexpr auto kShelfInterval = std::chrono::seconds(1);
constexpr auto kDiscoveryInterval = std::chrono::seconds(60);
constexpr const char* kChosenFact = "chosen_model";
constexpr const char* kAdoptedFact = "adopted_models";

std::string kind_of(models::LocalServerKind kind) {
    switch (kind) {
        case models::LocalServerKind::ollama:
            return "ollama";
        case models::LocalServerKind::lm_studio:
            return "lmstudio";
        case models::LocalServerKind::llama_server:
            return "custom";
    }
    return "custom";
}

class Watcher final : public models::PullWatcher {
public:
    explicit Watcher(std::function<void(const models::PullProgress&)> tell)
        : tell_(std::move(tell)) {}
    void on_progress(const models::PullProgress& progress) override { tell_(progress); }

private:
    std::function<void(const models::PullProgress&)> tell_;
};

// Which models another program has does matter, in which order does not.
bool same_offers(const std::vector<models::LocalOffer>& one,
                 const std::vector<models::LocalOffer>& other) {
    return std::ranges::is_permutation(
        one, other, {}, [](const auto& offer) { return offer.card.id; },
        [](const auto& offer) { return offer.card.id; });
}

}  // namespace

ModelRegistry::ModelRegistry(RegistryParts parts, config::Settings settings)
    : state_(std::make_unique<State>(std::move(parts), std::move(settings))) {}
ModelRegistry::~ModelRegistry() = default;

async::Task<void> ModelRegistry::State::recall_choices() {
    auto reading = parts.store.get_fact(kChosenFact);
    const auto fact = co_await std::move(reading);
    if (fact && *fact) chosen = **fact;
    auto listing = parts.store.get_fact(kAdoptedFact);
    const auto list = co_await std::move(listing);
    if (!list || !*list) co_return;
    const auto value = json::parse(**list);
    const auto items = value ? json::to<std::vector<Adopted>>(*value)
                             : base::Result<std::vector<Adopted>>(base::fail(value.error()));
    if (items) adopted = *items;
}

async::Task<void> ModelRegistry::State::warm_up_embedder() {
    if (embedder_ready || parts.engine == nullptr) co_return;
    for (const auto& entry : parts.shelf.entries()) {
        if (entry.role != "embedding" || !parts.shelf.state(entry.id).present) continue;
        embedder = std::make_unique<chat::EmbeddingMemo>(
            std::make_unique<adapters::llm_engine::EngineEmbedder>(*parts.engine, entry.id));
        parts.reflex.set_embedder(embedder.get());
        parts.notes.set_embedder(embedder.get());
        embedder_ready = true;
        auto warming = parts.reflex.warm_up();
        const auto warm = co_await std::move(warming);
        parts.status.set("reflexes", warm ? protocol::Health::up : protocol::Health::degraded,
                         warm ? "" : warm.error().message, warm ? "" : warm.error().hint);
        co_return;
    }
    parts.status.set("reflexes", protocol::Health::degraded,
                     "only exact wording is understood until the embedding model is there");
}

async::Task<void> ModelRegistry::State::watch_shelf() {
    const auto stop = tasks.stop_token();
    for (;;) {
        if (parts.shelf.refresh()) {
            add_embedded();
            publish();
            co_await warm_up_embedder();
            co_await answer_waiting();
        }
        // A download that stands still tells nothing by itself any more.
        if (untold_progress) publish();
        co_await keep_speeds();
        report_engine();
        const bool going_on = co_await parts.clock.sleep_for(kShelfInterval, stop);
        if (!going_on) co_return;
    }
}

async::Task<void> ModelRegistry::State::look_around() {
    const auto stop = tasks.stop_token();
    while (settings.models.discover) {
        auto looking = discovery.look(stop);
        auto offers = co_await std::move(looking);
        const bool changed = !same_offers(offers, found);
        found = std::move(offers);
        memory = models::look_at_memory();
        if (changed) publish();
        const bool going_on = co_await parts.clock.sleep_for(kDiscoveryInterval, stop);
        if (!going_on) co_return;
    }
}

async::Task<void> ModelRegistry::prepare() {
    State& s = *state_;
    co_await s.recall_choices();
    co_await s.resume_waiting();
    s.memory = models::look_at_memory();
    s.add_configured();
    s.add_adopted();
    s.add_embedded();
    s.publish();
}

async::Task<void> ModelRegistry::start() {
    State& s = *state_;
    s.tasks.spawn("discovery", s.look_around());
    s.tasks.spawn("shelf", s.watch_shelf());
    co_await s.warm_up_embedder();
    co_await s.answer_waiting();
    const auto route = s.parts.router.choose("");
    if (route && s.embedded && route->provider == s.embedded) {
        auto warming = s.parts.engine->warm_up(route->profile.model, s.tasks.stop_token());
        const auto warm = co_await std::move(warming);
        if (!warm) LOG_WARN("models", "cannot load", {"reason", warm.error().message});
    }
}

void ModelRegistry::configure(config::Settings settings) {
    state_->settings = std::move(settings);
    state_->puller.set_hub({state_->settings.models.hub_url, state_->settings.models.hub_token});
    state_->add_configured();
    state_->add_embedded();
    state_->add_adopted();
    state_->publish();
}

async::Task<void> ModelRegistry::close() {
    state_->closing = true;
    for (const auto& [id, pull] : state_->pulls) pull->stop.request_stop();
    co_await state_->tasks.close();
    if (state_->parts.engine != nullptr) co_await state_->parts.engine->close();
}

std::vector<protocol::ModelCard> ModelRegistry::cards() const {
    return state_->cards();
}

std::vector<protocol::ModelCard> ModelRegistry::offers() const {
    return state_->offers();
}

async::Task<base::Result<void>> ModelRegistry::use(std::string id) {
    auto taking = state_->take_into_use(std::move(id));
    const auto taken = co_await std::move(taking);
    if (!taken) co_return base::fail(taken.error());
    co_return base::Result<void>{};
}

async::Task<base::Result<std::string>> ModelRegistry::State::take_into_use(std::string id) {
    for (const auto& offer : found) {
        if (offer.card.id != id) continue;
        id = kind_of(offer.kind) + "/" + offer.model;
        if (is_served(id)) break;
        adopted.push_back({kind_of(offer.kind), offer.base_url, offer.model,
                           offer.card.place == protocol::Place::cloud});
        add_adopted();
        auto keeping = parts.store.put_fact(kAdoptedFact, json::write(json::from(adopted)));
        CO_TRY_DO(co_await std::move(keeping));
        break;
    }
    CO_TRY(route, parts.router.choose(id));
    chosen = route.profile.id;
    auto storing = parts.store.put_fact(kChosenFact, chosen);
    CO_TRY_DO(co_await std::move(storing));
    publish();
    co_return chosen;
}

async::Task<base::Result<void>> ModelRegistry::pull(std::string id) {
    State& s = *state_;
    CO_TRY(entry, s.parts.shelf.catalogue().resolve(id));
    if (s.parts.shelf.state(entry.id).present) {
        co_return base::fail(base::ErrorCode::conflict,
                             fmt::format("{} is already there", entry.name));
    }
    const auto running = s.pulls.find(entry.id);
    if (running != s.pulls.end() && running->second->running) {
        co_return base::fail(base::ErrorCode::conflict,
                             fmt::format("{} is already on its way", entry.name));
    }
    s.begin_pull(std::move(entry));
    co_return base::Result<void>{};
}

void ModelRegistry::State::begin_pull(models::CatalogueEntry entry) {
    auto pull = std::make_shared<Pull>();
    pull->entry = entry;
    pull->progress.done_bytes = parts.shelf.state(entry.id).part_bytes;
    pulls[entry.id] = pull;
    publish();
    tasks.spawn("pull", run_pull(std::move(entry), std::move(pull)));
}

async::Task<void> ModelRegistry::State::run_pull(models::CatalogueEntry entry,
                                                 std::shared_ptr<Pull> pull) {
    const std::string id = entry.id;
    const std::string name = entry.name;
    LOG_INFO("models", "pulling", {"model", id});
    Watcher watcher([this, pull](const auto& progress) { on_pull_progress(*pull, progress); });
    auto pulling = puller.pull(std::move(entry), watcher, pull->stop.get_token());
    const auto path = co_await std::move(pulling);
    pull->running = false;
    parts.shelf.refresh();
    if (!path) {
        LOG_WARN("models", "a pull failed", {"model", id}, {"reason", path.error().message});
        const bool cancelled = path.error().code == base::ErrorCode::cancelled;
        if (cancelled) {
            pulls.erase(id);
        } else {
            pull->error = path.error();
        }
        // The end of the server cancels, too: what waits goes on after the next start.
        if (!closing) drop_waiting(id);
        publish();
        auto keeping = keep_waiting();
        const auto kept = co_await std::move(keeping);
        if (!kept) LOG_WARN("models", "not kept", {"reason", kept.error().message});
        co_await store_measured();
        co_return;
    }
    LOG_INFO("models", "pulled", {"model", id});
    pulls.erase(id);
    // The person asked for it, so it answers from now on.
    chosen = id;
    auto storing = parts.store.put_fact(kChosenFact, id);
    const auto stored = co_await std::move(storing);
    if (!stored) LOG_WARN("models", "the choice was not kept", {"reason", stored.error().message});
    add_embedded();
    publish();
    parts.hub.publish({}, {},
                      protocol::Notice{{}, "info", name + " is here and answers from now on.", {}});
    co_await answer_waiting();
    co_await store_measured();
}

async::Task<base::Result<void>> ModelRegistry::remove(std::string id) {
    State& s = *state_;
    const auto& state = s.parts.shelf.state(id);
    if (!state.present || !state.owners) {
        co_return base::fail(base::ErrorCode::not_found,
                             "only models that you added can be removed",
                             "starter models come with the set-up");
    }
    std::error_code error;
    std::filesystem::remove_all(state.path, error);  // a speech model may be a folder
    if (error)
        co_return base::fail(base::ErrorCode::storage, "cannot remove the file", error.message());
    s.parts.shelf.refresh();
    s.add_embedded();
    s.publish();
    co_return base::Result<void>{};
}

async::Task<base::Result<void>> ModelRegistry::cancel(std::string id) {
    const auto pull = state_->pulls.find(id);
    if (pull == state_->pulls.end()) {
        co_return base::fail(base::ErrorCode::not_found, "nothing of that name is on its way");
    }
    if (!pull->second->running) {
        // A failure that the person has seen and does not want to try again.
        state_->pulls.erase(pull);
        state_->publish();
        co_return base::Result<void>{};
    }
    pull->second->stop.request_stop();
    co_return base::Result<void>{};
}

}  // namespace loci
