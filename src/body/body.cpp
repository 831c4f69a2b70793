#include "body/body.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "body/trig.hpp"

namespace body {
namespace {

constexpr Tick kLongestGap = Tick{10} * 60 * kTicksPerSecond;
constexpr float kMoodFade = 1.0F / (90.0F * 60.0F);  // of what is left, a tick
constexpr Tick kGazeTicks = 4 * Tick{kTicksPerSecond};

class Hash {
public:
    void add(std::uint64_t value) {
        for (int i = 0; i < 64; i += 8) byte(static_cast<std::uint8_t>(value >> i));
    }
    // Minus zero equals zero.
    void add(float value) { add(std::uint64_t{std::bit_cast<std::uint32_t>(value + 0.0F)}); }
    void add(std::string_view text) {
        add(std::uint64_t{text.size()});
        for (const char c : text) byte(static_cast<std::uint8_t>(c));
    }
    [[nodiscard]] std::uint64_t value() const { return value_; }

private:
    void byte(std::uint8_t value) { value_ = (value_ ^ value) * 1'099'511'628'211ULL; }
    std::uint64_t value_ = 14'695'981'039'346'656'037ULL;
};

bool is_finite(const Gaze& gaze) {
    if (!gaze.place) return gaze.kind != GazeKind::point;
    const auto good = [](float v) { return v > -1e4F && v < 1e4F; };
    return good(gaze.place->x) && good(gaze.place->y) && good(gaze.place->z);
}

}  // namespace

Body::Body() : conductor_(shelf_, player_) {
    events_.reserve(kEvents);
    waiting_.reserve(kDirectives);
    (void)set_character({});
}

std::expected<void, std::string> Body::set_character(CharacterSpec spec) {
    if (auto good = check(spec); !good) return good;
    spec_ = std::move(spec);
    slots_.fill(-1);
    rest_ = {};
    std::array<bool, kBones> known{};
    for (std::size_t i = 0; i < spec_.bones.size(); ++i) {
        const auto bone = bone_named(spec_.bones[i]);
        if (!bone) continue;
        slots_[at(*bone)] = static_cast<int>(i);
        known[at(*bone)] = !spec_.rest.empty();
        if (!spec_.rest.empty()) rest_[at(*bone)] = spec_.rest[i];
    }
    has_rest_ = known[at(Bone::hips)];
    const auto leg = [&](Bone upper, Bone lower, Bone foot) {
        return LegRest{
            .known = has_rest_ && known[at(upper)] && known[at(lower)] && known[at(foot)],
            .hips = rest_[at(Bone::hips)],
            .upper = rest_[at(upper)],
            .lower = rest_[at(lower)],
            .foot = rest_[at(foot)]};
    };
    const LegRest left = leg(Bone::left_upper_leg, Bone::left_lower_leg, Bone::left_foot);
    const LegRest right = leg(Bone::right_upper_leg, Bone::right_lower_leg, Bone::right_foot);
    has_legs_ = left.known && right.known;
    legs_.set_legs(left, right);
    legs_.forget();
    chance_.reseed(spec_.seed);
    rotations_.assign(spec_.bones.size() * 4, 0.0F);
    for (std::size_t i = 3; i < rotations_.size(); i += 4) rotations_[i] = 1;
    face_.set_character(ExpressionMap(spec_.expressions), spec_.overrides, chance_);
    life_.restart(chance_);
    shelf_.resolve(spec_.expressions);
    write_pose(frame_);
    return {};
}

std::expected<std::string, std::string> Body::add_clip(std::span<const std::uint8_t> bytes) {
    auto clip = read_clip(bytes);
    if (!clip) return std::unexpected(clip.error());
    return add_clip(std::move(*clip));
}

std::expected<std::string, std::string> Body::add_clip(Clip clip) {
    if (shelf_.find(clip.name) == nullptr && shelf_.all().size() >= ClipShelf::kMost) {
        return std::unexpected("a body knows at most 256 clips; remove one first");
    }
    (void)remove_clip(clip.name);
    return shelf_.add(std::move(clip), spec_.expressions)->clip.name;
}

bool Body::remove_clip(std::string_view name) {
    auto taken = shelf_.take(name);
    if (!taken) return false;
    conductor_.forget(*taken);
    retire(std::move(taken));
    return true;
}

void Body::retire(std::unique_ptr<Movement> movement) {
    if (player_.plays(*movement)) retired_.push_back(std::move(movement));
}

DirectiveId Body::direct(Directive directive) {
    if (directive.id == 0) directive.id = next_id_;
    next_id_ = std::max(next_id_, directive.id < (DirectiveId{1} << 52) ? directive.id + 1 : 1);
    const DirectiveId id = directive.id;
    if (waiting_.size() >= kDirectives) {
        announce(EventKind::refused, id, "256 directives are waiting already");
        return id;
    }
    const std::uint64_t order = next_order_++;
    const auto place = std::ranges::upper_bound(
        waiting_, directive.at, {}, [](const Waiting& each) { return each.directive.at; });
    waiting_.insert(place, {.directive = std::move(directive), .order = order});
    return id;
}

void Body::audio_level(float level, std::span<const float> bands, float top_hz) {
    ear_.measure(level, bands, top_hz);
}

void Body::set_mood(Mood mood) {
    mood_ = {.valence = clamped(mood.valence, -1, 1), .arousal = clamped(mood.arousal, -1, 1)};
}

bool Body::set_emotion(std::string_view name, float intensity, int ms) {
    if (ExpressionMap::clears(name)) {
        face_.clear_feeling();
        return true;
    }
    const auto recipe = face_.map().named(name);
    if (!recipe) return false;
    const Tick ticks = ms <= 0 ? 0 : std::max<Tick>(1, Tick{std::min(ms, 3'600'000)} * 60 / 1000);
    face_.feel(*recipe, clamped(intensity, 0, 1), ticks);
    return true;
}

void Body::set_gaze(const Gaze& gaze) {
    if (is_finite(gaze)) gaze_.set(gaze);
}

void Body::announce(EventKind kind, DirectiveId id, std::string text) {
    if (events_.size() >= kEvents) events_.erase(events_.begin());
    events_.push_back({.kind = kind, .id = id, .tick = tick_, .text = std::move(text)});
}

std::expected<void, std::string> Body::check_parts(const Directive& directive) const {
    if (directive.expression) {
        const Expression& wanted = *directive.expression;
        if (!(wanted.intensity >= 0 && wanted.intensity <= 1))
            return std::unexpected("the intensity of an expression is 0 … 1");
        if (!ExpressionMap::clears(wanted.name) && !face_.map().named(wanted.name)) {
            const std::string near = face_.map().nearest(wanted.name);
            return std::unexpected("this character has no expression \"" +
                                   wanted.name.substr(0, 64) + "\"" +
                                   (near.empty() ? "" : "; nearest: " + near));
        }
    }
    if (directive.gaze && !is_finite(*directive.gaze))
        return std::unexpected("a gaze at a point needs finite x, y and z in metres");
    return {};
}

void Body::apply(Directive& directive) {
    if (const auto good = check_parts(directive); !good)
        return announce(EventKind::refused, directive.id, good.error());
    bool at_once = true;
    if (directive.action) {
        const auto plan = conductor_.plan(*directive.action);
        if (!plan) return announce(EventKind::refused, directive.id, plan.error());
        at_once = conductor_.begin(*plan, directive.id);
        if (const DirectiveId replaced = conductor_.take_replaced(); replaced != 0)
            announce(EventKind::refused, replaced, "a later directive took its place");
    }
    if (directive.expression) {
        const Expression& wanted = *directive.expression;
        (void)set_emotion(wanted.name, wanted.intensity, wanted.ms);
    }
    if (directive.gaze) gaze_.direct(*directive.gaze, kGazeTicks);
    if (!directive.dialogue.empty())
        announce(EventKind::dialogue, directive.id, std::move(directive.dialogue));
    if (!directive.camera.empty())
        announce(EventKind::camera, directive.id, std::move(directive.camera));
    if (!directive.background.empty())
        announce(EventKind::background, directive.id, std::move(directive.background));
    if (at_once) announce(EventKind::ack, directive.id);
}

void Body::apply_due() {
    std::size_t due = 0;
    while (due < waiting_.size() && waiting_[due].directive.at <= tick_) {
        apply(waiting_[due].directive);
        ++due;
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(due));
}

void Body::report_movements() {
    if (const DirectiveId id = conductor_.take_started(); id != 0) announce(EventKind::ack, id);
    if (const DirectiveId id = conductor_.take_reached(); id != 0)
        announce(EventKind::finished, id);
    if (const DirectiveId id = conductor_.take_lost(); id != 0)
        announce(EventKind::refused, id, "the movement that leads there is gone");
    for (const DirectiveId id : player_.ended()) announce(EventKind::finished, id);
    player_.clear_ended();
    if (conductor_.stance() != told_stance_) {
        told_stance_ = conductor_.stance();
        announce(EventKind::stance, 0, std::string(stance_name(told_stance_)));
    }
}

void Body::decay_mood() {
    for (float* each : {&mood_.valence, &mood_.arousal}) {
        *each -= *each * kMoodFade;
        if (*each < 1e-3F && *each > -1e-3F) *each = 0;
    }
}

const Pose& Body::step_to(Tick tick) {
    if (!began_ || tick - tick_ > kLongestGap) {
        tick_ = tick - 1;
        began_ = true;
    }
    while (tick_ < tick) advance();
    return pose_;
}

std::string Body::state() const {
    return to_text({.stance = conductor_.stance(),
                    .heading = player_.heading(),
                    .valence = mood_.valence,
                    .arousal = mood_.arousal,
                    .held = conductor_.held()});
}

std::expected<void, std::string> Body::restore(std::string_view state) {
    auto known = state_from(state);
    if (!known) return std::unexpected(known.error());
    conductor_.place(known->stance, known->heading);
    conductor_.set_held(std::move(known->held));
    set_mood({.valence = known->valence, .arousal = known->arousal});
    told_stance_ = known->stance;
    legs_.forget();
    return {};
}

std::uint64_t Body::pose_hash() const {
    Hash hash;
    for (std::size_t i = 0; i + 3 < rotations_.size(); i += 4) {
        // A quaternion and its negative are the same rotation.
        const float sign = rotations_[i + 3] < 0 ? -1.0F : 1.0F;
        for (std::size_t k = 0; k < 4; ++k) hash.add(rotations_[i + k] * sign);
    }
    for (const float part :
         {pose_.hips.x, pose_.hips.y, pose_.hips.z, pose_.look_yaw, pose_.look_pitch})
        hash.add(part);
    for (const float weight : pose_.weights) hash.add(weight);
    return hash.value();
}

std::uint64_t Body::identity_hash() const {
    Hash hash;
    hash.add(std::string_view(spec_.identity));
    hash.add(spec_.hips_height);
    for (const auto& bone : spec_.bones) hash.add(std::string_view(bone));
    for (const auto& expression : spec_.expressions) hash.add(std::string_view(expression));
    for (const Vec3& place : spec_.rest) {
        for (const float part : {place.x, place.y, place.z}) hash.add(part);
    }
    return hash.value();
}

}  // namespace body
