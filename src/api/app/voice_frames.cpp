#include "api/app/voice_frames.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/text.hpp"
#include "media/pcm.hpp"

namespace app {
namespace {

namespace event = voice::event;
using Frame = std::optional<protocol::VoiceEvent>;

long long number(std::uint64_t id) {
    return static_cast<long long>(id);
}

protocol::VoiceState state_of(event::State state) {
    switch (state) {
        case event::State::hearing:
            return protocol::VoiceState::hearing;
        case event::State::thinking:
            return protocol::VoiceState::thinking;
        case event::State::speaking:
            return protocol::VoiceState::speaking;
        case event::State::interrupted:
            return protocol::VoiceState::interrupted;
        case event::State::listening:
            break;
    }
    return protocol::VoiceState::listening;
}

std::string reason_of(voice::ResumeReason reason) {
    switch (reason) {
        case voice::ResumeReason::backchannel:
            return "backchannel";
        case voice::ResumeReason::own_voice:
            return "own_voice";
        case voice::ResumeReason::too_quiet:
            return "too_quiet";
        case voice::ResumeReason::no_speech:
            break;
    }
    return "no_speech";
}

std::string cause_of(event::CancelCause cause) {
    switch (cause) {
        case event::CancelCause::words:
            return "words";
        case event::CancelCause::loud_speech:
        case event::CancelCause::speech:
            return "loud_speech";
        case event::CancelCause::asked:
            return "button";
        case event::CancelCause::failed:
            break;
    }
    return "failed";
}

protocol::VoiceResponseStatus status_of(voice::ResponseStatus status) {
    switch (status) {
        case voice::ResponseStatus::completed:
            return protocol::VoiceResponseStatus::completed;
        case voice::ResponseStatus::interrupted:
            return protocol::VoiceResponseStatus::interrupted;
        case voice::ResponseStatus::failed:
            break;
    }
    return protocol::VoiceResponseStatus::failed;
}

protocol::VoiceSegment segment_of(const event::Segment& segment, int output_hz) {
    protocol::VoiceSegment frame;
    frame.response = number(segment.response);
    frame.segment = number(segment.segment);
    frame.text = segment.spoken;
    frame.t_ms = media::time_of(segment.first, output_hz).count();
    frame.dur_ms = media::time_of(segment.length, output_hz).count();
    for (const auto& word : segment.words) {
        frame.words.push_back({word.text, word.t_ms, word.dur_ms});
    }
    for (const auto& phoneme : segment.phonemes) {
        frame.phonemes.push_back({phoneme.ipa, phoneme.t_ms, phoneme.dur_ms});
    }
    frame.exact = segment.exact;
    return frame;
}

protocol::VoiceTranscript transcript_of(const event::Transcript& transcript) {
    protocol::VoiceTranscript frame;
    frame.turn = number(transcript.turn);
    frame.revision = number(transcript.revision);
    frame.text = transcript.heard.no_speech ? std::string() : transcript.heard.text;
    frame.final = transcript.final;
    frame.confidence = transcript.heard.confidence;
    if (!transcript.heard.language.empty()) frame.language = transcript.heard.language;
    return frame;
}

struct ToFrame {
    long long t_ms;
    int output_hz;

    Frame operator()(const event::Probability& e) const {
        return protocol::VoiceProbability{e.speech, e.level_dbfs, t_ms};
    }
    Frame operator()(const event::SpeechStarted& e) const {
        return protocol::VoiceSpeechStarted{number(e.turn), t_ms};
    }
    Frame operator()(const event::SpeechEnded& e) const {
        return protocol::VoiceSpeechEnded{number(e.turn), t_ms};
    }
    Frame operator()(const event::Committed& e) const {
        return protocol::VoiceQuestionEnded{number(e.turn), t_ms};
    }
    Frame operator()(const event::TurnDropped& e) const {
        return protocol::VoiceTurnDropped{number(e.turn), std::string(e.reason), t_ms};
    }
    Frame operator()(const event::TranscriptFailed& e) const {
        return protocol::VoiceTurnDropped{number(e.turn), "failed", t_ms};
    }
    Frame operator()(const event::Transcript& e) const { return transcript_of(e); }
    Frame operator()(const event::Segment& e) const { return segment_of(e, output_hz); }
    Frame operator()(const event::Paused& e) const {
        return protocol::VoicePause{number(e.response)};
    }
    Frame operator()(const event::Resumed& e) const {
        return protocol::VoiceResume{number(e.response), reason_of(e.reason)};
    }
    Frame operator()(const event::Cancelled& e) const {
        return protocol::VoiceCancel{number(e.response), cause_of(e.cause)};
    }
    Frame operator()(const event::ResponseDone& e) const {
        return protocol::VoiceResponseDone{number(e.ending.response), status_of(e.ending.status),
                                           e.ending.heard.time.count(), e.ending.heard_text};
    }
    Frame operator()(const event::StateChanged& e) const {
        return protocol::VoiceStateChanged{state_of(e.state), t_ms};
    }
    Frame operator()(const event::Latency& e) const {
        protocol::VoiceLatency frame{number(e.turn), {}};
        for (const auto& stage : e.stages) {
            frame.stages.push_back({std::string(stage.name), stage.ms});
        }
        return frame;
    }
    // The rest is for other surfaces.
    template <class Other>
    Frame operator()(const Other&) const {
        return {};
    }
};

void put(std::string& out, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xFFU));
    }
}

}  // namespace

std::vector<protocol::VoiceMark> WrittenReply::marks(const event::Segment& segment, int output_hz) {
    std::vector<protocol::VoiceMark> out;
    for (const auto& word : segment.places) {
        const std::size_t place = std::min(word.original.begin, text_.size());
        if (place < byte_) continue;
        units_ += base::utf16_units(std::string_view(text_).substr(byte_, place - byte_));
        byte_ = place;
        out.push_back({units_, media::time_of(word.start, output_hz).count()});
    }
    return out;
}

Frame to_frame(voice::Time at, const event::Any& what, int output_hz) {
    return std::visit(ToFrame{at.count(), output_hz}, what);
}

std::string to_bytes(const event::Audio& audio) {
    std::string out;
    out.reserve(12 + audio.pcm.size() * 2);
    put(out, static_cast<std::uint32_t>(audio.response));
    put(out, static_cast<std::uint32_t>(audio.segment));
    put(out, static_cast<std::uint32_t>(audio.first));
    for (const std::int16_t sample : audio.pcm) {
        const auto bits = static_cast<std::uint16_t>(sample);
        out.push_back(static_cast<char>(bits & 0xFFU));
        out.push_back(static_cast<char>(bits >> 8U));
    }
    return out;
}

std::optional<std::vector<float>> from_bytes(std::string_view bytes) {
    if (bytes.size() % 2 != 0) return std::nullopt;
    std::vector<float> samples(bytes.size() / 2);
    media::decode_samples(media::SampleType::s16, std::as_bytes(std::span(bytes)), samples);
    return samples;
}

protocol::VoiceConfigure wishes_of(const protocol::VoiceHello& hello) {
    protocol::VoiceConfigure wishes;
    wishes.mode = hello.mode;
    wishes.language = hello.language;
    wishes.voice = hello.voice;
    wishes.speed = hello.speed;
    wishes.eagerness = hello.eagerness;
    wishes.turn_detection = hello.turn_detection;
    wishes.session_id = hello.session_id;
    return wishes;
}

}  // namespace app
