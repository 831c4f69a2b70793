// RawClient: a TCP connection to a loopback port that sends exactly the given bytes, for tests of
// what no proper client would send. Owned by the test, io thread only; a failed connect throws.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "async/task.hpp"

namespace http::testing {

class RawClient {
public:
    RawClient(boost::asio::io_context& io, int port);
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    // False when the server is gone.
    [[nodiscard]] async::Task<bool> send(std::string bytes);
    // What arrives up to and with `end`; what came before the server closed when it does so first.
    [[nodiscard]] async::Task<std::string> read_until(std::string end);
    // Exactly `count` bytes, or fewer when the server closes first.
    [[nodiscard]] async::Task<std::string> read_count(std::size_t count);
    // Sends, then reads until the server closes.
    [[nodiscard]] async::Task<std::string> exchange(std::string bytes);
    // Breaks the connection off (RST).
    void reset();
    void close();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace http::testing
