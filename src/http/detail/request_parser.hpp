// Reads one HTTP/1.x request from bytes that come in any split, header first, so that the request
// can be refused before its body is read. Owned by a Connection; no I/O of its own.
// Bytes are hostile: every fault is a Refusal with the status to answer.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "http/types.hpp"

namespace http::detail {

struct ParserLimits {
    std::size_t header = 16'384;
    std::size_t body = 10'000'000;
    std::size_t target = 8'192;
};

struct Refusal {
    int status = 400;
    base::Error error;
};

struct RequestHead {
    std::string method;
    std::string target;  // origin form: path and query
    Headers headers;
    bool http_1_0 = false;
    bool keep_alive = true;
    bool expects_continue = false;
};

class RequestParser {
public:
    explicit RequestParser(ParserLimits limits);
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    // Takes what belongs to the header off the front of `input`; true when it is complete.
    [[nodiscard]] std::expected<bool, Refusal> feed_header(std::string& input);
    // Once, after the header was complete.
    [[nodiscard]] std::expected<RequestHead, Refusal> take_head();
    // Lowers the limit of the body, once its route is known.
    [[nodiscard]] std::expected<void, Refusal> limit_body(std::size_t bytes);
    // The same for the body; true at its end. A request without a body is complete at once.
    [[nodiscard]] std::expected<bool, Refusal> feed_body(std::string& input);
    [[nodiscard]] bool body_complete() const;
    [[nodiscard]] std::string take_body();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace http::detail
