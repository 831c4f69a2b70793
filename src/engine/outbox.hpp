// Outbox: the one writer of the engine's socket. Any thread may send; a thread of its own writes.
// Bounded: a peer that does not read until kMaxQueued bytes wait is given up (closed() turns true
// and later frames are dropped). What a reply streams is bounded by credits long before that.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "engine/wire/frame.hpp"

namespace engine {

class Outbox {
public:
    static constexpr std::size_t kMaxQueued = std::size_t{64} * 1024 * 1024;

    // `fd` is a connected stream socket; the caller keeps it open until the Outbox is gone.
    explicit Outbox(int fd);
    // Writes what is queued unless the peer is gone.
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    void send(wire::FrameType type, std::uint32_t id, std::string_view payload);
    [[nodiscard]] bool closed() const { return closed_; }

private:
    void loop();
    [[nodiscard]] bool write_all(std::string_view bytes);

    int fd_;
    std::mutex mutex_;
    std::condition_variable ready_;
    std::string queue_;
    bool ending_ = false;
    std::atomic<bool> closed_ = false;
    std::thread thread_;
};

}  // namespace engine
