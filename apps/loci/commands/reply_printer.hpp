// Prints the events of one turn as they come, for `loci chat`. Fed by the thread that reads the
// stream; session() may be asked by the one that watches for Ctrl-C.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "http/client.hpp"
#include "http/sse.hpp"

namespace loci {

// What others wrote must not steer the terminal: escape sequences and other controls are left out.
[[nodiscard]] std::string for_terminal(std::string_view text);

class ReplyPrinter final : public http::BodySink {
public:
    explicit ReplyPrinter(std::string session);

    [[nodiscard]] bool on_head(const http::ClientResponse& head) override;
    [[nodiscard]] bool on_data(std::string_view bytes) override;

    [[nodiscard]] bool failed() const { return failed_; }
    // The body of an answer that was no stream: an error.
    [[nodiscard]] const std::string& plain() const { return plain_; }
    // Empty until the message was accepted.
    [[nodiscard]] std::string session() const;

private:
    void handle(const http::SseEvent& event);
    void end(const http::SseEvent& event);

    http::SseParser parser_;
    bool streams_ = false;
    bool failed_ = false;
    bool waits_ = false;  // the place in the queue stands on the screen
    std::string plain_;
    mutable std::mutex mutex_;
    std::string session_;
};

}  // namespace loci
