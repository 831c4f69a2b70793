#include "http/detail/websocket_session.hpp"

#include <array>
#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "async/event.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/detail/await.hpp"

namespace http::detail {

namespace websocket = boost::beast::websocket;
using boost::beast::error_code;

// Beast finds these three by argument-dependent lookup.
void beast_close_socket(ByteStream& stream) {
    stream.close();
}

void teardown(boost::beast::role_type, ByteStream& stream, error_code& error) {
    stream.close();
    error = {};
}

namespace {

// What is still on its way is read and dropped for a moment: closing at once would make the kernel
// reset the connection, and the peer would lose the close frame.
struct Drain {
    Drain(ByteStream& stream_, ByteStream::Done done_)
        : stream(stream_), timer(stream_.get_executor()), done(std::move(done_)) {}
    ByteStream& stream;
    boost::asio::steady_timer timer;
    ByteStream::Done done;
    bool ended = false;
    std::array<char, 2'048> dropped;
};

void drain(const std::shared_ptr<Drain>& state) {
    state->stream.read(boost::asio::buffer(state->dropped), [state](error_code error, std::size_t) {
        if (!error) {
            drain(state);
            return;
        }
        state->ended = true;
        state->timer.cancel();
        state->done({}, 0);
    });
}

void start_drain(ByteStream& stream, ByteStream::Done done) {
    constexpr std::chrono::seconds kAtMost{1};
    stream.shutdown_send();
    const auto state = std::make_shared<Drain>(stream, std::move(done));
    state->timer.expires_after(kAtMost);
    state->timer.async_wait([state](error_code error) {
        if (!error && !state->ended) state->stream.close();
    });
    drain(state);
}

}  // namespace

template <class TeardownHandler>
void async_teardown(boost::beast::role_type, ByteStream& stream, TeardownHandler&& handler) {
    start_drain(stream, [handler = std::forward<TeardownHandler>(handler)](
                            error_code, std::size_t) mutable { handler(error_code()); });
}

namespace {

constexpr int kTooSlow = 4008;
constexpr std::size_t kGatherBytes = 16'384;  // small frames sent with one system call
constexpr std::size_t kMaxReason = 123;       // RFC 6455: a control frame holds 125 bytes

class Session final : public WebSocket,
                      public Closable,
                      public std::enable_shared_from_this<Session> {
public:
    Session(Upgrade& upgrade, WebSocketLimits limits, std::shared_ptr<Closables> registry)
        : ws_(std::move(upgrade.stream)),
          request_(upgrade.request),
          stop_(upgrade.stop),
          limits_(limits),
          registry_(std::move(registry)),
          deadline_(ws_.get_executor()) {
        registry_->insert(this);
    }
    ~Session() override { registry_->erase(this); }

    async::Task<bool> accept(std::string protocol);
    async::Task<std::optional<SocketMessage>> read_message() override;
    async::Task<std::optional<std::string>> read() override;
    bool send(std::string text) override { return queue({false, std::move(text)}); }
    bool send_binary(std::string bytes) override { return queue({true, std::move(bytes)}); }
    void close(int code, std::string reason) override;
    [[nodiscard]] const Request& request() const override { return *request_; }
    void finish() override {
        if (accepted_) {
            close(1001, "the server is stopping");
        } else {
            abort();
        }
    }
    void abort() override { ws_.next_layer().close(); }
    async::Task<void> wait_ended();

private:
    bool queue(SocketMessage message);
    void write_next();
    void on_written(error_code error);
    void start_close();
    void end();

    websocket::stream<ByteStream, false> ws_;
    std::shared_ptr<Request> request_;
    std::stop_source stop_;
    WebSocketLimits limits_;
    std::shared_ptr<Closables> registry_;
    std::vector<SocketMessage> queue_;
    std::vector<SocketMessage> sending_;
    std::size_t sent_ = 0;      // of sending_
    std::size_t gathered_ = 0;  // bytes since the last real write
    std::size_t queued_bytes_ = 0;
    bool accepted_ = false;
    bool writing_ = false;
    bool closing_ = false;  // a close frame is queued or sent
    bool ended_ = false;
    int close_code_ = 0;
    std::string close_reason_;
    boost::asio::steady_timer deadline_;
    async::Event done_;
};

async::Task<bool> Session::accept(std::string protocol) {
    const auto self = shared_from_this();
    websocket::stream_base::timeout times{};
    times.handshake_timeout = limits_.close_wait;
    times.idle_timeout = limits_.ping_every * 2;  // Beast pings at half of it
    times.keep_alive_pings = true;
    ws_.set_option(times);
    ws_.read_message_max(limits_.frame);
    ws_.auto_fragment(false);
    const std::string id = request_->id.str();
    ws_.set_option(
        websocket::stream_base::decorator([id, protocol](websocket::response_type& response) {
            response.set("X-Request-Id", id);
            if (!protocol.empty()) response.set("Sec-WebSocket-Protocol", protocol);
        }));
    boost::beast::http::request<boost::beast::http::empty_body> handshake;
    handshake.method_string(request_->method);
    handshake.target("/");
    handshake.version(11);
    for (const auto& [name, value] : request_->headers.items()) handshake.insert(name, value);
    auto accepting = ws_.async_accept(handshake, kAwait);
    const auto [error] = co_await std::move(accepting);
    ws_.set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
    accepted_ = !error;
    if (error) end();
    co_return !error;
}

async::Task<std::optional<SocketMessage>> Session::read_message() {
    const auto self = shared_from_this();
    while (!ended_) {
        SocketMessage message;
        auto buffer = boost::asio::dynamic_buffer(message.data);
        auto reading = ws_.async_read(buffer, kAwait);
        const auto [error, size] = co_await std::move(reading);
        if (error) {
            end();
            break;
        }
        if (closing_) continue;  // waits for the peer's close frame
        message.binary = !ws_.got_text();
        co_return std::optional<SocketMessage>(std::move(message));
    }
    co_return std::nullopt;
}

async::Task<std::optional<std::string>> Session::read() {
    const auto self = shared_from_this();
    for (;;) {
        auto reading = read_message();
        auto message = co_await std::move(reading);
        if (!message) co_return std::nullopt;
        if (!message->binary) co_return std::optional<std::string>(std::move(message->data));
        close(1003, "only text messages are understood here");
    }
}

bool Session::queue(SocketMessage message) {
    if (ended_ || closing_) return false;
    if (queued_bytes_ + message.data.size() > limits_.queue) {
        LOG_WARN("http", "a WebSocket peer reads too slowly and is dropped",
                 {"request", request_->id.str()}, {"queued_bytes", queued_bytes_});
        for (const SocketMessage& frame : queue_) queued_bytes_ -= frame.data.size();
        queue_.clear();
        close(kTooSlow, "too slow: more is waiting than this server keeps");
        return false;
    }
    queued_bytes_ += message.data.size();
    queue_.push_back(std::move(message));
    if (!writing_) write_next();
    return true;
}

void Session::close(int code, std::string reason) {
    if (ended_ || closing_) return;
    closing_ = true;
    close_code_ = code;
    reason.resize(base::valid_utf8_prefix(std::string_view(reason).substr(0, kMaxReason)));
    close_reason_ = std::move(reason);
    // A peer that neither reads nor answers does not hold the connection.
    deadline_.expires_after(limits_.close_wait);
    deadline_.async_wait([weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        if (!error && self) self->abort();
    });
    if (!writing_) start_close();
}

void Session::write_next() {
    if (sent_ == sending_.size()) {
        sending_.clear();
        sent_ = 0;
        std::swap(sending_, queue_);
        if (sending_.empty()) {
            writing_ = false;
            if (closing_) start_close();
            return;
        }
    }
    writing_ = true;
    const SocketMessage& frame = sending_[sent_];
    gathered_ += frame.data.size();
    const bool gather = sent_ + 1 < sending_.size() && gathered_ < kGatherBytes;
    if (gather) {
        ws_.next_layer().cork();
    } else {
        ws_.next_layer().uncork();
        gathered_ = 0;
    }
    ws_.text(!frame.binary);
    ws_.async_write(
        boost::asio::buffer(frame.data),
        [self = shared_from_this()](error_code error, std::size_t) { self->on_written(error); });
}

void Session::on_written(error_code error) {
    if (error || ended_) {
        end();
        return;
    }
    queued_bytes_ -= sending_[sent_].data.size();
    sending_[sent_] = {};
    ++sent_;
    write_next();
}

void Session::start_close() {
    websocket::close_reason reason(static_cast<websocket::close_code>(close_code_), close_reason_);
    ws_.async_close(reason, [self = shared_from_this()](error_code) { self->end(); });
}

void Session::end() {
    if (ended_) return;
    ended_ = true;
    deadline_.cancel();
    queue_.clear();
    ws_.next_layer().close();
    stop_.request_stop();
    done_.set();
}

async::Task<void> Session::wait_ended() {
    const auto self = shared_from_this();
    const bool ended = co_await done_.wait();
    if (!ended) abort();
}

async::Task<bool> run_handler(WebSocketHandler handler, std::shared_ptr<Session> session) {
    std::string what;
    try {
        auto handling = handler(session);
        co_await std::move(handling);
        co_return true;
    } catch (const std::exception& e) {
        what = e.what();
    }
    LOG_ERROR("http", "a WebSocket handler failed", {"request", session->request().id.str()},
              {"what", what});
    co_return false;
}

}  // namespace

async::Task<void> run_websocket(Upgrade upgrade, WebSocketLimits limits,
                                std::shared_ptr<Closables> registry) {
    const auto session = std::make_shared<Session>(upgrade, limits, std::move(registry));
    auto accepting = session->accept(std::move(upgrade.protocol));
    const bool accepted = co_await std::move(accepting);
    if (!accepted) co_return;
    auto handling = run_handler(std::move(upgrade.handler), session);
    const bool worked = co_await std::move(handling);
    if (worked) {
        session->close(1000, "");
    } else {
        session->close(1011, "an error inside the server");
    }
    auto ending = session->wait_ended();
    co_await std::move(ending);
}

}  // namespace http::detail
