// One accepted connection as bytes, plain or TLS behind the same type: whoever uses it is compiled
// once. Owned by the Connection, later by its WebSocket; io thread only. Errors are Asio's codes;
// after close() every pending operation ends with operation_aborted.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

namespace http::detail {

class Transport;

class ByteStream {
public:
    using executor_type = boost::asio::any_io_executor;
    using Done = std::move_only_function<void(boost::system::error_code, std::size_t)>;
    using ConstBuffers = std::array<boost::asio::const_buffer, 4>;

    explicit ByteStream(std::unique_ptr<Transport> transport);
    ~ByteStream();
    ByteStream(ByteStream&&) noexcept;
    ByteStream& operator=(ByteStream&& other) noexcept;

    [[nodiscard]] executor_type get_executor();
    // The other side's address without port; empty when it is already gone.
    [[nodiscard]] std::string peer() const;

    void start_handshake(Done done);  // at once for plain connections
    void read(boost::asio::mutable_buffer buffer, Done done);
    void write(const ConstBuffers& buffers, Done done);

    // These bytes are read first.
    void unread(std::string bytes);
    // Until uncork(), writes are gathered; the first write after it sends them all at once.
    void cork();
    void uncork();

    // Calls `gone` when the peer has closed its side, while nobody reads. Ends with end_watch().
    void watch_peer(std::move_only_function<void()> gone);
    void end_watch();

    // Ends pending operations but keeps the connection.
    void cancel();
    void shutdown_send();
    void close();
    [[nodiscard]] bool is_open() const;

    // What Asio and Beast expect of a stream.
    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, boost::asio::mutable_buffer first) {
                read(first, Done(std::move(handler)));
            },
            token, first_of(buffers));
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const ConstBuffers& some) {
                write(some, Done(std::move(handler)));
            },
            token, some_of(buffers));
    }

private:
    template <class Buffers>
    static boost::asio::mutable_buffer first_of(const Buffers& buffers) {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto it = boost::asio::buffer_sequence_begin(buffers); it != end; ++it) {
            const boost::asio::mutable_buffer buffer(*it);
            if (buffer.size() > 0) return buffer;
        }
        return {};
    }
    template <class Buffers>
    static ConstBuffers some_of(const Buffers& buffers) {
        ConstBuffers some;
        std::size_t used = 0;
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto it = boost::asio::buffer_sequence_begin(buffers); it != end; ++it) {
            const boost::asio::const_buffer buffer(*it);
            if (buffer.size() > 0 && used < some.size()) some.at(used++) = buffer;
        }
        return some;
    }

    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace http::detail
