// What the subcommands share: the loaded settings and a blocking way to ask the running server.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "config/load.hpp"
#include "http/client.hpp"
#include "json/json.hpp"
#include "models/discovery.hpp"
#include "serve.hpp"

namespace loci {

// The server that runs on these settings' data, wherever it listens; else the one that they would
// start. One caller, one request at a time.
class ServerConsole {
public:
    explicit ServerConsole(const config::Settings& settings);

    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] bool is_up();
    // Errors: as http::Client, and those that the server states.
    [[nodiscard]] base::Result<json::Value> ask(std::string method, std::string path,
                                                std::string body = {});
    // Streams the body of a POST; ends early when `stop` is requested.
    [[nodiscard]] base::Result<int> stream(std::string path, std::string body, http::BodySink& sink,
                                           std::stop_token stop);

private:
    [[nodiscard]] http::ClientRequest request(std::string method, std::string path,
                                              std::string body) const;
    boost::asio::io_context io_;
    http::Client client_;
    std::string url_;
    std::string key_;
    std::string certificate_;  // of a server with TLS
};

// Model servers of other programs on this machine.
[[nodiscard]] std::vector<models::LocalOffer> look_around();

// Starts a server in the background, detached from the terminal, and waits until it is ready.
[[nodiscard]] base::Result<void> start_in_background(const ServeFlags& flags,
                                                     const config::Settings& settings);

}  // namespace loci
