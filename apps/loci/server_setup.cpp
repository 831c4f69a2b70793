#include "server_setup.hpp"

#include <fmt/core.h>

#include "crypto/certificate.hpp"
#include "phone.hpp"

namespace loci {

namespace fs = std::filesystem;

base::Result<http::ServerOptions> server_options(const config::Settings& settings,
                                                 const fs::path& data_folder) {
    http::ServerOptions options;
    options.host = settings.server.host;
    options.port = settings.server.port;
    options.allowed_hosts = settings.server.allowed_hosts;
    auto certified = settings.server.allowed_hosts;
    const bool everywhere = listens_everywhere(settings.server.host);
    // By its own addresses the machine is always meant itself, not another site.
    for (const auto& name : everywhere ? own_names() : std::vector<std::string>{}) {
        options.allowed_hosts.push_back(name);
        // Addresses of IPv6 change daily, and a phone would have to trust each new certificate.
        if (name.find(':') == std::string::npos) certified.push_back(name);
    }
    options.max_body = static_cast<std::size_t>(settings.limits.body_bytes);
    options.max_connections = static_cast<std::size_t>(settings.limits.connections);
    options.requests_per_second = settings.limits.requests_per_second;
    options.request_burst = settings.limits.request_burst;
    options.max_upload = static_cast<std::size_t>(settings.limits.upload_bytes);
    options.uploads_per_minute = settings.limits.uploads_per_minute;
    if (settings.server.tls.mode == config::TlsMode::own) {
        options.tls_certificate = settings.server.tls.certificate;
        options.tls_key = settings.server.tls.key;
    } else if (settings.server.tls.mode == config::TlsMode::self_signed) {
        TRY(files, crypto::ensure_certificate((data_folder / "tls").string(), certified));
        options.tls_certificate = files.certificate;
        options.tls_key = files.key;
    }
    return options;
}

base::Result<void> check_exposure(const config::Settings& settings) {
    if (is_loopback(settings.server.host) || !settings.auth.key.empty()) return {};
    return base::fail(base::ErrorCode::forbidden,
                      fmt::format("server.host is {}, so others could reach this companion, and no "
                                  "key protects it",
                                  settings.server.host),
                      "set auth.key (or LOCI_AUTH_KEY), or use 127.0.0.1");
}

app::IntakeOptions intake_options(const config::Limits& limits) {
    return {limits.messages_per_minute, static_cast<double>(limits.message_burst)};
}

}  // namespace loci
