// Server-sent events (WHATWG HTML, section 9.2): an incremental parser for bytes in any split, and
// a writer. Pure; any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace http {

struct SseEvent {
    std::string event;  // "message" when the field was absent
    std::string data;   // lines joined by \n
    std::string id;     // the last id seen on the stream, as the standard asks
};

class SseParser {
public:
    explicit SseParser(std::size_t max_event_bytes = 4'000'000) : max_(max_event_bytes) {}

    // Calls `on_event` for each whole event; it may return false to stop, after which all further
    // bytes are ignored. An event that the end of the stream cuts is never given. Error: too_large.
    [[nodiscard]] base::Result<void> feed(std::string_view bytes,
                                          const std::function<bool(const SseEvent&)>& on_event);

private:
    [[nodiscard]] bool end_line(std::string_view line,
                                const std::function<bool(const SseEvent&)>& on_event);
    std::size_t max_;
    std::string line_;
    bool skip_lf_ = false;  // the last byte was \r: a \n belongs to it
    bool first_ = true;     // a byte order mark may come first
    bool has_data_ = false;
    bool stopped_ = false;
    SseEvent event_;
};

// One event in wire form. Line breaks in `data` become separate data lines; those in `event` are
// dropped. An empty `event` writes no event field.
[[nodiscard]] std::string format_sse(std::string_view event, std::string_view data);

}  // namespace http
