#include "api/openai/spoken_stream.hpp"

#include <utility>

namespace openai {

struct SpokenStream::State final : ports::SpeechSink {
    State(ports::TextToSpeech& voice_, ports::SpeakRequest request_)
        : voice(voice_), request(std::move(request_)) {}

    bool on_segment(ports::SpeechSegment segment) override {
        segments.push_back(std::move(segment));
        changed.set();
        return !stop.stop_requested();
    }

    ports::TextToSpeech& voice;
    ports::SpeakRequest request;
    std::stop_source stop;
    std::deque<ports::SpeechSegment> segments;
    std::optional<base::Result<void>> outcome;
    async::Event changed;
    async::Event ended;
};

SpokenStream::SpokenStream(async::Executor executor, ports::TextToSpeech& voice,
                           ports::SpeakRequest request)
    : state_(std::make_shared<State>(voice, std::move(request))) {
    async::spawn_detached(std::move(executor), "speak", run(state_));
}

SpokenStream::~SpokenStream() {
    state_->stop.request_stop();
}

async::Task<void> SpokenStream::run(std::shared_ptr<State> state) {
    auto speaking = state->voice.speak(state->request, *state, state->stop.get_token());
    state->outcome = co_await std::move(speaking);
    state->changed.set();
    state->ended.set();
}

async::Task<base::Result<std::optional<ports::SpeechSegment>>> SpokenStream::next(
    std::stop_token stop) {
    const auto state = state_;
    while (state->segments.empty()) {
        if (state->outcome) {
            if (!*state->outcome) co_return base::fail(state->outcome->error());
            co_return std::optional<ports::SpeechSegment>();
        }
        state->changed.reset();
        const bool woken = co_await state->changed.wait(stop);
        if (!woken) co_return base::fail(base::ErrorCode::cancelled, "nobody listens any more");
    }
    std::optional<ports::SpeechSegment> segment(std::move(state->segments.front()));
    state->segments.pop_front();
    co_return segment;
}

async::Task<void> SpokenStream::close() {
    const auto state = state_;
    state->stop.request_stop();
    static_cast<void>(co_await state->ended.wait());
}

}  // namespace openai
