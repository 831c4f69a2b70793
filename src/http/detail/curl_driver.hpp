// Drives a libcurl multi handle from Asio. libcurl's sockets sit in an epoll set of their own and
// Asio waits for that set alone, so neither side ever owns or closes the other's descriptors.
// Owned by the Client; io thread only. open() fails with `unavailable` when libcurl is missing or
// cannot start.
#pragma once

#include <memory>
#include <set>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "async/task.hpp"
#include "base/result.hpp"
#include "http/detail/curl_library.hpp"

namespace http::detail {

struct Transfer;

class CurlDriver : public std::enable_shared_from_this<CurlDriver> {
public:
    explicit CurlDriver(async::Executor executor);
    ~CurlDriver();
    CurlDriver(const CurlDriver&) = delete;
    CurlDriver& operator=(const CurlDriver&) = delete;

    // Loads and starts libcurl at the first call: who never calls out does not pay for it.
    [[nodiscard]] base::Result<void> open();
    // Begins the transfer; its `done` is set at the end. It must stay alive until done or removed.
    [[nodiscard]] base::Result<void> add(Transfer& transfer);
    // Ends a transfer that still runs. Not from inside a libcurl callback.
    void remove(Transfer& transfer);
    // Ends a running transfer with `error`, as seen by whoever waits for it.
    void fail(Transfer& transfer, base::Error error);
    void fail_all(const base::Error& error);
    // After open().
    [[nodiscard]] const CurlLibrary& curl() const { return *curl_; }
    [[nodiscard]] const async::Executor& executor() const { return executor_; }

private:
    static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* known);
    static int on_timer(CURLM* multi, long timeout_ms, void* self);
    void wait_for_sockets();
    void run_ready_sockets();
    void act(curl_socket_t fd, int events);
    void collect_finished();

    async::Executor executor_;
    const CurlLibrary* curl_ = nullptr;  // set by open()
    CURLM* multi_ = nullptr;
    boost::asio::posix::stream_descriptor epoll_;
    boost::asio::steady_timer timer_;
    std::set<Transfer*> running_;
};

}  // namespace http::detail
