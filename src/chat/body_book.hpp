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
    // Files of one language are added to each other, so that a further one extends the built-in;
    // what a later one says of the same label, answer or word takes the place of the earlier.
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

// Of the workspace: where an owner's words lie.
inline constexpr std::string_view kBodyFolder = "body";
// What an owner put beside the built-in words.
struct OwnersBodyFiles {
    std::vector<BodyFile> files;      // that can be used, by name
    std::vector<base::Error> faults;  // of the others, each naming its file
};
// The *.json of a folder, which may be missing; a broken one is left out alone. At most 50 files of
// 1 MB; links are no files.
[[nodiscard]] OwnersBodyFiles read_body_folder(const std::filesystem::path& folder);
// Differs when a file of the folder was added, taken away or written.
[[nodiscard]] std::string body_folder_fingerprint(const std::filesystem::path& folder);

}  // namespace chat
