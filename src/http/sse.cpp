#include "http/sse.hpp"

#include <fmt/core.h>

namespace http {

base::Result<void> SseParser::feed(std::string_view bytes,
                                   const std::function<bool(const SseEvent&)>& on_event) {
    while (!bytes.empty() && !stopped_) {
        if (skip_lf_) {
            skip_lf_ = false;
            if (bytes.front() == '\n') bytes.remove_prefix(1);
            continue;
        }
        const std::size_t end = bytes.find_first_of("\r\n");
        const std::string_view piece = bytes.substr(0, end);
        if (line_.size() + event_.data.size() + piece.size() > max_) {
            stopped_ = true;
            return base::fail(base::ErrorCode::too_large,
                              fmt::format("a server-sent event is over {} bytes", max_),
                              "the peer does not end its events; check that it sends SSE");
        }
        if (end == std::string_view::npos) {
            line_ += piece;
            return {};
        }
        skip_lf_ = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        // A line that came in one piece, the usual case, is read without a copy.
        bool go_on = true;
        if (line_.empty()) {
            go_on = end_line(piece, on_event);
        } else {
            line_ += piece;
            const std::string line = std::move(line_);
            line_.clear();
            go_on = end_line(line, on_event);
        }
        if (!go_on) stopped_ = true;
    }
    return {};
}

bool SseParser::end_line(std::string_view line,
                         const std::function<bool(const SseEvent&)>& on_event) {
    if (first_) {
        first_ = false;
        if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    }
    if (line.empty()) {
        bool go_on = true;
        if (has_data_) {
            if (event_.event.empty()) event_.event = "message";
            go_on = on_event(event_);
        }
        event_.event.clear();
        event_.data.clear();
        has_data_ = false;
        return go_on;
    }
    const std::size_t colon = line.find(':');
    if (colon == 0) return true;  // a comment, sent as a keep-alive
    const std::string_view field = line.substr(0, colon);
    std::string_view value;
    if (colon != std::string_view::npos) value = line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "data") {
        if (has_data_) event_.data.push_back('\n');
        event_.data += value;
        has_data_ = true;
    } else if (field == "event") {
        event_.event = value;
    } else if (field == "id" && value.find('\0') == std::string_view::npos) {
        event_.id = value;
    }
    return true;
}

std::string format_sse(std::string_view event, std::string_view data) {
    std::string out;
    out.reserve(event.size() + data.size() + 24);
    if (!event.empty()) {
        out += "event: ";
        for (const char c : event) {
            if (c != '\r' && c != '\n') out.push_back(c);
        }
        out.push_back('\n');
    }
    for (;;) {
        const std::size_t end = data.find_first_of("\r\n");
        out += "data: ";
        out += data.substr(0, end);
        out.push_back('\n');
        if (end == std::string_view::npos) break;
        const bool pair = data.substr(end).starts_with("\r\n");
        data.remove_prefix(end + (pair ? 2 : 1));
    }
    out.push_back('\n');
    return out;
}

}  // namespace http
