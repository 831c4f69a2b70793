// One HTTP connection: reads requests one after another, checks them, runs the handler and writes
// the answer. Owned by its coroutine (serve_connection); io thread only. Every fault of the peer
// ends in a JSON error or the end of the connection, every fault of a handler in a 500.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "http/detail/byte_stream.hpp"
#include "http/detail/file_response.hpp"
#include "http/detail/request_parser.hpp"
#include "http/detail/response_head.hpp"
#include "http/detail/server_context.hpp"
#include "http/detail/websocket_session.hpp"

namespace http::detail {

// Serves requests until the connection ends or becomes a WebSocket, and then that.
[[nodiscard]] async::Task<void> serve_connection(std::shared_ptr<ServerContext> context,
                                                 ByteStream stream);

// What a handler's exception becomes; its text stays in the log.
[[nodiscard]] Response internal_error();

class Connection final : public Closable, public std::enable_shared_from_this<Connection> {
public:
    Connection(std::shared_ptr<ServerContext> context, ByteStream stream);
    ~Connection() override;

    // The upgrade when the peer asked for a WebSocket; the connection is then left behind.
    [[nodiscard]] async::Task<std::optional<Upgrade>> run();
    void finish() override;
    void abort() override;

    // For the ResponseStream of the running handler.
    [[nodiscard]] async::Task<bool> begin_stream(int status, Headers headers);
    [[nodiscard]] async::Task<bool> write_piece(std::string piece);

private:
    // The request being answered.
    struct Exchange {
        explicit Exchange(ParserLimits limits) : parser(limits) {}
        RequestParser parser;
        RequestHead head;
        std::shared_ptr<Request> request = std::make_shared<Request>();
        std::stop_source stop;
        std::vector<std::string> parts;  // of the path
        std::optional<std::string> cors_origin;
        std::chrono::steady_clock::time_point began;
        const Route* route = nullptr;
        int status = 0;
        bool keep_alive = true;
        bool answered = false;
        bool streaming = false;
        bool chunked = false;
    };
    enum class OnExpiry { cancel, close };

    // Reading. False: the connection is to be ended.
    async::Task<bool> shake_hands();
    async::Task<bool> read_head();
    async::Task<bool> read_body();
    async::Task<bool> read_more(std::size_t at_most);
    void arm(std::chrono::nanoseconds after, OnExpiry what);
    [[nodiscard]] bool fill_request();

    // Deciding.
    async::Task<std::optional<Upgrade>> handle();
    async::Task<std::optional<Upgrade>> dispatch(RouteMatch match);
    async::Task<void> answer_without_route(RouteMatch match);
    async::Task<void> call(const Route& route);
    [[nodiscard]] std::optional<Response> refusal();
    // What the route takes and this request asks for too much of.
    [[nodiscard]] std::optional<Response> intake_refusal(const Route& route);
    [[nodiscard]] Response too_often(const char* what, std::chrono::seconds wait) const;
    void log_request() const;
    [[nodiscard]] Response preflight() const;
    [[nodiscard]] Upgrade make_upgrade(const WebSocketRoute& route);

    // Writing.
    async::Task<void> refuse(Refusal refusal);
    void leave_unread_body();
    async::Task<void> respond(Response response);
    async::Task<void> respond_file(FileAnswer answer);
    async::Task<void> run_stream(StreamHandler handler);
    async::Task<bool> write_all(std::string first, std::string second);
    async::Task<void> linger();
    [[nodiscard]] ResponseHead new_head(int status, Headers headers) const;

    std::shared_ptr<ServerContext> context_;
    ByteStream stream_;
    boost::asio::steady_timer deadline_;
    std::string peer_;
    std::string buffer_;  // received, not yet used
    std::unique_ptr<Exchange> exchange_;
    bool timed_out_ = false;
    bool broken_ = false;   // nothing more can be sent
    bool refused_ = false;  // the peer may still be sending what was not read
};

}  // namespace http::detail
