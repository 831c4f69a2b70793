#include "http/detail/curl_driver.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include <sys/epoll.h>

#include "base/log.hpp"
#include "http/detail/transfer.hpp"

namespace http::detail {
CurlDriver::CurlDriver(async::Executor executor)
    : executor_(std::move(executor)), epoll_(executor_), timer_(executor_) {}

CurlDriver::~CurlDriver() {
    if (multi_ == nullptr) return;
    // Closing idle connections still reports their sockets to on_socket().
    curl_->multi_cleanup(multi_);
}

base::Result<void> CurlDriver::open() {
    if (multi_ != nullptr) return {};
    TRY(curl, CurlLibrary::open());
    curl_ = curl;
    const int fd = ::epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) {
        return base::fail(base::ErrorCode::unavailable,
                          std::string("cannot watch sockets: ") + std::strerror(errno),
                          "raise the limit of open files");
    }
    epoll_.assign(fd);
    multi_ = curl_->multi_init();
    if (multi_ == nullptr) {
        epoll_.close();
        return base::fail(base::ErrorCode::unavailable, "libcurl is out of memory");
    }
    curl_->set_multi_option(multi_, CURLMOPT_SOCKETFUNCTION, &CurlDriver::on_socket);
    curl_->set_multi_option(multi_, CURLMOPT_SOCKETDATA, this);
    curl_->set_multi_option(multi_, CURLMOPT_TIMERFUNCTION, &CurlDriver::on_timer);
    curl_->set_multi_option(multi_, CURLMOPT_TIMERDATA, this);
    curl_->set_multi_option(multi_, CURLMOPT_MAXCONNECTS, 16L);  // idle ones kept for reuse
    wait_for_sockets();
    return {};
}

base::Result<void> CurlDriver::add(Transfer& transfer) {
    running_.insert(&transfer);
    transfer.driver = shared_from_this();
    const CURLMcode code = curl_->add_handle(multi_, transfer.easy);
    if (code == CURLM_OK) return {};
    running_.erase(&transfer);
    return base::fail(base::ErrorCode::internal,
                      std::string("libcurl refused a transfer: ") + curl_->multi_error(code));
}

void CurlDriver::remove(Transfer& transfer) {
    if (running_.erase(&transfer) > 0) curl_->remove_handle(multi_, transfer.easy);
}

void CurlDriver::fail(Transfer& transfer, base::Error error) {
    if (!running_.contains(&transfer)) return;
    remove(transfer);
    transfer.failure = std::move(error);
    transfer.done.set();
}

void CurlDriver::fail_all(const base::Error& error) {
    while (!running_.empty()) fail(**running_.begin(), error);
}

int CurlDriver::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
    auto& driver = *static_cast<CurlDriver*>(self);
    const int set = driver.epoll_.native_handle();
    if (what == CURL_POLL_REMOVE) {
        // libcurl may have closed it already, and the kernel then forgot it: EBADF is fine.
        ::epoll_ctl(set, EPOLL_CTL_DEL, fd, nullptr);
        return 0;
    }
    epoll_event event{};
    event.data.fd = fd;
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    int result = ::epoll_ctl(set, EPOLL_CTL_MOD, fd, &event);
    if (result != 0 && errno == ENOENT) result = ::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
    if (result == 0) return 0;
    LOG_ERROR("http", "cannot watch a socket", {"reason", std::strerror(errno)});
    return -1;  // libcurl then fails its transfers
}

int CurlDriver::on_timer(CURLM*, long timeout_ms, void* self) {
    auto& driver = *static_cast<CurlDriver*>(self);
    if (timeout_ms < 0) {
        driver.timer_.cancel();
        return 0;
    }
    driver.timer_.expires_after(std::chrono::milliseconds(timeout_ms));
    driver.timer_.async_wait([weak = driver.weak_from_this()](boost::system::error_code error) {
        if (error) return;
        if (const auto alive = weak.lock()) alive->act(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
}

void CurlDriver::wait_for_sockets() {
    epoll_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [weak = weak_from_this()](boost::system::error_code error) {
                          if (error) return;
                          const auto alive = weak.lock();
                          if (!alive) return;
                          alive->run_ready_sockets();
                          alive->wait_for_sockets();
                      });
}

void CurlDriver::run_ready_sockets() {
    std::array<epoll_event, 32> events{};
    const int count = ::epoll_wait(epoll_.native_handle(), events.data(), events.size(), 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events.at(static_cast<std::size_t>(i));
        int flags = 0;
        if ((event.events & (EPOLLIN | EPOLLHUP)) != 0) flags |= CURL_CSELECT_IN;
        if ((event.events & EPOLLOUT) != 0) flags |= CURL_CSELECT_OUT;
        if ((event.events & EPOLLERR) != 0) flags |= CURL_CSELECT_ERR;
        act(event.data.fd, flags);
    }
}

void CurlDriver::act(curl_socket_t fd, int events) {
    int running = 0;
    const CURLMcode code = curl_->socket_action(multi_, fd, events, &running);
    if (code != CURLM_OK) {
        LOG_WARN("http", "libcurl reported a fault", {"reason", curl_->multi_error(code)});
    }
    collect_finished();
}

void CurlDriver::collect_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_->read_info(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        void* owner = nullptr;
        const CURLcode code = message->data.result;
        curl_->get_info(message->easy_handle, CURLINFO_PRIVATE, &owner);
        auto& transfer = *static_cast<Transfer*>(owner);
        remove(transfer);  // `message` is gone from here on
        transfer.code = code;
        transfer.done.set();
    }
}

}  // namespace http::detail
