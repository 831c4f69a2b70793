#include "body/clip_form.hpp"

#include <bit>
#include <cstring>
#include <string_view>
#include <utility>

namespace body {
namespace {

constexpr std::string_view kMagic = "LBC1";
constexpr std::uint8_t kFlagLoop = 1;
constexpr std::uint8_t kFlagAdditive = 2;
constexpr std::uint8_t kFlagUpper = 4;

enum class TrackKind : std::uint8_t { rotation, rotation16, hips, weight, left_foot, right_foot };

// A cursor that stops at the first mistake and remembers it.
class Cursor {
public:
    explicit Cursor(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    [[nodiscard]] bool failed() const { return !error_.empty(); }
    [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
    [[nodiscard]] std::string take_error() { return std::move(error_); }
    void fail(std::string_view what) {
        if (error_.empty()) error_ = "clip: byte " + std::to_string(at_) + ": " + std::string(what);
    }

    std::span<const std::uint8_t> take(std::size_t count) {
        if (failed() || left() < count) {
            fail("ends too early");
            return {};
        }
        at_ += count;
        return bytes_.subspan(at_ - count, count);
    }
    std::uint32_t number(std::size_t size) {
        std::uint32_t value = 0;
        const auto raw = take(size);
        for (std::size_t i = 0; i < raw.size(); ++i) value |= std::uint32_t{raw[i]} << (8U * i);
        return value;
    }
    float real(float low, float high, std::string_view what) {
        const float value = std::bit_cast<float>(number(4));
        if (!(value >= low && value <= high)) {
            fail(what);
            return low;
        }
        return value;
    }
    std::string name(std::string_view what) {
        const std::uint32_t size = number(1);
        const auto raw = take(size);
        std::string text(raw.begin(), raw.end());
        if (text.empty() || text.size() > ClipLimits::kNameBytes) fail(what);
        for (const char c : text) {
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) fail(what);
        }
        return text;
    }

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
    std::string error_;
};

Stance read_stance(Cursor& in) {
    const std::uint32_t value = in.number(1);
    if (value >= kStances) in.fail("no such pose");
    return static_cast<Stance>(value < kStances ? value : 0);
}

std::vector<float> read_times(Cursor& in, float duration, std::size_t bytes_per_key) {
    const std::uint32_t count = in.number(4);
    if (count == 0 || count > ClipLimits::kKeys || in.left() / (4 + bytes_per_key) < count) {
        in.fail("a track has no keys or too many");
        return {};
    }
    std::vector<float> times(count);
    float last = 0;
    for (auto& time : times) {
        time = in.real(last, duration + 0.001F, "times of a track must rise within the clip");
        last = time;
    }
    return times;
}

Quat read_quat(Cursor& in, TrackKind kind) {
    float part[4];
    for (auto& value : part) {
        value = kind == TrackKind::rotation
                    ? in.real(-1.01F, 1.01F, "a rotation is no unit quaternion")
                    : static_cast<float>(static_cast<std::int16_t>(in.number(2))) / 32767.0F;
    }
    const Quat q{part[0], part[1], part[2], part[3]};
    const float square = dot(q, q);
    if (!(square > 0.9F && square < 1.1F)) in.fail("a rotation is no unit quaternion");
    return normalized(q);
}

void read_rotation(Cursor& in, TrackKind kind, Clip& clip) {
    const std::string bone = in.name("the name of a bone");
    RotationTrack track;
    const auto known = bone_named(bone);
    track.times = read_times(in, clip.duration, kind == TrackKind::rotation ? 16 : 8);
    for (std::size_t i = 0; i < track.times.size() && !in.failed(); ++i) {
        Quat key = read_quat(in, kind);
        if (i > 0 && dot(key, track.keys.back()) < 0) key = negated(key);
        track.keys.push_back(key);
    }
    if (!known) return in.fail("no bone of VRM is called \"" + bone + "\"");
    track.bone = *known;
    for (const auto& other : clip.rotations) {
        if (other.bone == track.bone) in.fail("two tracks for the bone \"" + bone + "\"");
    }
    clip.rotations.push_back(std::move(track));
}

void read_hips(Cursor& in, Clip& clip) {
    if (!clip.hips.times.empty()) return in.fail("two tracks for the hips");
    clip.hips.times = read_times(in, clip.duration, 12);
    for (std::size_t i = 0; i < clip.hips.times.size() && !in.failed(); ++i) {
        Vec3 key;
        for (float* part : {&key.x, &key.y, &key.z}) {
            *part = in.real(-50, 50, "hips further than 50 heights away");
        }
        clip.hips.keys.push_back(key);
    }
}

void read_weight(Cursor& in, Clip& clip) {
    WeightTrack track;
    track.expression = in.name("the name of an expression");
    track.times = read_times(in, clip.duration, 4);
    for (std::size_t i = 0; i < track.times.size() && !in.failed(); ++i) {
        track.keys.push_back(in.real(0, 1, "a weight outside 0 … 1"));
    }
    clip.weights.push_back(std::move(track));
}

void read_foot(Cursor& in, float duration, FootTrack& track) {
    if (!track.times.empty()) return in.fail("two tracks for one foot");
    track.times = read_times(in, duration, 1);
    for (std::size_t i = 0; i < track.times.size() && !in.failed(); ++i) {
        const std::uint32_t value = in.number(1);
        if (value > 1) in.fail("a foot is planted (1) or not (0)");
        track.planted.push_back(static_cast<std::uint8_t>(value));
    }
}

void read_track(Cursor& in, Clip& clip) {
    const auto kind = static_cast<TrackKind>(in.number(1));
    switch (kind) {
        case TrackKind::rotation:
        case TrackKind::rotation16:
            return read_rotation(in, kind, clip);
        case TrackKind::hips:
            return read_hips(in, clip);
        case TrackKind::weight:
            return read_weight(in, clip);
        case TrackKind::left_foot:
            return read_foot(in, clip.duration, clip.left_foot);
        case TrackKind::right_foot:
            return read_foot(in, clip.duration, clip.right_foot);
    }
    in.fail("unknown kind of track");
}

class Writer {
public:
    void number(std::uint32_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i)
            bytes_.push_back(static_cast<std::uint8_t>(value >> (8U * i)));
    }
    void real(float value) { number(std::bit_cast<std::uint32_t>(value), 4); }
    void text(std::string_view value) { bytes_.insert(bytes_.end(), value.begin(), value.end()); }
    void name(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()), 1);
        text(value);
    }
    void times(const std::vector<float>& times) {
        number(static_cast<std::uint32_t>(times.size()), 4);
        for (const float time : times) real(time);
    }
    void append(const std::vector<std::uint8_t>& more) {
        number(static_cast<std::uint32_t>(more.size()), 4);
        bytes_.insert(bytes_.end(), more.begin(), more.end());
    }
    std::vector<std::uint8_t> take() { return std::move(bytes_); }

private:
    std::vector<std::uint8_t> bytes_;
};

