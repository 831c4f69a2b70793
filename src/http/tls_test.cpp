// TLS: the same server behind a certificate made by crypto, reached with OpenSSL through Asio.
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "crypto/certificate.hpp"
#include "http/client.hpp"
#include "http/detail/await.hpp"
#include "http/testing/raw_client.hpp"
#include "http/testing/server_fixture.hpp"

namespace http {
namespace {

namespace ssl = boost::asio::ssl;
using async::testing::run_on;
using boost::asio::ip::tcp;
using detail::kAwait;

class TlsTest : public testing::ServerFixture {
protected:
    TlsTest() {
        std::string name = std::filesystem::temp_directory_path() / "loci-tls-XXXXXX";
        folder_ = ::mkdtemp(name.data());
    }
    ~TlsTest() override { std::filesystem::remove_all(folder_); }

    void start() {
        const auto files = crypto::ensure_certificate(folder_, {});
        ASSERT_TRUE(files) << files.error().text();
        options_.tls_certificate = files->certificate;
        options_.tls_key = files->key;
        router_.add("POST", "/api/echo", [](std::shared_ptr<Request> request) {
            return std::invoke(
                [](std::shared_ptr<Request> inner) -> async::Task<base::Result<Response>> {
                    Response response;
                    response.body = inner->body;
                    co_return response;
                },
                std::move(request));
        });
        router_.add_websocket("/api/socket", &echo_once);
        start_server();
    }

    static async::Task<void> echo_once(std::shared_ptr<WebSocket> socket) {
        auto reading = socket->read();
        auto text = co_await std::move(reading);
        if (text) static_cast<void>(socket->send("tls " + *text));
    }

    // Sends over TLS, checked against the server's own certificate; reads to the end.
    static async::Task<std::string> exchange(int port, std::string certificate, std::string bytes) {
        const auto executor = co_await boost::asio::this_coro::executor;
        ssl::context context(ssl::context::tls_client);
        context.load_verify_file(certificate);
        ssl::stream<tcp::socket> stream(executor, context);
        stream.set_verify_mode(ssl::verify_peer);
        stream.set_verify_callback(ssl::host_name_verification("localhost"));
        stream.next_layer().connect(
            {boost::asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)});
        auto shaking = stream.async_handshake(ssl::stream_base::client, kAwait);
        const auto [failed] = co_await std::move(shaking);
        if (failed) co_return failed.message();
        auto writing = boost::asio::async_write(stream, boost::asio::buffer(bytes), kAwait);
        const auto [unsent, count] = co_await std::move(writing);
        if (unsent) co_return unsent.message();
        std::string answer;
        auto buffer = boost::asio::dynamic_buffer(answer);
        auto reading = boost::asio::async_read(stream, buffer, kAwait);
        co_await std::move(reading);  // ends with an error: the server closes
        co_return answer;
    }

    std::string folder_;
};

TEST_F(TlsTest, ServesOverACertificateThatClientsCanVerify) {
    start();
    const std::string body(300'000, 't');
    const std::string answer =
        run_on(io_, exchange(server_->port(), options_.tls_certificate,
                             "POST /api/echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                             "Content-Length: 300000\r\n\r\n" +
                                 body));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << answer.substr(0, 200);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n" + body));
}

TEST_F(TlsTest, CarriesWebSockets) {
    start();
    const std::string frame("\x81\x82\x00\x00\x00\x00hi", 8);  // masked with zeros
    const std::string answer =
        run_on(io_, exchange(server_->port(), options_.tls_certificate,
                             "GET /api/socket HTTP/1.1\r\nHost: localhost\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
                                 frame + std::string("\x88\x80\x00\x00\x00\x00", 6)));
    EXPECT_NE(answer.find("\x81\x06tls hi"), std::string::npos) << answer;
}

TEST_F(TlsTest, OurOwnClientRefusesACertificateThatNobodySigned) {
    start();
    Client client(io_.get_executor());
    ClientRequest request;
    request.url = "https://localhost:" + std::to_string(server_->port()) + "/";
    const auto answer = run_on(io_, client.fetch(request, {}));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, base::ErrorCode::unavailable);
}

TEST_F(TlsTest, APlainRequestEndsTheConnection) {
    start();
    testing::RawClient client(io_, server_->port());
    const std::string answer =
        run_on(io_, client.exchange("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_EQ(answer.find("HTTP/1.1 200"), std::string::npos);
    run_until([&] { return server_->stats().connections == 0; });
}

}  // namespace
}  // namespace http
