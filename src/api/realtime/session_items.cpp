// The items of a conversation as the client changes them.
#include <utility>

#include <fmt/core.h>

#include "api/realtime/session.hpp"

namespace realtime {
namespace {

Checked<std::string> item_id(const json::Value& event) {
    const auto* id = json::find(event, "item_id");
    if (id == nullptr || !id->is_string()) {
        return refuse("missing_required_parameter", "item_id is missing", "item_id");
    }
    return json::string_or(id);
}

}  // namespace

void Session::add_item(const ItemPtr& item, std::string_view before) {
    for (const char* type : {"conversation.item.added", "conversation.item.done"}) {
        send({{"type", type},
              {"previous_item_id", or_null(std::string(before))},
              {"item", to_json(*item)}});
    }
}

// Sound that came with an item is decoded, kept and recognised like any other.
ItemPtr Session::take_given(GivenItem given) {
    if (given.audio.empty()) return given.item;
    AudioDecoder decoder(config_.input, ports::kListenRate);
    std::vector<float> samples;
    decoder.decode(given.audio, samples);
    decoder.flush(samples);
    for (auto& part : given.item->content) {
        if (part.type != "input_audio") continue;
        part.audio = shelf_.keep(samples, ports::kListenRate);
        if (part.transcript) continue;
        given.item->transcribing = true;
        listen_for(given.item, ear_.understand(samples), false);
    }
    return given.item;
}

Checked<void> Session::create_item(const json::Value& event) {
    const auto* item = json::find(event, "item");
    if (item == nullptr) return refuse("missing_required_parameter", "item is missing", "item");
    TRY(given, read_item(*item, "item"));
    const auto made = given.item;
    const std::string previous = json::string_or(json::find(event, "previous_item_id"));
    TRY(before, items_.insert(made, previous));
    static_cast<void>(take_given(std::move(given)));
    add_item(made, before);
    return {};
}

Checked<void> Session::retrieve_item(const json::Value& event) {
    TRY(id, item_id(event));
    const auto item = items_.find(id);
    if (!item) {
        return refuse("item_retrieve_invalid_item_id", "there is no such item in the conversation",
                      "item_id");
    }
    for (const auto& part : item->content) {
        if (part.audio && part.audio->dropped()) {
            return refuse("item_retrieve_audio_dropped",
                          fmt::format("the sound of this item is gone: a session keeps {} MB, the "
                                      "newest",
                                      parts_.kept_audio / 1'000'000),
                          "item_id");
        }
    }
    send({{"type", "conversation.item.retrieved"}, {"item", to_json(*item, Sound::include)}});
    return {};
}

Checked<void> Session::truncate_item(const json::Value& event) {
    TRY(id, item_id(event));
    const auto item = items_.find(id);
    if (!item || item->role != "assistant" || !item->spoken) {
        return refuse("item_truncate_invalid_item_id",
                      "only what the assistant said aloud can be truncated", "item_id");
    }
    if (json::int_or(json::find(event, "content_index"), -1) != 0) {
        return refuse("invalid_value", "content_index must be 0", "content_index");
    }
    const auto ms = json::int_or(json::find(event, "audio_end_ms"), -1);
    if (ms < 0) {
        return refuse("invalid_value", "audio_end_ms must be a time from 0 on", "audio_end_ms");
    }
    const auto heard = item->spoken->account.heard_at(voice::Time(ms));
    if (!heard) {
        return refuse(
            "invalid_value",
            fmt::format("audio_end_ms is beyond the sound of {} ms",
                        media::time_of(item->spoken->account.queued(), kVoiceRate).count()),
            "audio_end_ms");
    }
    if (active_ && active_->message() == item) active_->cancel("client_cancelled");
    auto& part = item->content[0];
    part.transcript = std::string(voice::heard_text(item->spoken->reply, *heard));
    if (part.audio) part.audio->cut(media::samples_in(std::chrono::milliseconds(ms), kVoiceRate));
    send({{"type", "conversation.item.truncated"},
          {"item_id", id},
          {"content_index", 0},
          {"audio_end_ms", ms}});
    return {};
}

Checked<void> Session::delete_item(const json::Value& event) {
    TRY(id, item_id(event));
    const auto item = items_.find(id);
    if (!item) {
        return refuse("item_delete_invalid_item_id", "there is no such item in the conversation",
                      "item_id");
    }
    if (item->status == "in_progress") {
        return refuse("invalid_value", "this item is still being made: cancel its response first",
                      "item_id");
    }
    for (const auto& part : item->content) {
        if (part.audio) shelf_.forget(part.audio);
    }
    static_cast<void>(items_.remove(id));
    send({{"type", "conversation.item.deleted"}, {"item_id", id}});
    return {};
}

}  // namespace realtime
