#include "http/detail/connection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>
#include <boost/asio/write.hpp>

#include "base/log.hpp"
#include "base/text.hpp"
#include "http/detail/await.hpp"

namespace http::detail {
namespace {

using base::ErrorCode;
constexpr std::size_t kHeaderPiece = 1'024;  // small: an idle connection waits with it
constexpr std::size_t kBodyPiece = 16'384;

std::map<std::string, std::string> parse_query(std::string_view text) {
    std::map<std::string, std::string> query;
    for (const std::string_view item : base::split(text, '&')) {
        if (item.empty()) continue;
        const std::size_t equals = item.find('=');
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1);
        query.insert_or_assign(url_decode(item.substr(0, equals), PlusSign::space),
                               url_decode(value, PlusSign::space));
    }
    return query;
}

}  // namespace

async::Task<void> serve_connection(std::shared_ptr<ServerContext> context, ByteStream stream) {
    struct Count {
        std::size_t& value;
        explicit Count(std::size_t& counter) : value(counter) { ++value; }
        ~Count() { --value; }
        Count(const Count&) = delete;
        Count& operator=(const Count&) = delete;
    };
    const Count open(context->stats.connections);
    auto connection = std::make_shared<Connection>(context, std::move(stream));
    auto running = connection->run();
    auto upgrade = co_await std::move(running);
    connection.reset();
    if (!upgrade) co_return;
    const Count sockets(context->stats.websockets);
    WebSocketLimits limits;
    const auto or_default = [](std::size_t own, std::size_t fallback) {
        return own == 0 ? fallback : own;
    };
    limits.frame = or_default(upgrade->max_frame, context->options.max_frame);
    limits.queue = or_default(upgrade->max_queue, context->options.max_socket_queue);
    auto socket = run_websocket(std::move(*upgrade), limits, context->registry);
    upgrade.reset();
    co_await std::move(socket);
}

Connection::Connection(std::shared_ptr<ServerContext> context, ByteStream stream)
    : context_(std::move(context)),
      stream_(std::move(stream)),
      deadline_(stream_.get_executor()),
      peer_(stream_.peer()) {
    context_->registry->insert(this);
}

Connection::~Connection() {
    context_->registry->erase(this);
}

void Connection::finish() {
    if (!exchange_) {
        stream_.close();
        return;
    }
    exchange_->keep_alive = false;
    exchange_->stop.request_stop();
}

void Connection::abort() {
    if (exchange_) exchange_->stop.request_stop();
    broken_ = true;
    stream_.close();
}

void Connection::arm(std::chrono::nanoseconds after, OnExpiry what) {
    deadline_.expires_after(after);
    deadline_.async_wait([weak = weak_from_this(), what](boost::system::error_code error) {
        const auto self = weak.lock();
        if (error || !self) return;
        // A wait that ended just before it was armed anew says nothing.
        if (self->deadline_.expiry() > std::chrono::steady_clock::now()) return;
        self->timed_out_ = true;
        if (what == OnExpiry::close) {
            self->abort();
        } else {
            self->stream_.cancel();
        }
    });
}

async::Task<bool> Connection::shake_hands() {
    arm(context_->options.header_timeout, OnExpiry::close);
    auto shaking =
        boost::asio::async_initiate<decltype(kAwait), void(boost::system::error_code, std::size_t)>(
            [this](auto handler) { stream_.start_handshake(ByteStream::Done(std::move(handler))); },
            kAwait);
    const auto [error, unused] = co_await std::move(shaking);
    if (error) LOG_DEBUG("http", "a TLS handshake failed", {"reason", error.message()});
    co_return !error;
}

async::Task<bool> Connection::read_more(std::size_t at_most) {
    const std::size_t held = buffer_.size();
    buffer_.resize(held + at_most);
    auto reading =
        stream_.async_read_some(boost::asio::buffer(buffer_.data() + held, at_most), kAwait);
    const auto [error, count] = co_await std::move(reading);
    buffer_.resize(held + (error ? 0 : count));
    co_return !error && !timed_out_;
}

// True with exchange_ filled in; false after whatever could be said was said.
async::Task<bool> Connection::read_head() {
    ParserLimits limits;
    limits.header = context_->options.max_header;
    // What any route may take; dispatch() lowers it to what this one takes.
    limits.body = std::max(context_->options.max_body, context_->options.max_upload);
    if (buffer_.empty()) {
        buffer_.shrink_to_fit();
        arm(context_->options.idle_timeout, OnExpiry::close);
        const bool more = co_await read_more(kHeaderPiece);
        if (!more) co_return false;
    }
    exchange_ = std::make_unique<Exchange>(limits);
    exchange_->request->id = base::RequestId::make();
    exchange_->began = std::chrono::steady_clock::now();
    // From the first byte on the whole header has this long, however it trickles in.
    arm(context_->options.header_timeout, OnExpiry::cancel);
    for (;;) {
        auto complete = exchange_->parser.feed_header(buffer_);
        if (complete && *complete) break;
        if (!complete) {
            auto refusing = refuse(std::move(complete.error()));
            co_await std::move(refusing);
            co_return false;
        }
        const bool more = co_await read_more(kHeaderPiece * 4);
        if (more) continue;
        if (timed_out_ && !broken_) {
            Refusal late{408, base::make_error(ErrorCode::timeout,
                                               "the request's header did not arrive in time",
                                               "send the request again, in one go")};
            auto refusing = refuse(std::move(late));
            co_await std::move(refusing);
        }
        co_return false;
    }
    auto head = exchange_->parser.take_head();
    if (!head) {
        auto refusing = refuse(std::move(head.error()));
        co_await std::move(refusing);
        co_return false;
    }
    exchange_->head = std::move(*head);
    co_return true;
}

