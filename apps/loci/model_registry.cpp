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
    Watcher(Pull& pull, std::function<void()> changed)
        : pull_(pull), changed_(std::move(changed)) {}
    void on_progress(const models::PullProgress& progress) override {
        pull_.progress = progress;
        changed_();
    }

private:
    Pull& pull_;
    std::function<void()> changed_;
};

}  // namespace

std::vector<protocol::ModelCard> make_cards(
    const ModelShelf& shelf, const chat::ModelRouter& router,
    const std::map<std::string, std::shared_ptr<Pull>>& pulls) {
    std::vector<protocol::ModelCard> cards;
    const auto chosen = router.choose("");
    const std::string active = chosen ? chosen->profile.id : "";
    for (const auto& entry : shelf.entries()) {
        const auto& state = shelf.state(entry.id);
        protocol::ModelCard card;
        card.id = entry.id;
        card.name = entry.name;
        card.role = entry.role;
        card.provider = "embedded";
        card.place = protocol::Place::here;
        card.active = entry.id == active;
        card.state = state.present    ? protocol::ModelState::ready
                     : state.arriving ? protocol::ModelState::downloading
                                      : protocol::ModelState::absent;
        if (entry.bytes > 0) card.size_bytes = entry.bytes;
        if (entry.memory_bytes > 0) card.memory_bytes = entry.memory_bytes;
        if (!entry.licence.empty()) card.licence = entry.licence;
        card.note = entry.note.empty() ? entry.good_for : entry.note;
        if (!entry.licence_note.empty()) *card.note += " Licence: " + entry.licence_note;
        if (state.arriving) {
            card.done_bytes = state.done_bytes;
            card.size_bytes = state.total_bytes;
        }
        if (!state.trouble.empty()) {
            card.state = protocol::ModelState::failed;
            card.error =
                protocol::ErrorInfo{"unavailable", state.trouble, "run ./loci up again", {}};
        }
        const auto pull = pulls.find(entry.id);
        if (pull != pulls.end() && !state.present) {
            if (pull->second->running) card.state = protocol::ModelState::downloading;
            card.done_bytes = pull->second->progress.done_bytes;
            if (pull->second->progress.total_bytes > 0) {
                card.size_bytes = pull->second->progress.total_bytes;
            }
            if (pull->second->error) {
                const auto& error = *pull->second->error;
                card.state = protocol::ModelState::failed;
                card.error = protocol::ErrorInfo{
                    std::string(base::to_string(error.code)), error.message, error.hint, {}};
            }
        }
        cards.push_back(std::move(card));
    }
    for (const auto& route : router.routes()) {
        if (shelf.state(route.profile.id).present) continue;
        protocol::ModelCard card;
        card.id = route.profile.id;
        card.name = route.profile.label;
        card.role = "chat";
        card.provider = route.provider->name();
        card.place = chat::to_protocol(route.profile.place);
        card.state = protocol::ModelState::ready;
        card.active = route.profile.id == active;
        cards.push_back(std::move(card));
    }
    return cards;
}

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
        embedder = std::make_unique<adapters::llm_engine::EngineEmbedder>(*parts.engine, entry.id);
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
        }
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
        const bool changed = offers.size() != found.size();
        found = std::move(offers);
        if (changed) publish();
        const bool going_on = co_await parts.clock.sleep_for(kDiscoveryInterval, stop);
        if (!going_on) co_return;
    }
}

async::Task<void> ModelRegistry::prepare() {
    State& s = *state_;
    co_await s.recall_choices();
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
    const auto route = s.parts.router.choose("");
    if (route && s.embedded && route->provider == s.embedded) {
        auto warming = s.parts.engine->warm_up(route->profile.model, s.tasks.stop_token());
        const auto warm = co_await std::move(warming);
        if (!warm) LOG_WARN("models", "cannot load", {"reason", warm.error().message});
    }
}

void ModelRegistry::configure(config::Settings settings) {
    state_->settings = std::move(settings);
    state_->add_configured();
    state_->add_embedded();
    state_->add_adopted();
    state_->publish();
}

async::Task<void> ModelRegistry::close() {
    for (const auto& [id, pull] : state_->pulls) pull->stop.request_stop();
    co_await state_->tasks.close();
    if (state_->parts.engine != nullptr) co_await state_->parts.engine->close();
}

std::vector<protocol::ModelCard> ModelRegistry::cards() const {
    return make_cards(state_->parts.shelf, state_->parts.router, state_->pulls);
}

std::vector<protocol::ModelCard> ModelRegistry::offers() const {
    std::vector<protocol::ModelCard> cards;
    for (const auto& offer : state_->found) {
        const bool taken = std::ranges::any_of(state_->adopted, [&](const auto& item) {
            return item.base_url == offer.base_url && item.model == offer.model;
        });
        if (!taken) cards.push_back(offer.card);
    }
    return cards;
}

async::Task<base::Result<void>> ModelRegistry::use(std::string id) {
    State& s = *state_;
    for (const auto& offer : s.found) {
        if (offer.card.id != id) continue;
        s.adopted.push_back({kind_of(offer.kind), offer.base_url, offer.model});
        s.add_adopted();
        id = kind_of(offer.kind) + "/" + offer.model;
        auto keeping = s.parts.store.put_fact(kAdoptedFact, json::write(json::from(s.adopted)));
        CO_TRY_DO(co_await std::move(keeping));
        break;
    }
    const auto route = s.parts.router.choose(id);
    if (!route) co_return base::fail(route.error());
    s.chosen = route->profile.id;
    auto storing = s.parts.store.put_fact(kChosenFact, s.chosen);
    CO_TRY_DO(co_await std::move(storing));
    s.publish();
    co_return base::Result<void>{};
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
    auto pull = std::make_shared<Pull>();
    s.pulls[entry.id] = pull;
    s.publish();
    s.tasks.spawn("pull", s.run_pull(std::move(entry), std::move(pull)));
    co_return base::Result<void>{};
}

async::Task<void> ModelRegistry::State::run_pull(models::CatalogueEntry entry,
                                                 std::shared_ptr<Pull> pull) {
    const std::string id = entry.id;
    const std::string name = entry.name;
    LOG_INFO("models", "pulling", {"model", id});
    Watcher watcher(*pull, [this] { publish(); });
    auto pulling = puller.pull(std::move(entry), watcher, pull->stop.get_token());
    const auto path = co_await std::move(pulling);
    pull->running = false;
    if (!path) {
        LOG_WARN("models", "a pull failed", {"model", id}, {"reason", path.error().message});
        if (path.error().code == base::ErrorCode::cancelled) {
            pulls.erase(id);
        } else {
            pull->error = path.error();
        }
        publish();
        co_return;
    }
    LOG_INFO("models", "pulled", {"model", id});
    pulls.erase(id);
    // The person asked for it, so it answers from now on.
    chosen = id;
    auto storing = parts.store.put_fact(kChosenFact, id);
    const auto stored = co_await std::move(storing);
    if (!stored) LOG_WARN("models", "the choice was not kept", {"reason", stored.error().message});
    parts.shelf.refresh();
    add_embedded();
    publish();
    parts.hub.publish({}, {},
                      protocol::Notice{{},
                                       "info",
                                       name + " is ready and answers from now on.",
                                       protocol::Action{"retry", "Ask again", {}}});
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
    std::filesystem::remove(state.path, error);
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
    pull->second->stop.request_stop();
    co_return base::Result<void>{};
}

}  // namespace loci
