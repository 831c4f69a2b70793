#include "settings_desk.hpp"

#include <utility>

#include "base/log.hpp"
#include "config/patch.hpp"
#include "config/show.hpp"
#include "json/describe.hpp"

namespace loci {

SettingsDesk::SettingsDesk(config::LoadRequest request, config::Loaded loaded, OnChange on_change)
    : request_(std::move(request)),
      running_(loaded),
      current_(std::move(loaded)),
      on_change_(std::move(on_change)) {}

json::Value SettingsDesk::show() const {
    return config::show(current_, running_);
}

base::Result<json::Value> SettingsDesk::patch(const json::Value& changes) {
    TRY(patched, config::apply_patch(request_, current_, changes));
    current_ = std::move(patched.loaded);
    for (const auto& key : patched.changed) LOG_INFO("config", "a setting changed", {"key", key});
    if (!patched.changed.empty()) on_change_(current_.settings);
    json::Object answer{{"changed", json::from(patched.changed)},
                        {"restart_needed", json::from(patched.restart)}};
    return answer;
}

base::Result<void> SettingsDesk::reload() {
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
    return {};
}

}  // namespace loci
