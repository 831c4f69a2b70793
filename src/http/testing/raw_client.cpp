#include "http/testing/raw_client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "http/detail/await.hpp"

namespace http::testing {
namespace {

using boost::asio::ip::tcp;
using detail::kAwait;

}  // namespace

struct RawClient::State {
    explicit State(boost::asio::io_context& io) : socket(io) {}
    tcp::socket socket;
    std::string received;

    static async::Task<bool> send(std::shared_ptr<State> state, std::string bytes);
    static async::Task<bool> read_more(std::shared_ptr<State> state);
    static async::Task<std::string> read_until(std::shared_ptr<State> state, std::string end);
    static async::Task<std::string> read_count(std::shared_ptr<State> state, std::size_t count);
    static async::Task<std::string> exchange(std::shared_ptr<State> state, std::string bytes);
};

async::Task<bool> RawClient::State::send(std::shared_ptr<State> state, std::string bytes) {
    auto writing = boost::asio::async_write(state->socket, boost::asio::buffer(bytes), kAwait);
    const auto [error, count] = co_await std::move(writing);
    co_return !error;
}

async::Task<bool> RawClient::State::read_more(std::shared_ptr<State> state) {
    std::string piece(65'536, '\0');
    auto reading = state->socket.async_read_some(boost::asio::buffer(piece), kAwait);
    const auto [error, count] = co_await std::move(reading);
    state->received.append(piece, 0, count);
    co_return !error;
}

async::Task<std::string> RawClient::State::read_until(std::shared_ptr<State> state,
                                                      std::string end) {
    bool more = true;
    while (more && state->received.find(end) == std::string::npos) {
        more = co_await read_more(state);
    }
    const std::size_t at = state->received.find(end);
    if (at == std::string::npos) co_return std::exchange(state->received, {});
    std::string text = state->received.substr(0, at + end.size());
    state->received.erase(0, text.size());
    co_return text;
}

async::Task<std::string> RawClient::State::read_count(std::shared_ptr<State> state,
                                                      std::size_t count) {
    bool more = true;
    while (more && state->received.size() < count) more = co_await read_more(state);
    std::string text = state->received.substr(0, count);
    state->received.erase(0, text.size());
    co_return text;
}

async::Task<std::string> RawClient::State::exchange(std::shared_ptr<State> state,
                                                    std::string bytes) {
    if (!bytes.empty()) {
        auto sending = send(state, std::move(bytes));
        const bool sent = co_await std::move(sending);
        if (!sent) co_return std::string("(the server did not take the bytes)");
    }
    bool more = true;
    while (more) more = co_await read_more(state);
    co_return std::exchange(state->received, {});
}

RawClient::RawClient(boost::asio::io_context& io, int port) : state_(std::make_shared<State>(io)) {
    state_->socket.connect(
        {boost::asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)});
    state_->socket.set_option(tcp::no_delay(true));
}

RawClient::~RawClient() {
    close();
}

async::Task<bool> RawClient::send(std::string bytes) {
    return State::send(state_, std::move(bytes));
}

async::Task<std::string> RawClient::read_until(std::string end) {
    return State::read_until(state_, std::move(end));
}

async::Task<std::string> RawClient::read_count(std::size_t count) {
    return State::read_count(state_, count);
}

async::Task<std::string> RawClient::exchange(std::string bytes) {
    return State::exchange(state_, std::move(bytes));
}

void RawClient::reset() {
    boost::system::error_code ignored;
    state_->socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    state_->socket.close(ignored);
}

void RawClient::close() {
    boost::system::error_code ignored;
    state_->socket.close(ignored);
}

}  // namespace http::testing
