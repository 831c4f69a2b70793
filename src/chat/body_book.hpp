// BodyBook: what the companion's body understands in words, what it says to it, and how words feel:
// the files of characters/nook/body, read from JSON. Owned by the composition root; unchanged once
// made; any thread. Errors: corrupt, naming the file and the entry.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "body/text/command_reader.hpp"
#include "body/text/direction_parser.hpp"
#include "body/text/emotion.hpp"

namespace chat {

struct BodyFile {
    std::string name;  // for errors
    std::string text;  // JSON
};

// The authored words of one language.
struct OrderWords {
    // By action, expression, "gaze", "camera", "denied" or "*".
    std::map<std::string, std::vector<std::string>> answers;
    std::string unknown;    // with {list}
    std::string ambiguous;  // with {list}
    std::string cannot;     // with {what} and {list}
    std::string empty;      // with {list}
    std::string either = " or ";
    std::string comma = ", ";
};

class BodyBook {
public:
    // Files of one language are added to each other, so that a further one extends the built-in.
    [[nodiscard]] static base::Result<BodyBook> parse(const std::vector<BodyFile>& files);

    [[nodiscard]] const body::text::PhraseBook& phrases() const { return *phrases_; }
    [[nodiscard]] const body::text::CommandReader& reader() const { return *reader_; }
    [[nodiscard]] body::text::DirectionParser parser() const { return {*reader_, *words_}; }
    [[nodiscard]] const body::text::EmotionReader& feelings() const { return *feelings_; }
    // Of that language; of the first one where there is none.
    [[nodiscard]] const OrderWords& words(std::string_view language) const;

private:
    std::unique_ptr<body::text::PhraseBook> phrases_;
    std::unique_ptr<body::text::CommandReader> reader_;
    std::unique_ptr<body::text::DirectionWords> words_;
    std::unique_ptr<body::text::FeelingBook> lexicon_;
    std::unique_ptr<body::text::EmotionReader> feelings_;
    std::map<std::string, OrderWords, std::less<>> answers_;
};

// The files of characters/nook/body, compiled into the binary.
[[nodiscard]] std::vector<BodyFile> built_in_body_files();
// The built-in files and those of a folder (*.json), which may be missing. What cannot be read
// there is left out and named in the log.
[[nodiscard]] BodyBook load_body_book(const std::filesystem::path& folder);

}  // namespace chat