std::uint32_t as_16_bits(float value) {
    const float scaled = clamped(value, -1, 1) * 32767.0F;
    return static_cast<std::uint16_t>(
        static_cast<std::int16_t>(scaled + (scaled < 0 ? -0.5F : 0.5F)));
}

void write_rotation(Writer& out, const RotationTrack& track, KeyForm form) {
    const bool exact = form == KeyForm::exact;
    out.number(std::to_underlying(exact ? TrackKind::rotation : TrackKind::rotation16), 1);
    out.name(bone_name(track.bone));
    out.times(track.times);
    for (const Quat& key : track.keys) {
        for (const float part : {key.x, key.y, key.z, key.w}) {
            if (exact) {
                out.real(part);
            } else {
                out.number(as_16_bits(part), 2);
            }
        }
    }
}

void write_foot(Writer& out, TrackKind kind, const FootTrack& track) {
    if (track.times.empty()) return;
    out.number(std::to_underlying(kind), 1);
    out.times(track.times);
    for (const std::uint8_t planted : track.planted) out.number(planted, 1);
}

}  // namespace

std::expected<Clip, std::string> read_clip(std::span<const std::uint8_t> bytes) {
    Cursor in(bytes);
    const auto magic = in.take(kMagic.size());
    if (magic.size() != kMagic.size() ||
        std::memcmp(magic.data(), kMagic.data(), kMagic.size()) != 0) {
        return std::unexpected("clip: does not begin with LBC1");
    }
    if (bytes.size() > ClipLimits::kBytes) return std::unexpected("clip: larger than 32 MB");
    Clip clip;
    clip.name = in.name("the name of the clip");
    clip.duration = in.real(0.01F, ClipLimits::kSeconds, "duration outside 0.01 … 600 s");
    const std::uint32_t flags = in.number(1);
    if (flags > 7) in.fail("unknown flags");
    clip.loop = (flags & kFlagLoop) != 0;
    clip.additive = (flags & kFlagAdditive) != 0;
    clip.upper_body = (flags & kFlagUpper) != 0;
    clip.starts_in = read_stance(in);
    clip.ends_in = read_stance(in);
    if (clip.loop && clip.is_transition()) in.fail("a loop must end in the pose it starts in");
    const std::uint32_t tracks = in.number(2);
    if (tracks > ClipLimits::kTracks) in.fail("too many tracks");
    for (std::uint32_t i = 0; i < tracks && !in.failed(); ++i) read_track(in, clip);
    if (!in.failed() && in.left() > 0) in.fail("more bytes than the clip has");
    if (in.failed()) return std::unexpected(in.take_error());
    return clip;
}

