#include "commands/reply_printer.hpp"

#include <cstdio>
#include <utility>

#include <fmt/core.h>
#include <unistd.h>

#include "json/json.hpp"

namespace loci {
namespace {

std::string dim(const std::string& text) {
    return ::isatty(1) == 1 ? "\033[2m" + text + "\033[0m" : text;
}

}  // namespace

std::string for_terminal(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
        if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {  // U+0080 to U+009F
            ++i;
        } else if ((byte >= 0x20 && byte != 0x7F) || byte == '\n' || byte == '\t') {
            out.push_back(text[i]);
        }
    }
    return out;
}

ReplyPrinter::ReplyPrinter(std::string session) : session_(std::move(session)) {}

std::string ReplyPrinter::session() const {
    const std::lock_guard lock(mutex_);
    return session_;
}

bool ReplyPrinter::on_head(const http::ClientResponse& head) {
    const auto type = head.headers.get("Content-Type");
    streams_ = type && type->starts_with("text/event-stream");
    return true;
}

bool ReplyPrinter::on_data(std::string_view bytes) {
    if (!streams_) {
        plain_.append(bytes);
        return true;
    }
    const auto fed = parser_.feed(bytes, [this](const http::SseEvent& event) {
        handle(event);
        return true;
    });
    return fed.has_value();
}

void ReplyPrinter::handle(const http::SseEvent& event) {
    const auto data = json::parse(event.data);
    if (!data) return;
    if (event.event == "message.accepted") {
        const std::lock_guard lock(mutex_);
        session_ = json::string_or(json::find_path(*data, "message.session_id"));
    } else if (event.event == "reply.delta") {
        fmt::print("{}", for_terminal(json::string_or(json::find(*data, "text"))));
    } else if (event.event == "reply.reset") {
        fmt::print("\n{}\n", dim("(taken back)"));
    } else if (event.event == "done" || event.event == "error") {
        end(event);
    }
    const long long position = json::int_or(json::find(*data, "position"), 0);
    if (position > 0) {
        fmt::print("{}", dim(fmt::format("(waits behind {})", position)));
        waits_ = true;
    } else if (waits_ && event.event == "turn.started") {
        fmt::print("\n");
        waits_ = false;
    }
    std::fflush(stdout);
}

void ReplyPrinter::end(const http::SseEvent& event) {
    const auto data = json::parse(event.data);
    if (!data) return;
    if (event.event == "error") {
        failed_ = true;
        const std::string hint = json::string_or(json::find(*data, "hint"));
        std::fflush(stdout);
        fmt::print(stderr, "loci: {}{}", json::string_or(json::find(*data, "message")),
                   hint.empty() ? "" : " (" + hint + ")");
        return;
    }
    if (json::string_or(json::find(*data, "state")) == "stopped") {
        fmt::print("{}", dim(" (stopped)"));
    }
    const std::string badge = json::string_or(json::find_path(*data, "detail.badge"));
    if (!badge.empty() && ::isatty(1) == 1) fmt::print("  {}", dim("[" + badge + "]"));
}

}  // namespace loci
