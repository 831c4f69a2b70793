#include "engine/outbox.hpp"

#include <cerrno>
#include <utility>

#include <pthread.h>
#include <sys/socket.h>

namespace engine {

Outbox::Outbox(int fd) : fd_(fd), queue_(wire::preamble()), thread_([this] { loop(); }) {
    pthread_setname_np(thread_.native_handle(), "outbox");
}

Outbox::~Outbox() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    ready_.notify_one();
    thread_.join();
}

void Outbox::send(wire::FrameType type, std::uint32_t id, std::string_view payload) {
    if (closed_) return;
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() + payload.size() > kMaxQueued) {
            closed_ = true;
            queue_.clear();
            shutdown(fd_, SHUT_RDWR);
            return;
        }
        wire::append_frame(queue_, type, id, payload);
    }
    ready_.notify_one();
}

void Outbox::loop() {
    for (;;) {
        std::string bytes;
        {
            std::unique_lock lock(mutex_);
            ready_.wait(lock, [this] { return ending_ || !queue_.empty(); });
            if (queue_.empty() || closed_) return;
            bytes = std::exchange(queue_, {});
        }
        if (!write_all(bytes)) {
            closed_ = true;
            return;
        }
    }
}

bool Outbox::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace engine
