// How a response ends: its calls, its items' ends and response.done.
#include <algorithm>
#include <utility>

#include "api/realtime/reply.hpp"
#include "base/log.hpp"

namespace realtime {

json::Object Reply::about(std::string_view type) const {
    return {{"type", type}, {"response_id", id_}};
}

json::Object Reply::part_event(std::string_view type) const {
    auto event = about(type);
    event["item_id"] = message_->id;
    event["output_index"] = message_index_;
    event["content_index"] = 0;
    return event;
}

void Reply::send_calls() {
    for (auto& call : calls_) {
        if (call.name.empty()) continue;
        auto item = std::make_shared<Item>();
        item->id = new_id("item_");
        item->type = "function_call";
        item->status = "in_progress";
        item->name = call.name;
        item->call_id = call.id.empty() ? new_id("call_") : call.id;
        const std::size_t index = output_.size();
        place(item);
        item->arguments = call.arguments.empty() ? "{}" : call.arguments;
        for (const bool done : {false, true}) {
            auto event = about(done ? "response.function_call_arguments.done"
                                    : "response.function_call_arguments.delta");
            event["item_id"] = item->id;
            event["output_index"] = index;
            event["call_id"] = item->call_id;
            if (done) event["name"] = item->name;
            event[done ? "arguments" : "delta"] = item->arguments;
            host_.send(std::move(event));
        }
        item->status = "completed";
        end_item(index);
    }
}

void Reply::end_item(std::size_t index) {
    const auto& item = output_[index];
    if (open_.erase(item->id) == 0) return;
    const auto& all = host_.items().all();
    const auto at = std::ranges::find(all, item);
    if (at != all.end()) {
        json::Value before;
        if (at != all.begin()) before = json::Value((*(at - 1))->id);
        host_.send({{"type", "conversation.item.done"},
                    {"previous_item_id", std::move(before)},
                    {"item", realtime::to_json(*item)}});
    }
    auto event = about("response.output_item.done");
    event["output_index"] = index;
    event["item"] = realtime::to_json(*item);
    host_.send(std::move(event));
}

void Reply::finish() {
    const auto& outcome = *outcome_;
    if (!outcome) {
        fail(to_fault(outcome.error()));
        return;
    }
    if (order_.config.speaks && encoder_) {
        std::vector<float> rest;
        resampler_->flush(rest);
        host_.shelf().append(message_->content[0].audio, rest);
        send_sound(encoder_->encode(rest));
        send_sound(encoder_->flush());
    }
    // Code, an address, an emoji: written, not spoken.
    if (!text_.empty()) begin_message();
    if (message_) send_words(text_.size());
    if (outcome->finish == ports::LlmFinish::length) {
        close("incomplete", json::Object{{"type", "incomplete"}, {"reason", "max_output_tokens"}});
        return;
    }
    if (outcome->finish == ports::LlmFinish::content_filter) {
        close("incomplete", json::Object{{"type", "incomplete"}, {"reason", "content_filter"}});
        return;
    }
    end_message("completed");
    send_calls();
    close("completed", nullptr);
}

void Reply::cancel(std::string_view reason) {
    if (over_) return;
    stop_.request_stop();
    close("cancelled", json::Object{{"type", "cancelled"}, {"reason", reason}});
}

void Reply::fail(const Fault& fault) {
    if (over_) return;
    stop_.request_stop();
    if (fault.ours) {
        LOG_WARN("realtime", "a response failed", {"code", fault.code}, {"reason", fault.message});
    }
    json::Object error{{"type", fault.ours ? "server_error" : "invalid_request_error"},
                       {"code", fault.code},
                       {"message", fault.message}};
    close("failed", json::Object{{"type", "failed"}, {"error", std::move(error)}});
}

void Reply::close(std::string_view status, json::Value details) {
    over_ = true;
    end_message(status == "completed" ? "completed" : "incomplete");
    for (std::size_t index = 0; index < output_.size(); ++index) end_item(index);
    const auto self = shared_from_this();
    host_.send({{"type", "response.done"}, {"response", to_json(status, std::move(details))}});
    host_.send({{"type", "rate_limits.updated"}, {"rate_limits", json::Array()}});
    changed_.set();
    host_.on_over(self);
}

json::Value Reply::usage() const {
    ports::LlmUsage used;
    if (outcome_ && *outcome_ && (*outcome_)->usage) used = *(*outcome_)->usage;
    json::Object cached{
        {"text_tokens", used.cached_tokens}, {"audio_tokens", 0}, {"image_tokens", 0}};
    json::Object input{{"text_tokens", used.prompt_tokens},
                       {"audio_tokens", 0},
                       {"image_tokens", 0},
                       {"cached_tokens", used.cached_tokens},
                       {"cached_tokens_details", std::move(cached)}};
    json::Object output{{"text_tokens", used.completion_tokens}, {"audio_tokens", 0}};
    return json::Object{{"total_tokens", used.prompt_tokens + used.completion_tokens},
                        {"input_tokens", used.prompt_tokens},
                        {"output_tokens", used.completion_tokens},
                        {"input_token_details", std::move(input)},
                        {"output_token_details", std::move(output)}};
}

json::Object Reply::to_json(std::string_view status, json::Value details) const {
    json::Array output;
    for (const auto& item : output_) output.push_back(realtime::to_json(*item));
    json::Object out{{"object", "realtime.response"},
                     {"id", id_},
                     {"status", status},
                     {"status_details", std::move(details)},
                     {"output", std::move(output)}};
    out["conversation_id"] =
        order_.in_conversation ? json::Value(order_.conversation_id) : json::Value();
    out["output_modalities"] = json::Array{order_.config.speaks ? "audio" : "text"};
    out["max_output_tokens"] = order_.config.max_output_tokens
                                   ? json::Value(*order_.config.max_output_tokens)
                                   : json::Value("inf");
    out["audio"] =
        json::Object{{"output", json::Object{{"format", realtime::to_json(order_.config.output)},
                                             {"voice", order_.config.voice}}}};
    out["metadata"] = order_.metadata;
    out["usage"] = status == "in_progress" ? json::Value() : usage();
    return out;
}

}  // namespace realtime
