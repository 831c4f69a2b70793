// SettingsDesk: the configuration as the page sees and changes it. What can be taken over without
// a restart is handed to `on_change`. Owned by House; io thread (files of a few kilobytes).
#pragma once

#include <functional>

#include "api/app/desks.hpp"
#include "config/load.hpp"

namespace loci {

class SettingsDesk final : public app::ConfigDesk {
public:
    using OnChange = std::function<void(const config::Settings&)>;

    SettingsDesk(config::LoadRequest request, config::Loaded loaded, OnChange on_change);

    [[nodiscard]] json::Value show() const override;
    [[nodiscard]] base::Result<app::ConfigChange> patch(const json::Value& changes) override;
    // Reads the files again (SIGHUP). True: something changed that only a restart brings into
    // force.
    [[nodiscard]] base::Result<bool> reload();
    [[nodiscard]] const config::Loaded& current() const { return current_; }

private:
    config::LoadRequest request_;
    config::Loaded running_;
    config::Loaded current_;
    OnChange on_change_;
};

}  // namespace loci
