// Items: what a Realtime conversation consists of, in its order, with what the server knows of each
// beyond the wire: its sound and which words are where in it. Pure but for ids; one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/realtime/audio_shelf.hpp"
#include "api/realtime/fault.hpp"
#include "voice/playback_account.hpp"

namespace realtime {

inline constexpr int kVoiceRate = 24'000;  // of what the server says

struct Part {
    std::string type;  // input_text, input_audio, output_text, output_audio
    std::string text;
    std::optional<std::string> transcript;
    AudioPtr audio;  // of the two with sound
};

// What an assistant's sound says where.
struct Spoken {
    voice::PlaybackAccount account{kVoiceRate};
    std::string reply;
};

struct Item {
    std::string id;
    std::string type = "message";  // function_call, function_call_output
    std::string status = "completed";
    std::string role;
    std::vector<Part> content;
    std::string call_id;
    std::string name;
    std::string arguments;
    std::string output;
    std::shared_ptr<Spoken> spoken;
    bool transcribing = false;  // words of its sound are still to come
    bool told = false;          // the companion has heard it

    // What a model is told of it.
    [[nodiscard]] std::string text() const;
};
using ItemPtr = std::shared_ptr<Item>;

enum class Sound { leave_out, include };
[[nodiscard]] json::Object to_json(const Item& item, Sound sound = Sound::leave_out);

// "item_" and 32 characters that are never the same.
[[nodiscard]] std::string new_id(std::string_view prefix);

// An item as a client writes it; its sound is in `audio` as bytes still.
struct GivenItem {
    ItemPtr item;
    std::vector<std::byte> audio;
};
[[nodiscard]] Checked<GivenItem> read_item(const json::Value& value, const std::string& param);

class Items {
public:
    // After `previous`: an id, "root" for the front, empty for the end. The id of what now stands
    // before it, empty at the front.
    [[nodiscard]] Checked<std::string> insert(ItemPtr item, std::string_view previous);
    [[nodiscard]] ItemPtr find(std::string_view id) const;
    [[nodiscard]] bool remove(std::string_view id);
    [[nodiscard]] std::string last_id() const;
    [[nodiscard]] const std::vector<ItemPtr>& all() const { return items_; }

private:
    std::vector<ItemPtr> items_;
};

}  // namespace realtime
