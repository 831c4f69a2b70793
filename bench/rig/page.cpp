#include "page.hpp"

#include <set>
#include <utility>

#include <fmt/core.h>

#include "program.hpp"

namespace bench {
namespace {

// Unique in this process, which is all that one bench needs.
std::string next_key() {
    static long long count = 0;
    return fmt::format("bench-{}-{}", now().time_since_epoch().count(), ++count);
}

}  // namespace

TokenMeter TurnSeen::tokens(int expected) const {
    TokenMeter meter;
    for (const Piece& piece : pieces) meter.feed(piece.text, piece.at);
    if (state != "done") throw Failure("a turn ended as " + state);
    if (meter.tokens != expected) {
        throw Failure(fmt::format("{} of {} tokens arrived", meter.tokens, expected));
    }
    return meter;
}

async::Task<void> Page::open(std::string session) {
    auto opening = socket_.open("/ws");
    const std::string head = co_await std::move(opening);
    if (!head.starts_with("HTTP/1.1 101")) throw Failure("no socket: " + head);
    json::Object hello;
    hello["type"] = "hello";
    hello["protocol"] = 1;
    if (!session.empty()) hello["session_id"] = session;
    auto sending = socket_.send(http::testing::Opcode::text, json::write(hello));
    const bool sent = co_await std::move(sending);
    if (!sent) throw Failure("the server is gone");
    const std::string wanted = session.empty() ? "ready" : "session.snapshot";
    std::string type;
    while (type != wanted) {
        auto reading = next();
        const Seen seen = co_await std::move(reading);
        type = seen.type;
    }
}

async::Task<void> Page::load_files(boost::asio::io_context& io, int port) {
    auto loading = ask_get(io, port, "/");
    const std::string page = co_await std::move(loading);
    std::set<std::string> files;
    for (std::size_t at = page.find("assets/"); at != std::string::npos;
         at = page.find("assets/", at + 1)) {
        files.insert("/" + page.substr(at, page.find_first_of("\"'", at) - at));
    }
    for (const std::string& file : files) {
        auto fetching = ask_get(io, port, file);
        const std::string answer = co_await std::move(fetching);
        if (!answer.starts_with("HTTP/1.1 200")) throw Failure("the page lacks " + file);
    }
}

async::Task<TurnSeen> Page::say(std::string session, std::string text) {
    json::Object command;
    command["type"] = "message.send";
    if (!session.empty()) command["session_id"] = session;
    command["text"] = text;
    command["idempotency_key"] = next_key();
    const std::string frame = json::write(command);
    TurnSeen turn;
    turn.sent = now();
    auto sending = socket_.send(http::testing::Opcode::text, frame);
    const bool sent = co_await std::move(sending);
    if (!sent) throw Failure("the server is gone");
    bool ended = false;
    while (!ended) {
        auto reading = next();
        const Seen seen = co_await std::move(reading);
        if (seen.type == "message.accepted") turn.accepted = seen.at;
        if (seen.type == "reply.delta") {
            turn.pieces.push_back({seen.at, json::string_or(json::find(seen.event, "text"))});
        }
        ended = seen.type == "turn.ended";
        if (!ended) continue;
        turn.ended = seen.at;
        turn.state = json::string_or(json::find(seen.event, "state"));
        const auto* message = json::find(seen.event, "message");
        if (message != nullptr) turn.message = *message;
    }
    co_return turn;
}

async::Task<Seen> Page::next() {
    http::testing::Frame frame;
    bool text = false;
    while (!text) {
        auto reading = socket_.read();
        frame = co_await std::move(reading);
        if (frame.ended || frame.opcode == http::testing::Opcode::close) {
            throw Failure(fmt::format("the server closed a socket ({})", frame.close_code()));
        }
        if (frame.opcode == http::testing::Opcode::ping) {
            auto answering = socket_.send(http::testing::Opcode::pong, frame.payload);
            co_await std::move(answering);
        }
        text = frame.opcode == http::testing::Opcode::text;
    }
    Seen seen;
    seen.at = now();
    auto event = json::parse(frame.payload);
    if (!event) throw Failure("not JSON: " + event.error().text());
    seen.event = std::move(*event);
    seen.type = json::string_or(json::find(seen.event, "type"));
    if (seen.type == "command.failed") throw Failure("refused: " + frame.payload);
    co_return seen;
}

async::Task<std::string> new_session(boost::asio::io_context& io, int port) {
    auto asking = ask(io, port,
                      "POST /api/sessions HTTP/1.1\r\nHost: localhost\r\n"
                      "Content-Type: application/json\r\nContent-Length: 2\r\n"
                      "Connection: close\r\n\r\n{}");
    const std::string answer = co_await std::move(asking);
    const auto body = answer.find("\r\n\r\n");
    auto parsed = json::parse(body == std::string::npos ? "" : answer.substr(body + 4));
    if (!parsed) throw Failure("no conversation: " + answer);
    std::string id = json::string_or(json::find(*parsed, "id"));
    if (id.empty()) throw Failure("no conversation: " + answer);
    co_return id;
}

}  // namespace bench
