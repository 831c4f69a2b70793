// The parser must give the same events for a text in one piece and cut at any place.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "http/sse.hpp"

namespace {

std::vector<std::string> parse(std::string_view first, std::string_view second) {
    http::SseParser parser(1 << 20);
    std::vector<std::string> events;
    const auto collect = [&](const http::SseEvent& event) {
        events.push_back(event.event + '\0' + event.data + '\0' + event.id);
        return true;
    };
    if (!parser.feed(first, collect) || !parser.feed(second, collect)) return {};
    return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t cut = text.empty() ? 0 : data[0] % (text.size() + 1);
    if (parse(text, {}) != parse(text.substr(0, cut), text.substr(cut))) std::abort();
    return 0;
}
