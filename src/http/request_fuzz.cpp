// The request parser must not crash, and must find the same request however the bytes are cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/detail/request_parser.hpp"

namespace {

using http::detail::RequestParser;

// What was read, or the status of the refusal; empty when more bytes are needed.
std::string parse(std::string_view first, std::string_view second) {
    RequestParser parser({.header = 1'024, .body = 1'024, .target = 512});
    std::string input;
    bool has_head = false;
    std::string result;
    for (const std::string_view piece : {first, second}) {
        input += piece;
        if (!has_head) {
            auto complete = parser.feed_header(input);
            if (!complete) return "refused";
            if (!*complete) continue;
            auto head = parser.take_head();
            if (!head) return "refused";
            has_head = true;
            result = head->method + ' ' + head->target;
            for (const auto& [name, value] : head->headers.items()) result += name + value;
        }
        auto complete = parser.feed_body(input);
        if (!complete) return "refused";
        if (*complete) return result + '\0' + parser.take_body();
    }
    return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t cut = data[0] % (text.size() + 1);
    const std::string whole = parse(text, {});
    const std::string pieces = parse(text.substr(0, cut), text.substr(cut));
    if (whole != pieces && whole != "refused" && pieces != "refused") std::abort();
    return 0;
}
