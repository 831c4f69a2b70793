#include "http/testing/socket_client.hpp"

#include <utility>

namespace http::testing {
namespace {

std::uint64_t big_endian(const std::string& bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
}

void append_size(std::string& out, std::uint64_t size, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(size >> shift & 0xFF));
    }
}

}  // namespace

int Frame::close_code() const {
    return payload.size() < 2 ? 1005 : static_cast<int>(big_endian(payload.substr(0, 2)));
}

std::string SocketClient::encode(Opcode opcode, const std::string& payload) {
    std::string frame;
    frame.push_back(static_cast<char>(0x80 | static_cast<int>(opcode)));
    if (payload.size() < 126) {
        frame.push_back(static_cast<char>(0x80 | payload.size()));
    } else if (payload.size() < 65'536) {
        frame.push_back(static_cast<char>(0x80 | 126));
        append_size(frame, payload.size(), 2);
    } else {
        frame.push_back(static_cast<char>(0x80 | 127));
        append_size(frame, payload.size(), 8);
    }
    const std::string mask = "\x12\x34\x56\x78";
    frame += mask;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        frame.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
    }
    return frame;
}

async::Task<std::string> SocketClient::open(std::string path, std::string headers) {
    std::string request = "GET " + path +
                          " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                          "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                          headers + "\r\n";
    auto sending = raw_.send(std::move(request));
    const bool sent = co_await std::move(sending);
    if (!sent) co_return std::string();
    auto reading = raw_.read_until("\r\n\r\n");
    auto head = co_await std::move(reading);
    co_return head;
}

async::Task<bool> SocketClient::send(Opcode opcode, std::string payload) {
    auto sending = raw_.send(encode(opcode, payload));
    const bool sent = co_await std::move(sending);
    co_return sent;
}

async::Task<Frame> SocketClient::read() {
    Frame frame;
    auto reading_head = raw_.read_count(2);
    const std::string head = co_await std::move(reading_head);
    if (head.size() < 2) {
        frame.ended = true;
        co_return frame;
    }
    frame.opcode = static_cast<Opcode>(head[0] & 0x0F);
    std::uint64_t size = static_cast<std::uint8_t>(head[1]) & 0x7FU;
    if (size >= 126) {
        auto reading_size = raw_.read_count(size == 126 ? 2 : 8);
        const std::string bytes = co_await std::move(reading_size);
        size = big_endian(bytes);
    }
    auto reading_payload = raw_.read_count(size);
    frame.payload = co_await std::move(reading_payload);
    frame.ended = frame.payload.size() < size;
    co_return frame;
}

}  // namespace http::testing
