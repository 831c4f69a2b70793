// TextStream: makes deliverable text of token pieces. Holds back a cut UTF-8 character and
// whatever may still become a stop sequence; a stop sequence itself never leaves. Owned by one
// reply; one thread; never fails (invalid bytes become U+FFFD).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace engine {

class TextStream {
public:
    explicit TextStream(std::vector<std::string> stop_sequences);

    // Text that may leave now. After a stop sequence was seen nothing more comes.
    [[nodiscard]] std::string feed(std::string_view piece);
    // At the end of the reply: what was held back.
    [[nodiscard]] std::string finish();
    [[nodiscard]] bool stopped() const { return stopped_; }

private:
    std::vector<std::string> stops_;
    std::string held_;
    bool stopped_ = false;
};

}  // namespace engine
