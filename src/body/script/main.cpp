// body_script: lives through 60 s in which everything happens that a body knows, and prints each
// input as a line of JSON and the hash of every tick. Whoever repeats the inputs must get the same
// hashes: that is how the page's WebAssembly is compared with the server's machine code.
//
// usage: body_script [SECONDS] [CLIPS.BIN]
#include <bit>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "body/body.hpp"
#include "body/clip_form.hpp"
#include "body/testing/figure.hpp"

namespace {

// Floats are printed as their bits: what is read back is the same number.
std::string bits(float value) {
    return std::to_string(std::bit_cast<std::uint32_t>(value));
}

void print_clip(const std::vector<std::uint8_t>& bytes) {
    std::fputs(R"({"do":"clip","hex":")", stdout);
    for (const std::uint8_t byte : bytes) std::printf("%02x", byte);
    std::puts("\"}");
}

class Script {
public:
    Script(body::Body& body, std::vector<std::string> actions)
        : body_(&body), actions_(std::move(actions)) {}

    // By chance, about one input every third of a second.
    void inputs() {
        if (chance_.part() < .02F) act();
        if (chance_.part() < .01F) feel();
        if (chance_.part() < .01F) look();
        if (chance_.part() < .005F) be_busy();
        if (chance_.part() < .004F) say();
        if (chance_.part() < .03F) listen();
        if (chance_.part() < .003F) set_mood();
        if (chance_.part() < .002F) {
            still_ = !still_;
            std::printf(R"({"do":"still","on":%s})"
                        "\n",
                        still_ ? "true" : "false");
            body_->set_reduced_motion(still_);
        }
    }

private:
    void act() {
        const auto& name = actions_[chance_.below(static_cast<std::uint32_t>(actions_.size()))];
        const float speed = chance_.between(.5F, 2);
        const float seconds = chance_.between(1, 4);
        const bool left = chance_.part() < .5F;
        std::printf(R"({"do":"act","name":"%s","speed":%s,"seconds":%s,"hand":"%s"})"
                    "\n",
                    name.c_str(), bits(speed).c_str(), bits(seconds).c_str(),
                    left ? "left" : "right");
        body::Directive directive;
        directive.action =
            body::Action{.name = name,
                         .params = {{.name = "speed", .number = speed, .text = {}},
                                    {.name = "seconds", .number = seconds, .text = {}},
                                    {.name = "hand", .number = 0, .text = left ? "left" : "right"}},
                         .loop = false};
        body_->direct(std::move(directive));
    }

    void feel() {
        constexpr const char* kNames[] = {"happy", "sad", "angry", "surprised", "joy", "neutral"};
        const char* name = kNames[chance_.below(6)];
        const float intensity = chance_.part();
        const int ms = static_cast<int>(chance_.below(4000));
        std::printf(R"({"do":"feel","name":"%s","intensity":%s,"ms":%d})"
                    "\n",
                    name, bits(intensity).c_str(), ms);
        (void)body_->set_emotion(name, intensity, ms);
    }

    void look() {
        const body::Vec3 at{chance_.between(-2, 2), chance_.between(.5F, 2),
                            chance_.between(.5F, 3)};
        const int kind = static_cast<int>(chance_.below(3));
        std::printf(R"({"do":"look","kind":%d,"x":%s,"y":%s,"z":%s})"
                    "\n",
                    kind, bits(at.x).c_str(), bits(at.y).c_str(), bits(at.z).c_str());
        body_->set_gaze({.kind = static_cast<body::GazeKind>(kind), .place = at});
    }

    void be_busy() {
        const auto activity = static_cast<body::Activity>(chance_.below(5));
        std::printf(R"({"do":"activity","name":"%s"})"
                    "\n",
                    std::string(body::activity_name(activity)).c_str());
        body_->set_activity(activity);
    }

    void say() {
        constexpr const char* kSounds[] = {"h",  "ə",  "l", "oʊ", "ˈ", "m", "aɪ", "f",
                                           "iː", ",",  "b", "uː", "ɡ", "ʃ", "ɛ",  "?",
                                           "!",  "tɕ", "y", "œ",  "5", " "};
        body::SpeechTimeline timeline{
            .segment = ++segment_, .at = static_cast<double>(body_->tick()) + 3.5, .phonemes = {}};
        int t = 0;
        std::printf(R"({"do":"say","segment":%d,"phonemes":[)", timeline.segment);
        const std::uint32_t count = 5 + chance_.below(25);
        for (std::uint32_t i = 0; i < count; ++i) {
            const char* ipa = kSounds[chance_.below(22)];
            const int duration = 30 + static_cast<int>(chance_.below(150));
            std::printf(R"(%s{"ipa":"%s","t_ms":%d,"dur_ms":%d})", i > 0 ? "," : "", ipa, t,
                        duration);
            timeline.phonemes.push_back({.ipa = ipa, .t_ms = t, .dur_ms = duration});
            t += duration;
        }
        std::puts("]}");
        body_->say(timeline);
    }

    void listen() {
        const float level = chance_.part() * .3F;
        std::vector<float> bands(32);
        std::printf(R"({"do":"level","level":%s,"bands":[)", bits(level).c_str());
        for (std::size_t i = 0; i < bands.size(); ++i) {
            bands[i] = chance_.part();
            std::printf("%s%s", i > 0 ? "," : "", bits(bands[i]).c_str());
        }
        std::puts("]}");
        body_->audio_level(level, bands);
    }

    void set_mood() {
        const body::Mood mood{.valence = chance_.between(-1, 1), .arousal = chance_.between(-1, 1)};
        std::printf(R"({"do":"mood","valence":%s,"arousal":%s})"
                    "\n",
                    bits(mood.valence).c_str(), bits(mood.arousal).c_str());
        body_->set_mood(mood);
    }

    body::Body* body_;
    std::vector<std::string> actions_;
    body::Chance chance_{7};
    bool still_ = false;
    int segment_ = 0;
};

std::vector<body::Clip> clips_of(const char* path) {
    if (path == nullptr) return body::testing::all_clips();
    std::ifstream file(path, std::ios::binary);
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
    auto clips = body::read_clips(bytes);
    if (clips) return std::move(*clips);
    std::fprintf(stderr, "%s: %s\n", path, clips.error().c_str());
    std::exit(1);
}

}  // namespace

int main(int count, char** arguments) {
    const int seconds = count > 1 ? std::atoi(arguments[1]) : 60;
    body::Body body;
    if (!body.set_character(body::testing::figure())) return 1;
    std::vector<std::string> actions{"hold", "stop", "nothing_of_this_name"};
    for (const auto& clip : clips_of(count > 2 ? arguments[2] : nullptr)) {
        const auto bytes = body::write_clip(clip);
        print_clip(bytes);
        if (!body.add_clip(bytes)) return 1;
        actions.push_back(clip.name);
    }
    Script script(body, std::move(actions));
    for (int tick = 1; tick <= seconds * body::kTicksPerSecond; ++tick) {
        script.inputs();
        body.step_to(tick);
        std::printf("%016" PRIx64 "\n", body.pose_hash());
        body.clear_events();
    }
    return 0;
}
