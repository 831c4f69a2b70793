#include "adapters/llm_engine/testing/fake_engine.hpp"

#include <array>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace adapters::llm_engine::testing {

using engine::wire::Frame;
using engine::wire::FrameType;

FakeEngine::FakeEngine() = default;

FakeEngine::~FakeEngine() {
    if (fd_ >= 0) close(fd_);
}

EngineLauncher FakeEngine::launcher() {
    return [this](async::Executor, const EngineOptions&) -> base::Result<LaunchedEngine> {
        std::array<int, 2> ends{-1, -1};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
            return base::fail(base::ErrorCode::unavailable, "no socket");
        }
        if (fd_ >= 0) close(fd_);
        fd_ = ends[1];
        ++starts;
        decoder_ = {};
        received_.clear();
        child = std::make_shared<process::testing::ChildScript>();
        if (greets) {
            send_bytes(engine::wire::preamble());
            send(FrameType::hello, 0,
                 engine::wire::write(
                     engine::wire::Hello{"1.0", "fake", false, 2, {"on: test"}, {}}));
        }
        return LaunchedEngine{std::make_unique<process::testing::FakeChild>(child), ends[0]};
    };
}

void FakeEngine::receive() {
    std::array<char, 65536> bytes;
    for (;;) {
        const auto count = recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (count <= 0) break;
        decoder_.feed({bytes.data(), static_cast<std::size_t>(count)});
    }
    for (;;) {
        auto frame = decoder_.next();
        if (!frame || !*frame) return;
        received_.push_back(std::move(**frame));
    }
}

std::optional<Frame> FakeEngine::take() {
    receive();
    if (received_.empty()) return std::nullopt;
    Frame frame = std::move(received_.front());
    received_.pop_front();
    return frame;
}

std::optional<Frame> FakeEngine::take(FrameType type) {
    for (;;) {
        auto frame = take();
        if (!frame || frame->type == type) return frame;
    }
}

void FakeEngine::send(FrameType type, std::uint32_t id, std::string_view payload) {
    std::string bytes;
    engine::wire::append_frame(bytes, type, id, payload);
    send_bytes(bytes);
}

void FakeEngine::send_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void FakeEngine::beat(long long silent_ms) {
    const engine::wire::Heartbeat beat{1000, {{"chat", true, true, silent_ms, 2048}}};
    send(FrameType::heartbeat, 0, engine::wire::write(beat));
}

void FakeEngine::die(int signal) {
    close(std::exchange(fd_, -1));
    child->end({0, signal});
}

}  // namespace adapters::llm_engine::testing
