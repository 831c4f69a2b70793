// Responses: how they are ordered, what they are asked and what follows from them.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "api/realtime/session.hpp"

namespace realtime {
namespace {

constexpr std::size_t kMostAside = 8;
constexpr std::size_t kMostMetadata = 16;
constexpr std::string_view kAfterSilence =
    "The person has said nothing for a while. Say one short sentence to see whether they are still "
    "there.";

Checked<json::Value> read_metadata(const json::Value& response) {
    const auto* given = json::find(response, "metadata");
    if (given == nullptr || given->is_null()) return json::Value();
    if (!given->is_object() || given->get_object().size() > kMostMetadata) {
        return refuse("invalid_value", "metadata is an object of at most 16 pairs",
                      "response.metadata");
    }
    for (const auto& [key, value] : given->get_object()) {
        if (key.size() > 64 || !value.is_string() || value.get_string().size() > 512) {
            return refuse("invalid_value", "metadata has keys of 64 and texts of 512 characters",
                          "response.metadata");
        }
    }
    return *given;
}

std::vector<ports::LlmTool> tools_of(const SessionConfig& config) {
    std::vector<ports::LlmTool> out;
    if (json::string_or(&config.tool_choice) == "none") return out;
    const std::string only = json::string_or(json::find(config.tool_choice, "name"));
    for (const auto& tool : config.tools) {
        const std::string name = json::string_or(json::find(tool, "name"));
        if (!only.empty() && name != only) continue;
        const auto* parameters = json::find(tool, "parameters");
        const bool given = parameters != nullptr && parameters->is_object();
        out.push_back({name, json::string_or(json::find(tool, "description")),
                       given ? json::write(*parameters) : R"({"type":"object","properties":{}})"});
    }
    return out;
}

void tell(const Item& item, std::vector<ports::LlmMessage>& out) {
    using ports::LlmRole;
    if (item.type == "function_call") {
        const bool together =
            !out.empty() && out.back().role == LlmRole::assistant && !out.back().tool_calls.empty();
        if (!together) out.push_back({LlmRole::assistant, {}, {}, {}});
        out.back().tool_calls.push_back({item.call_id, item.name, item.arguments});
        return;
    }
    if (item.type == "function_call_output") {
        out.push_back({LlmRole::tool, item.output, {}, item.call_id});
        return;
    }
    std::string text = item.text();
    if (text.empty()) return;
    const auto role = item.role == "assistant" ? LlmRole::assistant
                      : item.role == "system"  ? LlmRole::system
                                               : LlmRole::user;
    out.push_back({role, std::move(text), {}, {}});
}

}  // namespace

Checked<void> Session::read_input(const json::Value& input, ReplyOrder& order) {
    if (!input.is_array()) {
        return refuse("invalid_value", "input is a list of items", "response.input");
    }
    order.has_input = true;
    for (const auto& given : input.get_array()) {
        const std::string place = fmt::format("response.input[{}]", order.input.size());
        if (json::string_or(json::find(given, "type")) == "item_reference") {
            const auto item = items_.find(json::string_or(json::find(given, "id")));
            if (!item) return refuse("invalid_value", "there is no such item", place + ".id");
            order.input.push_back(item);
            continue;
        }
        TRY(item, read_item(given, place));
        order.input.push_back(take_given(std::move(item)));
    }
    return {};
}

Checked<ReplyOrder> Session::read_order(const json::Value& response) {
    ReplyOrder order;
    TRY(config, merge_response(config_, response));
    TRY_DO(check_voice(config));
    order.config = std::move(config);
    const auto* conversation = json::find(response, "conversation");
    const std::string where = json::string_or(conversation, "auto");
    if (where != "auto" && where != "none") {
        return refuse("invalid_value", "conversation is auto or none", "response.conversation");
    }
    order.in_conversation = where == "auto";
    TRY(metadata, read_metadata(response));
    order.metadata = std::move(metadata);
    const auto* instructions = json::find(response, "instructions");
    order.has_instructions = instructions != nullptr && !json::string_or(instructions).empty();
    if (const auto* input = json::find(response, "input"); input && !input->is_null()) {
        TRY_DO(read_input(*input, order));
    }
    return order;
}

Checked<void> Session::create_response(const json::Value& event) {
    if (config_.purpose == Purpose::transcription) {
        return refuse("invalid_value", "a transcription session makes no responses", "type");
    }
    const auto* response = json::find(event, "response");
    const json::Value given =
        response == nullptr || response->is_null() ? json::Value(json::Object()) : *response;
    TRY(order, read_order(given));
    if (order.in_conversation && active_) {
        return refuse("conversation_already_has_active_response",
                      fmt::format("the response {} is still being made", active_->id()));
    }
    if (!order.in_conversation && aside_.size() >= kMostAside) {
        return refuse("rate_limit_exceeded", "eight responses out of band are being made already");
    }
    start_reply(std::move(order));
    return {};
}

void Session::respond() {
    ReplyOrder order;
    order.config = config_;
    start_reply(std::move(order));
}

void Session::start_reply(ReplyOrder order) {
    order.conversation_id = conversation_;
    const bool in_conversation = order.in_conversation;
    ReplyHost& host = *this;
    auto reply = std::make_shared<Reply>(host, std::move(order));
    if (in_conversation) {
        active_ = reply;
        respond_later_ = false;
    } else {
        aside_.push_back(reply);
    }
    reply->start();
}

async::Task<void> Session::words_known(std::shared_ptr<Reply> reply) {
    const auto missing = [&] {
        const auto& order = reply->order();
        return std::ranges::any_of(order.has_input ? order.input : items_.all(),
                                   [](const auto& item) { return item->transcribing; });
    };
    while (!reply->over() && !closing_ && missing()) {
        words_.reset();
        const bool woken = co_await words_.wait(reply->stop_token());
        if (!woken) co_return;
    }
}

Checked<Asked> Session::ask(const Reply& reply) {
    const auto& order = reply.order();
    Asked asked;
    asked.instructions = order.config.instructions;
    asked.tools = tools_of(order.config);
    asked.max_tokens = order.config.max_output_tokens;
    asked.temperature = order.config.temperature;
    asked.may_shorten = json::string_or(&order.config.truncation) != "disabled";
    asked.key = id_;
    std::string said;  // by the person, since anything else
    bool only_words = true;
    for (const auto& item : order.has_input ? order.input : items_.all()) {
        tell(*item, asked.messages);
        if (item->type == "message" && item->role == "assistant") {
            said.clear();
        } else if (item->type == "message" && item->role == "user") {
            const auto words = item->told ? std::string() : item->text();
            if (!words.empty()) said += (said.empty() ? "" : "\n") + words;
        } else {
            only_words = false;
        }
    }
    if (order.after_silence) {
        asked.messages.push_back({ports::LlmRole::system, std::string(kAfterSilence), {}, {}});
    }
    if (asked.messages.empty() && asked.instructions.empty()) {
        return refuse("invalid_value", "there is nothing to answer yet");
    }
    const bool plain = order.in_conversation && !order.has_input && !order.has_instructions &&
                       !order.after_silence && only_words && asked.tools.empty() &&
                       asked.instructions.empty();
    if (!plain || said.empty()) return asked;
    for (const auto& item : items_.all()) item->told = true;
    asked.plain = std::move(said);
    return asked;
}

void Session::on_sound(const Reply& reply, media::Samples samples) {
    voice_heard_ = true;
    if (!reply.order().in_conversation) return;
    const auto length = std::chrono::microseconds(samples * 1'000'000 / kVoiceRate);
    playing_until_ = std::max(playing_until_, parts_.clock.steady()) + length;
    ear_.playback(voice::Playback::playing);
    if (std::exchange(watching_playback_, true)) return;
    spawn("playback", watch_playback());
}

// Over a WebSocket the client plays, so this is what it plays when it begins at once.
async::Task<void> Session::watch_playback() {
    const auto stop = tasks_.stop_token();
    for (;;) {
        const auto left = playing_until_ - parts_.clock.steady();
        if (left <= async::Duration{0} && !active_) break;
        constexpr std::chrono::milliseconds kLook{100};
        const async::Duration nap = std::max<async::Duration>(left, kLook);
        auto sleeping = parts_.clock.sleep_for(nap, stop);
        const bool slept = co_await std::move(sleeping);
        if (!slept) co_return;
    }
    watching_playback_ = false;
    ear_.playback(voice::Playback::idle);
}

void Session::on_over(const std::shared_ptr<Reply>& reply) {
    std::erase(aside_, reply);
    if (active_ != reply) return;
    active_.reset();
    const auto& item = reply->message();
    // What was cut off is not played to its end.
    if (item && item->status == "incomplete") playing_until_ = parts_.clock.steady();
    if (std::exchange(respond_later_, false) && !closing_ && !ear_.in_turn()) respond();
}

}  // namespace realtime
