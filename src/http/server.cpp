#include "http/server.hpp"

#include <array>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "async/task_scope.hpp"
#include "base/log.hpp"
#include "http/detail/await.hpp"
#include "http/detail/connection.hpp"
#include "http/detail/response_head.hpp"
#include "http/detail/server_context.hpp"
#include "http/detail/transport.hpp"

namespace http {
namespace {

using base::ErrorCode;
using boost::asio::ip::tcp;
using detail::kAwait;
constexpr std::chrono::seconds kCloseWait{3};
constexpr std::size_t kMaxRefusing = 64;

// Asio has no flag for it, and a child process must not inherit a person's connection.
void close_on_exec(int fd) {
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

base::Result<tcp::endpoint> find_endpoint(const async::Executor& executor,
                                          const ServerOptions& options) {
    const auto bad = [&](const std::string& reason) {
        return base::fail(
            ErrorCode::invalid_argument,
            fmt::format("cannot listen on {}:{}: {}", options.host, options.port, reason),
            "set host to 127.0.0.1 for this machine alone, or to 0.0.0.0 for all");
    };
    if (options.port < 0 || options.port > 65'535) return bad("there is no such port");
    const auto port = static_cast<unsigned short>(options.port);
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(options.host, error);
    if (!error) return tcp::endpoint(address, port);
    tcp::resolver resolver(executor);
    const auto found = resolver.resolve(options.host, "", tcp::resolver::passive, error);
    if (error || found.empty()) return bad("no address has this name");
    return tcp::endpoint(found.begin()->endpoint().address(), port);
}

base::Error listen_error(const ServerOptions& options, const boost::system::error_code& error) {
    const std::string what =
        fmt::format("cannot listen on {}:{}: {}", options.host, options.port, error.message());
    if (error == boost::asio::error::address_in_use) {
        return base::make_error(ErrorCode::conflict, what,
                                "another program uses this port: stop it, or set another port");
    }
    return base::make_error(ErrorCode::invalid_argument, what,
                            "choose an address of this machine and a port above 1023");
}

}  // namespace

struct Server::State {
    State(async::Executor executor_, Router& router, ServerOptions options)
        : executor(std::move(executor_)),
          context(std::make_shared<detail::ServerContext>(std::move(options), router.table_)),
          acceptor(executor),
          scope(executor) {}

    static async::Task<void> accept_all(std::shared_ptr<State> state);
    static async::Task<void> refuse(std::shared_ptr<State> state,
                                    std::shared_ptr<tcp::socket> socket);
    void take(tcp::socket socket, const std::shared_ptr<State>& self);
    void stop_accepting();
    void abort_all();

    async::Executor executor;
    std::shared_ptr<detail::ServerContext> context;
    std::shared_ptr<boost::asio::ssl::context> tls;
    tcp::acceptor acceptor;
    int port = 0;
    std::size_t refusing = 0;
    async::TaskScope scope;
};

async::Task<void> Server::State::accept_all(std::shared_ptr<State> state) {
    constexpr std::chrono::milliseconds kPause{100};
    while (!state->context->stopping) {
        auto accepting = state->acceptor.async_accept(kAwait);
        auto [error, socket] = co_await std::move(accepting);
        if (state->context->stopping) co_return;
        if (!error) {
            state->take(std::move(socket), state);
            continue;
        }
        // Usually out of file descriptors: trying at once would only spin.
        LOG_WARN("http", "a connection could not be accepted", {"reason", error.message()});
        boost::asio::steady_timer pause(state->executor, kPause);
        auto waiting = pause.async_wait(kAwait);
        co_await std::move(waiting);
    }
}

void Server::State::take(tcp::socket socket, const std::shared_ptr<State>& self) {
    close_on_exec(socket.native_handle());
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (context->stats.connections < context->options.max_connections) {
        detail::ByteStream stream(detail::make_transport(std::move(socket), tls.get()));
        scope.spawn("http connection", detail::serve_connection(context, std::move(stream)));
        return;
    }
    ++context->stats.refused;
    if (tls || refusing >= kMaxRefusing) return;  // the socket closes here
    scope.spawn("http refusal", refuse(self, std::make_shared<tcp::socket>(std::move(socket))));
}

// Says 503 and lets the peer read it.
async::Task<void> Server::State::refuse(std::shared_ptr<State> state,
                                        std::shared_ptr<tcp::socket> socket) {
    ++state->refusing;
    Response full = error_response(base::make_error(
        ErrorCode::unavailable, "the server has as many connections as it may have",
        "close other pages of it, or raise max_connections"));
    detail::ResponseHead head;
    head.status = full.status;
    head.headers = std::move(full.headers);
    head.headers.set("Retry-After", "5");
    head.request_id = base::new_uuid();
    head.length = full.body.size();
    head.keep_alive = false;
    const std::string text = detail::format_head(head) + full.body;
    auto deadline =
        std::make_shared<boost::asio::steady_timer>(state->executor, std::chrono::seconds(1));
    deadline->async_wait([socket](boost::system::error_code error) {
        boost::system::error_code ignored;
        if (!error) socket->close(ignored);
    });
    auto writing = boost::asio::async_write(*socket, boost::asio::buffer(text), kAwait);
    auto [error, count] = co_await std::move(writing);
    boost::system::error_code ignored;
    socket->shutdown(tcp::socket::shutdown_send, ignored);
    std::array<char, 1'024> dropped{};
    while (!error) {
        auto reading = socket->async_read_some(boost::asio::buffer(dropped), kAwait);
        const auto [read_error, size] = co_await std::move(reading);
        error = read_error;
    }
    deadline->cancel();
    --state->refusing;
}

void Server::State::stop_accepting() {
    context->stopping = true;
    boost::system::error_code ignored;
    acceptor.close(ignored);
}

void Server::State::abort_all() {
    const std::vector<detail::Closable*> open(context->registry->begin(), context->registry->end());
    for (detail::Closable* item : open) item->abort();
}

Server::Server(async::Executor executor, Router router, ServerOptions options)
    : state_(std::make_shared<State>(std::move(executor), router, std::move(options))) {}

Server::~Server() {
    state_->stop_accepting();
    state_->abort_all();
}

base::Result<void> Server::start() {
    State& state = *state_;
    const ServerOptions& options = state.context->options;
    TRY(tls, detail::make_tls_context(options.tls_certificate, options.tls_key));
    TRY(endpoint, find_endpoint(state.executor, options));
    boost::system::error_code error;
    state.acceptor.open(endpoint.protocol(), error);
    if (!error) {
        close_on_exec(state.acceptor.native_handle());
        state.acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    }
    if (!error) state.acceptor.bind(endpoint, error);
    if (!error) state.acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error) {
        boost::system::error_code ignored;
        state.acceptor.close(ignored);
        return base::fail(listen_error(options, error));
    }
    state.tls = std::move(tls);
    state.port = state.acceptor.local_endpoint(error).port();
    state.scope.spawn("http listener", State::accept_all(state_));
    LOG_INFO("http", "listening", {"host", options.host}, {"port", state.port},
             {"tls", state.tls != nullptr});
    return {};
}

int Server::port() const {
    return state_->port;
}

async::Task<void> Server::close() {
    const auto state = state_;
    state->stop_accepting();
    const std::vector<detail::Closable*> open(state->context->registry->begin(),
                                              state->context->registry->end());
    for (detail::Closable* item : open) item->finish();
    boost::asio::steady_timer deadline(state->executor, kCloseWait);
    deadline.async_wait([weak = std::weak_ptr<State>(state)](boost::system::error_code error) {
        const auto alive = weak.lock();
        if (!error && alive) alive->abort_all();
    });
    auto closing = state->scope.close();
    co_await std::move(closing);
}

ServerStats Server::stats() const {
    return state_->context->stats;
}

}  // namespace http
