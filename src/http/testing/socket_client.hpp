// SocketClient: a WebSocket client of a few lines for tests, over RawClient: whole, unfragmented,
// masked frames, sent as bytes of the test's choosing. Owned by the test, io thread only.
#pragma once

#include <cstdint>
#include <string>

#include "http/testing/raw_client.hpp"

namespace http::testing {

enum class Opcode : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct Frame {
    Opcode opcode = Opcode::close;
    std::string payload;
    bool ended = false;  // the connection ended instead of a frame
    // Of a close frame; 1005 when it carries none.
    [[nodiscard]] int close_code() const;
};

class SocketClient {
public:
    SocketClient(boost::asio::io_context& io, int port) : raw_(io, port) {}

    // Sends the handshake; gives the answer's head. `headers` are whole lines.
    [[nodiscard]] async::Task<std::string> open(std::string path, std::string headers = {});
    [[nodiscard]] async::Task<bool> send(Opcode opcode, std::string payload);
    [[nodiscard]] async::Task<Frame> read();
    [[nodiscard]] RawClient& raw() { return raw_; }

    // A masked frame as bytes.
    [[nodiscard]] static std::string encode(Opcode opcode, const std::string& payload);

private:
    RawClient raw_;
};

}  // namespace http::testing
