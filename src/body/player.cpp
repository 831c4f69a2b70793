#include "body/player.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "body/trig.hpp"

namespace body {
namespace {

constexpr float kForever = 1e9F;
constexpr float kFadeSpeed = 2;  // radians in a second, of the bone that turns farthest
constexpr float kShortestFade = 0.1F;

float step_of(float fade) {
    return fade > kTickSeconds ? kTickSeconds / fade : 1.0F;
}

void turn(Posture& posture, float heading) {
    if (heading == 0) return;
    const Quat q = turn_y(heading);
    posture.rotation[at(Bone::hips)] = q * posture.rotation[at(Bone::hips)];
    posture.hips = rotate(q, posture.hips);
}

}  // namespace

Posture Player::rest() {
    Posture posture;
    posture.rotation[at(Bone::left_upper_arm)] = turn_z(-72 * kRadians);
    posture.rotation[at(Bone::right_upper_arm)] = turn_z(72 * kRadians);
    posture.rotation[at(Bone::left_lower_arm)] = turn_y(-14 * kRadians);
    posture.rotation[at(Bone::right_lower_arm)] = turn_y(14 * kRadians);
    return posture;
}

float Player::Playing::left() const {
    if (options.seconds > 0) return options.seconds - played;
    if (loops()) return kForever;
    if (options.backwards) return time / options.speed;
    const auto repeats = static_cast<float>(options.repeat - 1);
    return (movement->clip.duration - time) / options.speed +
           repeats * movement->clip.duration / options.speed;
}

float Player::Playing::weight() const {
    return eased(faded);
}

void Player::advance(Playing& playing, bool held) {
    playing.played += kTickSeconds;
    const Clip& clip = playing.movement->clip;
    if (playing.options.backwards) {
        playing.time =
            clamped(playing.time - kTickSeconds * playing.options.speed, 0, clip.duration);
        return;
    }
    if (held && clip.loop && playing.options.owner == 0) return;
    playing.time += kTickSeconds * playing.options.speed;
    if (playing.time < clip.duration) return;
    if (playing.loops()) {
        playing.time -= clip.duration;
    } else if (playing.options.repeat > 1) {
        --playing.options.repeat;
        playing.time -= clip.duration;
    } else {
        playing.time = clip.duration;
    }
    playing.time = clamped(playing.time, 0, clip.duration);
}

void Player::mirror(Posture& posture) {
    for (std::size_t i = 0; i < kBones; ++i) {
        const auto bone = static_cast<Bone>(i);
        const Bone other = mirrored(bone);
        if (other < bone) continue;
        Quat& a = posture.rotation[i];
        Quat& b = posture.rotation[at(other)];
        const Quat was{a.x, -a.y, -a.z, a.w};
        a = {b.x, -b.y, -b.z, b.w};
        b = was;
    }
    posture.hips.x = -posture.hips.x;
}

void Player::lay_base(const Playing& playing, Posture& posture) const {
    Posture own = rest();
    sample(playing.movement->clip, playing.time, own);
    if (playing.options.mirror) mirror(own);
    turn(own, playing.heading);
    const float weight = playing.weight();
    if (weight >= 1) {
        posture = own;
        return;
    }
    for (std::size_t i = 0; i < kBones; ++i) {
        posture.rotation[i] = blend(posture.rotation[i], own.rotation[i], weight);
    }
    posture.hips = mix(posture.hips, own.hips, weight);
}

void Player::lay(const Playing& playing, Posture& posture) {
    const Clip& clip = playing.movement->clip;
    const float weight = playing.weight() * playing.options.intensity;
    if (weight <= 0) return;
    Posture own;
    sample(clip, playing.time, own);
    if (playing.options.mirror) mirror(own);
    for (const auto& track : clip.rotations) {
        const Bone bone = playing.options.mirror ? mirrored(track.bone) : track.bone;
        Quat& q = posture.rotation[at(bone)];
        if (clip.additive) {
            q = q * blend({}, own.rotation[at(bone)], weight);
        } else if (is_upper(bone)) {
            q = blend(q, own.rotation[at(bone)], weight);
        }
    }
    if (clip.additive && !clip.hips.times.empty()) {
        posture.hips = posture.hips + (own.hips - Vec3{0, 1, 0}) * weight;
    }
}

void Player::add_weights(const Playing& playing, float weight) {
    const Movement& movement = *playing.movement;
    for (std::size_t i = 0; i < movement.channels.size(); ++i) {
        if (movement.channels[i] < 0) continue;
        float& sum = frame_.weights[static_cast<std::size_t>(movement.channels[i])];
        sum = clamped(sum + sample(movement.clip.weights[i], playing.time) * weight, 0, 1);
    }
}

void Player::report_end(DirectiveId owner) {
    if (owner != 0 && ended_count_ < ended_.size()) ended_[ended_count_++] = owner;
}

void Player::drop_base(std::size_t count) {
    std::move(base_.begin() + static_cast<std::ptrdiff_t>(count),
              base_.begin() + static_cast<std::ptrdiff_t>(base_count_), base_.begin());
    base_count_ -= count;
}

void Player::freeze(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) lay_base(base_[i], floor_);
    drop_base(count);
}

void Player::start_base(const Movement& movement, const PlayOptions& options) {
    if (base_count_ > 0) report_end(base_[base_count_ - 1].options.owner);
    if (base_count_ > 0) base_[base_count_ - 1].options.owner = 0;
    if (base_count_ == kBase) freeze(2);
    base_[base_count_++] = {.movement = &movement,
                            .options = options,
                            .time = options.backwards ? movement.clip.duration : 0.0F,
                            .faded = base_count_ == 0 && options.fade <= 0 ? 1.0F : 0.0F,
                            .heading = heading_};
}

