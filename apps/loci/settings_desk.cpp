#include "settings_desk.hpp"

#include <utility>

#include "base/log.hpp"
#include "config/patch.hpp"
#include "config/show.hpp"

namespace loci {

SettingsDesk::SettingsDesk(config::LoadRequest request, config::Loaded loaded, OnChange on_change)
    : request_(std::move(request)),
      running_(loaded),
      current_(std::move(loaded)),
      on_change_(std::move(on_change)) {}

json::Value SettingsDesk::show() const {
    return config::show(current_, running_);
}

base::Result<app::ConfigChange> SettingsDesk::patch(const json::Value& changes) {
    TRY(patched, config::apply_patch(request_, current_, changes));
    current_ = std::move(patched.loaded);
    for (const auto& key : patched.changed) LOG_INFO("config", "a setting changed", {"key", key});
    if (!patched.changed.empty()) on_change_(current_.settings);
    return app::ConfigChange{std::move(patched.changed), std::move(patched.restart)};
}

base::Result<bool> SettingsDesk::reload() {
    TRY(loaded, config::load(request_));
    if (loaded.refuses_start()) {
        return base::fail(base::ErrorCode::invalid_argument,
                          "the changed configuration could not be started with",
                          "see `loci config check`");
    }
    const auto changed = config::changed_keys(current_, loaded);
    current_ = std::move(loaded);
    LOG_INFO("config", "configuration read again", {"changed", changed.size()});
    if (!changed.empty()) on_change_(current_.settings);
    const auto waiting = config::restart_keys(running_, current_);
    for (const auto& key : waiting) {
        LOG_INFO("config", "a setting waits for a restart", {"key", key});
    }
    return !waiting.empty();
}

}  // namespace loci
