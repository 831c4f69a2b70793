#include "http/detail/transfer.hpp"

#include <charconv>
#include <cstdint>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/socket.h>

#include "base/text.hpp"
#include "http/detail/curl_driver.hpp"

namespace http::detail {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxHeaderBytes = 256'000;
// A body that goes on longer behind all that matters is not worth its connection.
constexpr std::size_t kMaxTailBytes = 16'000;

bool is_token(std::string_view name) {
    constexpr std::string_view kAllowed =
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    return !name.empty() && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

bool is_header_value(std::string_view value) {
    constexpr std::string_view kForbidden("\r\n\0", 3);
    return value.find_first_of(kForbidden) == std::string_view::npos;
}

base::Error from_curl(CURLcode code, const char* reason, const std::string& origin) {
    const std::string what = fmt::format("{}: {}", origin, reason);
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return base::make_error(ErrorCode::unavailable, what,
                                    "check the name and the network connection");
        case CURLE_COULDNT_CONNECT:
            return base::make_error(ErrorCode::unavailable, what, std::string(kNobodyListens));
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
            return base::make_error(ErrorCode::unavailable, what,
                                    "check the clock and the certificate of the service");
        case CURLE_OPERATION_TIMEDOUT:
            return base::make_error(ErrorCode::timeout, what + " while connecting",
                                    "check that the service is reachable");
        case CURLE_OUT_OF_MEMORY:
            return base::make_error(ErrorCode::out_of_memory, what);
        default:
            return base::make_error(ErrorCode::upstream, what,
                                    "the service broke off or answered wrongly; try again");
    }
}

}  // namespace

Transfer::Transfer(const CurlLibrary& curl_, const ClientRequest& request_, const Url& url_,
                   BodySink* sink_, std::stop_token stop_)
    : curl(curl_), request(request_), url(url_), sink(sink_), stop(std::move(stop_)) {}

Transfer::~Transfer() {
    if (driver) driver->remove(*this);
    if (easy != nullptr) curl.easy_cleanup(easy);
    curl.free_list(header_list);
}

