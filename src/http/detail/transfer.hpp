// One exchange of the client: the libcurl easy handle, its callbacks and what they collect. Made
// and awaited by Client::State, driven by CurlDriver; io thread only. Fails through `failure`
// (ours) or `code` (libcurl's).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "async/event.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "http/detail/curl_library.hpp"
#include "http/detail/url.hpp"

namespace http::detail {

class CurlDriver;

struct Transfer {
    // `request_` and `sink_` must outlive the transfer. Without a sink the body is collected.
    Transfer(const CurlLibrary& curl_, const ClientRequest& request_, const Url& url_,
             BodySink* sink_, std::stop_token stop_);
    ~Transfer();
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    // Sets all options. Errors: invalid_argument (header or URL), internal.
    [[nodiscard]] base::Result<void> prepare();
    // What happened, after `done`.
    [[nodiscard]] base::Result<void> outcome() const;
    // The answer asks for another place and the method allows to go there unasked.
    [[nodiscard]] bool is_redirect() const;

    const CurlLibrary& curl;
    const ClientRequest& request;
    const Url& url;
    BodySink* sink;
    std::stop_token stop;
    std::shared_ptr<CurlDriver> driver;  // set while it knows the transfer
    CURL* easy = nullptr;
    curl_slist* header_list = nullptr;

    ClientResponse response;
    std::size_t header_bytes = 0;
    std::size_t body_bytes = 0;
    bool head_done = false;
    bool in_tail = false;  // the sink has all; only the end of the body is waited for
    std::function<void()> on_tail;
    std::chrono::steady_clock::time_point last_activity = std::chrono::steady_clock::now();
    std::optional<base::Error> failure;
    CURLcode code = CURLE_OK;
    async::Event done;

private:
    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
    static int on_progress(void* self, curl_off_t, curl_off_t received, curl_off_t,
                           curl_off_t sent);
    static curl_socket_t on_open_socket(void*, curlsocktype, curl_sockaddr* address);
    [[nodiscard]] base::Result<void> prepare_headers();
    void prepare_method();
    [[nodiscard]] bool take_header(std::string_view line);
    [[nodiscard]] bool end_head();
    [[nodiscard]] bool take_body(std::string_view bytes);
    [[nodiscard]] bool refuse_size();
    [[nodiscard]] bool refuse(base::Error error);

    curl_off_t progress_ = 0;
    std::size_t tail_bytes_ = 0;
};

}  // namespace http::detail
