#include "api/realtime/reply.hpp"

#include <utility>

#include "api/openai/answers.hpp"
#include "base/base64.hpp"
#include "base/log.hpp"
#include "media/pcm.hpp"

namespace realtime {
namespace {

constexpr std::size_t kDeltaMs = 200;

}  // namespace

Reply::Reply(ReplyHost& host, ReplyOrder order) : host_(host), order_(std::move(order)) {}

void Reply::start() {
    host_.send({{"type", "response.created"}, {"response", to_json("in_progress", nullptr)}});
    if (order_.empty) {
        close("completed", nullptr);
        return;
    }
    host_.spawn("response", run());
}

async::Task<void> Reply::run() {
    const auto self = shared_from_this();
    auto waiting = host_.words_known(self);
    co_await std::move(waiting);
    if (over_) co_return;
    auto asked = host_.ask(*this);
    if (!asked) {
        fail(asked.error());
        co_return;
    }
    if (order_.config.speaks && host_.voice() == nullptr) {
        fail({"unavailable", "no engine runs that could speak: ask for text", {}, true});
        co_return;
    }
    host_.spawn("think", think(std::move(*asked)));
    auto speaking = speak_all();
    const bool well = co_await std::move(speaking);
    if (well && !over_) finish();
}

async::Task<void> Reply::think(Asked asked) {
    const auto self = shared_from_this();
    auto answering = host_.mind().answer(std::move(asked), *this, stop_.get_token());
    outcome_ = co_await std::move(answering);
    for (auto& piece : cutter_.finish()) pieces_.push_back(std::move(piece));
    changed_.set();
}

bool Reply::on_event(const ports::LlmEvent& event) {
    if (over_) return false;
    if (const auto* text = std::get_if<ports::LlmText>(&event)) {
        text_ += text->text;
        if (order_.config.speaks) {
            for (auto& piece : cutter_.feed(text->text)) pieces_.push_back(std::move(piece));
            changed_.set();
        } else {
            begin_message();
            send_words(text_.size());
        }
    } else if (const auto* part = std::get_if<ports::LlmToolCallDelta>(&event)) {
        constexpr int kMostCalls = 64;
        if (part->index < 0 || part->index >= kMostCalls) return true;
        const auto index = static_cast<std::size_t>(part->index);
        if (calls_.size() <= index) calls_.resize(index + 1);
        auto& call = calls_[index];
        if (!part->id.empty()) call.id = part->id;
        if (!part->name.empty()) call.name = part->name;
        call.arguments += part->arguments_part;
    }
    return true;
}

bool Reply::on_restart() {
    if (over_ || sent_ > 0) return false;
    text_.clear();
    pieces_.clear();
    cutter_ = {};
    calls_.clear();
    return true;
}

async::Task<bool> Reply::speak_all() {
    for (;;) {
        while (pieces_.empty()) {
            if (over_ || outcome_) co_return !over_;
            changed_.reset();
            const bool woken = co_await changed_.wait(stop_.get_token());
            if (!woken) co_return false;
        }
        voice::Piece piece = std::move(pieces_.front());
        pieces_.pop_front();
        if (piece.spoken.empty()) continue;
        auto saying = say(std::move(piece));
        const auto said = co_await std::move(saying);
        if (over_) co_return false;
        if (!said) {
            stop_.request_stop();
            fail(to_fault(said.error()));
            co_return false;
        }
    }
}

async::Task<base::Result<void>> Reply::say(voice::Piece piece) {
    ports::SpeakRequest request{piece.spoken, openai::own_voice(order_.config.voice),
                                order_.config.speed};
    openai::SpokenStream spoken(host_.executor(), *host_.voice(), std::move(request));
    base::Result<void> result;
    // A piece is at most a sentence and nearly always one segment: its end is known at once, and
    // only then which word is where.
    std::vector<ports::SpeechSegment> segments;
    for (;;) {
        auto waiting = spoken.next(stop_.get_token());
        auto segment = co_await std::move(waiting);
        if (over_) break;
        if (!segment) result = base::fail(std::move(segment.error()));
        if (!segment || !*segment) break;
        segments.push_back(std::move(**segment));
    }
    if (!over_ && !segments.empty()) {
        const auto prepared = prepare_voice(segments[0].sample_rate);
        if (prepared) send_piece(segments, piece);
        if (!prepared) result = prepared;
    }
    co_await spoken.close();
    co_return result;
}

base::Result<void> Reply::prepare_voice(int rate_hz) {
    begin_message();
    if (resampler_ && resampler_->in_hz() == rate_hz) return {};
    TRY(resampler, media::Resampler::make(rate_hz, kVoiceRate));
    resampler_.emplace(std::move(resampler));
    if (!encoder_) encoder_.emplace(order_.config.output, kVoiceRate);
    return {};
}

void Reply::send_piece(const std::vector<ports::SpeechSegment>& segments,
                       const voice::Piece& piece) {
    std::vector<float> sound;
    std::vector<ports::SpokenWord> words;
    for (const auto& segment : segments) {
        const int offset =
            static_cast<int>(sound.size() * 1000 / static_cast<std::size_t>(segment.sample_rate));
        for (const auto sample : segment.pcm) sound.push_back(media::from_s16(sample));
        for (const auto& word : segment.words) {
            words.push_back({word.text, word.t_ms + offset, word.dur_ms});
        }
    }
    std::vector<float> out;
    resampler_->process(sound, out);
    const auto length = static_cast<media::Samples>(out.size());
    voice::Segment told{segments_++, {sent_, piece.original.end}, length, {}};
    if (words.size() == piece.words.size()) {
        for (std::size_t i = 0; i < words.size(); ++i) {
            const auto at = [&](int ms) {
                return std::min(media::Samples{ms} * kVoiceRate / 1000, length);
            };
            told.words.push_back(
                {piece.words[i].original, at(words[i].t_ms), at(words[i].t_ms + words[i].dur_ms)});
        }
    } else {
        told.words = voice::spread_words(piece, length);
    }
    send_words(piece.original.end);
    message_->spoken->account.queue(std::move(told));
    host_.shelf().append(message_->content[0].audio, out);
    sounded_ += length;
    host_.on_sound(*this, length);
    send_sound(encoder_->encode(out));
}

void Reply::send_sound(const std::vector<std::byte>& bytes) {
    const auto rate = static_cast<std::size_t>(rate_of(order_.config.output));
    const std::size_t each = rate * kDeltaMs / 1000 * (order_.config.output == Format::pcm ? 2 : 1);
    for (std::size_t at = 0; at < bytes.size(); at += each) {
        auto event = part_event("response.output_audio.delta");
        event["delta"] =
            base::to_base64(std::span(bytes).subspan(at).first(std::min(each, bytes.size() - at)));
        host_.send(std::move(event));
    }
}

void Reply::send_words(std::size_t end) {
    end = std::min(end, text_.size());
    if (end <= sent_) return;
    const std::string words = text_.substr(sent_, end - sent_);
    sent_ = end;
    auto& part = message_->content[0];
    json::Object event;
    if (order_.config.speaks) {
        part.transcript = part.transcript.value_or("") + words;
        message_->spoken->reply = *part.transcript;
        event = part_event("response.output_audio_transcript.delta");
        // When it begins in the sound of this item.
        event["start_time"] = static_cast<double>(sounded_) / kVoiceRate;
    } else {
        part.text += words;
        event = part_event("response.output_text.delta");
    }
    event["delta"] = words;
    host_.send(std::move(event));
}

void Reply::place(const ItemPtr& item) {
    auto event = about("response.output_item.added");
    event["output_index"] = output_.size();
    event["item"] = realtime::to_json(*item);
    output_.push_back(item);
    open_.insert(item->id);
    host_.send(std::move(event));
    if (!order_.in_conversation) return;
    const auto before = host_.items().insert(item, "");
    if (!before) return;
    host_.send({{"type", "conversation.item.added"},
                {"previous_item_id", before->empty() ? json::Value() : json::Value(*before)},
                {"item", realtime::to_json(*item)}});
}

void Reply::begin_message() {
    if (message_) return;
    message_ = std::make_shared<Item>();
    message_->id = new_id("item_");
    message_->role = "assistant";
    message_->status = "in_progress";
    message_index_ = output_.size();
    place(message_);
    Part part;
    part.type = order_.config.speaks ? "output_audio" : "output_text";
    if (order_.config.speaks) {
        part.transcript = "";
        part.audio = host_.shelf().open(kVoiceRate);
        message_->spoken = std::make_shared<Spoken>();
    }
    message_->content.push_back(std::move(part));
    auto event = part_event("response.content_part.added");
    event["part"] = order_.config.speaks ? json::Object{{"type", "audio"}, {"transcript", ""}}
                                         : json::Object{{"type", "text"}, {"text", ""}};
    host_.send(std::move(event));
}

void Reply::end_message(std::string_view status) {
    if (!message_ || !open_.contains(message_->id)) return;
    const auto& part = message_->content[0];
    message_->status = status;
    json::Object shown;
    if (order_.config.speaks) {
        host_.shelf().finish(part.audio);
        host_.send(part_event("response.output_audio.done"));
        auto words = part_event("response.output_audio_transcript.done");
        words["transcript"] = part.transcript.value_or("");
        host_.send(std::move(words));
        shown = {{"type", "audio"}, {"transcript", part.transcript.value_or("")}};
    } else {
        auto words = part_event("response.output_text.done");
        words["text"] = part.text;
        host_.send(std::move(words));
        shown = {{"type", "text"}, {"text", part.text}};
    }
    auto ended = part_event("response.content_part.done");
    ended["part"] = std::move(shown);
    host_.send(std::move(ended));
    end_item(message_index_);
}

}  // namespace realtime
