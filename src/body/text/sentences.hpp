// SentenceCutter: the sentences of a reply while it is being written, as places in its text. Blocks
// of code are none. Owned by one reply; one thread; any bytes; how the text grows changes nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace body::text {

enum class Growth { goes_on, over };

struct SentencePlace {
    std::size_t begin = 0;  // bytes; not a blank
    std::size_t end = 0;    // behind its last stop, and the emoji that follow it
    bool operator==(const SentencePlace&) const = default;
};

class SentenceCutter {
public:
    // The next sentence that is complete in `text`, which begins with every text given before.
    [[nodiscard]] std::optional<SentencePlace> next(std::string_view text, Growth growth);

private:
    enum class Line { text, skipped, uncertain };
    // What stands at the beginning of a line: the fence of a block of code, or what is in it.
    [[nodiscard]] Line enter_line(std::string_view text, Growth growth);

    std::size_t begin_ = 0;
    std::size_t scan_ = 0;  // everything before it was looked at
    bool fenced_ = false;
};

}  // namespace body::text
