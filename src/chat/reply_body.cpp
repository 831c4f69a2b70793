#include "chat/reply_body.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "json/describe.hpp"

namespace chat {
namespace {

namespace bt = body::text;

// The looks of VRM where there is one; the body mixes the others (body/character.cpp).
std::string_view look_of(bt::Emotion emotion) {
    switch (emotion) {
        case bt::Emotion::joy:
            return "happy";
        case bt::Emotion::sadness:
            return "sad";
        case bt::Emotion::anger:
            return "angry";
        case bt::Emotion::surprise:
            return "surprised";
        case bt::Emotion::disgust:
        case bt::Emotion::fear:
        case bt::Emotion::neutral:
            break;
    }
    return bt::to_string(emotion);
}

bool is_over(std::string_view text) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return std::ranges::any_of(
        std::array<std::string_view, 8>{".", "!", "?", "…", "。", "！", "？", "\n"},
        [&](std::string_view stop) { return text.ends_with(stop); });
}

// About as long as it takes to say.
int hold_ms(std::size_t bytes) {
    constexpr std::size_t kPerByte = 55;
    return static_cast<int>(std::clamp<std::size_t>(1500 + bytes * kPerByte, 2000, 7000));
}

}  // namespace

ReplyBody::ReplyBody(BodyLink& link, Where where)
    : link_(link), where_(std::move(where)), book_(link.book()), parser_(book_->parser()) {}

std::size_t ReplyBody::lead() const {
    return std::min(shown_.find_first_not_of(" \n"), shown_.size());
}

std::size_t ReplyBody::place_of(const body::text::Cut& cut) const {
    return cut.at - std::min(cut.at, lead());
}

std::string ReplyBody::feed(std::string_view piece) {
    const std::size_t before = shown_.size();
    parser_.feed(piece, shown_, cuts_);
    return shown_.substr(std::max(before, lead()));
}

std::string ReplyBody::finish() {
    const std::size_t before = shown_.size();
    parser_.finish(shown_, cuts_);
    return shown_.substr(std::max(before, lead()));
}

ReplyBody::Directives ReplyBody::take(protocol::BodySource source) {
    Directives out;
    for (; taken_ < cuts_.size(); ++taken_) {
        const auto& cut = cuts_[taken_];
        const auto before = std::string_view(shown_).substr(lead(), place_of(cut));
        // Else the feeling of the sentence before would come after it, and cover its look.
        if (is_over(before)) {
            add_feelings(before, bt::Growth::over, Rest::begins_another, out);
        }
        auto directive = to_wire(cut.directive, source);
        directive.turn_id = where_.turn.str();
        directive.offset = base::utf16_units(before);
        if (where_.spoken) directive.spoken = true;
        out.push_back(link_.prepare(where_.session, std::move(directive)));
    }
    return out;
}

bool ReplyBody::is_directed(const bt::SentencePlace& place, bool to_the_end) const {
    return std::ranges::any_of(cuts_, [&](const bt::Cut& cut) {
        const std::size_t at = place_of(cut);
        return cut.directive.expression && at >= place.begin && (to_the_end || at < place.end);
    });
}

ReplyBody::Directives ReplyBody::feelings(std::string_view text, bt::Growth growth) {
    Directives out;
    add_feelings(text, growth, Rest::belongs, out);
    return out;
}

void ReplyBody::add_feelings(std::string_view text, bt::Growth growth, Rest rest, Directives& out) {
    while (const auto place = sentences_.next(text, growth)) {
        const bool last = rest == Rest::belongs && growth == bt::Growth::over &&
                          text.find_first_not_of(" \n", place->end) == std::string_view::npos;
        const std::string_view sentence = text.substr(place->begin, place->end - place->begin);
        const auto feeling = book_->feelings().read(sentence);
        if (feeling.emotion == bt::Emotion::neutral || is_directed(*place, last)) continue;
        link_.feel(where_.session, std::string(look_of(feeling.emotion)), feeling.intensity);
        if (!link_.has_stage()) continue;
        protocol::BodyDirective directive;
        directive.source = protocol::BodySource::emotion;
        directive.turn_id = where_.turn.str();
        directive.offset = base::utf16_units(text.substr(0, place->begin));
        directive.expression = protocol::BodyExpression{
            std::string(look_of(feeling.emotion)), feeling.intensity, hold_ms(sentence.size())};
        if (where_.spoken) directive.spoken = true;
        out.push_back(link_.prepare(where_.session, std::move(directive)));
    }
}

ReplyBody::Directives ReplyBody::in_turn(const std::vector<body::text::Directive>& directives,
                                         protocol::BodySource source) {
    Directives out;
    std::optional<long long> moving;
    for (const auto& directive : directives) {
        auto wire = to_wire(directive, source);
        wire.turn_id = where_.turn.str();
        const bool moves = wire.action.has_value();
        if (moves) wire.after = moving;
        out.push_back(link_.prepare(where_.session, std::move(wire)));
        if (moves) moving = out.back().id;
    }
    return out;
}

void ReplyBody::reset() {
    parser_.reset();
    shown_.clear();
    cuts_.clear();
    taken_ = 0;
    sentences_ = {};
}

std::optional<std::vector<protocol::StageDirection>> ReplyBody::kept(std::string_view text) const {
    if (cuts_.empty()) return std::nullopt;
    std::vector<protocol::StageDirection> out;
    // Blanks at the end of what was shown are not stored; before a direction they go with it.
    std::size_t beyond = text.size();
    for (const auto& cut : cuts_) {
        const std::size_t place = place_of(cut);
        if (place <= text.size()) {
            out.push_back({static_cast<long long>(place), cut.removed});
            continue;
        }
        const std::string between = shown_.substr(lead() + beyond, place - beyond);
        if (between.find_first_not_of(" \n") != std::string::npos) break;  // the text was cut short
        out.push_back({static_cast<long long>(text.size()), between + cut.removed});
        beyond = place;
    }
    return out;
}

std::string as_written(const ports::MessageRow& row) {
    // Most replies hold none; reading their details for nothing would cost with every prompt.
    if (row.detail_json.find("\"directions\"") == std::string::npos) return row.content;
    const auto value = json::parse(row.detail_json);
    if (!value) return row.content;
    const auto detail = json::to<protocol::ReplyDetail>(*value);
    if (!detail || !detail->directions) return row.content;
    std::string text;
    std::size_t at = 0;
    for (const auto& direction : *detail->directions) {
        const auto place = static_cast<std::size_t>(std::max(0LL, direction.at_byte));
        // A reply that was cut short, because not all of it was heard, has lost these.
        if (place < at || place > row.content.size()) continue;
        text += row.content.substr(at, place - at) + direction.text;
        at = place;
    }
    return text + row.content.substr(at);
}

}  // namespace chat
