// The part of Connection that answers piece by piece.
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "http/detail/connection.hpp"

namespace http::detail {
namespace {

// What a StreamHandler writes to. Dead once the handler has returned.
class StreamWriter final : public ResponseStream {
public:
    explicit StreamWriter(std::shared_ptr<Connection> connection)
        : connection_(std::move(connection)) {}

    async::Task<base::Result<void>> begin(int status, Headers headers) override {
        const auto connection = connection_;
        if (!connection) co_return gone();
        auto beginning = connection->begin_stream(status, std::move(headers));
        const bool begun = co_await std::move(beginning);
        if (!begun) co_return gone();
        co_return base::Result<void>();
    }

    async::Task<base::Result<void>> write(std::string piece) override {
        const auto connection = connection_;
        if (!connection) co_return gone();
        auto writing = connection->write_piece(std::move(piece));
        const bool written = co_await std::move(writing);
        if (!written) co_return gone();
        co_return base::Result<void>();
    }

    void detach() { connection_.reset(); }

private:
    static base::Result<void> gone() {
        return base::fail(base::ErrorCode::cancelled,
                          "the peer has left before the end of the answer");
    }
    std::shared_ptr<Connection> connection_;
};

async::Task<bool> run_stream_handler(StreamHandler handler, std::shared_ptr<Request> request,
                                     std::shared_ptr<ResponseStream> writer) {
    std::string what;
    try {
        auto handling = handler(request, writer);
        co_await std::move(handling);
        co_return true;
    } catch (const std::exception& e) {
        what = e.what();
    }
    LOG_ERROR("http", "a stream handler failed", {"request", request->id.str()}, {"what", what});
    co_return false;
}

}  // namespace

async::Task<void> Connection::run_stream(StreamHandler handler) {
    const auto writer = std::make_shared<StreamWriter>(shared_from_this());
    auto running = run_stream_handler(std::move(handler), exchange_->request, writer);
    const bool worked = co_await std::move(running);
    writer->detach();
    stream_.end_watch();
    if (!exchange_->streaming) {
        auto responding = respond(internal_error());
        co_await std::move(responding);
        co_return;
    }
    if (!worked) {
        // Without the last chunk the peer knows that the answer is not whole.
        broken_ = true;
        stream_.close();
        co_return;
    }
    if (exchange_->chunked) {
        auto writing = write_all("0\r\n\r\n", "");
        co_await std::move(writing);
    }
    deadline_.cancel();
}

async::Task<bool> Connection::begin_stream(int status, Headers headers) {
    const auto self = shared_from_this();
    if (broken_ || exchange_->streaming) co_return false;
    exchange_->streaming = true;
    exchange_->answered = true;
    exchange_->chunked = !exchange_->head.http_1_0;
    if (!exchange_->chunked) exchange_->keep_alive = false;
    ResponseHead head = new_head(status, std::move(headers));
    head.chunked = exchange_->chunked;
    auto writing = write_all(format_head(head), "");
    const bool written = co_await std::move(writing);
    deadline_.cancel();
    co_return written;
}

async::Task<bool> Connection::write_piece(std::string piece) {
    const auto self = shared_from_this();
    if (broken_ || !exchange_->streaming) co_return false;
    if (piece.empty()) co_return true;  // an empty chunk would end the answer
    std::string framed;
    if (exchange_->chunked) {
        framed = fmt::format("{:x}\r\n", piece.size());
        piece += "\r\n";
    }
    auto writing = write_all(std::move(framed), std::move(piece));
    const bool written = co_await std::move(writing);
    deadline_.cancel();
    co_return written;
}

}  // namespace http::detail
