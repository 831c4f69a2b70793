#include "llm_wire/think_splitter.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace llm_wire {
namespace {

struct Tag {
    std::string_view open;
    std::string_view close;
};
constexpr std::array<Tag, 2> kTags = {{{"<think>", "</think>"}, {"<thinking>", "</thinking>"}}};
constexpr std::string_view kSpace = " \t\r\n";

// Length of the longest end of `text` that is a proper beginning of `tag`.
std::size_t partial_tag(std::string_view text, std::string_view tag) {
    std::size_t length = std::min(text.size(), tag.size() - 1);
    for (; length > 0; --length) {
        if (text.ends_with(tag.substr(0, length))) break;
    }
    return length;
}

}  // namespace

bool ThinkSplitter::feed(std::string_view piece, const Emit& emit) {
    held_.append(piece);
    if (state_ == State::before && !step_before(emit, false)) return false;
    if (state_ == State::text) {
        if (held_.empty()) return true;
        return emit(ports::LlmText{std::exchange(held_, {})});
    }
    if (state_ == State::thinking) return step_thinking(emit, false);
    return true;
}

bool ThinkSplitter::finish(const Emit& emit) {
    if (state_ == State::before && !step_before(emit, true)) return false;
    if (state_ == State::thinking) return step_thinking(emit, true);
    if (held_.empty()) return true;
    return emit(ports::LlmText{std::exchange(held_, {})});
}

// Decides, at a place where a block may begin, whether one does.
bool ThinkSplitter::step_before(const Emit&, bool last) {
    const std::size_t start = std::min(held_.find_first_not_of(kSpace), held_.size());
    const std::string_view rest = std::string_view(held_).substr(start);
    for (const auto& tag : kTags) {
        if (rest.starts_with(tag.open)) {
            held_.erase(0, start + tag.open.size());
            closing_ = tag.close;
            state_ = State::thinking;
            return true;
        }
        if (!last && tag.open.starts_with(rest)) return true;  // may still become one
    }
    // Blank lines between the reasoning and the answer belong to neither.
    if (block_seen_) held_.erase(0, start);
    state_ = State::text;
    return true;
}

bool ThinkSplitter::step_thinking(const Emit& emit, bool last) {
    const std::size_t end = held_.find(closing_);
    if (end == std::string::npos) {
        const std::size_t keep = last ? 0 : partial_tag(held_, closing_);
        std::string out = held_.substr(0, held_.size() - keep);
        held_.erase(0, out.size());
        return out.empty() || emit(ports::LlmReasoning{std::move(out)});
    }
    std::string out = held_.substr(0, end);
    held_.erase(0, end + closing_.size());
    block_seen_ = true;
    state_ = State::before;
    if (!out.empty() && !emit(ports::LlmReasoning{std::move(out)})) return false;
    return last ? finish(emit) : feed({}, emit);
}

}  // namespace llm_wire
