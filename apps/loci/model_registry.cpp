#include "model_registry.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "providers.hpp"

namespace loci {

struct ModelRegistry::State {
    State(RegistryParts given, config::Settings first)
        : parts(std::move(given)), settings(std::move(first)), tasks(parts.executor) {}

    void add_configured();
    void add_route(const std::string& provider_name, std::shared_ptr<ports::LlmProvider> provider,
                   const std::string& model);
    void publish();

    RegistryParts parts;
    config::Settings settings;
    std::vector<std::string> configured_ids;
    async::TaskScope tasks;
};

void ModelRegistry::State::add_route(const std::string& provider_name,
                                     std::shared_ptr<ports::LlmProvider> provider,
                                     const std::string& model) {
    chat::ModelRoute route;
    route.profile.id = provider_name + "/" + model;
    route.profile.model = model;
    route.profile.label = model;
    route.profile.place = provider->place();
    if (settings.llm.context_tokens > 0) route.profile.context_tokens = settings.llm.context_tokens;
    route.profile.max_reply_tokens = settings.llm.max_tokens;
    route.profile.sampling.temperature = settings.llm.temperature;
    route.provider = std::move(provider);
    configured_ids.push_back(route.profile.id);
    parts.router.put(std::move(route));
}

void ModelRegistry::State::add_configured() {
    for (const auto& id : std::exchange(configured_ids, {})) parts.router.remove(id);
    const auto& llm = settings.llm;
    if (llm.provider == config::ProviderKind::scripted) {
        auto scripted = make_scripted(llm.script, parts.clock);
        if (!scripted) {
            parts.status.set("llm", protocol::Health::off, scripted.error().message,
                             scripted.error().hint);
            return;
        }
        add_route("scripted", std::move(*scripted), "scripted");
    }
    for (const auto& [name, provider] : llm.providers) {
        if (provider.model.empty()) continue;
        auto made = make_provider(name, provider, parts.http, parts.clock);
        if (!made) {
            parts.status.set("llm " + name, protocol::Health::off, made.error().message,
                             made.error().hint);
            continue;
        }
        add_route(name, std::move(*made), provider.model);
    }
    if (!configured_ids.empty()) parts.router.set_default(configured_ids.front());
}

void ModelRegistry::State::publish() {
    const auto chosen = parts.router.choose("");
    if (chosen) {
        parts.status.set("llm", protocol::Health::up, chosen->profile.label);
    } else {
        parts.status.set("llm", protocol::Health::off, chosen.error().message, chosen.error().hint);
    }
}

ModelRegistry::ModelRegistry(RegistryParts parts, config::Settings settings)
    : state_(std::make_unique<State>(std::move(parts), std::move(settings))) {}
ModelRegistry::~ModelRegistry() = default;

async::Task<void> ModelRegistry::start() {
    state_->add_configured();
    state_->publish();
    co_return;
}

async::Task<void> ModelRegistry::configure(config::Settings settings) {
    state_->settings = std::move(settings);
    state_->add_configured();
    state_->publish();
    co_return;
}

async::Task<void> ModelRegistry::close() {
    co_await state_->tasks.close();
}

std::vector<protocol::ModelCard> ModelRegistry::cards() const {
    std::vector<protocol::ModelCard> cards;
    const auto chosen = state_->parts.router.choose("");
    for (const auto& route : state_->parts.router.routes()) {
        protocol::ModelCard card;
        card.id = route.profile.id;
        card.name = route.profile.label;
        card.role = "chat";
        card.provider = route.provider->name();
        card.place = chat::to_protocol(route.profile.place);
        card.state = protocol::ModelState::ready;
        card.active = chosen && chosen->profile.id == route.profile.id;
        cards.push_back(std::move(card));
    }
    return cards;
}

std::vector<protocol::ModelCard> ModelRegistry::offers() const {
    return {};
}

async::Task<base::Result<void>> ModelRegistry::use(std::string id) {
    const auto route = state_->parts.router.choose(id);
    if (!route) co_return base::fail(route.error());
    state_->parts.router.set_default(route->profile.id);
    state_->publish();
    state_->parts.hub.publish({}, {}, protocol::ModelsChanged{cards()});
    co_return base::Result<void>{};
}

async::Task<base::Result<void>> ModelRegistry::pull(std::string id) {
    co_return base::fail(base::ErrorCode::not_found,
                         fmt::format("the catalogue has no model \"{}\"", id));
}

async::Task<base::Result<void>> ModelRegistry::remove(std::string id) {
    co_return co_await pull(std::move(id));
}

async::Task<base::Result<void>> ModelRegistry::cancel(std::string id) {
    co_return co_await pull(std::move(id));
}

}  // namespace loci
