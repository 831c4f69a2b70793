// ClipShelf: the movements a body knows, with what the planner has to know about each. Clips stay
// where they are in memory while they are on the shelf. Owned by one Body.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "body/chance.hpp"
#include "body/clip.hpp"

namespace body {

struct Movement {
    Clip clip;
    float turned = 0;           // radians about +Y
    bool above_hips = false;    // leaves the legs alone: can be done in any stance
    std::vector<int> channels;  // of each weight track, the character's expression, or -1
};

// A transition, played forwards or, where nothing else leads there, backwards.
struct Step {
    const Movement* movement = nullptr;
    bool backwards = false;
    [[nodiscard]] Stance from() const {
        return backwards ? movement->clip.ends_in : movement->clip.starts_in;
    }
    [[nodiscard]] Stance to() const {
        return backwards ? movement->clip.starts_in : movement->clip.ends_in;
    }
};

class ClipShelf {
public:
    static constexpr std::size_t kMost = 256;

    // A clip of the same name is replaced; `replaced` is then what has to be forgotten.
    const Movement* add(Clip clip, std::span<const std::string> expressions);
    [[nodiscard]] std::unique_ptr<Movement> take(std::string_view name);
    void resolve(std::span<const std::string> expressions);

    [[nodiscard]] const Movement* find(std::string_view name) const;
    // The form of a movement for a stance: `wave_sitting` before `wave`.
    [[nodiscard]] const Movement* find(std::string_view name, Stance stance) const;
    // One of the loops that rest in a stance (name with "idle"); not `but` when there are others.
    [[nodiscard]] const Movement* idle(Stance stance, Chance* chance, const Movement* but) const;
    // One of those whose name begins so and that can be laid over any stance.
    [[nodiscard]] const Movement* overlay(std::string_view prefix, Chance* chance) const;
    // The first movement of the shortest way from one stance to another; ways that need no movement
    // backwards come first. No movement: there is none.
    [[nodiscard]] Step first_step(Stance from, Stance to) const;
    // Up to three names that resemble this one, joined with commas.
    [[nodiscard]] std::string nearest(std::string_view name) const;
    [[nodiscard]] std::span<const std::unique_ptr<Movement>> all() const { return movements_; }

private:
    [[nodiscard]] Step first_step(Stance from, Stance to, bool backwards_too) const;

    std::vector<std::unique_ptr<Movement>> movements_;  // sorted by name
};

// How many letters differ, at most `limit`.
[[nodiscard]] std::size_t distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace body
