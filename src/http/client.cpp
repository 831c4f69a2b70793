#include "http/client.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/text.hpp"
#include "http/detail/curl_driver.hpp"
#include "http/detail/transfer.hpp"
#include "http/detail/url.hpp"

namespace http {
namespace {

using base::ErrorCode;
using detail::CurlDriver;
using detail::Transfer;
using detail::Url;

constexpr int kMaxRedirects = 5;
// How long the end of a body is waited for when all that matters has come.
constexpr std::chrono::milliseconds kTailTime{250};

// Ends the transfer when nothing was received or sent for the idle time. Looks again only when the
// time since the last byte could have run out, so busy transfers cost nothing.
void watch_idle(const std::shared_ptr<boost::asio::steady_timer>& timer,
                const std::weak_ptr<CurlDriver>& driver, const std::weak_ptr<Transfer>& transfer) {
    const auto current = transfer.lock();
    if (!current) return;
    timer->expires_at(current->last_activity + current->request.idle_timeout);
    timer->async_wait([timer, driver, transfer](boost::system::error_code error) {
        const auto alive = transfer.lock();
        const auto owner = driver.lock();
        if (error || !alive || !owner) return;
        const auto idle = std::chrono::steady_clock::now() - alive->last_activity;
        if (idle < alive->request.idle_timeout) {
            watch_idle(timer, driver, transfer);
            return;
        }
        owner->fail(*alive, base::make_error(ErrorCode::timeout,
                                             alive->url.origin + ": nothing was received in time",
                                             "the service hangs or is overloaded; try again"));
    });
}

void end_tail_soon(boost::asio::steady_timer& timer, const std::weak_ptr<CurlDriver>& driver,
                   const std::weak_ptr<Transfer>& transfer) {
    timer.expires_after(kTailTime);
    timer.async_wait([driver, transfer](boost::system::error_code error) {
        const auto alive = transfer.lock();
        const auto owner = driver.lock();
        if (error || !alive || !owner) return;
        owner->fail(*alive, base::make_error(ErrorCode::timeout,
                                             alive->url.origin + ": the body does not end"));
    });
}

async::Task<base::Result<void>> run(std::shared_ptr<CurlDriver> driver,
                                    std::shared_ptr<Transfer> transfer, std::stop_token stop) {
    CO_TRY_DO(driver->add(*transfer));
    // A stop may come from any thread, or from inside one of libcurl's callbacks.
    const std::weak_ptr<CurlDriver> weak_driver = driver;
    const std::weak_ptr<Transfer> weak_transfer = transfer;
    const std::stop_callback on_stop(
        stop, [executor = driver->executor(), weak_driver, weak_transfer] {
            boost::asio::post(executor, [weak_driver, weak_transfer] {
                const auto owner = weak_driver.lock();
                const auto alive = weak_transfer.lock();
                if (!owner || !alive) return;
                owner->fail(*alive, base::make_error(ErrorCode::cancelled,
                                                     alive->url.origin + ": stopped"));
            });
        });
    const auto timer = std::make_shared<boost::asio::steady_timer>(driver->executor());
    if (transfer->request.idle_timeout.count() > 0) {
        watch_idle(timer, weak_driver, weak_transfer);
    }
    transfer->on_tail = [timer, weak_driver, weak_transfer] {
        end_tail_soon(*timer, weak_driver, weak_transfer);
    };
    const bool ended = co_await transfer->done.wait();
    timer->cancel();
    if (!ended) co_return base::fail(ErrorCode::cancelled, "the client is gone");
    co_return transfer->outcome();
}

// To another host go only the headers that cannot hold a secret.
void drop_private_headers(ClientRequest& request) {
    constexpr std::array<std::string_view, 4> kHarmless = {"accept", "accept-language", "range",
                                                           "if-range"};
    Headers kept;
    for (const auto& [name, value] : request.headers.items()) {
        if (std::ranges::find(kHarmless, base::to_lower_ascii(name)) != kHarmless.end()) {
            kept.add(name, value);
        }
    }
    request.headers = std::move(kept);
}

base::Result<Url> next_place(const Transfer& transfer) {
    const std::string_view location = *transfer.response.headers.get("Location");
    auto next = detail::resolve_url(transfer.url, location);
    if (!next) {
        return base::fail(ErrorCode::upstream,
                          transfer.url.origin + ": redirects to something that is no web address");
    }
    if (transfer.url.secure && !next->secure) {
        return base::fail(ErrorCode::upstream,
                          transfer.url.origin + ": redirects from https to http",
                          "use the address that the service has now");
    }
    return next;
}

}  // namespace

struct Client::State {
    std::shared_ptr<CurlDriver> driver;

    static async::Task<base::Result<ClientResponse>> exchange(std::shared_ptr<State> state,
                                                              ClientRequest request, BodySink* sink,
                                                              std::stop_token stop);
};

async::Task<base::Result<ClientResponse>> Client::State::exchange(std::shared_ptr<State> state,
                                                                  ClientRequest request,
                                                                  BodySink* sink,
                                                                  std::stop_token stop) {
    if (stop.stop_requested())
        co_return base::fail(ErrorCode::cancelled, "stopped before the call");
    const auto driver = state->driver;
    CO_TRY_DO(driver->open());
    CO_TRY(url, detail::parse_url(request.url));
    for (int hop = 0; hop <= kMaxRedirects; ++hop) {
        auto transfer = std::make_shared<Transfer>(driver->curl(), request, url, sink, stop);
        CO_TRY_DO(transfer->prepare());
        auto running = run(driver, transfer, stop);
        const auto ended = co_await std::move(running);
        if (!ended) co_return base::fail(ended.error());
        if (!transfer->is_redirect()) co_return std::move(transfer->response);
        CO_TRY(next, next_place(*transfer));
        transfer.reset();  // it refers to `url`
        if (next.origin != url.origin) drop_private_headers(request);
        url = std::move(next);
    }
    co_return base::fail(ErrorCode::upstream, url.origin + ": redirects without end");
}

Client::Client(async::Executor executor) : state_(std::make_shared<State>()) {
    state_->driver = std::make_shared<CurlDriver>(std::move(executor));
}

Client::~Client() {
    state_->driver->fail_all(base::make_error(ErrorCode::cancelled, "the client is shut down"));
}

async::Task<base::Result<ClientResponse>> Client::fetch(ClientRequest request,
                                                        std::stop_token stop) {
    return State::exchange(state_, std::move(request), nullptr, std::move(stop));
}

async::Task<base::Result<ClientResponse>> Client::stream(ClientRequest request, BodySink& sink,
                                                         std::stop_token stop) {
    return State::exchange(state_, std::move(request), &sink, std::move(stop));
}

}  // namespace http
