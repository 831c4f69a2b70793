#include "api/realtime/items.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "api/realtime/audio_codec.hpp"
#include "base/base64.hpp"
#include "base/ids.hpp"

namespace realtime {
namespace {

constexpr std::size_t kMaxItems = 4'000;
constexpr std::size_t kMaxText = 1'000'000;  // bytes of one part
constexpr std::size_t kMaxId = 64;

Checked<std::string> read_field(const json::Value& value, const char* key,
                                const std::string& param) {
    const auto* text = json::find(value, key);
    const std::string place = param + "." + key;
    if (text == nullptr) return refuse("missing_required_parameter", place + " is missing", place);
    if (!text->is_string()) return refuse("invalid_value", place + " must be a text", place);
    if (text->get_string().size() > kMaxText) {
        return refuse("invalid_value", place + " is too long", place);
    }
    return json::string_or(text);
}

Checked<Part> read_part(const json::Value& value, const std::string& role,
                        const std::string& param) {
    Part part;
    part.type = json::string_or(json::find(value, "type"));
    const bool theirs = role == "assistant";
    const bool text = part.type == (theirs ? "output_text" : "input_text");
    const bool audio = part.type == (theirs ? "output_audio" : "input_audio");
    if (part.type == "input_image") {
        return refuse("invalid_value", "the models here do not see images", param + ".type");
    }
    if (!text && (!audio || role == "system")) {
        return refuse("invalid_value", fmt::format("content of {} cannot be of that type", role),
                      param + ".type");
    }
    if (text) {
        TRY(words, read_field(value, "text", param));
        part.text = std::move(words);
        return part;
    }
    if (const auto* words = json::find(value, "transcript"); words && words->is_string()) {
        TRY(transcript, read_field(value, "transcript", param));
        part.transcript = std::move(transcript);
    }
    return part;
}

Checked<void> read_message(const json::Value& value, const std::string& param, GivenItem& out) {
    Item& item = *out.item;
    item.role = json::string_or(json::find(value, "role"));
    if (item.role != "user" && item.role != "assistant" && item.role != "system") {
        return refuse("invalid_value", "role is user, assistant or system", param + ".role");
    }
    const auto* content = json::find(value, "content");
    if (content == nullptr || !content->is_array()) {
        return refuse("missing_required_parameter", "a message needs content", param + ".content");
    }
    for (const auto& given : content->get_array()) {
        const std::string place = fmt::format("{}.content[{}]", param, item.content.size());
        TRY(part, read_part(given, item.role, place));
        if (part.type == "input_audio" && json::find(given, "audio") != nullptr) {
            if (!out.audio.empty()) return refuse("invalid_value", "one sound an item", place);
            TRY(bytes, read_audio(json::find(given, "audio"), place + ".audio"));
            out.audio = std::move(bytes);
        }
        item.content.push_back(std::move(part));
    }
    return {};
}

json::Object part_json(const Part& part, Sound sound) {
    json::Object out{{"type", part.type}};
    if (part.type == "input_text" || part.type == "output_text") {
        out["text"] = part.text;
        return out;
    }
    out["transcript"] = part.transcript ? json::Value(*part.transcript) : json::Value();
    if (sound == Sound::leave_out || !part.audio) return out;
    AudioEncoder encoder(Format::pcm, part.audio->rate_hz());
    auto bytes = encoder.encode(part.audio->unpack());
    const auto rest = encoder.flush();
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    out["audio"] = base::to_base64(bytes);
    return out;
}

}  // namespace

std::string new_id(std::string_view prefix) {
    std::string id(prefix);
    for (const char c : base::new_uuid()) {
        if (c != '-') id += c;
    }
    return id;
}

std::string Item::text() const {
    std::string out;
    for (const auto& part : content) {
        const std::string& words = part.text.empty() ? part.transcript.value_or("") : part.text;
        if (words.empty()) continue;
        out += (out.empty() ? "" : "\n") + words;
    }
    return out;
}

json::Object to_json(const Item& item, Sound sound) {
    json::Object out{
        {"id", item.id}, {"object", "realtime.item"}, {"type", item.type}, {"status", item.status}};
    if (item.type == "function_call_output") {
        out["call_id"] = item.call_id;
        out["output"] = item.output;
        return out;
    }
    if (item.type == "function_call") {
        out["call_id"] = item.call_id;
        out["name"] = item.name;
        out["arguments"] = item.arguments;
        return out;
    }
    out["role"] = item.role;
    json::Array content;
    for (const auto& part : item.content) content.push_back(part_json(part, sound));
    out["content"] = std::move(content);
    return out;
}

Checked<GivenItem> read_item(const json::Value& value, const std::string& param) {
    if (!value.is_object()) return refuse("missing_required_parameter", "item is missing", param);
    GivenItem out{std::make_shared<Item>(), {}};
    Item& item = *out.item;
    item.id = json::string_or(json::find(value, "id"));
    if (item.id.size() > kMaxId) {
        return refuse("invalid_value", "an item's id has at most 64 characters", param + ".id");
    }
    if (item.id.empty()) item.id = new_id("item_");
    item.type = json::string_or(json::find(value, "type"));
    if (item.type == "message") {
        TRY_DO(read_message(value, param, out));
        return out;
    }
    if (item.type != "function_call" && item.type != "function_call_output") {
        return refuse("invalid_value",
                      "an item is a message, a function_call or a function_call_output",
                      param + ".type");
    }
    const bool call = item.type == "function_call";
    if (call) {
        TRY(name, read_field(value, "name", param));
        TRY(arguments, read_field(value, "arguments", param));
        item.name = std::move(name);
        item.arguments = std::move(arguments);
        item.call_id = json::string_or(json::find(value, "call_id"));
        if (item.call_id.empty()) item.call_id = new_id("call_");
        return out;
    }
    TRY(call_id, read_field(value, "call_id", param));
    TRY(output, read_field(value, "output", param));
    item.call_id = std::move(call_id);
    item.output = std::move(output);
    return out;
}

Checked<std::string> Items::insert(ItemPtr item, std::string_view previous) {
    if (find(item->id)) {
        return refuse("item_create_duplicate_item_id", "there is an item of that id already",
                      "item.id");
    }
    if (items_.size() >= kMaxItems) {
        return refuse("invalid_value", "the conversation holds 4000 items: delete some");
    }
    auto place = items_.end();
    if (previous == "root") {
        place = items_.begin();
    } else if (!previous.empty()) {
        place = std::ranges::find(items_, previous, [](const auto& one) { return one->id; });
        if (place == items_.end()) {
            return refuse("invalid_value", "the item to insert after is not in the conversation",
                          "previous_item_id");
        }
        ++place;
    }
    const std::string before = place == items_.begin() ? std::string() : (*(place - 1))->id;
    items_.insert(place, std::move(item));
    return before;
}

ItemPtr Items::find(std::string_view id) const {
    const auto found = std::ranges::find(items_, id, [](const auto& one) { return one->id; });
    return found == items_.end() ? nullptr : *found;
}

bool Items::remove(std::string_view id) {
    return std::erase_if(items_, [&](const auto& one) { return one->id == id; }) > 0;
}

std::string Items::last_id() const {
    return items_.empty() ? std::string() : items_.back()->id;
}

}  // namespace realtime
