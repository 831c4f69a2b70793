// The HTTP and WebSocket server: one listener, one io thread. Owned by the composition root; the
// surfaces in api/ register their routes before start(). The only room that names Boost.Beast.
//
// Hostile input: header, body, frame and connection limits; Host and Origin are checked before any
// handler runs; slow peers time out. Handler failures become JSON errors, never a crash.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/task.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "http/types.hpp"

namespace http {

namespace detail {
struct RouteTable;
}

struct Request {
    base::RequestId id;  // shown in every log line of this request and in X-Request-Id
    std::string method;  // upper case
    std::string path;    // percent-decoded, without query
    Headers headers;
    std::string body;
    std::string peer;                           // address without port
    std::map<std::string, std::string> query;   // percent-decoded
    std::map<std::string, std::string> params;  // of {name} parts of the route
    std::stop_token stop;                       // requested when the peer is gone
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
    // Non-empty: the file is sent as the body (with Range and conditional requests); body unused.
    std::string file;
};

// Streams a response piece by piece, for SSE and long exports.
class ResponseStream {
public:
    virtual ~ResponseStream() = default;
    // Sends status and headers; call once, before write().
    [[nodiscard]] virtual async::Task<base::Result<void>> begin(int status, Headers headers) = 0;
    // Completes when the piece was handed to the kernel: back-pressure. Error: cancelled (gone).
    [[nodiscard]] virtual async::Task<base::Result<void>> write(std::string piece) = 0;
};

struct SocketMessage {
    bool binary = false;
    std::string data;
};

class WebSocket {
public:
    virtual ~WebSocket() = default;
    // The next message, empty at the close. Over-long ones close the socket with the fitting code.
    [[nodiscard]] virtual async::Task<std::optional<SocketMessage>> read_message() = 0;
    // The next text message; a binary one closes the socket.
    [[nodiscard]] virtual async::Task<std::optional<std::string>> read() = 0;
    // Queues a text frame; false when the outgoing queue is over its limit (the peer is too slow:
    // the socket is being closed with 4008) or the socket is closed. Never waits.
    [[nodiscard]] virtual bool send(std::string text) = 0;
    // The same for a binary frame; both kinds keep their order.
    [[nodiscard]] virtual bool send_binary(std::string bytes) = 0;
    // Queues a close frame behind what was sent before.
    virtual void close(int code, std::string reason) = 0;
    [[nodiscard]] virtual const Request& request() const = 0;
};

using Handler = std::function<async::Task<base::Result<Response>>(std::shared_ptr<Request>)>;
using StreamHandler =
    std::function<async::Task<void>(std::shared_ptr<Request>, std::shared_ptr<ResponseStream>)>;
using WebSocketHandler = std::function<async::Task<void>(std::shared_ptr<WebSocket>)>;
// Runs before the handler of every route that is not open; an Error refuses the request.
using Guard = std::function<base::Result<void>(const Request&)>;

enum class Access { open, guarded };
// What a route takes. Uploads have a size limit and a token bucket of their own.
enum class Intake { requests, uploads };

// What a socket's route agrees to. 0: the server's own limit.
struct SocketOptions {
    // Of those that a client offers, the first that is here is agreed on.
    std::vector<std::string> protocols = {};
    std::size_t max_frame = 0;  // bytes of an incoming message
    std::size_t max_queue = 0;  // bytes waiting to go out
};

// Routes: exact parts and {name} parts; a last part {name...} takes the rest of the path.
class Router {
public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    void add(std::string method, std::string pattern, Handler handler,
             Access access = Access::guarded, Intake intake = Intake::requests);
    void add_stream(std::string method, std::string pattern, StreamHandler handler,
                    Access access = Access::guarded);
    // The guard is not applied to sockets: their handler closes with 4001 itself.
    void add_websocket(std::string pattern, WebSocketHandler handler, SocketOptions options = {});
    // Serves files below `folder` for paths that no route takes; "/" is index.html. Files under
    // assets/ have hashed names and are cached for good, everything else is revalidated (ETag).
    void add_static(std::string folder);
    // Answers an upload, guarded, with a stream.
    void add_upload_stream(std::string method, std::string pattern, StreamHandler handler);
    void set_guard(Guard guard);
    // Route patterns with methods, for /openapi.json and tests.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> routes() const;

private:
    friend class Server;
    std::shared_ptr<detail::RouteTable> table_;
};

struct ServerOptions {
    std::string host = "127.0.0.1";
    int port = 5624;  // 0: any free port
    // Host and Origin names allowed besides loopback and `host` (DNS rebinding, cross-site
    // sockets).
    std::vector<std::string> allowed_hosts;
    std::string tls_certificate;  // PEM files; both empty: plain HTTP
    std::string tls_key;
    std::size_t max_header = 16'384;
    std::size_t max_body = 10'000'000;
    std::size_t max_frame = 1'000'000;
    std::size_t max_connections = 2'000;
    std::size_t max_socket_queue = 4'000'000;  // bytes waiting on one WebSocket
    std::chrono::milliseconds header_timeout{10'000};
    std::chrono::milliseconds idle_timeout{120'000};
    // Token bucket per peer address; 0: no limit.
    double requests_per_second = 200;
    double request_burst = 400;
    // For routes that take uploads, per peer address besides the above.
    std::size_t max_upload = 50'000'000;
    double uploads_per_minute = 60;
    double upload_burst = 20;
};

struct ServerStats {
    std::size_t connections = 0;
    std::size_t websockets = 0;
    unsigned long long requests = 0;
    unsigned long long refused = 0;
};

class Server {
public:
    Server(async::Executor executor, Router router, ServerOptions options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds and begins to accept. Errors: conflict (port in use; names the port and what to do),
    // invalid_argument (address, certificate).
    [[nodiscard]] base::Result<void> start();
    // The port in use, after start().
    [[nodiscard]] int port() const;
    // Stops accepting, closes sockets with 1001 and waits for the handlers.
    [[nodiscard]] async::Task<void> close();
    [[nodiscard]] ServerStats stats() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

// The HTTP status of an error code (protocol/errors.json).
[[nodiscard]] int status_of(base::ErrorCode code);
// JSON response helpers used by all surfaces.
[[nodiscard]] Response json_response(std::string json_text, int status = 200);
[[nodiscard]] Response error_response(const base::Error& error);

}  // namespace http
