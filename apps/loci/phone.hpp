// How a telephone in the house reaches this server: the address, and a QR code of it for the page
// and the terminal. No key is part of it. Pure but for looking at the network interfaces; any
// thread.
#pragma once

#include <string>
#include <vector>

#include "api/app/answers.hpp"
#include "config/settings.hpp"

namespace loci {

// Names and addresses by which others on the network can mean this machine: of its interfaces,
// loopback left out, and its host name. The best address for a telephone comes first.
[[nodiscard]] std::vector<std::string> own_names();

// `names` as from own_names(); `port` is the one in use.
[[nodiscard]] app::PhoneLink phone_link(const config::Server& server, int port,
                                        const std::vector<std::string>& names);

// The code in half-block characters, dark on light with its quiet zone, for any terminal.
[[nodiscard]] std::string draw_qr(const std::vector<std::string>& rows);

// The address as part of a URL: IPv6 in brackets.
[[nodiscard]] std::string url_host(const std::string& address);
[[nodiscard]] bool listens_everywhere(const std::string& host);
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace loci
