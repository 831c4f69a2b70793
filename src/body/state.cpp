#include "body/state.hpp"

#include <charconv>

#include "body/trig.hpp"
#include "body/vec.hpp"

namespace body {
namespace {

std::string thousandths(float value) {
    return std::to_string(static_cast<int>(value * 1000 + (value < 0 ? -.5F : .5F)));
}

std::expected<float, std::string> from_thousandths(std::string_view text, float most) {
    int value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
        return std::unexpected("state: \"" + std::string(text.substr(0, 32)) + "\" is no number");
    }
    return clamped(static_cast<float>(value) / 1000, -most, most);
}

}  // namespace

std::string to_text(const CharacterState& state) {
    return "stance=" + std::string(stance_name(state.stance)) +
           " heading=" + thousandths(state.heading) + " valence=" + thousandths(state.valence) +
           " arousal=" + thousandths(state.arousal) +
           (state.held.empty() ? "" : " held=" + state.held);
}

std::expected<CharacterState, std::string> state_from(std::string_view text) {
    CharacterState state;
    if (text.size() > 256) return std::unexpected("state: longer than 256 bytes");
    while (!text.empty()) {
        const std::size_t sign = text.find('=');
        if (sign == std::string_view::npos) return std::unexpected("state: a word without a value");
        const std::string_view key = text.substr(0, sign);
        const bool last = key == "held";
        const std::size_t end = last ? std::string_view::npos : text.find(' ', sign);
        const std::string_view value = text.substr(
            sign + 1, end == std::string_view::npos ? std::string_view::npos : end - sign - 1);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (key == "stance") {
            const auto stance = stance_named(value);
            if (!stance) return std::unexpected("state: no such stance");
            state.stance = *stance;
        } else if (last) {
            if (value.size() > 48) return std::unexpected("state: `held` is too long");
            state.held = value;
        } else if (key == "heading" || key == "valence" || key == "arousal") {
            const auto number = from_thousandths(value, key == "heading" ? kPi : 1.0F);
            if (!number) return std::unexpected(number.error());
            (key == "heading"   ? state.heading
             : key == "valence" ? state.valence
                                : state.arousal) = *number;
        } else {
            return std::unexpected("state: unknown word");
        }
    }
    return state;
}

}  // namespace body
