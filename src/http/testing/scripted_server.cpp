#include "http/testing/scripted_server.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <set>

#include <fmt/core.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "async/event.hpp"
#include "base/text.hpp"
#include "http/detail/await.hpp"
#include "http/sse.hpp"

namespace http::testing {
namespace {

using boost::asio::ip::tcp;
using detail::kAwait;

std::string format_head(int status, const Headers& headers) {
    std::string text = fmt::format("HTTP/1.1 {} Scripted\r\n", status);
    for (const auto& [name, value] : headers.items()) text += name + ": " + value + "\r\n";
    return text + "\r\n";
}

SeenRequest parse_head(std::string_view head) {
    SeenRequest seen;
    const auto lines = base::split(head, '\n');
    const auto words = base::split(base::trim(lines.front()), ' ');
    if (words.size() >= 2) {
        seen.method = words[0];
        seen.target = words[1];
    }
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const std::size_t colon = lines[i].find(':');
        if (colon == std::string_view::npos) continue;
        seen.headers.add(std::string(lines[i].substr(0, colon)),
                         std::string(base::trim(lines[i].substr(colon + 1))));
    }
    return seen;
}

std::size_t body_size(const SeenRequest& seen) {
    std::size_t size = 0;
    const std::string_view text = seen.headers.get("Content-Length").value_or("0");
    std::from_chars(text.data(), text.data() + text.size(), size);
    return size;
}

}  // namespace

Script& Script::add(Action action, std::string text, std::size_t total) {
    steps_.push_back({action, std::move(text), total});
    return *this;
}

Script Script::reply(int status, std::string_view body, std::string_view content_type,
                     const Headers& extra) {
    Headers headers = extra;
    headers.add("Content-Type", std::string(content_type));
    headers.add("Content-Length", fmt::format("{}", body.size()));
    Script script = head(status, headers);
    script.bytes(std::string(body));
    return script;
}

Script Script::sse_head(int status) {
    return head(status, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}});
}

Script Script::head(int status, const Headers& headers) {
    Script script;
    script.bytes(format_head(status, headers));
    return script;
}

Script& Script::bytes(std::string raw) {
    return add(Action::send, std::move(raw));
}

Script& Script::chunk(std::string_view data) {
    return add(Action::send, fmt::format("{:x}\r\n{}\r\n", data.size(), data));
}

Script& Script::end_chunks() {
    return add(Action::send, "0\r\n\r\n");
}

Script& Script::sse(std::string_view event, std::string_view data) {
    return chunk(format_sse(event, data));
}

Script& Script::repeat(std::string piece, std::size_t total) {
    return add(Action::repeat, std::move(piece), total);
}

Script& Script::await_step() {
    return add(Action::await_step);
}

Script& Script::close() {
    return add(Action::close);
}

Script& Script::cut() {
    return add(Action::cut);
}

Script& Script::hang() {
    return add(Action::hang);
}

// Kept alive by its connections, so the test may drop the server while they still unwind.
struct ScriptedServer::State {
    explicit State(const async::Executor& executor) : acceptor(executor) {}

    tcp::acceptor acceptor;
    std::set<tcp::socket*> sockets;
    std::deque<Script> scripts;
    std::vector<SeenRequest> requests;
    std::size_t connections = 0;
    std::size_t unexpected = 0;
    std::size_t bytes_sent = 0;
    std::size_t peers_left = 0;
    std::size_t permits = 0;
    bool closed = false;
    async::Event changed;

    void notify() {
        changed.set();
        changed.reset();
    }

    static async::Task<void> accept_all(std::shared_ptr<State> state);
    static async::Task<void> serve(std::shared_ptr<State> state,
                                   std::shared_ptr<tcp::socket> socket);
    static async::Task<bool> read_request(std::shared_ptr<State> state,
                                          std::shared_ptr<tcp::socket> socket, std::string& buffer);
    static async::Task<bool> play(std::shared_ptr<State> state, std::shared_ptr<tcp::socket> socket,
                                  Script script);
    static async::Task<bool> send(std::shared_ptr<State> state, std::shared_ptr<tcp::socket> socket,
                                  std::string_view text);
    static async::Task<bool> send_repeated(std::shared_ptr<State> state,
                                           std::shared_ptr<tcp::socket> socket,
                                           const Script::Step& step);
    static async::Task<void> wait_until_gone(std::shared_ptr<tcp::socket> socket);
};

async::Task<void> ScriptedServer::State::accept_all(std::shared_ptr<State> state) {
    for (;;) {
        auto accepting = state->acceptor.async_accept(kAwait);
        auto [error, socket] = co_await std::move(accepting);
        if (error || state->closed) co_return;
        ++state->connections;
        socket.set_option(tcp::no_delay(true));
        auto shared = std::make_shared<tcp::socket>(std::move(socket));
        async::spawn_detached(state->acceptor.get_executor(), "scripted connection",
                              serve(state, shared));
    }
}

async::Task<void> ScriptedServer::State::serve(std::shared_ptr<State> state,
                                               std::shared_ptr<tcp::socket> socket) {
    state->sockets.insert(socket.get());
    std::string buffer;
    for (;;) {
        const bool arrived = co_await read_request(state, socket, buffer);
        if (!arrived) break;
        Script script = Script::reply(500, "no script was left for this request", "text/plain");
        if (state->scripts.empty()) {
            ++state->unexpected;
        } else {
            script = std::move(state->scripts.front());
            state->scripts.pop_front();
        }
        auto playing = play(state, socket, std::move(script));
        const bool keep = co_await std::move(playing);
        if (!keep) break;
    }
    state->sockets.erase(socket.get());
}

