// One accepted WebSocket: reading for its handler, a bounded outgoing queue, keep-alive and the
// closing handshake. Owned by the coroutine that runs the handler; io thread only.
// A dead or too slow peer ends it; the handler sees the end of read() and `request().stop`.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "http/detail/byte_stream.hpp"
#include "http/detail/closable.hpp"
#include "http/server.hpp"

namespace http::detail {

struct WebSocketLimits {
    std::size_t frame = 1'000'000;
    std::size_t queue = 4'000'000;
    std::chrono::seconds ping_every{30};
    std::chrono::seconds close_wait{10};
};

struct Upgrade {
    ByteStream stream;
    std::shared_ptr<Request> request;
    std::stop_source stop;  // of request->stop
    std::string protocol;   // agreed subprotocol, may be empty
    WebSocketHandler handler;
    std::size_t max_frame = 0;  // 0: the server's limits
    std::size_t max_queue = 0;
};

// Shakes hands, runs the handler, closes (1000, or 1011 after an exception) and waits for the end.
[[nodiscard]] async::Task<void> run_websocket(Upgrade upgrade, WebSocketLimits limits,
                                              std::shared_ptr<Closables> registry);

}  // namespace http::detail
