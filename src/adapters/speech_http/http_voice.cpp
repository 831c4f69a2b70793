#include "adapters/speech_http/http_voice.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "adapters/speech_http/call.hpp"
#include "adapters/speech_http/sound_stream.hpp"
#include "adapters/speech_http/voice_request.hpp"
#include "base/text.hpp"

namespace adapters::speech_http {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxTextBytes = 50'000;
// Nobody says a part of a text for longer: what goes on is broken.
constexpr double kLongestPart = 600;  // seconds
constexpr std::size_t kMaxBody = 128'000'000;

class SoundReader final : public AnswerReader {
public:
    SoundReader(int pcm_rate, SegmentMaker& maker) : pcm_rate_(pcm_rate), maker_(maker) {}

    base::Result<void> on_type(std::string_view content_type) override {
        TRY(sound, SoundStream::make(content_type, pcm_rate_));
        sound_.emplace(std::move(sound));
        return {};
    }
    base::Result<Flow> on_bytes(std::string_view bytes) override {
        std::vector<float> samples;
        TRY_DO(sound_->feed(bytes, samples));
        enough_ = !maker_.add(samples);
        if (maker_.seconds() > kLongestPart) {
            return base::fail(ErrorCode::upstream, "the voice does not come to an end",
                              "the server sent ten minutes of sound for a few sentences");
        }
        return enough_ ? Flow::enough : Flow::more;
    }
    // After a good end.
    base::Result<void> finish() {
        if (enough_) return {};
        std::vector<float> samples;
        const auto whole =
            sound_
                ? sound_->finish(samples)
                : base::Result<void>(base::fail(ErrorCode::upstream, "the server sent no sound"));
        if (!whole) return whole;
        enough_ = !maker_.add(samples) || !maker_.finish();
        if (maker_.seconds() > 0) return {};
        return base::fail(ErrorCode::upstream, "the server sent no sound");
    }
    [[nodiscard]] bool enough() const { return enough_; }

private:
    int pcm_rate_;
    SegmentMaker& maker_;
    std::optional<SoundStream> sound_;
    bool enough_ = false;
};

}  // namespace

HttpTextToSpeech::HttpTextToSpeech(http::Client& client, async::Clock& clock, SpeechServer server)
    : client_(client), clock_(clock), server_(completed(std::move(server))) {}

std::vector<ports::Voice> HttpTextToSpeech::voices() const {
    ports::Voice voice;
    voice.id = server_.name;
    voice.name = fmt::format("{} ({})", server_.name, title(server_.kind));
    voice.language = server_.language;
    voice.place = place();
    if (server_.kind == ServerKind::xtts) voice.terms = "its pace is set at the server";
    const auto usable = check(server_, Use::speaking);
    if (!usable) voice.lacks = usable.error().text();
    return {std::move(voice)};
}

async::Task<base::Result<void>> HttpTextToSpeech::prewarm(std::string, std::stop_token stop) {
    CO_TRY_DO(check(server_, Use::speaking));
    auto knocking = knock(client_, clock_, server_, std::move(stop));
    co_return co_await std::move(knocking);
}

async::Task<base::Result<void>> HttpTextToSpeech::speak(ports::SpeakRequest request,
                                                        ports::SpeechSink& sink,
                                                        std::stop_token stop) {
    CO_TRY_DO(check(server_, Use::speaking));
    if (request.text.size() > kMaxTextBytes) {
        co_return base::fail(ErrorCode::too_large, "this text is too long to be spoken",
                             "send it in parts");
    }
    if (!std::isfinite(request.speed) || request.speed < 0.25 || request.speed > 4) {
        co_return base::fail(ErrorCode::invalid_argument, "the speed must be from 0.25 to 4");
    }
    const auto slash = request.voice.find('/');
    const std::string voice =
        slash == std::string::npos ? std::string() : request.voice.substr(slash + 1);
    int index = 0;
    for (const auto& part : parts_of(base::to_valid_utf8(request.text))) {
        if (words_of(part).empty()) continue;  // nothing but marks
        CO_TRY(post, voice_request(server_, part, voice, request.speed));
        post.max_body = kMaxBody;
        SegmentMaker maker(part, pace_.letters() * request.speed, index, sink);
        SoundReader reader(server_.sample_rate, maker);
        auto calling =
            call({client_, clock_, server_, server_.voice_model}, std::move(post), reader, stop);
        const auto called = co_await std::move(calling);
        if (!called) co_return base::fail(called.error());
        if (auto whole = reader.finish(); !whole) {
            co_return base::fail(std::move(whole.error()).within(who(server_)));
        }
        if (reader.enough()) break;
        pace_.learn(maker.letters(), maker.seconds(), request.speed);
        index = maker.next_index();
    }
    co_return base::Result<void>{};
}

}  // namespace adapters::speech_http
