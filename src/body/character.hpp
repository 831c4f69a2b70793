// What a stage tells about the figure it shows, and how its expressions stand for those of VRM.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "body/humanoid.hpp"
#include "body/player.hpp"

namespace body {

// VRM's overrideBlink, overrideLookAt and overrideMouth of one expression.
enum class Override : std::uint8_t { none, block, blend };
struct Overrides {
    Override blink = Override::none;
    Override look_at = Override::none;
    Override mouth = Override::none;
};

struct CharacterSpec {
    float hips_height = 0.85F;             // metres, at rest
    std::vector<std::string> bones;        // VRM names; the order of the rotations in a pose
    std::vector<std::string> expressions;  // presets and own ones; the order of the weights
    std::vector<Overrides> overrides;      // one for each expression, or none at all
    std::vector<Vec3> rest;                // where each bone is at rest, or none at all
    std::uint64_t seed = 1;
    std::string identity;  // names model, outfit and palette
};

[[nodiscard]] std::expected<void, std::string> check(const CharacterSpec& spec);

// A share of one expression of the character.
struct Part {
    int channel = -1;
    float factor = 0;
};
using Recipe = std::array<Part, 3>;

// How each preset and each known word for a feeling is made of the expressions the character has.
// What is missing is replaced as the table in docs/rooms/body.md says, or left out.
class ExpressionMap {
public:
    ExpressionMap() = default;
    explicit ExpressionMap(std::span<const std::string> names);

    [[nodiscard]] const Recipe& preset(Preset preset) const { return presets_[at(preset)]; }
    // An own expression, a preset or a word such as "joy"; nothing when it means none of these.
    [[nodiscard]] std::optional<Recipe> named(std::string_view name) const;
    [[nodiscard]] static bool clears(std::string_view name) { return name == "neutral"; }
    [[nodiscard]] std::string nearest(std::string_view name) const;
    // Which preset a channel is, if any.
    [[nodiscard]] std::optional<Preset> preset_of(std::size_t channel) const;
    [[nodiscard]] std::size_t size() const { return names_.size(); }

private:
    [[nodiscard]] int channel(std::string_view name) const;
    void add(Recipe& recipe, Preset preset, float factor) const;

    std::vector<std::string> names_;
    std::vector<std::optional<Preset>> kinds_;
    std::array<Recipe, kPresets> presets_{};
};

}  // namespace body
