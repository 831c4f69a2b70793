// Page: a client of Loci's socket, as the page in the browser is one. Owned by the bench, io
// thread. A refused command or a lost connection throws Failure.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "http/testing/socket_client.hpp"
#include "json/json.hpp"
#include "samples.hpp"
#include "upstream.hpp"

namespace bench {

struct Seen {
    Time at;
    std::string type;
    json::Value event;
};

struct Piece {
    Time at;
    std::string text;
};

// One turn from its message to its end.
struct TurnSeen {
    Time sent;
    Time accepted;
    std::vector<Piece> pieces;
    Time ended;
    std::string state;
    json::Value message;  // the stored reply

    // The upstream's tokens in it; throws when the turn failed or one is missing.
    [[nodiscard]] TokenMeter tokens(int expected) const;
};

class Page {
public:
    Page(boost::asio::io_context& io, int port) : socket_(io, port) {}

    // Says hello; with a session, waits until that is shown.
    [[nodiscard]] async::Task<void> open(std::string session);
    // Loads the files of the page first, as a browser does.
    [[nodiscard]] static async::Task<void> load_files(boost::asio::io_context& io, int port);

    // Sends a message and watches its turn. An empty session begins a new conversation.
    [[nodiscard]] async::Task<TurnSeen> say(std::string session, std::string text);
    [[nodiscard]] async::Task<Seen> next();

private:
    http::testing::SocketClient socket_;
};

// A new conversation's id.
[[nodiscard]] async::Task<std::string> new_session(boost::asio::io_context& io, int port);

}  // namespace bench
