#include "http/detail/request_parser.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/text.hpp"

namespace http::detail {
namespace {

namespace beast_http = boost::beast::http;
using base::ErrorCode;

std::unexpected<Refusal> refuse(int status, ErrorCode code, std::string message,
                                std::string hint = {}) {
    return std::unexpected(
        Refusal{status, base::make_error(code, std::move(message), std::move(hint))});
}

std::unexpected<Refusal> refuse_header_size(const ParserLimits& limits, bool in_request_line) {
    if (in_request_line) {
        return refuse(414, ErrorCode::too_large, "the request's address is too long",
                      "send long data in the body");
    }
    return refuse(431, ErrorCode::too_large,
                  fmt::format("the request's header is over {} bytes", limits.header),
                  "clear the cookies of this site, or send fewer headers");
}

std::unexpected<Refusal> refuse_body_size(const ParserLimits& limits) {
    return refuse(
        413, ErrorCode::too_large,
        fmt::format("the request's body is over the limit of {}", base::human_bytes(limits.body)),
        "send it in smaller parts");
}

// http://host/path, as sent to proxies, is read as host and path.
bool to_origin_form(RequestHead& head) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!head.target.starts_with(scheme)) continue;
        const std::string rest = head.target.substr(scheme.size());
        const std::size_t slash = rest.find_first_of("/?");
        head.headers.set("Host", rest.substr(0, slash));
        head.target = slash == std::string::npos ? "/" : rest.substr(slash);
        if (head.target.front() == '?') head.target.insert(0, "/");
    }
    return head.target.starts_with('/') || (head.target == "*" && head.method == "OPTIONS");
}

}  // namespace

struct RequestParser::State {
    ParserLimits limits;
    beast_http::request_parser<beast_http::string_body> parser;
    bool in_request_line = true;

    // Feeds once; whatever was used is taken off `input`. False: more bytes are needed.
    std::expected<bool, Refusal> put(std::string& input) {
        boost::beast::error_code error;
        const std::size_t used = parser.put(boost::asio::buffer(input.data(), input.size()), error);
        input.erase(0, used);
        in_request_line = in_request_line && used == 0 && input.find('\n') == std::string::npos;
        if (!error) return true;
        if (error == beast_http::error::need_more) return false;
        if (error == beast_http::error::body_limit) return refuse_body_size(limits);
        if (error == beast_http::error::header_limit ||
            error == beast_http::error::buffer_overflow) {
            return refuse_header_size(limits, in_request_line);
        }
        if (error == beast_http::error::bad_version) {
            return refuse(505, ErrorCode::unsupported, "only HTTP/1.0 and HTTP/1.1 are spoken");
        }
        return refuse(400, ErrorCode::invalid_argument,
                      "this is no HTTP request: " + error.message());
    }
};

RequestParser::RequestParser(ParserLimits limits) : state_(std::make_unique<State>()) {
    state_->limits = limits;
    state_->parser.header_limit(static_cast<std::uint32_t>(limits.header));
    state_->parser.body_limit(limits.body);
    state_->parser.eager(false);
}

RequestParser::~RequestParser() = default;

std::expected<bool, Refusal> RequestParser::feed_header(std::string& input) {
    while (!state_->parser.is_header_done() && !input.empty()) {
        const std::size_t before = input.size();
        auto fed = state_->put(input);
        if (!fed) return std::unexpected(std::move(fed.error()));
        if (!*fed || input.size() == before) break;
    }
    return state_->parser.is_header_done();
}

std::expected<RequestHead, Refusal> RequestParser::take_head() {
    auto& message = state_->parser.get();
    RequestHead head;
    head.method = std::string(message.method_string());
    head.target = std::string(message.target());
    head.http_1_0 = message.version() < 11;
    head.keep_alive = message.keep_alive();
    for (const auto& field : message) {
        head.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    message.clear();  // the parser now holds the body alone
    const auto& items = head.headers.items();
    const auto hosts = std::ranges::count_if(
        items, [](const auto& item) { return base::to_lower_ascii(item.first) == "host"; });
    if (hosts > 1 || (hosts == 0 && !head.http_1_0)) {
        return refuse(400, ErrorCode::invalid_argument,
                      "the request needs exactly one Host header");
    }
    if (head.target.size() > state_->limits.target) return refuse_header_size(state_->limits, true);
    if (!to_origin_form(head)) {
        return refuse(400, ErrorCode::invalid_argument, "the request's address is no path");
    }
    const std::string expect = base::to_lower_ascii(head.headers.get("Expect").value_or(""));
    if (!expect.empty() && expect != "100-continue") {
        return refuse(417, ErrorCode::unsupported, "the expectation of the request is not known");
    }
    head.expects_continue = !expect.empty() && !head.http_1_0;
    return head;
}

std::expected<void, Refusal> RequestParser::limit_body(std::size_t bytes) {
    state_->limits.body = bytes;
    state_->parser.body_limit(bytes);
    const auto stated = state_->parser.content_length_remaining();
    if (stated && *stated > bytes) return refuse_body_size(state_->limits);
    return {};
}

std::expected<bool, Refusal> RequestParser::feed_body(std::string& input) {
    while (!state_->parser.is_done() && !input.empty()) {
        const std::size_t before = input.size();
        auto fed = state_->put(input);
        if (!fed) return std::unexpected(std::move(fed.error()));
        if (!*fed || input.size() == before) break;
    }
    return state_->parser.is_done();
}

bool RequestParser::body_complete() const {
    return state_->parser.is_done();
}

std::string RequestParser::take_body() {
    return std::move(state_->parser.get().body());
}

}  // namespace http::detail
