// FakeEngine: plays loci-engine at the other end of a real socket pair, frame by frame, as the test
// says. launcher() is what an EngineHost starts instead of a process; each start is a new
// connection to the same FakeEngine.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "adapters/llm_engine/engine_host.hpp"
#include "process/testing/fake_child.hpp"

namespace adapters::llm_engine::testing {

class FakeEngine {
public:
    FakeEngine();
    ~FakeEngine();
    FakeEngine(const FakeEngine&) = delete;
    FakeEngine& operator=(const FakeEngine&) = delete;

    [[nodiscard]] EngineLauncher launcher();

    // Whether it greets as soon as it is started.
    bool greets = true;
    // The frames of the server that have not been taken yet; reads what has come.
    [[nodiscard]] std::optional<engine::wire::Frame> take();
    // The next frame of this type; other frames before it are dropped.
    [[nodiscard]] std::optional<engine::wire::Frame> take(engine::wire::FrameType type);

    void send(engine::wire::FrameType type, std::uint32_t id, std::string_view payload);
    void send_bytes(std::string_view bytes);
    void beat(long long silent_ms = 0);
    // Dies: its socket closes and the process ends with this signal.
    void die(int signal);

    int starts = 0;
    std::shared_ptr<process::testing::ChildScript> child;

private:
    void receive();
    int fd_ = -1;
    engine::wire::Decoder decoder_;
    std::deque<engine::wire::Frame> received_;
};

}  // namespace adapters::llm_engine::testing
