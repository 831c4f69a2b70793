#include "engine/text_stream.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace engine {
namespace {

// Bytes at the end of `text` that could be the start of a stop sequence.
std::size_t possible_stop(std::string_view text, const std::vector<std::string>& stops) {
    std::size_t longest = 0;
    for (const auto& stop : stops) {
        std::size_t n = std::min(stop.size() - 1, text.size());
        while (n > longest && !text.ends_with(std::string_view(stop).substr(0, n))) --n;
        longest = std::max(longest, n);
    }
    return longest;
}

// Bytes at the end of `text` that are a cut character.
std::size_t cut_character(std::string_view text) {
    if (!base::ends_in_partial_utf8(text)) return 0;
    std::size_t n = 1;
    while (n < text.size() && (static_cast<unsigned char>(text[text.size() - n]) & 0xc0) == 0x80) {
        ++n;
    }
    return n;
}

}  // namespace

TextStream::TextStream(std::vector<std::string> stop_sequences)
    : stops_(std::move(stop_sequences)) {
    std::erase_if(stops_, [](const std::string& stop) { return stop.empty(); });
}

std::string TextStream::feed(std::string_view piece) {
    if (stopped_) return {};
    held_.append(piece);
    std::size_t first = std::string::npos;
    for (const auto& stop : stops_) first = std::min(first, held_.find(stop));
    if (first != std::string::npos) {
        stopped_ = true;
        return base::to_valid_utf8(std::exchange(held_, {}).substr(0, first));
    }
    const std::size_t keep = std::max(possible_stop(held_, stops_), cut_character(held_));
    std::size_t ready = held_.size() - keep;
    // What is kept may begin inside a character when a stop sequence does; leave whole ones only.
    ready -= cut_character(std::string_view(held_).substr(0, ready));
    std::string out = base::to_valid_utf8(std::string_view(held_).substr(0, ready));
    held_.erase(0, ready);
    return out;
}

std::string TextStream::finish() {
    if (stopped_) return {};
    return base::to_valid_utf8(std::exchange(held_, {}));
}

}  // namespace engine
