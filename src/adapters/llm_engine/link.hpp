// Link: the server's end of one connection to loci-engine: frames out, frames in, each handed to
// the exchange it belongs to. io thread only. Whatever breaks (the engine's end, bytes that are not
// the protocol, more frames than were granted) closes the link and ends every exchange with an
// Error; a new engine gets a new link.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/local/stream_protocol.hpp>

#include "async/channel.hpp"
#include "async/event.hpp"
#include "base/result.hpp"
#include "engine/wire/frame.hpp"
#include "engine/wire/messages.hpp"

namespace adapters::llm_engine {

// One request and its answers.
struct Exchange {
    // Text frames that may be under way; the engine waits for more credit after these.
    static constexpr std::uint32_t kWindow = 64;
    // Frames that cost no credit: the end, and progress of loading (about a hundred).
    static constexpr std::size_t kExtra = 512;

    explicit Exchange(std::uint32_t number) : id(number), frames(kWindow + kExtra) {}

    std::uint32_t id;
    async::Channel<engine::wire::Frame> frames;
    std::optional<base::Error> broken;  // why the frames ended too early
    std::uint32_t consumed = 0;         // text frames taken since the last grant
};

class Link : public std::enable_shared_from_this<Link> {
public:
    using Socket = boost::asio::local::stream_protocol::socket;
    static constexpr std::size_t kMaxUnsent = std::size_t{64} * 1024 * 1024;

    // Takes over a connected socket.
    [[nodiscard]] static std::shared_ptr<Link> over(async::Executor executor, int fd);

    // Greets the engine and starts reading and writing.
    void start(const engine::wire::Setup& setup);
    void send(engine::wire::FrameType type, std::uint32_t id, std::string_view payload);

    // Sends a request. Errors: the link's own when it is closed, too_large.
    [[nodiscard]] base::Result<std::shared_ptr<Exchange>> open(engine::wire::FrameType type,
                                                               std::string_view payload);
    // The caller wants no more answers; the engine is told to stop.
    void abandon(const Exchange& exchange);
    // The engine is told to stop; its last word (what it cost) still comes.
    void cancel(const Exchange& exchange);
    // Counts one text frame as taken and grants more when half the window is used.
    void taken(Exchange& exchange);

    void close(base::Error why);
    [[nodiscard]] const std::optional<base::Error>& closed() const { return closed_; }

    // Set once the engine's hello came or the link closed.
    async::Event greeted;
    std::optional<engine::wire::Hello> hello;
    std::optional<engine::wire::Heartbeat> heartbeat;
    std::function<void()> on_heartbeat;

private:
    explicit Link(Socket socket) : socket_(std::move(socket)) {}
    [[nodiscard]] static async::Task<void> read(std::shared_ptr<Link> self);
    [[nodiscard]] static async::Task<void> write(std::shared_ptr<Link> self);
    [[nodiscard]] base::Result<void> handle(engine::wire::Frame frame);
    [[nodiscard]] base::Result<void> deliver(engine::wire::Frame frame);

    Socket socket_;
    engine::wire::Decoder decoder_;
    std::string unsent_;
    async::Event writable_;
    std::optional<base::Error> closed_;
    std::uint32_t next_id_ = 1;
    std::map<std::uint32_t, std::shared_ptr<Exchange>> exchanges_;
};

}  // namespace adapters::llm_engine