// A fade lasts as long as its way is far: a gesture that begins where the body is, is seen at once.
float Player::time_to_reach(Playing playing) const {
    playing.faded = 1;
    Posture there = frame_.posture;
    lay(playing, there);
    float farthest = 0;  // the squared sine of half an angle
    for (std::size_t i = 0; i < kBones; ++i) {
        const float same = dot(there.rotation[i], frame_.posture.rotation[i]);
        farthest = std::max(farthest, 1 - same * same);
    }
    const float angle = 2 * std::sqrt(std::max(farthest, 0.0F));
    return std::min(std::max(angle / kFadeSpeed, kShortestFade), playing.options.fade);
}

void Player::start_overlay(const Movement& movement, const PlayOptions& options) {
    if (overlay_count_ == kOverlays) {
        // Six within the time of one fade: the faintest goes.
        std::size_t faintest = 0;
        for (std::size_t i = 1; i < overlay_count_; ++i) {
            if (overlays_[i].faded < overlays_[faintest].faded) faintest = i;
        }
        report_end(overlays_[faintest].options.owner);
        std::move(overlays_.begin() + static_cast<std::ptrdiff_t>(faintest) + 1,
                  overlays_.begin() + static_cast<std::ptrdiff_t>(overlay_count_),
                  overlays_.begin() + static_cast<std::ptrdiff_t>(faintest));
        --overlay_count_;
    }
    Playing coming{.movement = &movement, .options = options};
    coming.comes_in = time_to_reach(coming);
    overlays_[overlay_count_++] = coming;
}

void Player::stop_overlays(float fade) {
    for (std::size_t i = 0; i < overlay_count_; ++i) {
        if (overlays_[i].leaving) continue;
        overlays_[i].leaving = true;
        overlays_[i].options.fade = fade;
    }
}

void Player::stop_overlay(const Movement& movement, float fade) {
    for (std::size_t i = 0; i < overlay_count_; ++i) {
        if (overlays_[i].movement != &movement || overlays_[i].leaving) continue;
        overlays_[i].leaving = true;
        overlays_[i].options.fade = fade;
    }
}

void Player::step_base() {
    for (std::size_t i = 0; i < base_count_; ++i) {
        advance(base_[i], held_);
        base_[i].faded = clamped(base_[i].faded + step_of(base_[i].options.fade), 0, 1);
    }
    for (std::size_t i = base_count_; i-- > 1;) {
        if (base_[i].faded >= 1) {
            drop_base(i);
            break;
        }
    }
    frame_.posture = floor_;
    for (std::size_t i = 0; i < base_count_; ++i) {
        const float weight = base_[i].weight();
        lay_base(base_[i], frame_.posture);
        for (float& sum : frame_.weights) sum *= 1 - weight;
        add_weights(base_[i], weight);
    }
    if (base_count_ > 0) {
        const Playing& top = base_[base_count_ - 1];
        frame_.left_planted = is_planted(top.movement->clip.left_foot, top.time);
        frame_.right_planted = is_planted(top.movement->clip.right_foot, top.time);
        if (top.options.mirror) std::swap(frame_.left_planted, frame_.right_planted);
        if (base_[0].faded >= 1) floor_ = rest();
    }
}

void Player::step_overlays() {
    for (std::size_t i = 0; i < overlay_count_;) {
        Playing& each = overlays_[i];
        advance(each, false);
        if (!each.leaving && each.left() <= each.options.fade) {
            each.leaving = true;
        }
        const float step = step_of(each.leaving ? each.options.fade : each.comes_in);
        each.faded = clamped(each.faded + (each.leaving ? -step : step), 0, 1);
        if (each.leaving && each.faded <= 0) {
            report_end(each.options.owner);
            std::move(overlays_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                      overlays_.begin() + static_cast<std::ptrdiff_t>(overlay_count_),
                      overlays_.begin() + static_cast<std::ptrdiff_t>(i));
            --overlay_count_;
            continue;
        }
        lay(each, frame_.posture);
        add_weights(each, each.weight() * each.options.intensity);
        ++i;
    }
}

void Player::step() {
    frame_.weights.fill(0);
    frame_.left_planted = frame_.right_planted = false;
    step_base();
    step_overlays();
}

const Movement* Player::base() const {
    return base_count_ > 0 ? base_[base_count_ - 1].movement : nullptr;
}

DirectiveId Player::base_owner() const {
    return base_count_ > 0 ? base_[base_count_ - 1].options.owner : 0;
}

float Player::base_left() const {
    return base_count_ > 0 ? base_[base_count_ - 1].left() : 0.0F;
}

bool Player::has_overlay(DirectiveId owner) const {
    return std::any_of(
        overlays_.begin(), overlays_.begin() + static_cast<std::ptrdiff_t>(overlay_count_),
        [owner](const Playing& each) { return each.options.owner == owner && !each.leaving; });
}

bool Player::plays(const Movement& movement) const {
    const auto same = [&](const Playing& each) { return each.movement == &movement; };
    return std::any_of(base_.begin(), base_.begin() + static_cast<std::ptrdiff_t>(base_count_),
                       same) ||
           std::any_of(overlays_.begin(),
                       overlays_.begin() + static_cast<std::ptrdiff_t>(overlay_count_), same);
}

bool Player::directed_overlay() const {
    return std::any_of(
        overlays_.begin(), overlays_.begin() + static_cast<std::ptrdiff_t>(overlay_count_),
        [](const Playing& each) { return each.options.owner != 0 && !each.leaving; });
}

}  // namespace body
