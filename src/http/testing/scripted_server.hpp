// ScriptedServer: a test's HTTP peer on a loopback port that answers exactly the bytes it was told
// to: whole answers, wrong lengths, cut connections, endless bodies, silence. Owned by the test,
// same executor as the client under test, so nothing sleeps and nothing races.
//
//   ScriptedServer server(io.get_executor());
//   server.enqueue(Script::reply(200, R"({"ok":true})"));
//   server.enqueue(Script::sse_head().sse("", "one").await_step().sse("", "two").cut());
//   ... client.fetch(server.url("/v1/chat")) ...;   server.step();   // lets "two" out
//
// Each request takes the next script, over however many connections; a request without a script is
// answered with 500 and counted in unexpected(). After a script that neither closes nor hangs, the
// connection is kept and reads the next request.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "async/task.hpp"
#include "http/types.hpp"

namespace http::testing {

// What a script does, in order. Every function returns the script itself, so that calls chain.
class Script {
public:
    // A whole answer with the right Content-Length.
    [[nodiscard]] static Script reply(int status, std::string_view body,
                                      std::string_view content_type = "application/json",
                                      const Headers& extra = {});
    // Status line, Content-Type: text/event-stream, chunked coding; continue with sse() or chunk().
    [[nodiscard]] static Script sse_head(int status = 200);
    // Status line and exactly these headers.
    [[nodiscard]] static Script head(int status, const Headers& headers);

    Script& bytes(std::string raw);
    // One chunk of the chunked coding, and its end.
    Script& chunk(std::string_view data);
    Script& end_chunks();
    // One server-sent event as a chunk.
    Script& sse(std::string_view event, std::string_view data);
    // `total` bytes made of `piece` again and again; costs no memory.
    Script& repeat(std::string piece, std::size_t total);
    // Waits for one ScriptedServer::step().
    Script& await_step();
    // Ends the connection: in order (FIN), or broken off (RST).
    Script& close();
    Script& cut();
    // Answers nothing more until the peer has left.
    Script& hang();

private:
    friend class ScriptedServer;
    enum class Action { send, repeat, await_step, close, cut, hang };
    struct Step {
        Action action;
        std::string text;
        std::size_t total = 0;
    };
    Script& add(Action action, std::string text = {}, std::size_t total = 0);
    std::vector<Step> steps_;
};

struct SeenRequest {
    std::string method;
    std::string target;  // as sent: path and query
    Headers headers;
    std::string body;
};

class ScriptedServer {
public:
    explicit ScriptedServer(async::Executor executor);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    void enqueue(Script script);
    // Lets one await_step(), present or future, go on.
    void step();

    [[nodiscard]] int port() const;
    [[nodiscard]] std::string url(std::string_view path = "/") const;
    [[nodiscard]] const std::vector<SeenRequest>& requests() const;
    [[nodiscard]] std::size_t connections() const;  // accepted so far
    [[nodiscard]] std::size_t unexpected() const;   // requests that found no script
    [[nodiscard]] std::size_t bytes_sent() const;

    // Completes when `count` requests have arrived in all.
    [[nodiscard]] async::Task<void> wait_requests(std::size_t count);
    // Completes when `count` connections have been ended by the peer while a script was running.
    [[nodiscard]] async::Task<void> wait_peer_left(std::size_t count = 1);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace http::testing
