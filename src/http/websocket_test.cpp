#include <gtest/gtest.h>

#include "http/server.hpp"
#include "http/testing/server_fixture.hpp"
#include "http/testing/socket_client.hpp"

namespace http {
namespace {

using async::testing::run_on;
using testing::Frame;
using testing::Opcode;
using testing::SocketClient;

async::Task<void> echo_all(std::shared_ptr<WebSocket> socket) {
    for (;;) {
        auto reading = socket->read();
        auto text = co_await std::move(reading);
        if (!text) co_return;
        if (*text == "close") socket->close(4001, "no key was given");
        if (*text == "throw") throw std::runtime_error("broken");
        if (*text == "leave") co_return;
        if (*text == "burst") {
            for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(socket->send(std::to_string(i)));
            continue;
        }
        static_cast<void>(socket->send(std::move(*text)));
    }
}

class WebSocketTest : public testing::ServerFixture {
protected:
    // Before the server, which would wait for this peer's close frame.
    void TearDown() override {
        client_.reset();
        ServerFixture::TearDown();
    }
    void start() {
        router_.add_websocket("/api/socket", &echo_all, {.protocols = {"loci.v1", "realtime"}});
        start_server();
        client_.emplace(io_, server_->port());
    }
    std::string open(std::string headers = {}) {
        return run_on(io_, client_->open("/api/socket", std::move(headers)));
    }
    void send(Opcode opcode, std::string payload) {
        EXPECT_TRUE(run_on(io_, client_->send(opcode, std::move(payload))));
    }
    Frame read() { return run_on(io_, client_->read()); }