base::Result<void> Transfer::prepare() {
    easy = curl.easy_init();
    if (easy == nullptr) return base::fail(ErrorCode::out_of_memory, "libcurl is out of memory");
    TRY_DO(prepare_headers());
    prepare_method();
    curl.set_option(easy, CURLOPT_PRIVATE, this);
    curl.set_option(easy, CURLOPT_URL, url.text.c_str());
    curl.set_option(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl.set_option(easy, CURLOPT_NOSIGNAL, 1L);
    curl.set_option(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl.set_option(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl.set_option(easy, CURLOPT_CONNECTTIMEOUT_MS,
                    static_cast<long>(request.connect_timeout.count()));
    curl.set_option(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    if (!request.only_certificate.empty()) {
        curl.set_option(easy, CURLOPT_CAINFO, request.only_certificate.c_str());
        curl.set_option(easy, CURLOPT_CAPATH, nullptr);
        curl.set_option(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    curl.set_option(easy, CURLOPT_USERAGENT, "Loci");
    // A stream must arrive piece by piece and a range must keep its offsets: no compression there.
    if (sink == nullptr) curl.set_option(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl.set_option(easy, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open_socket);
    curl.set_option(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl.set_option(easy, CURLOPT_HEADERDATA, this);
    curl.set_option(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl.set_option(easy, CURLOPT_WRITEDATA, this);
    curl.set_option(easy, CURLOPT_NOPROGRESS, 0L);
    curl.set_option(easy, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    curl.set_option(easy, CURLOPT_XFERINFODATA, this);
    return {};
}

base::Result<void> Transfer::prepare_headers() {
    const auto append = [this](const std::string& line) {
        curl_slist* longer = curl.append(header_list, line.c_str());
        if (longer != nullptr) header_list = longer;
        return longer != nullptr;
    };
    for (const auto& [name, value] : request.headers.items()) {
        if (!is_token(name) || !is_header_value(value)) {
            return base::fail(ErrorCode::invalid_argument,
                              "a request header has a forbidden character",
                              "line breaks are not allowed in header names and values");
        }
        std::string line = name;
        line += value.empty() ? ";" : ": ";
        line += value;
        if (!append(line)) {
            return base::fail(ErrorCode::out_of_memory, "libcurl is out of memory");
        }
    }
    // Without these libcurl adds a form's content type, and waits a second for "100 Continue".
    const bool typed = request.headers.get("Content-Type").has_value();
    if ((!typed && !append("Content-Type:")) || !append("Expect:")) {
        return base::fail(ErrorCode::out_of_memory, "libcurl is out of memory");
    }
    curl.set_option(easy, CURLOPT_HTTPHEADER, header_list);
    return {};
}

void Transfer::prepare_method() {
    if (request.method == "HEAD") {
        curl.set_option(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    const bool sends = !request.body.empty() || request.method == "POST" ||
                       request.method == "PUT" || request.method == "PATCH";
    if (sends) {
        curl.set_option(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                        static_cast<curl_off_t>(request.body.size()));
        curl.set_option(easy, CURLOPT_POSTFIELDS, request.body.data());
    }
    curl.set_option(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

base::Result<void> Transfer::outcome() const {
    if (in_tail) return {};
    if (failure) return base::fail(*failure);
    if (code == CURLE_OK) return {};
    return base::fail(from_curl(code, curl.easy_error(code), url.origin));
}

bool Transfer::is_redirect() const {
    const int status = response.status;
    const bool moved =
        status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    return moved && request.redirects == Redirects::follow &&
           (request.method == "GET" || request.method == "HEAD") &&
           response.headers.get("Location").has_value();
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
    const bool go_on = static_cast<Transfer*>(self)->take_header({data, size * count});
    return go_on ? size * count : 0;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
    const bool go_on = static_cast<Transfer*>(self)->take_body({data, size * count});
    return go_on ? size * count : CURL_WRITEFUNC_ERROR;
}

int Transfer::on_progress(void* self, curl_off_t, curl_off_t received, curl_off_t,
                          curl_off_t sent) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (received + sent != transfer.progress_) {
        transfer.progress_ = received + sent;
        transfer.last_activity = std::chrono::steady_clock::now();
    }
    return 0;
}

// As libcurl's own, but a child process started later does not inherit the socket.
curl_socket_t Transfer::on_open_socket(void*, curlsocktype, curl_sockaddr* address) {
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

bool Transfer::take_header(std::string_view line) {
    last_activity = std::chrono::steady_clock::now();
    header_bytes += line.size();
    if (header_bytes > kMaxHeaderBytes) {
        return refuse(
            base::make_error(ErrorCode::upstream,
                             fmt::format("{}: the header of the answer is too long", url.origin)));
    }
    if (head_done) return true;  // trailers are of no use to anyone here
    line = base::trim(line);
    if (line.empty()) return end_head();
    if (line.starts_with("HTTP/")) {
        response = {};
        const std::size_t space = line.find(' ');
        if (space != std::string_view::npos) {
            line.remove_prefix(space + 1);
            std::from_chars(line.data(), line.data() + line.size(), response.status);
        }
        return true;
    }
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
        response.headers.add(std::string(line.substr(0, colon)),
                             std::string(base::trim(line.substr(colon + 1))));
    }
    return true;
}

bool Transfer::end_head() {
    if (response.status < 200) return true;  // "100 Continue" and its like: the answer follows
    head_done = true;
    const auto announced = response.headers.get("Content-Length");
    if (announced && request.method != "HEAD") {
        std::uint64_t size = 0;
        std::from_chars(announced->data(), announced->data() + announced->size(), size);
        if (size > request.max_body) return refuse_size();
    }
    if (sink == nullptr || is_redirect()) return true;
    const bool go_on = sink->on_head(response);
    if (go_on && !stop.stop_requested()) return true;
    return refuse(base::make_error(ErrorCode::cancelled, url.origin + ": stopped by the caller"));
}

bool Transfer::take_body(std::string_view bytes) {
    last_activity = std::chrono::steady_clock::now();
    body_bytes += bytes.size();
    if (body_bytes > request.max_body) return refuse_size();
    if (is_redirect()) return true;
    bool go_on = true;
    if (in_tail) {
        tail_bytes_ += bytes.size();
        go_on = tail_bytes_ <= kMaxTailBytes;
    } else if (sink == nullptr) {
        response.body += bytes;
    } else {
        go_on = sink->on_data(bytes);
        in_tail = go_on && sink->has_all();
        if (in_tail && on_tail) on_tail();
    }
    if (go_on && !stop.stop_requested()) return true;
    return refuse(base::make_error(ErrorCode::cancelled, url.origin + ": stopped by the caller"));
}

bool Transfer::refuse_size() {
    return refuse(base::make_error(ErrorCode::too_large,
                                   fmt::format("{}: the answer is over the limit of {}", url.origin,
                                               base::human_bytes(request.max_body))));
}

bool Transfer::refuse(base::Error error) {
    failure = std::move(error);
    return false;
}

}  // namespace http::detail
