// EmotionReader: how a sentence feels that nobody gave a stage direction: one emotion and its
// strength, read from plain words by a lexicon with negation, emphasis, hedges and emoji. The
// lexicon is data (characters/nook/body/emotions.*.json, read by chat/feeling_file). Pure; any
// thread; any bytes are allowed.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "body/text/phrase_book.hpp"

namespace body::text {

enum class Emotion { neutral, joy, sadness, anger, disgust, surprise, fear };
inline constexpr std::array<std::string_view, 7> kEmotionNames = {
    "neutral", "joy", "sadness", "anger", "disgust", "surprise", "fear"};
[[nodiscard]] std::string_view to_string(Emotion emotion);
[[nodiscard]] std::optional<Emotion> emotion_named(std::string_view name);

struct Feeling {
    Emotion emotion = Emotion::neutral;
    double intensity = 0;  // 0 to 1; 0 exactly when neutral
    bool operator==(const Feeling&) const = default;
};

// What a phrase does to the feeling of its sentence.
struct FeelingEntry {
    enum class Kind {
        feeling,   // `emotion` of weight `value`
        negator,   // what follows it closely is denied
        strength,  // what stands beside it counts `value` times
        hedge,     // the whole sentence counts `value` times: maybe, if
        hinge,     // what stood before it counts half: but
        plain      // means nothing, although words in it would: "not only"
    };
    Phrase phrase = {};
    bool open_end = false;  // the last word may go on: "delight" is "delighted", too
    Kind kind = Kind::plain;
    Emotion emotion = Emotion::neutral;
    double value = 1;
    // What it is when denied; nothing: joy turns to sadness, and all others to nothing.
    std::optional<Feeling> denied = {};
};

struct FeelingLanguage {
    std::string code = {};
    std::vector<std::string> common = {};  // the words that give the language away
    std::vector<FeelingEntry> entries = {};
    bool negation_follows = false;  // "das freut mich nicht"
};

// An emoji or an emoticon.
struct FeelingSign {
    std::string text = {};
    Emotion emotion = Emotion::neutral;
    double weight = 0;
};

struct FeelingBook {
    std::vector<FeelingLanguage> languages = {};  // the first one wins where nothing tells
    std::vector<FeelingSign> signs = {};
};

class EmotionReader {
public:
    // The book must outlive the reader.
    explicit EmotionReader(const FeelingBook& book) : book_(&book) {}
    [[nodiscard]] Feeling read(std::string_view sentence) const;

private:
    const FeelingBook* book_;
};

}  // namespace body::text