async::Task<bool> Connection::read_body() {
    if (exchange_->parser.body_complete()) co_return true;
    if (exchange_->head.expects_continue && buffer_.empty()) {
        auto writing = write_all("HTTP/1.1 100 Continue\r\n\r\n", "");
        const bool written = co_await std::move(writing);
        if (!written) co_return false;
    }
    for (;;) {
        auto complete = exchange_->parser.feed_body(buffer_);
        if (complete && *complete) break;
        if (!complete) {
            auto refusing = refuse(std::move(complete.error()));
            co_await std::move(refusing);
            co_return false;
        }
        arm(context_->options.header_timeout, OnExpiry::cancel);
        const bool more = co_await read_more(kBodyPiece);
        if (more) continue;
        if (timed_out_ && !broken_) {
            Refusal late{408, base::make_error(ErrorCode::timeout,
                                               "the request's body did not arrive in time",
                                               "send the request again")};
            auto refusing = refuse(std::move(late));
            co_await std::move(refusing);
        }
        co_return false;
    }
    exchange_->request->body = exchange_->parser.take_body();
    co_return true;
}

// Moves the head into the Request; false when the path is not one.
bool Connection::fill_request() {
    Exchange& exchange = *exchange_;
    Request& request = *exchange.request;
    exchange.keep_alive = exchange.head.keep_alive && !context_->stopping;
    request.method = std::move(exchange.head.method);
    request.headers = std::move(exchange.head.headers);
    request.peer = peer_;
    request.stop = exchange.stop.get_token();
    const std::string target = std::move(exchange.head.target);
    const std::size_t mark = target.find('?');
    if (mark != std::string::npos)
        request.query = parse_query(std::string_view(target).substr(mark + 1));
    const std::string_view raw_path = std::string_view(target).substr(0, mark);
    request.path = url_decode(raw_path);
    if (raw_path == "*") return true;
    auto parts = split_path(raw_path);
    if (!parts) return false;
    exchange.parts = std::move(*parts);
    return true;
}

async::Task<std::optional<Upgrade>> Connection::run() {
    const auto self = shared_from_this();
    std::optional<Upgrade> upgrade;
    bool go_on = co_await shake_hands();
    while (go_on) {
        go_on = co_await read_head();
        if (!go_on) break;
        auto handling = handle();
        upgrade = co_await std::move(handling);
        if (upgrade) {
            LOG_INFO("http", "socket opened", {"request", upgrade->request->id.str()},
                     {"peer", peer_});
            break;
        }
        log_request();
        go_on = exchange_->keep_alive && !broken_ && !context_->stopping;
        exchange_.reset();
    }
    deadline_.cancel();
    const bool left_unread = refused_ || !buffer_.empty();
    if (!upgrade && !broken_ && left_unread) {
        auto lingering = linger();
        co_await std::move(lingering);
    }
    if (!upgrade) stream_.close();
    co_return upgrade;
}

async::Task<bool> Connection::write_all(std::string first, std::string second) {
    if (broken_) co_return false;
    arm(context_->options.idle_timeout, OnExpiry::close);
    const std::array<boost::asio::const_buffer, 2> buffers = {boost::asio::buffer(first),
                                                              boost::asio::buffer(second)};
    auto writing = boost::asio::async_write(stream_, buffers, kAwait);
    const auto [error, count] = co_await std::move(writing);
    if (error) {
        broken_ = true;
        if (exchange_) exchange_->stop.request_stop();
    }
    co_return !error;
}

// Reads and drops what the peer still sends: a close with unread bytes would reset the connection,
// and the peer could lose the answer it was given.
async::Task<void> Connection::linger() {
    constexpr std::chrono::seconds kAtMost{2};
    constexpr std::size_t kMaxBytes = 4'000'000;
    stream_.shutdown_send();
    arm(kAtMost, OnExpiry::close);
    timed_out_ = false;
    buffer_.clear();
    std::size_t total = 0;
    while (total < kMaxBytes) {
        const bool more = co_await read_more(kBodyPiece);
        if (!more) break;
        total += buffer_.size();
        buffer_.clear();
    }
    deadline_.cancel();
}

}  // namespace http::detail