std::expected<std::vector<Clip>, std::string> read_clips(std::span<const std::uint8_t> bytes) {
    Cursor in(bytes);
    const std::uint32_t count = in.number(4);
    if (in.failed() || count > 1024) return std::unexpected("clips: no pack of at most 1024 clips");
    std::vector<Clip> clips;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t size = in.number(4);
        const auto one = in.take(size);
        if (in.failed()) return std::unexpected("pack: " + in.take_error());
        auto clip = read_clip(one);
        if (!clip) return std::unexpected("pack, clip " + std::to_string(i) + ": " + clip.error());
        clips.push_back(std::move(*clip));
    }
    if (in.left() > 0) return std::unexpected("pack: more bytes than its clips have");
    return clips;
}

std::vector<std::uint8_t> write_clip(const Clip& clip, KeyForm form) {
    Writer out;
    out.text(kMagic);
    out.name(clip.name);
    out.real(clip.duration);
    out.number((clip.loop ? kFlagLoop : 0U) | (clip.additive ? kFlagAdditive : 0U) |
                   (clip.upper_body ? kFlagUpper : 0U),
               1);
    out.number(std::to_underlying(clip.starts_in), 1);
    out.number(std::to_underlying(clip.ends_in), 1);
    const std::size_t tracks =
        clip.rotations.size() + clip.weights.size() + (clip.hips.times.empty() ? 0U : 1U) +
        (clip.left_foot.times.empty() ? 0U : 1U) + (clip.right_foot.times.empty() ? 0U : 1U);
    out.number(static_cast<std::uint32_t>(tracks), 2);
    for (const auto& track : clip.rotations) write_rotation(out, track, form);
    if (!clip.hips.times.empty()) {
        out.number(std::to_underlying(TrackKind::hips), 1);
        out.times(clip.hips.times);
        for (const Vec3& key : clip.hips.keys) {
            for (const float part : {key.x, key.y, key.z}) out.real(part);
        }
    }
    for (const auto& track : clip.weights) {
        out.number(std::to_underlying(TrackKind::weight), 1);
        out.name(track.expression);
        out.times(track.times);
        for (const float key : track.keys) out.real(key);
    }
    write_foot(out, TrackKind::left_foot, clip.left_foot);
    write_foot(out, TrackKind::right_foot, clip.right_foot);
    return out.take();
}

std::vector<std::uint8_t> write_clips(std::span<const Clip> clips, KeyForm form) {
    Writer out;
    out.number(static_cast<std::uint32_t>(clips.size()), 4);
    for (const auto& clip : clips) out.append(write_clip(clip, form));
    return out.take();
}

}  // namespace body
