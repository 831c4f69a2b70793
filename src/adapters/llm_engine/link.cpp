#include "adapters/llm_engine/link.hpp"

#include <array>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace adapters::llm_engine {

namespace asio = boost::asio;
using engine::wire::Frame;
using engine::wire::FrameType;

namespace {

base::Error lost() {
    return base::make_error(base::ErrorCode::engine_crashed,
                            "the local engine ended while it worked",
                            "try again; it is started anew");
}

}  // namespace

std::shared_ptr<Link> Link::over(async::Executor executor, int fd) {
    Socket socket(executor, asio::local::stream_protocol(), fd);
    return std::shared_ptr<Link>(new Link(std::move(socket)));
}

void Link::start(const engine::wire::Setup& setup) {
    unsent_ = engine::wire::preamble();
    send(FrameType::setup, 0, engine::wire::write(setup));
    const async::Executor executor = socket_.get_executor();
    async::spawn_detached(executor, "engine.read", read(shared_from_this()));
    async::spawn_detached(executor, "engine.write", write(shared_from_this()));
}

void Link::send(FrameType type, std::uint32_t id, std::string_view payload) {
    if (closed_) return;
    if (unsent_.size() + payload.size() > kMaxUnsent) {
        close(base::make_error(base::ErrorCode::engine_crashed,
                               "the local engine does not read what it is sent"));
        return;
    }
    engine::wire::append_frame(unsent_, type, id, payload);
    writable_.set();
}

base::Result<std::shared_ptr<Exchange>> Link::open(FrameType type, std::string_view payload) {
    if (closed_) return base::fail(*closed_);
    if (payload.size() > engine::wire::kMaxPayload) {
        return base::fail(base::ErrorCode::too_large, "the request is too large for the engine",
                          "shorten it");
    }
    auto exchange = std::make_shared<Exchange>(next_id_++);
    exchanges_[exchange->id] = exchange;
    send(type, exchange->id, payload);
    return exchange;
}

void Link::abandon(const Exchange& exchange) {
    if (exchanges_.erase(exchange.id) > 0) send(FrameType::cancel, exchange.id, {});
}

void Link::cancel(const Exchange& exchange) {
    if (exchanges_.contains(exchange.id)) send(FrameType::cancel, exchange.id, {});
}

void Link::taken(Exchange& exchange) {
    if (++exchange.consumed < Exchange::kWindow / 2) return;
    std::string grant;
    engine::wire::append_u32(grant, std::exchange(exchange.consumed, 0));
    send(FrameType::credit, exchange.id, grant);
}

void Link::close(base::Error why) {
    if (closed_) return;
    closed_ = why;
    boost::system::error_code ignored;
    socket_.close(ignored);
    writable_.set();
    for (const auto& [id, exchange] : std::exchange(exchanges_, {})) {
        exchange->broken = why;
        exchange->frames.close();
    }
    greeted.set();
}

async::Task<void> Link::read(std::shared_ptr<Link> self) {
    std::array<char, 16 * 1024> bytes;
    while (!self->closed_) {
        auto reading =
            self->socket_.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
        const auto [error, count] = co_await std::move(reading);
        if (error) {
            self->close(lost());
            co_return;
        }
        self->decoder_.feed({bytes.data(), count});
        while (!self->closed_) {
            auto frame = self->decoder_.next();
            if (frame && !*frame) break;
            auto handled = frame ? self->handle(std::move(**frame))
                                 : base::Result<void>(base::fail(std::move(frame.error())));
            if (!handled) self->close(std::move(handled.error()));
        }
    }
}

async::Task<void> Link::write(std::shared_ptr<Link> self) {
    while (!self->closed_) {
        if (self->unsent_.empty()) {
            self->writable_.reset();
            const bool woken = co_await self->writable_.wait();
            if (!woken) co_return;
            continue;
        }
        const std::string bytes = std::exchange(self->unsent_, {});
        auto writing = asio::async_write(self->socket_, asio::buffer(bytes),
                                         asio::as_tuple(asio::use_awaitable));
        const auto [error, count] = co_await std::move(writing);
        if (error) self->close(lost());
    }
}

base::Result<void> Link::handle(Frame frame) {
    if (!hello) {
        if (frame.type != FrameType::hello) {
            return base::fail(base::ErrorCode::corrupt, "the engine did not greet first");
        }
        TRY(greeting, engine::wire::parse<engine::wire::Hello>(frame.payload));
        hello = std::move(greeting);
        greeted.set();
        return {};
    }
    if (frame.type == FrameType::heartbeat) {
        TRY(beat, engine::wire::parse<engine::wire::Heartbeat>(frame.payload));
        heartbeat = std::move(beat);
        if (on_heartbeat) on_heartbeat();
        return {};
    }
    return deliver(std::move(frame));
}

base::Result<void> Link::deliver(Frame frame) {
    const auto type = static_cast<std::uint8_t>(frame.type);
    if (type < static_cast<std::uint8_t>(FrameType::text)) {
        return base::fail(base::ErrorCode::corrupt, "the engine sent a frame of the server's");
    }
    const auto it = exchanges_.find(frame.id);
    if (it == exchanges_.end()) return {};  // abandoned
    const auto exchange = it->second;
    const bool last = frame.type == FrameType::done || frame.type == FrameType::failure ||
                      frame.type == FrameType::vectors || frame.type == FrameType::transcript;
    if (!exchange->frames.try_push(std::move(frame))) {
        return base::fail(base::ErrorCode::corrupt, "the engine sent more than it was granted");
    }
    if (last) exchanges_.erase(it);
    return {};
}

}  // namespace adapters::llm_engine
