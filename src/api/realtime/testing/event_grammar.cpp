#include "api/realtime/testing/event_grammar.hpp"

#include <algorithm>

namespace realtime::testing {
namespace {

std::string text(const json::Value& event, std::string_view path) {
    return json::string_or(json::find_path(event, path));
}

}  // namespace

void EventGrammar::expect(bool holds, const std::string& rule) {
    if (!holds && complaint_.empty()) complaint_ = now_ + ": " + rule;
}

void EventGrammar::feed(const json::Value& event) {
    const std::string type = text(event, "type");
    now_ = type;
    expect(event_ids_.insert(text(event, "event_id")).second, "event ids are never the same");
    if (!open_) {
        expect(type == "session.created" || type == "error", "session.created comes first");
        open_ = type == "session.created";
        return;
    }
    expect(type != "session.created", "session.created comes once");
    if (type.starts_with("input_audio_buffer.")) {
        feed_input(type, event);
    } else if (type.starts_with("conversation.item.")) {
        feed_item(type, event);
    } else if (type.starts_with("response.")) {
        feed_response(type, event);
    }
}

void EventGrammar::feed_input(const std::string& type, const json::Value& event) {
    const std::string id = text(event, "item_id");
    if (type.ends_with("speech_started")) {
        expect(speaking_.empty(), "speech starts once");
        expect(!items_.contains(id), "the item of a turn is new");
        speaking_ = id;
    } else if (type.ends_with("speech_stopped")) {
        expect(speaking_ == id, "speech stops that started");
        speaking_.clear();
    } else if (type.ends_with("committed")) {
        expect(!items_.contains(id), "an item is committed once");
        committed_.insert(id);
    }
}

void EventGrammar::feed_item(const std::string& type, const json::Value& event) {
    if (type == "conversation.item.added") {
        const std::string id = text(event, "item.id");
        expect(!items_.contains(id), "an item is added once");
        const std::string before = text(event, "previous_item_id");
        expect(before.empty() || items_.contains(before), "what stands before an item was added");
        committed_.erase(id);
        items_[id] = false;
    } else if (type == "conversation.item.done") {
        const auto found = items_.find(text(event, "item.id"));
        expect(found != items_.end() && !found->second, "an item is done once, after it was added");
        if (found != items_.end()) found->second = true;
    } else if (type == "conversation.item.deleted") {
        expect(items_.erase(text(event, "item_id")) == 1, "only what was added is deleted");
    } else if (type.starts_with("conversation.item.input_audio_transcription.")) {
        expect(items_.contains(text(event, "item_id")), "words belong to an item");
    }
}

void EventGrammar::feed_response(const std::string& type, const json::Value& event) {
    if (type == "response.created") {
        const std::string id = text(event, "response.id");
        const bool aside = text(event, "response.conversation_id").empty();
        const bool busy = std::ranges::any_of(
            responses_, [](const auto& one) { return !one.second.done && !one.second.aside; });
        expect(aside || !busy, "the conversation has one response at a time");
        const auto [made, fresh] = responses_.try_emplace(id);
        expect(fresh, "a response is created once");
        made->second.aside = aside;
        return;
    }
    const std::string id =
        type == "response.done" ? text(event, "response.id") : text(event, "response_id");
    const auto found = responses_.find(id);
    expect(found != responses_.end(), "a response was created before");
    if (found == responses_.end()) return;
    expect(!found->second.done, "nothing of a response comes after response.done");
    if (type != "response.done") {
        feed_output(type, event, found->second);
        return;
    }
    found->second.done = true;
    for (const auto& [index, output] : found->second.outputs) {
        expect(output.done, "every output item is done before its response");
    }
    const std::string status = text(event, "response.status");
    expect(status == "completed" || status == "cancelled" || status == "failed" ||
               status == "incomplete",
           "a response ends in a known way");
    expect(json::find_path(event, "response.usage.total_tokens") != nullptr, "usage has totals");
}

void EventGrammar::feed_output(const std::string& type, const json::Value& event,
                               Response& response) {
    const auto index = json::int_or(json::find(event, "output_index"), -1);
    if (type == "response.output_item.added") {
        const auto next = static_cast<long long>(response.outputs.size());
        expect(index == next, "output items are numbered in order");
        response.outputs[index];
        response.index[text(event, "item.id")] = index;
        return;
    }
    const auto found = response.outputs.find(index);
    expect(found != response.outputs.end(), "an output item was added before");
    if (found == response.outputs.end()) return;
    auto& output = found->second;
    expect(!output.done, "nothing of an output item comes after it is done");
    if (type == "response.output_item.done") {
        expect(!output.part || output.part_done, "its content is done before an output item");
        output.done = true;
        return;
    }
    const auto item = response.index.find(text(event, "item_id"));
    expect(item != response.index.end() && item->second == index, "item and index belong together");
    if (type == "response.function_call_arguments.delta") {
        output.arguments += text(event, "delta");
    } else if (type == "response.function_call_arguments.done") {
        expect(output.arguments == text(event, "arguments"), "the deltas are the arguments");
    } else {
        feed_part(type, event, output);
    }
}

void EventGrammar::feed_part(const std::string& type, const json::Value& event, Output& output) {
    if (type == "response.content_part.added") {
        expect(!output.part, "a content part is added once");
        output.part = output.streaming = true;
        return;
    }
    expect(output.part, "a content part was added before");
    expect(json::int_or(json::find(event, "content_index"), -1) == 0, "there is one part");
    if (type == "response.content_part.done") {
        expect(!output.part_done, "a content part is done once");
        output.part_done = true;
        return;
    }
    expect(!output.part_done, "nothing of a part comes after it is done");
    if (type.ends_with(".delta")) {
        expect(output.streaming, "no delta comes after its done");
        if (type != "response.output_audio.delta") output.words += text(event, "delta");
        return;
    }
    output.streaming = false;
    if (type == "response.output_audio_transcript.done") {
        expect(output.words == text(event, "transcript"), "the deltas are the transcript");
    } else if (type == "response.output_text.done") {
        expect(output.words == text(event, "text"), "the deltas are the text");
    }
}

void EventGrammar::finish() {
    now_ = "the end";
    for (const auto& [id, response] : responses_) {
        expect(response.done, "every response ends in response.done");
    }
    expect(committed_.empty(), "what is committed becomes an item");
    for (const auto& [id, done] : items_) expect(done, "every item is done");
}

}  // namespace realtime::testing
