#include "body/character.hpp"

#include <algorithm>

#include "body/clip_shelf.hpp"

namespace body {
namespace {

struct Substitute {
    Preset missing;
    Preset instead;
    float factor;
};
// In this order; the first that the character has.
constexpr Substitute kSubstitutes[] = {
    {Preset::happy, Preset::relaxed, .9F}, {Preset::relaxed, Preset::happy, .4F},
    {Preset::sad, Preset::angry, .3F},     {Preset::angry, Preset::sad, .3F},
    {Preset::surprised, Preset::oh, .3F},  {Preset::surprised, Preset::aa, .25F},
    {Preset::ih, Preset::ee, .8F},         {Preset::ih, Preset::aa, .3F},
    {Preset::ee, Preset::ih, .8F},         {Preset::ee, Preset::aa, .45F},
    {Preset::ou, Preset::oh, .6F},         {Preset::ou, Preset::aa, .25F},
    {Preset::oh, Preset::ou, .8F},         {Preset::oh, Preset::aa, .55F},
    {Preset::aa, Preset::oh, .9F},         {Preset::aa, Preset::ee, .8F},
};

struct Word {
    std::string_view name;
    Preset first;
    float first_factor;
    Preset second;
    float second_factor;
};
constexpr Word kWords[] = {
    {"joy", Preset::happy, 1, Preset::happy, 0},
    {"smile", Preset::happy, .7F, Preset::relaxed, .2F},
    {"laugh", Preset::happy, 1, Preset::happy, 0},
    {"love", Preset::happy, .7F, Preset::relaxed, .3F},
    {"proud", Preset::happy, .5F, Preset::relaxed, .3F},
    {"shy", Preset::happy, .35F, Preset::sad, .2F},
    {"anger", Preset::angry, 1, Preset::angry, 0},
    {"disgust", Preset::angry, .5F, Preset::sad, .35F},
    {"sadness", Preset::sad, 1, Preset::sad, 0},
    {"confused", Preset::surprised, .3F, Preset::sad, .25F},
    {"worried", Preset::sad, .5F, Preset::surprised, .15F},
    {"fear", Preset::surprised, .55F, Preset::sad, .45F},
    {"surprise", Preset::surprised, 1, Preset::surprised, 0},
    {"curious", Preset::surprised, .3F, Preset::happy, .15F},
    {"thinking", Preset::relaxed, .2F, Preset::sad, .1F},
    {"calm", Preset::relaxed, 1, Preset::relaxed, 0},
    {"sleepy", Preset::relaxed, .7F, Preset::relaxed, 0},
};

bool is_good(float value, float low, float high) {
    return value >= low && value <= high;
}

}  // namespace

std::expected<void, std::string> check(const CharacterSpec& spec) {
    if (!is_good(spec.hips_height, .01F, 100)) {
        return std::unexpected("character: the hips' height at rest must be 0.01 … 100 m");
    }
    if (spec.bones.size() > 256) return std::unexpected("character: more than 256 bones");
    if (spec.expressions.size() > kMostExpressions) {
        return std::unexpected("character: more than 64 expressions");
    }
    if (!spec.overrides.empty() && spec.overrides.size() != spec.expressions.size()) {
        return std::unexpected("character: overrides for other expressions than it has");
    }
    if (!spec.rest.empty() && spec.rest.size() != spec.bones.size()) {
        return std::unexpected("character: rest positions for other bones than it has");
    }
    for (const Vec3& place : spec.rest) {
        if (!is_good(place.x, -100, 100) || !is_good(place.y, -100, 100) ||
            !is_good(place.z, -100, 100)) {
            return std::unexpected("character: a bone rests more than 100 m away");
        }
    }
    return {};
}

ExpressionMap::ExpressionMap(std::span<const std::string> names)
    : names_(names.begin(), names.end()) {
    for (const auto& name : names_) kinds_.push_back(preset_named(name));
    for (std::size_t i = 0; i < kPresets; ++i) {
        add(presets_[i], static_cast<Preset>(i), 1);
    }
    // Both eyes stand for one, and one preset for both.
    const Recipe left = presets_[at(Preset::blink_left)];
    const Recipe right = presets_[at(Preset::blink_right)];
    Recipe& blink = presets_[at(Preset::blink)];
    if (blink[0].channel < 0 && left[0].channel >= 0 && right[0].channel >= 0) {
        blink = {left[0], right[0]};
    }
}

int ExpressionMap::channel(std::string_view name) const {
    const auto found = std::ranges::find(names_, name);
    return found == names_.end() ? -1 : static_cast<int>(found - names_.begin());
}

void ExpressionMap::add(Recipe& recipe, Preset preset, float factor) const {
    if (factor <= 0) return;
    int found = channel(preset_name(preset));
    for (const Substitute& each : kSubstitutes) {
        if (found >= 0) break;
        if (each.missing != preset) continue;
        found = channel(preset_name(each.instead));
        if (found >= 0) factor *= each.factor;
    }
    if (found < 0) return;
    for (Part& part : recipe) {
        if (part.channel == found) {
            part.factor += factor;
            return;
        }
        if (part.channel < 0) {
            part = {.channel = found, .factor = factor};
            return;
        }
    }
}

std::optional<Recipe> ExpressionMap::named(std::string_view name) const {
    Recipe recipe{};
    if (const int own = channel(name); own >= 0) {
        recipe[0] = {.channel = own, .factor = 1};
        return recipe;
    }
    if (const auto known = preset_named(name)) {
        recipe = presets_[at(*known)];
    } else {
        for (const Word& word : kWords) {
            if (word.name != name) continue;
            add(recipe, word.first, word.first_factor);
            add(recipe, word.second, word.second_factor);
        }
    }
    if (recipe[0].channel < 0) return std::nullopt;
    return recipe;
}

std::string ExpressionMap::nearest(std::string_view name) const {
    std::string_view best;
    std::size_t least = 99;
    const auto look_at = [&](std::string_view each) {
        const std::size_t far = distance(name, each, 99);
        if (far < least && named(each)) {
            least = far;
            best = each;
        }
    };
    for (const auto& each : names_) look_at(each);
    for (const Word& word : kWords) look_at(word.name);
    return std::string(best);
}

std::optional<Preset> ExpressionMap::preset_of(std::size_t channel) const {
    return channel < kinds_.size() ? kinds_[channel] : std::nullopt;
}

}  // namespace body
