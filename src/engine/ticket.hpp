// Ticket: one request as the computing thread sees it: is it still wanted, may text leave, and the
// ways to answer. Shared between the reading and the computing thread; every member is safe to
// call from any thread. Ends exactly once, with done(), vectors() or fail(); later calls do
// nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "engine/outbox.hpp"
#include "engine/wire/messages.hpp"
#include "engine/wire/speech.hpp"

namespace engine {

class Ticket {
public:
    Ticket(std::uint32_t id, std::uint32_t credit, Outbox& out)
        : id_(id), credit_(credit), out_(out) {}

    [[nodiscard]] std::uint32_t id() const { return id_; }
    [[nodiscard]] bool cancelled() const { return cancelled_; }
    void cancel() { cancelled_ = true; }
    [[nodiscard]] bool ended() const { return ended_; }

    void add_credit(std::uint32_t count);
    [[nodiscard]] bool has_credit() const { return credit_ > 0; }

    // Each costs a credit; only the computing thread takes credit, after has_credit().
    void text(std::string_view text);
    void delta(const wire::Delta& delta);
    void speech(const wire::Segment& segment);

    void progress(const wire::Progress& progress);
    void done(const wire::Done& done);
    void transcript(const wire::Transcript& transcript);
    void vectors(const std::vector<std::vector<float>>& rows);
    void fail(const base::Error& error);

private:
    void end(wire::FrameType type, std::string_view payload);

    std::uint32_t id_;
    std::atomic<std::int64_t> credit_;
    std::atomic<bool> cancelled_ = false;
    std::atomic<bool> ended_ = false;
    Outbox& out_;
};

}  // namespace engine
