#include "http/detail/byte_stream.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/detail/transport.hpp"

namespace http::detail {
namespace {

using boost::asio::ip::tcp;

// How often a peer is looked at whose unread bytes hide that it has left.
constexpr std::chrono::milliseconds kLookAgain{500};

bool peer_has_closed(int fd) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return true;
    return info.tcpi_state != TCP_ESTABLISHED;
}

bool has_unread_bytes(int fd) {
    char byte = 0;
    return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

}  // namespace

struct ByteStream::State {
    std::unique_ptr<Transport> transport;
    std::string unread;
    std::string gathered;  // written while corked
    std::string sending;   // gathered bytes on their way
    bool corked = false;
    struct Watch;
    std::shared_ptr<Watch> watch;

    static void look(const std::shared_ptr<Watch>& watch);
};

// Kept by its own pending wait, so that the ByteStream may be moved or destroyed meanwhile.
struct ByteStream::State::Watch {
    explicit Watch(tcp::socket& socket_) : socket(&socket_), timer(socket_.get_executor()) {}
    tcp::socket* socket;  // null once ended
    boost::asio::steady_timer timer;
    std::move_only_function<void()> gone;
};

void ByteStream::State::look(const std::shared_ptr<Watch>& watch) {
    watch->socket->async_wait(tcp::socket::wait_read, [watch](boost::system::error_code error) {
        if (watch->socket == nullptr) return;
        const int fd = watch->socket->native_handle();
        if (error || !watch->socket->is_open() || peer_has_closed(fd)) {
            watch->socket = nullptr;
            watch->gone();
            return;
        }
        if (!has_unread_bytes(fd)) {
            look(watch);
            return;
        }
        // The next request already waits: the socket stays readable, so ask now and then.
        watch->timer.expires_after(kLookAgain);
        watch->timer.async_wait([watch](boost::system::error_code) {
            if (watch->socket != nullptr) look(watch);
        });
    });
}

ByteStream::ByteStream(std::unique_ptr<Transport> transport) : state_(std::make_unique<State>()) {
    state_->transport = std::move(transport);
}

ByteStream::~ByteStream() {
    if (state_) end_watch();
}

ByteStream::ByteStream(ByteStream&&) noexcept = default;

ByteStream& ByteStream::operator=(ByteStream&& other) noexcept {
    if (state_) end_watch();
    state_ = std::move(other.state_);
    return *this;
}

ByteStream::executor_type ByteStream::get_executor() {
    return state_->transport->socket().get_executor();
}

std::string ByteStream::peer() const {
    boost::system::error_code error;
    const auto endpoint = state_->transport->socket().remote_endpoint(error);
    return error ? std::string() : endpoint.address().to_string();
}

void ByteStream::start_handshake(Done done) {
    state_->transport->handshake(std::move(done));
}

void ByteStream::read(boost::asio::mutable_buffer buffer, Done done) {
    if (state_->unread.empty()) {
        state_->transport->read(buffer, std::move(done));
        return;
    }
    const std::size_t count = std::min(buffer.size(), state_->unread.size());
    std::memcpy(buffer.data(), state_->unread.data(), count);
    state_->unread.erase(0, count);
    if (state_->unread.empty()) state_->unread.shrink_to_fit();
    boost::asio::post(get_executor(),
                      [done = std::move(done), count]() mutable { done({}, count); });
}

void ByteStream::write(const ConstBuffers& buffers, Done done) {
    State& state = *state_;
    if (!state.corked && state.gathered.empty()) {
        state.transport->write(buffers, std::move(done));
        return;
    }
    const std::size_t count = boost::asio::buffer_size(buffers);
    for (const auto& buffer : buffers) {
        state.gathered.append(static_cast<const char*>(buffer.data()), buffer.size());
    }
    if (state.corked) {
        boost::asio::post(get_executor(),
                          [done = std::move(done), count]() mutable { done({}, count); });
        return;
    }
    state.sending = std::exchange(state.gathered, {});
    state.transport->write_all(
        boost::asio::buffer(state.sending),
        [done = std::move(done), count](boost::system::error_code error, std::size_t) mutable {
            done(error, error ? 0 : count);
        });
}

void ByteStream::unread(std::string bytes) {
    state_->unread = std::move(bytes);
}

void ByteStream::cork() {
    state_->corked = true;
}

void ByteStream::uncork() {
    state_->corked = false;
}

void ByteStream::watch_peer(std::move_only_function<void()> gone) {
    end_watch();
    state_->watch = std::make_shared<State::Watch>(state_->transport->socket());
    state_->watch->gone = std::move(gone);
    State::look(state_->watch);
}

void ByteStream::end_watch() {
    if (!state_->watch) return;
    if (state_->watch->socket != nullptr) {
        state_->watch->socket = nullptr;
        state_->watch->timer.cancel();
        cancel();
    }
    state_->watch.reset();
}

void ByteStream::cancel() {
    boost::system::error_code ignored;
    state_->transport->socket().cancel(ignored);
}

void ByteStream::shutdown_send() {
    boost::system::error_code ignored;
    state_->transport->socket().shutdown(tcp::socket::shutdown_send, ignored);
}

void ByteStream::close() {
    boost::system::error_code ignored;
    state_->transport->socket().close(ignored);
}

bool ByteStream::is_open() const {
    return state_->transport->socket().is_open();
}

}  // namespace http::detail
