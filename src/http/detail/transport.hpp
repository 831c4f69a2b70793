// What a ByteStream needs of its connection, and how a server makes one: plain TCP or TLS. io
// thread only; errors are Asio's codes. make_tls_context() fails with invalid_argument.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "base/result.hpp"
#include "http/detail/byte_stream.hpp"

namespace boost::asio::ssl {
class context;
}

namespace http::detail {

class Transport {
public:
    virtual ~Transport() = default;
    virtual boost::asio::ip::tcp::socket& socket() = 0;
    virtual void handshake(ByteStream::Done done) = 0;
    virtual void read(boost::asio::mutable_buffer buffer, ByteStream::Done done) = 0;
    virtual void write(const ByteStream::ConstBuffers& buffers, ByteStream::Done done) = 0;
    // Writes all of it.
    virtual void write_all(boost::asio::const_buffer buffer, ByteStream::Done done) = 0;
};

// Empty file names: no TLS, the result is null.
[[nodiscard]] base::Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(
    const std::string& certificate_file, const std::string& key_file);
// `tls` may be null.
[[nodiscard]] std::unique_ptr<Transport> make_transport(boost::asio::ip::tcp::socket socket,
                                                        boost::asio::ssl::context* tls);

}  // namespace http::detail
