// Paths, percent-decoding and host names: whatever is accepted must be free of dot parts and
// control characters, and decoding must undo encoding.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "http/detail/access_check.hpp"
#include "http/detail/file_response.hpp"
#include "http/detail/route_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (http::url_decode(http::url_encode(text)) != text) std::abort();
    const auto parts = http::detail::split_path(text);
    if (parts) {
        for (const std::string& part : *parts) {
            if (part == "." || part == "..") std::abort();
            for (const char c : part) {
                if (static_cast<unsigned char>(c) < 0x20) std::abort();
            }
        }
    }
    const std::string host = http::detail::host_of(text);
    if (host.find_first_of("/@ ") != std::string::npos) std::abort();
    http::detail::ByteRange range;
    if (http::detail::parse_range(text, 1'000, range) == http::detail::RangeKind::part &&
        (range.length == 0 || range.first + range.length > 1'000)) {
        std::abort();
    }
    return 0;
}