async::Task<bool> ScriptedServer::State::read_request(std::shared_ptr<State> state,
                                                      std::shared_ptr<tcp::socket> socket,
                                                      std::string& buffer) {
    std::optional<SeenRequest> seen;
    std::size_t needed = 0;
    for (;;) {
        const std::size_t end = buffer.find("\r\n\r\n");
        if (!seen && end != std::string::npos) {
            seen = parse_head(std::string_view(buffer).substr(0, end));
            buffer.erase(0, end + 4);
            needed = body_size(*seen);
        }
        if (seen && buffer.size() >= needed) break;
        std::string piece(16'384, '\0');
        auto reading = socket->async_read_some(boost::asio::buffer(piece), kAwait);
        const auto [error, count] = co_await std::move(reading);
        if (error) co_return false;
        buffer.append(piece, 0, count);
    }
    seen->body = buffer.substr(0, needed);
    buffer.erase(0, needed);
    state->requests.push_back(std::move(*seen));
    state->notify();
    co_return true;
}

async::Task<bool> ScriptedServer::State::play(std::shared_ptr<State> state,
                                              std::shared_ptr<tcp::socket> socket, Script script) {
    using Action = Script::Action;
    for (const Script::Step& step : script.steps_) {
        bool alive = true;
        switch (step.action) {
            case Action::send: {
                auto sending = send(state, socket, step.text);
                alive = co_await std::move(sending);
                break;
            }
            case Action::repeat: {
                auto sending = send_repeated(state, socket, step);
                alive = co_await std::move(sending);
                break;
            }
            case Action::await_step:
                while (state->permits == 0 && !state->closed) {
                    const bool woken = co_await state->changed.wait();
                    if (!woken) co_return false;
                }
                if (state->closed) co_return false;
                --state->permits;
                break;
            case Action::close: {
                boost::system::error_code ignored;
                socket->shutdown(tcp::socket::shutdown_both, ignored);
                socket->close(ignored);
                co_return false;
            }
            case Action::cut:
                socket->set_option(boost::asio::socket_base::linger(true, 0));
                socket->close();
                co_return false;
            case Action::hang: {
                auto waiting = wait_until_gone(socket);
                co_await std::move(waiting);
                alive = false;
                break;
            }
        }
        if (!alive) {
            ++state->peers_left;
            state->notify();
            co_return false;
        }
    }
    co_return true;
}

async::Task<bool> ScriptedServer::State::send(std::shared_ptr<State> state,
                                              std::shared_ptr<tcp::socket> socket,
                                              std::string_view text) {
    auto writing = boost::asio::async_write(*socket, boost::asio::buffer(text), kAwait);
    const auto [error, count] = co_await std::move(writing);
    state->bytes_sent += count;
    co_return !error;
}

async::Task<bool> ScriptedServer::State::send_repeated(std::shared_ptr<State> state,
                                                       std::shared_ptr<tcp::socket> socket,
                                                       const Script::Step& step) {
    std::string block;
    while (block.size() < 64'000) block += step.text;
    std::size_t left = step.total;
    while (left > 0) {
        const std::size_t size = std::min(left, block.size());
        auto sending = send(state, socket, std::string_view(block).substr(0, size));
        const bool sent = co_await std::move(sending);
        if (!sent) co_return false;
        left -= size;
    }
    co_return true;
}

async::Task<void> ScriptedServer::State::wait_until_gone(std::shared_ptr<tcp::socket> socket) {
    std::string ignored(4'096, '\0');
    for (;;) {
        auto reading = socket->async_read_some(boost::asio::buffer(ignored), kAwait);
        const auto [error, count] = co_await std::move(reading);
        if (error) co_return;
    }
}

ScriptedServer::ScriptedServer(async::Executor executor)
    : state_(std::make_shared<State>(executor)) {
    const tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), 0);
    state_->acceptor.open(endpoint.protocol());
    state_->acceptor.bind(endpoint);
    state_->acceptor.listen();
    async::spawn_detached(executor, "scripted server", State::accept_all(state_));
}

ScriptedServer::~ScriptedServer() {
    state_->closed = true;
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
    for (tcp::socket* socket : state_->sockets) socket->close(ignored);
    state_->notify();
}

void ScriptedServer::enqueue(Script script) {
    state_->scripts.push_back(std::move(script));
}

void ScriptedServer::step() {
    ++state_->permits;
    state_->notify();
}

int ScriptedServer::port() const {
    return state_->acceptor.local_endpoint().port();
}

std::string ScriptedServer::url(std::string_view path) const {
    return fmt::format("http://127.0.0.1:{}{}", port(), path);
}

const std::vector<SeenRequest>& ScriptedServer::requests() const {
    return state_->requests;
}

std::size_t ScriptedServer::connections() const {
    return state_->connections;
}

std::size_t ScriptedServer::unexpected() const {
    return state_->unexpected;
}

std::size_t ScriptedServer::bytes_sent() const {
    return state_->bytes_sent;
}

async::Task<void> ScriptedServer::wait_requests(std::size_t count) {
    const auto state = state_;
    while (state->requests.size() < count && !state->closed) {
        const bool woken = co_await state->changed.wait();
        if (!woken) co_return;
    }
}

async::Task<void> ScriptedServer::wait_peer_left(std::size_t count) {
    const auto state = state_;
    while (state->peers_left < count && !state->closed) {
        const bool woken = co_await state->changed.wait();
        if (!woken) co_return;
    }
}

}  // namespace http::testing
