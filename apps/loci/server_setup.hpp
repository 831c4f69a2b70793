// What the settings say of the port: addresses, certificate, limits. Composition root.
#pragma once

#include <filesystem>

#include "api/app/intake.hpp"
#include "base/result.hpp"
#include "config/settings.hpp"
#include "http/server.hpp"

namespace loci {

// Makes the certificate below `data_folder` when the settings want one of its own. Errors: storage.
[[nodiscard]] base::Result<http::ServerOptions> server_options(
    const config::Settings& settings, const std::filesystem::path& data_folder);
// forbidden: others could reach it, and nothing protects it.
[[nodiscard]] base::Result<void> check_exposure(const config::Settings& settings);
[[nodiscard]] app::IntakeOptions intake_options(const config::Limits& limits);

}  // namespace loci
