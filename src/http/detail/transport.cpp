#include "http/detail/transport.hpp"

#include <cstring>
#include <type_traits>
#include <utility>

#include <openssl/ssl.h>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace http::detail {
namespace {

namespace ssl = boost::asio::ssl;
using boost::asio::ip::tcp;

template <class Stream>
class SocketTransport final : public Transport {
public:
    template <class... Args>
    explicit SocketTransport(Args&&... args) : stream_(std::forward<Args>(args)...) {}

    tcp::socket& socket() override {
        if constexpr (kTls) {
            return stream_.next_layer();
        } else {
            return stream_;
        }
    }

    void handshake(ByteStream::Done done) override {
        if constexpr (kTls) {
            stream_.async_handshake(
                ssl::stream_base::server,
                [done = std::move(done)](boost::system::error_code error) mutable {
                    done(error, 0);
                });
        } else {
            boost::asio::post(stream_.get_executor(),
                              [done = std::move(done)]() mutable { done({}, 0); });
        }
    }

    void read(boost::asio::mutable_buffer buffer, ByteStream::Done done) override {
        stream_.async_read_some(buffer, std::move(done));
    }

    void write(const ByteStream::ConstBuffers& buffers, ByteStream::Done done) override {
        stream_.async_write_some(buffers, std::move(done));
    }

    void write_all(boost::asio::const_buffer buffer, ByteStream::Done done) override {
        boost::asio::async_write(stream_, buffer, std::move(done));
    }

private:
    static constexpr bool kTls = !std::is_same_v<Stream, tcp::socket>;
    Stream stream_;
};

// HTTP/1.1 is all that is spoken here, so that is all that is agreed on.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
    constexpr std::string_view kHttp = "http/1.1";
    for (unsigned at = 0; at < offered_size; at += 1U + offered[at]) {
        const unsigned size = offered[at];
        if (at + 1 + size > offered_size) break;
        if (size == kHttp.size() && std::memcmp(offered + at + 1, kHttp.data(), size) == 0) {
            *chosen = offered + at + 1;
            *chosen_size = static_cast<unsigned char>(size);
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

base::Result<std::shared_ptr<ssl::context>> make_tls_context(const std::string& certificate_file,
                                                             const std::string& key_file) {
    if (certificate_file.empty() && key_file.empty()) return nullptr;
    const auto bad = [](const std::string& file, const std::string& reason) {
        return base::fail(base::ErrorCode::invalid_argument,
                          "the TLS file " + file + " cannot be used: " + reason,
                          "give a PEM certificate and the PEM key that belongs to it");
    };
    if (certificate_file.empty()) return bad("tls_certificate", "it is not set");
    if (key_file.empty()) return bad("tls_key", "it is not set");
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    boost::system::error_code error;
    context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                             ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                             ssl::context::no_tlsv1_1,
                         error);
    context->use_certificate_chain_file(certificate_file, error);
    if (error) return bad(certificate_file, error.message());
    context->use_private_key_file(key_file, ssl::context::pem, error);
    if (error) return bad(key_file, error.message());
    SSL_CTX* native = context->native_handle();
    if (SSL_CTX_check_private_key(native) != 1) return bad(key_file, "it belongs to another key");
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(native, &choose_protocol, nullptr);
    return context;
}

std::unique_ptr<Transport> make_transport(tcp::socket socket, ssl::context* tls) {
    if (tls == nullptr) return std::make_unique<SocketTransport<tcp::socket>>(std::move(socket));
    return std::make_unique<SocketTransport<ssl::stream<tcp::socket>>>(std::move(socket), *tls);
}

}  // namespace http::detail
