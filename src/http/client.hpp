// The HTTP client: libcurl's multi interface driven by Asio (HTTP/2, proxies, keep-alive).
// One per process, io thread only. Failures are typed Errors: unavailable (cannot connect),
// timeout, upstream (broke the protocol or cut the body), too_large, cancelled. A status of 400 and
// above is not an Error here: the caller knows what it means.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "base/result.hpp"
#include "http/types.hpp"

namespace http {

// The hint of an Error when the host is there and nothing listens on its port. Who knows what
// should have listened replaces it.
inline constexpr std::string_view kNobodyListens =
    "check that the service is running and reachable";

// Whether a GET or HEAD goes where the answer sends it; `refuse` gives the caller the 3xx instead,
// for requests that may not leave the machine they were meant for.
enum class Redirects { follow, refuse };

struct ClientRequest {
    std::string method = "GET";
    std::string url;
    Headers headers;
    std::string body;
    // PEM file. Non-empty: only a server that shows this certificate is spoken to, under any name:
    // for our own server on this machine.
    std::string only_certificate;
    std::chrono::milliseconds connect_timeout{10'000};
    // No byte received for this long ends the call with `timeout`; zero: never.
    std::chrono::milliseconds idle_timeout{60'000};
    // Bytes of the body after which the call ends with `too_large`.
    std::size_t max_body = 64'000'000;
    Redirects redirects = Redirects::follow;
};

struct ClientResponse {
    int status = 0;
    Headers headers;
    std::string body;  // empty when it was streamed
};

// Receives a body as it arrives. on_head() comes once before any data; returning false from either
// ends the transfer with `cancelled`.
class BodySink {
public:
    virtual ~BodySink() = default;
    [[nodiscard]] virtual bool on_head(const ClientResponse& head) = 0;
    [[nodiscard]] virtual bool on_data(std::string_view bytes) = 0;
    // True once everything that matters has come, asked after each on_data(). What follows is
    // dropped, and the call ends well with the body or a moment later: waiting for the end, unlike
    // breaking off, keeps the connection for the next request.
    [[nodiscard]] virtual bool has_all() const { return false; }
};

class Client {
public:
    explicit Client(async::Executor executor);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    [[nodiscard]] async::Task<base::Result<ClientResponse>> fetch(ClientRequest request,
                                                                  std::stop_token stop);
    // `sink` must outlive the call.
    [[nodiscard]] async::Task<base::Result<ClientResponse>> stream(ClientRequest request,
                                                                   BodySink& sink,
                                                                   std::stop_token stop);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace http
