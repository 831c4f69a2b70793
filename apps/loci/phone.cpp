#include "phone.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>
#include <qrcodegen/qrcodegen.hpp>

namespace loci {
namespace {

using Interfaces = std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)>;

Interfaces interfaces() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) list = nullptr;
    return {list, &::freeifaddrs};
}

std::string text_of(const sockaddr& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof(v4));
        ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    } else if (address.sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof(v6));
        const bool link_local = IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr);
        if (!link_local) ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    }
    return text.data();
}

// Bridges of containers and virtual machines: no telephone is behind them.
bool is_virtual(std::string_view interface) {
    constexpr std::array<std::string_view, 5> kNames = {"docker", "br-", "veth", "virbr", "podman"};
    return std::ranges::any_of(kNames, [&](auto name) { return interface.starts_with(name); });
}

// Lower is better.
int rank(const std::string& address, std::string_view interface) {
    if (is_virtual(interface)) return 4;
    if (address.find(':') != std::string::npos) return 3;
    return address.starts_with("192.168.") || address.starts_with("10.") ? 0 : 1;
}

std::vector<std::string> qr_rows(const std::string& text) {
    const auto code = qrcodegen::QrCode::encodeText(text.c_str(), qrcodegen::QrCode::Ecc::MEDIUM);
    std::vector<std::string> rows;
    for (int y = 0; y < code.getSize(); ++y) {
        std::string row;
        for (int x = 0; x < code.getSize(); ++x) row.push_back(code.getModule(x, y) ? '1' : '0');
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace

bool is_loopback(std::string_view host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool listens_everywhere(const std::string& host) {
    return host == "0.0.0.0" || host == "::";
}

std::string url_host(const std::string& address) {
    return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

std::vector<std::string> own_names() {
    std::vector<std::pair<int, std::string>> found;
    const auto list = interfaces();
    for (const ifaddrs* item = list.get(); item != nullptr; item = item->ifa_next) {
        const bool usable = item->ifa_addr != nullptr && (item->ifa_flags & IFF_UP) != 0 &&
                            (item->ifa_flags & IFF_LOOPBACK) == 0;
        if (!usable) continue;
        std::string address = text_of(*item->ifa_addr);
        if (!address.empty()) found.emplace_back(rank(address, item->ifa_name), address);
    }
    std::ranges::sort(found);
    std::vector<std::string> names;
    for (auto& [unused, address] : found) names.push_back(std::move(address));
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0') {
        const std::string host = name.data();
        names.push_back(host);
        if (host.find('.') == std::string::npos) names.push_back(host + ".local");
    }
    return names;
}

app::PhoneLink phone_link(const config::Server& server, int port,
                          const std::vector<std::string>& names) {
    app::PhoneLink link;
    const bool secure = server.tls.mode != config::TlsMode::off;
    if (is_loopback(server.host)) {
        link.hint =
            "Only this machine can reach Loci now. To open it on a telephone in the house, set "
            "server.host to 0.0.0.0, server.tls.mode to self_signed and a key in auth.key, then "
            "start Loci again.";
        return link;
    }
    const bool everywhere = listens_everywhere(server.host);
    if (everywhere && names.empty()) {
        link.hint = "This machine has no address on a network.";
        return link;
    }
    link.reachable = true;
    link.url = fmt::format("{}://{}:{}", secure ? "https" : "http",
                           url_host(everywhere ? names.front() : server.host), port);
    link.qr = qr_rows(link.url);
    if (!secure) {
        link.hint =
            "Without TLS the telephone offers no microphone and cannot install the page: set "
            "server.tls.mode to self_signed.";
    } else if (server.tls.mode == config::TlsMode::self_signed) {
        link.hint =
            "The telephone warns once about the certificate, because it was made on this machine.";
    }
    return link;
}

std::string draw_qr(const std::vector<std::string>& rows) {
    constexpr int kQuiet = 2;
    const int size = static_cast<int>(rows.size());
    const auto dark = [&](int x, int y) {
        if (x < 0 || y < 0 || x >= size || y >= size) return false;
        return rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] == '1';
    };
    std::string out;
    for (int y = -kQuiet; y < size + kQuiet; y += 2) {
        out += "\033[38;5;16;48;5;231m";
        for (int x = -kQuiet; x < size + kQuiet; ++x) {
            const bool upper = dark(x, y);
            const bool lower = dark(x, y + 1);
            out += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
        }
        out += "\033[0m\n";
    }
    return out;
}

}  // namespace loci
