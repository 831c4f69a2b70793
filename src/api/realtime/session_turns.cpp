// What was heard becomes items, words and responses.
#include <cmath>
#include <utility>

#include "api/realtime/session.hpp"
#include "base/text.hpp"

namespace realtime {
namespace {

long long ms_of(voice::Samples samples) {
    return samples * 1000 / ports::kListenRate;
}

json::Array logprobs(const ports::Transcript& heard) {
    json::Array out;
    for (const auto& word : heard.words) {
        json::Array bytes;
        for (const char c : word.text) bytes.push_back(static_cast<unsigned char>(c));
        out.push_back(json::Object{{"token", word.text},
                                   {"logprob", std::log(std::max(word.confidence, 1e-4))},
                                   {"bytes", std::move(bytes)}});
    }
    return out;
}

bool wants_logprobs(const SessionConfig& config) {
    if (!config.include.is_array()) return false;
    for (const auto& one : config.include.get_array()) {
        if (json::string_or(&one) == "item.input_audio_transcription.logprobs") return true;
    }
    return false;
}

}  // namespace

void Session::on_speech_started(voice::TurnId turn, voice::Samples start) {
    const std::string id = new_id("item_");
    turn_items_[turn] = id;
    send({{"type", "input_audio_buffer.speech_started"},
          {"audio_start_ms", ms_of(start)},
          {"item_id", id}});
    respond_later_ = false;
    const bool interrupts = config_.detection && config_.detection->interrupt_response;
    if (active_ && interrupts) active_->cancel("turn_detected");
}

void Session::on_turn_dropped(voice::TurnId turn, voice::Samples end) {
    const auto known = turn_items_.find(turn);
    if (known == turn_items_.end()) return;
    send({{"type", "input_audio_buffer.speech_stopped"},
          {"audio_end_ms", ms_of(end)},
          {"item_id", known->second}});
    turn_items_.erase(known);
    answer_nothing();
}

void Session::on_turn_ended(Utterance utterance) {
    auto item = std::make_shared<Item>();
    const auto known = turn_items_.find(utterance.turn);
    item->id = known == turn_items_.end() ? new_id("item_") : known->second;
    if (known != turn_items_.end()) {
        send({{"type", "input_audio_buffer.speech_stopped"},
              {"audio_end_ms", ms_of(utterance.end)},
              {"item_id", item->id}});
        turn_items_.erase(known);
    }
    item->role = "user";
    Part part;
    part.type = "input_audio";
    part.audio = shelf_.keep(std::move(utterance.samples), ports::kListenRate);
    item->content.push_back(std::move(part));
    item->transcribing = utterance.words != nullptr;
    const auto before = items_.insert(item, "");
    if (!before) {
        refuse_with(before.error());
        return;
    }
    send({{"type", "input_audio_buffer.committed"},
          {"previous_item_id", or_null(*before)},
          {"item_id", item->id}});
    add_item(item, *before);
    const bool answer = config_.purpose == Purpose::conversation && config_.detection &&
                        config_.detection->create_response;
    if (utterance.words) {
        listen_for(item, std::move(utterance.words), answer);
    } else if (answer) {
        answer_nothing();
    }
}

// An early client turns its microphone off at speech_stopped and on again at response.done, so
// there has to be one although nothing was said.
void Session::answer_nothing() {
    const bool answers = config_.purpose == Purpose::conversation && config_.detection &&
                         config_.detection->create_response;
    if (dialect_ != Dialect::beta || !answers || active_ || closing_) return;
    ReplyOrder order;
    order.config = config_;
    order.empty = true;
    start_reply(std::move(order));
}

void Session::on_idle(voice::Samples at) {
    auto item = std::make_shared<Item>();
    item->id = new_id("item_");
    item->role = "user";
    Part part;
    part.type = "input_audio";
    part.transcript = "";
    item->content.push_back(std::move(part));
    const auto before = items_.insert(item, "");
    if (!before) return;
    const auto idle = config_.detection ? config_.detection->turns.idle_timeout : std::nullopt;
    send({{"type", "input_audio_buffer.timeout_triggered"},
          {"audio_start_ms", std::max(0LL, ms_of(at) - idle.value_or(voice::Time{0}).count())},
          {"audio_end_ms", ms_of(at)},
          {"item_id", item->id}});
    send({{"type", "input_audio_buffer.committed"},
          {"previous_item_id", or_null(*before)},
          {"item_id", item->id}});
    add_item(item, *before);
    if (active_ || config_.purpose != Purpose::conversation) return;
    ReplyOrder order;
    order.config = config_;
    order.after_silence = true;
    start_reply(std::move(order));
}

void Session::on_ear_failed(const base::Error& error) {
    refuse_with(to_fault(error));
}

void Session::listen_for(ItemPtr item, UnderstandingPtr words, bool answer) {
    spawn("words", await_words(std::move(item), std::move(words), answer));
}

async::Task<void> Session::await_words(ItemPtr item, UnderstandingPtr words, bool answer) {
    const bool known = co_await words->done.wait(tasks_.stop_token());
    item->transcribing = false;
    words_.set();
    if (!known || closing_ || !words->result) co_return;
    const auto& heard = *words->result;
    auto& part = item->content[0];
    if (heard) part.transcript = std::string(base::trim(heard->no_speech ? "" : heard->text));
    const double seconds =
        part.audio ? static_cast<double>(part.audio->length()) / part.audio->rate_hz() : 0;
    tell_words(*item, heard, seconds);
    const bool something = part.transcript && !part.transcript->empty();
    // Speech goes on: its own turn will answer both.
    if (!answer || ear_.in_turn()) co_return;
    if (!something) {
        answer_nothing();
    } else if (active_) {
        respond_later_ = true;
    } else {
        respond();
    }
}

void Session::tell_words(const Item& item, const base::Result<ports::Transcript>& heard,
                         double seconds) {
    if (!config_.transcription && config_.purpose == Purpose::conversation) return;
    const std::string base_type = "conversation.item.input_audio_transcription.";
    json::Object event{{"type", base_type}, {"item_id", item.id}, {"content_index", 0}};
    if (!heard) {
        event["type"] = base_type + "failed";
        const auto fault = to_fault(heard.error());
        event["error"] = json::Object{{"type", "transcription_error"},
                                      {"code", fault.code},
                                      {"message", fault.message},
                                      {"param", nullptr}};
        send(std::move(event));
        return;
    }
    const std::string text = item.content[0].transcript.value_or("");
    if (!text.empty()) {
        json::Object delta = event;
        delta["type"] = base_type + "delta";
        delta["delta"] = text;
        send(std::move(delta));
    }
    event["type"] = base_type + "completed";
    event["transcript"] = text;
    if (wants_logprobs(config_)) event["logprobs"] = logprobs(*heard);
    event["usage"] = json::Object{{"type", "duration"}, {"seconds", seconds}};
    send(std::move(event));
}

}  // namespace realtime
