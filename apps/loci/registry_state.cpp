#include "registry_state.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "engine_setup.hpp"
#include "json/describe.hpp"
#include "providers.hpp"

namespace loci {
namespace {

constexpr int kStarterReplyTokens = 96;
constexpr int kDefaultContext = 8192;

models::PullerOptions puller_options(const ModelShelf& shelf, const config::Settings& settings) {
    models::PullerOptions options;
    options.folder = shelf.owners_folder();
    options.hub.url = settings.models.hub_url;
    options.hub.token = settings.models.hub_token;
    return options;
}

chat::ModelProfile embedded_profile(const models::CatalogueEntry& entry,
                                    const config::Settings& settings) {
    chat::ModelProfile profile;
    profile.id = entry.id;
    profile.model = entry.id;
    profile.label = entry.name;
    profile.place = ports::LlmPlace::here;
    if (entry.starter) {
        profile.grade = chat::ModelGrade::toy;
        profile.context_tokens = entry.context_tokens;
        profile.max_reply_tokens = kStarterReplyTokens;
        // Chosen by measurement: docs/starter-mind.md.
        profile.sampling.temperature = 0.1;
        profile.sampling.top_p = 0.9;
        profile.sampling.top_k = 40;
        profile.sampling.repeat_penalty = 1.1;
    } else {
        const int wanted =
            settings.llm.context_tokens > 0 ? settings.llm.context_tokens : kDefaultContext;
        profile.context_tokens =
            entry.context_tokens > 0 ? std::min(wanted, entry.context_tokens) : wanted;
        profile.max_reply_tokens = settings.llm.max_tokens;
        profile.sampling.temperature = settings.llm.temperature;
    }
    return profile;
}

}  // namespace

ModelRegistry::State::State(RegistryParts given, config::Settings first)
    : parts(std::move(given)),
      settings(std::move(first)),
      discovery(parts.http, parts.clock),
      puller(parts.http, parts.clock, puller_options(parts.shelf, settings)),
      tasks(parts.executor) {
    if (parts.engine != nullptr) {
        embedded = std::make_shared<adapters::llm_engine::EngineLlm>(*parts.engine);
    }
}

const models::CatalogueEntry* ModelRegistry::State::starter() const {
    for (const auto& entry : parts.shelf.entries()) {
        if (entry.starter && entry.role == "chat") return &entry;
    }
    return nullptr;
}

void ModelRegistry::State::add_embedded() {
    for (const auto& id : std::exchange(embedded_ids, {})) parts.router.remove(id);
    if (!embedded) return;
    parts.engine->set_models(engine_models(parts.shelf, settings));
    if (parts.on_models) parts.on_models();
    for (const auto& entry : parts.shelf.entries()) {
        if (entry.role != "chat" || !parts.shelf.state(entry.id).present) continue;
        parts.router.put({embedded_profile(entry, settings), embedded});
        embedded_ids.push_back(entry.id);
    }
}

void ModelRegistry::State::add_route(const std::string& provider_name,
                                     std::shared_ptr<ports::LlmProvider> provider,
                                     const std::string& model, std::vector<std::string>& ids,
                                     std::optional<ports::LlmPlace> place) {
    chat::ModelRoute route;
    route.profile.id = provider_name + "/" + model;
    route.profile.model = model;
    route.profile.label = model;
    route.profile.place = place.value_or(provider->place());
    // A server of this machine may only pass it on: then the words leave, too.
    if (models::is_passed_on(model)) route.profile.place = ports::LlmPlace::cloud;
    route.profile.context_tokens =
        settings.llm.context_tokens > 0 ? settings.llm.context_tokens : kDefaultContext;
    route.profile.max_reply_tokens = settings.llm.max_tokens;
    route.profile.sampling.temperature = settings.llm.temperature;
    route.provider = std::move(provider);
    ids.push_back(route.profile.id);
    parts.router.put(std::move(route));
}

void ModelRegistry::State::add_configured() {
    for (const auto& id : std::exchange(configured_ids, {})) parts.router.remove(id);
    const auto& llm = settings.llm;
    const auto add = [&](const std::string& name, const config::Provider& provider) {
        if (provider.model.empty()) return;
        auto made = make_provider(name, provider, parts.http, parts.clock);
        if (made) {
            add_route(name, std::move(*made), provider.model, configured_ids);
            return;
        }
        LOG_WARN("models", "a provider is off", {"provider", name},
                 {"reason", made.error().message});
        parts.status.set("llm " + name, protocol::Health::off, made.error().message,
                         made.error().hint);
    };
    if (llm.provider == config::ProviderKind::scripted) {
        auto scripted = make_scripted(llm.script, parts.clock);
        if (scripted) {
            add_route("scripted", std::move(*scripted), "scripted", configured_ids);
        } else {
            parts.status.set("llm scripted", protocol::Health::off, scripted.error().message,
                             scripted.error().hint);
        }
    } else if (llm.provider != config::ProviderKind::auto_ &&
               llm.provider != config::ProviderKind::embedded) {
        const std::string name = kind_name(llm.provider);
        const auto own = llm.providers.find(name);
        config::Provider first = own == llm.providers.end() ? config::Provider{} : own->second;
        first.kind = llm.provider;
        if (!llm.base_url.empty()) first.base_url = llm.base_url;
        if (!llm.api_key.empty()) first.api_key = llm.api_key;
        if (!llm.model.empty()) first.model = llm.model;
        for (const auto& [header, value] : llm.headers) first.headers.emplace(header, value);
        add(name, first);
    }
    for (const auto& [name, provider] : llm.providers) {
        if (name != kind_name(llm.provider)) add(name, provider);
    }
}

void ModelRegistry::State::add_adopted() {
    for (const auto& id : std::exchange(adopted_ids, {})) parts.router.remove(id);
    for (const auto& item : adopted) {
        config::Provider provider;
        provider.kind = item.kind == "ollama"     ? config::ProviderKind::ollama
                        : item.kind == "lmstudio" ? config::ProviderKind::lmstudio
                                                  : config::ProviderKind::custom;
        provider.base_url = item.base_url;
        provider.model = item.model;
        auto made = make_provider(item.kind, provider, parts.http, parts.clock);
        std::optional<ports::LlmPlace> place;
        if (item.passed_on.value_or(false)) place = ports::LlmPlace::cloud;
        if (made) add_route(item.kind, std::move(*made), item.model, adopted_ids, place);
    }
}

void ModelRegistry::State::choose_default() {
    // What the privacy rule forbids is no default: it would only ever be refused.
    const bool only_here = settings.llm.privacy == config::Privacy::local_only;
    const auto serves = [&](const std::string& id) {
        return !id.empty() && std::ranges::any_of(parts.router.routes(), [&](const auto& route) {
            return route.profile.id == id &&
                   (!only_here || route.profile.place == ports::LlmPlace::here);
        });
    };
    const auto first_of = [&](const std::vector<std::string>& ids) {
        const auto id = std::ranges::find_if(ids, serves);
        return id == ids.end() ? std::string() : *id;
    };
    const bool embedded_wanted = settings.llm.provider == config::ProviderKind::embedded;
    std::string best;
    if (serves(chosen)) {
        best = chosen;
    } else if (!first_of(configured_ids).empty() && !embedded_wanted) {
        best = first_of(configured_ids);
    } else if (embedded_wanted && serves(settings.llm.model)) {
        best = settings.llm.model;
    } else if (!first_of(adopted_ids).empty()) {
        best = first_of(adopted_ids);
    } else if (!embedded_ids.empty()) {
        // Better than the starter is any other, if its file is a model at all.
        const auto* toy = starter();
        const auto better = std::ranges::find_if(embedded_ids, [&](const auto& id) {
            return (toy == nullptr || id != toy->id) && parts.shelf.state(id).broken.empty();
        });
        if (better != embedded_ids.end()) {
            best = *better;
        } else {
            const bool toy_here = toy != nullptr && serves(toy->id);
            best = toy_here ? toy->id : embedded_ids.front();
        }
    }
    parts.router.set_default(best);
}

void ModelRegistry::State::explain_absence() {
    const protocol::Action open{"open_models", "Open Models", {}};
    const auto* entry = starter();
    if (parts.engine == nullptr) {
        parts.router.set_absence(
            base::make_error(base::ErrorCode::unavailable,
                             "there is no language model: the local engine is switched off",
                             "configure a provider or set engine.mode"),
            parts.router.upgrade().value_or(open));
        return;
    }
    if (entry == nullptr) return;
    const auto& state = parts.shelf.state(entry->id);
    if (state.arriving) {
        const auto percent = state.total_bytes > 0 ? 100 * state.done_bytes / state.total_bytes : 0;
        parts.router.set_absence(
            base::make_error(base::ErrorCode::unavailable,
                             fmt::format("my language model is still on its way ({} %)", percent),
                             "until then I can tell the time, do sums and keep notes"),
            open);
    } else if (!state.trouble.empty()) {
        parts.router.set_absence(
            base::make_error(base::ErrorCode::unavailable,
                             "my language model did not arrive: " + state.trouble,
                             "run ./loci up again"),
            parts.router.upgrade().value_or(open));
    } else {
        parts.router.set_absence(
            base::make_error(base::ErrorCode::unavailable, "there is no language model yet",
                             "fetch one here, or run ./loci up for the small one"),
            parts.router.upgrade().value_or(open));
    }
}

void ModelRegistry::State::publish() {
    published = parts.clock.steady();
    untold_progress = false;
    choose_default();
    choose_upgrade();
    explain_absence();
    const auto route = parts.router.choose("");
    const auto* toy = starter();
    const bool arriving = toy != nullptr && parts.shelf.state(toy->id).arriving;
    if (route) {
        parts.status.set("llm", protocol::Health::up, route->profile.label);
    } else {
        parts.status.set("llm", arriving ? protocol::Health::loading : protocol::Health::off,
                         route.error().message, route.error().hint);
    }
    parts.hub.publish({}, {}, protocol::ModelsChanged{cards(), offers()});
}

void ModelRegistry::State::report_engine() {
    if (parts.engine == nullptr) {
        parts.status.set("engine", protocol::Health::off, "switched off by engine.mode");
        return;
    }
    const auto status = parts.engine->status();
    if (std::exchange(told_loaded, status.loaded_models) != status.loaded_models) publish();
    using process::ServiceState;
    protocol::Health health = protocol::Health::up;
    std::string detail;
    if (status.service.state == ServiceState::off) {
        detail = "asleep until it is needed";
    } else if (status.service.state == ServiceState::starting) {
        health = protocol::Health::loading;
    } else if (status.service.state == ServiceState::up) {
        detail = fmt::format(
            "{}, {} threads, {}", status.backend, status.threads,
            base::human_bytes(static_cast<unsigned long long>(std::max(0LL, status.rss_bytes))));
        if (status.slow_backend) health = protocol::Health::degraded;
    } else {
        health = protocol::Health::degraded;
        detail = status.service.reason;
    }
    const bool broke = (status.service.state == ServiceState::crashed ||
                        status.service.state == ServiceState::hung) &&
                       engine_state != status.service.state;
    engine_state = status.service.state;
    parts.status.set("engine", health, detail);
    if (broke) {
        parts.hub.publish({}, {},
                          protocol::Notice{{},
                                           "warning",
                                           "The local engine stopped (" + detail +
                                               "). It starts again with your next message.",
                                           {}});
    }
}

}  // namespace loci