    std::optional<SocketClient> client_;
};

TEST_F(WebSocketTest, ShakesHandsAndEchoes) {
    start();
    const std::string head = open();
    EXPECT_TRUE(head.starts_with("HTTP/1.1 101")) << head;
    EXPECT_NE(head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);
    EXPECT_NE(head.find("X-Request-Id: "), std::string::npos);
    EXPECT_EQ(head.find("Sec-WebSocket-Extensions"), std::string::npos);
    for (const std::string& text :
         {std::string("hello"), std::string(), std::string(70'000, 'x')}) {
        send(Opcode::text, text);
        EXPECT_EQ(read().payload, text);
    }
    EXPECT_EQ(server_->stats().websockets, 1U);
}

TEST_F(WebSocketTest, ReadsFramesThatCameTogetherWithTheHandshake) {
    start();
    const std::string early = SocketClient::encode(Opcode::text, "early");
    const bool sent =
        run_on(io_, client_->raw().send("GET /api/socket HTTP/1.1\r\nHost: localhost\r\n"
                                        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                        "Sec-WebSocket-Version: 13\r\n"
                                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
                                        early));
    ASSERT_TRUE(sent);
    EXPECT_TRUE(run_on(io_, client_->raw().read_until("\r\n\r\n")).starts_with("HTTP/1.1 101"));
    EXPECT_EQ(read().payload, "early");
}

TEST_F(WebSocketTest, AgreesOnAKnownSubprotocolAlone) {
    start();
    EXPECT_NE(open("Sec-WebSocket-Protocol: other, realtime\r\n")
                  .find("Sec-WebSocket-Protocol: realtime\r\n"),
              std::string::npos);
    client_.emplace(io_, server_->port());
    EXPECT_EQ(open("Sec-WebSocket-Protocol: other\r\n").find("Sec-WebSocket-Protocol"),
              std::string::npos);
}

TEST_F(WebSocketTest, SendsManySmallFramesInOrder) {
    start();
    open();
    send(Opcode::text, "burst");
    for (int i = 0; i < 1'000; ++i) ASSERT_EQ(read().payload, std::to_string(i));
}

TEST_F(WebSocketTest, AnswersPings) {
    start();
    open();
    send(Opcode::ping, "are you there");
    const Frame pong = read();
    EXPECT_EQ(pong.opcode, Opcode::pong);
    EXPECT_EQ(pong.payload, "are you there");
}

TEST_F(WebSocketTest, ClosesWithTheReasonOfEachFault) {
    options_.max_frame = 1'000;
    start();
    const auto closes_with = [&](Opcode opcode, const std::string& payload) {
        client_.emplace(io_, server_->port());
        open();
        send(opcode, payload);
        const Frame frame = read();
        EXPECT_EQ(frame.opcode, Opcode::close);
        return frame.close_code();
    };
    EXPECT_EQ(closes_with(Opcode::text, std::string(1'001, 'x')), 1009);
    EXPECT_EQ(closes_with(Opcode::text, std::string(1'000'000, 'x')), 1009);
    EXPECT_EQ(closes_with(Opcode::binary, "bytes"), 1003);
    EXPECT_EQ(closes_with(Opcode::text, "not UTF-8: \xFF"), 1007);
    EXPECT_EQ(closes_with(Opcode::text, "close"), 4001);
    EXPECT_EQ(closes_with(Opcode::text, "throw"), 1011);
    EXPECT_EQ(closes_with(Opcode::text, "leave"), 1000);
    EXPECT_EQ(closes_with(static_cast<Opcode>(5), ""), 1002);
    client_.reset();
    run_until([&] { return server_->stats().websockets == 0; });
}

TEST_F(WebSocketTest, AnswersThePeersCloseAndEnds) {
    start();
    open();
    send(Opcode::close, std::string("\x03\xE8", 2));
    EXPECT_EQ(read().close_code(), 1000);
    EXPECT_TRUE(read().ended);
    client_.reset();
    run_until([&] { return server_->stats().websockets == 0; });
}

TEST_F(WebSocketTest, EndsWhenThePeerBreaksOff) {
    start();
    open();
    client_->raw().reset();
    run_until([&] { return server_->stats().websockets == 0; });
    EXPECT_EQ(server_->stats().websockets, 0U);
}

async::Task<void> flood(std::shared_ptr<WebSocket> socket) {
    const std::string piece(50'000, 'f');
    auto reading = socket->read();
    const auto go = co_await std::move(reading);
    if (!go) co_return;
    // The peer reads nothing: the kernel's buffers fill, then the queue.
    int sent = 0;
    while (socket->send(piece)) ++sent;
    EXPECT_GE(sent, 20);
    EXPECT_FALSE(socket->send("more"));
    auto waiting = socket->read();
    const auto end = co_await std::move(waiting);
    EXPECT_FALSE(end);
}

TEST_F(WebSocketTest, APeerThatReadsTooSlowlyIsClosedWith4008) {
    options_.max_socket_queue = 1'000'000;
    router_.add_websocket("/api/flood", &flood);
    start();
    ASSERT_NE(run_on(io_, client_->open("/api/flood")), "");
    send(Opcode::text, "go");
    Frame frame = read();
    std::size_t pieces = 0;
    while (frame.opcode == Opcode::text && !frame.ended) {
        EXPECT_EQ(frame.payload.size(), 50'000U);
        ++pieces;
        frame = read();
    }
    EXPECT_GT(pieces, 0U);
    EXPECT_EQ(frame.close_code(), 4008);
}

async::Task<void> mirror(std::shared_ptr<WebSocket> socket) {
    for (;;) {
        auto reading = socket->read_message();
        auto message = co_await std::move(reading);
        if (!message) co_return;
        const std::string size = std::to_string(message->data.size());
        EXPECT_TRUE(message->binary ? socket->send_binary(std::move(message->data))
                                    : socket->send(std::move(message->data)));
        EXPECT_TRUE(socket->send(size));
    }
}

TEST_F(WebSocketTest, ARouteMayTakeBinaryFramesAndSetItsOwnLimits) {
    options_.max_frame = 1'000;
    options_.max_socket_queue = 1'000;
    router_.add_websocket("/api/mirror", &mirror, {.max_frame = 300'000, .max_queue = 1'000'000});
    start();
    ASSERT_NE(run_on(io_, client_->open("/api/mirror")), "");
    const std::string bytes = std::string("\0\xFF\x80", 3) + std::string(250'000, 'b');
    for (const auto& [opcode, payload] :
         {std::pair(Opcode::binary, bytes), std::pair(Opcode::text, std::string("words")),
          std::pair(Opcode::binary, std::string())}) {
        send(opcode, payload);
        const Frame frame = read();
        EXPECT_EQ(frame.opcode, opcode);
        EXPECT_EQ(frame.payload, payload);
        EXPECT_EQ(read().payload, std::to_string(payload.size()));
    }
    send(Opcode::binary, std::string(300'001, 'b'));
    EXPECT_EQ(read().close_code(), 1009);
}

TEST_F(WebSocketTest, TheServersEndClosesWith1001) {
    start();
    open();
    bool closed = false;
    async::spawn_detached(io_.get_executor(), "close",
                          [](Server* server, bool& flag) -> async::Task<void> {
                              auto closing = server->close();
                              co_await std::move(closing);
                              flag = true;
                          }(server_.get(), closed));
    EXPECT_EQ(read().close_code(), 1001);
    send(Opcode::close, std::string("\x03\xE9", 2));
    client_.reset();
    run_until([&] { return closed; });
    EXPECT_EQ(server_->stats().connections, 0U);
}

TEST_F(WebSocketTest, RefusesForeignOriginsAndPlainRequests) {
    start();
    EXPECT_TRUE(open("Origin: https://evil.example\r\n").starts_with("HTTP/1.1 403"));
    client_.emplace(io_, server_->port());
    const std::string plain =
        run_on(io_, client_->raw().exchange("GET /api/socket HTTP/1.1\r\nHost: localhost\r\n"
                                            "Connection: close\r\n\r\n"));
    EXPECT_TRUE(plain.starts_with("HTTP/1.1 426")) << plain;
    client_.emplace(io_, server_->port());
    const std::string forged =
        run_on(io_, client_->raw().exchange("WEBSOCKET /api/socket HTTP/1.1\r\nHost: localhost\r\n"
                                            "Connection: close\r\n\r\n"));
    EXPECT_TRUE(forged.starts_with("HTTP/1.1 4")) << forged;
    client_.emplace(io_, server_->port());
    const std::string old =
        run_on(io_, client_->raw().exchange("GET /api/socket HTTP/1.1\r\nHost: localhost\r\n"
                                            "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                            "Sec-WebSocket-Version: 8\r\n\r\n"));
    EXPECT_TRUE(old.starts_with("HTTP/1.1 4")) << old;
}

}  // namespace
}  // namespace http
