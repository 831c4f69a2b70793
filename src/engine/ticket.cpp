#include "engine/ticket.hpp"

namespace engine {
namespace {

// More would mean a peer that grants without reading.
constexpr std::int64_t kMaxCredit = 1 << 20;

}  // namespace

void Ticket::add_credit(std::uint32_t count) {
    if (credit_ < kMaxCredit) credit_ += count;
}

void Ticket::text(std::string_view text) {
    --credit_;
    out_.send(wire::FrameType::text, id_, text);
}

void Ticket::delta(const wire::Delta& delta) {
    --credit_;
    out_.send(wire::FrameType::delta, id_, wire::write(delta));
}

void Ticket::speech(const wire::Segment& segment) {
    --credit_;
    out_.send(wire::FrameType::speech, id_, wire::write_sound(segment));
}

void Ticket::progress(const wire::Progress& progress) {
    if (!ended_) out_.send(wire::FrameType::progress, id_, wire::write(progress));
}

void Ticket::end(wire::FrameType type, std::string_view payload) {
    if (!ended_.exchange(true)) out_.send(type, id_, payload);
}

void Ticket::done(const wire::Done& done) {
    end(wire::FrameType::done, wire::write(done));
}

void Ticket::transcript(const wire::Transcript& transcript) {
    end(wire::FrameType::transcript, wire::write(transcript));
}

void Ticket::vectors(const std::vector<std::vector<float>>& rows) {
    const std::string payload = wire::write_vectors(rows);
    if (payload.size() > wire::kMaxPayload) {
        fail(base::make_error(base::ErrorCode::too_large, "too many texts in one request",
                              "send fewer at once"));
        return;
    }
    end(wire::FrameType::vectors, payload);
}

void Ticket::fail(const base::Error& error) {
    end(wire::FrameType::failure, wire::write(wire::to_failure(error)));
}

}  // namespace engine
