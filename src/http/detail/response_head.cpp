#include "http/detail/response_head.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "base/text.hpp"

namespace http::detail {
namespace {

// For the page that this server itself delivers: no inline scripts; WebAssembly, blobs of textures
// and audio, and the socket are needed.
constexpr std::string_view kPagePolicy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss: blob: data:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
// A picture that is opened by itself is a document, and could hold scripts.
constexpr std::string_view kPicturePolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'";

constexpr std::array<std::pair<int, std::string_view>, 35> kReasons = {{
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {499, "Client Closed Request"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
}};

std::string_view reason_of(int status) {
    const auto found =
        std::ranges::find(kReasons, status, &std::pair<int, std::string_view>::first);
    return found == kReasons.end() ? "Status" : found->second;
}

bool is_framing(std::string_view name) {
    constexpr std::array<std::string_view, 6> kOurs = {
        "content-length", "transfer-encoding", "connection", "date", "x-request-id", "upgrade"};
    return std::ranges::find(kOurs, base::to_lower_ascii(name)) != kOurs.end();
}

// A handler may put data of others into a header: it must not end the line.
bool is_safe(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void append(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

void append_framing(std::string& out, const ResponseHead& head) {
    if (head.length) append(out, "Content-Length", fmt::format("{}", *head.length));
    if (head.chunked) append(out, "Transfer-Encoding", "chunked");
    append(out, "Connection", head.keep_alive ? "keep-alive" : "close");
}

void append_security(std::string& out, const ResponseHead& head) {
    const std::string_view type = head.headers.get("Content-Type").value_or("");
    const bool has_policy = head.headers.get("Content-Security-Policy").has_value();
    append(out, "X-Content-Type-Options", "nosniff");
    append(out, "Referrer-Policy", "no-referrer");
    if (type.starts_with("text/html") && !has_policy) {
        append(out, "Content-Security-Policy", kPagePolicy);
    }
    if (type.starts_with("image/svg") && !has_policy) {
        append(out, "Content-Security-Policy", kPicturePolicy);
    }
    if (head.cors_origin) {
        append(out, "Access-Control-Allow-Origin", *head.cors_origin);
        append(out, "Access-Control-Expose-Headers", "X-Request-Id, Retry-After, ETag");
        append(out, "Vary", "Origin");
    }
}

}  // namespace

std::string format_http_date(long long unix_seconds) {
    using namespace std::chrono;
    constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
    constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_seconds time{seconds(unix_seconds)};
    const sys_days day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                       kDays.at(weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
                       kMonths.at(static_cast<unsigned>(date.month()) - 1),
                       static_cast<int>(date.year()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

std::string format_head(const ResponseHead& head) {
    using namespace std::chrono;
    const auto now = duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
    std::string out = fmt::format("HTTP/1.1 {} {}\r\n", head.status, reason_of(head.status));
    out.reserve(1'024);
    append(out, "Date", format_http_date(now));
    append(out, "X-Request-Id", head.request_id);
    for (const auto& [name, value] : head.headers.items()) {
        if (is_framing(name)) continue;
        if (name.empty() || !is_safe(name) || !is_safe(value)) {
            LOG_ERROR("http", "a response header with a line break was left out",
                      {"request", head.request_id});
            continue;
        }
        append(out, name, value);
    }
    append_security(out, head);
    append_framing(out, head);
    out += "\r\n";
    return out;
}

}  // namespace http::detail
