#include "engine/speech/wake_ear.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/core.h>

#include "engine/speech/model_bytes.hpp"
#include "engine/wire/speech.hpp"

namespace engine::speech {
namespace {

constexpr std::size_t kBands = 32;
constexpr std::size_t kColumns = 76;      // of bands in one embedding, 10 ms each
constexpr std::size_t kColumnsApart = 8;  // columns from one embedding to the next
constexpr std::size_t kEmbedding = 96;    // numbers in one
constexpr std::size_t kSamplesPerColumn = 160;
constexpr std::size_t kMostMoments = 64;
constexpr std::size_t kTogether = 8;  // embeddings in one computation: about 10 ms
// Heads are trained on phrases that end a little before the newest sample.
constexpr std::size_t kAfter = wire::kListenRate / 2;
constexpr float kRoom = 3.0F;  // of 32,767: as quiet as a quiet room

base::Error other_model(const std::string& path, std::string_view what) {
    return base::make_error(base::ErrorCode::unsupported,
                            fmt::format("{} is not a wake model of openWakeWord: {}", path, what),
                            "see docs/speech-models.md");
}

bool fits(std::int64_t stated, std::size_t wanted) {
    return stated < 0 || stated == static_cast<std::int64_t>(wanted);
}

std::int64_t length(std::size_t count) {
    return static_cast<std::int64_t>(count);
}

// With room before it, so that the first embedding that a head looks at is there, and behind it.
// Silence would not do: its logarithm is like nothing that was trained on.
std::vector<float> in_room(std::span<const std::int16_t> samples, std::size_t before) {
    std::mt19937 random(1);
    std::normal_distribution<float> room(0, kRoom);
    std::vector<float> sound(before + samples.size() + kAfter);
    for (auto& sample : sound) sample = room(random);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        sound[before + i] += static_cast<float>(samples[i]);
    }
    return sound;
}

}  // namespace

WakeEar::WakeEar(Net bands, Net embedding, Net head)
    : bands_(std::move(bands)),
      embedding_(std::move(embedding)),
      head_(std::move(head)),
      moments_(static_cast<std::size_t>(head_.in.shape[1])) {}

base::Result<WakeEar::Net> WakeEar::load_net(const std::shared_ptr<Onnx>& onnx,
                                             const std::string& path) {
    TRY(bytes, read_model(path));
    TRY(session, OnnxSession::load(onnx, bytes, 1));
    TRY(in, session.first_input());
    TRY(out, session.first_output());
    return Net{std::move(session), std::move(in), std::move(out)};
}

base::Result<WakeEar> WakeEar::load(std::shared_ptr<Onnx> onnx, const std::string& head,
                                    const std::string& shared) {
    if (shared.empty()) {
        return base::fail(base::ErrorCode::not_found, "what all wake models build on is not here",
                          "run ./loci up, which brings it");
    }
    const std::string bands_path = shared + "/melspectrogram.onnx";
    const std::string embedding_path = shared + "/embedding_model.onnx";
    TRY(bands, load_net(onnx, bands_path));
    TRY(embedding, load_net(onnx, embedding_path));
    TRY(own, load_net(onnx, head));
    if (bands.in.shape.size() != 2) {
        return base::fail(other_model(bands_path, "it does not take sound"));
    }
    const auto& window = embedding.in.shape;
    if (window.size() != 4 || !fits(window[1], kColumns) || !fits(window[2], kBands)) {
        return base::fail(other_model(embedding_path, "it does not take 76 columns of 32 bands"));
    }
    const auto& moments = own.in.shape;
    if (moments.size() != 3 || !fits(moments[2], kEmbedding) || moments[1] < 1 ||
        moments[1] > length(kMostMoments)) {
        return base::fail(other_model(head, "it does not take a row of embeddings"));
    }
    return WakeEar(std::move(bands), std::move(embedding), std::move(own));
}

base::Result<std::vector<float>> WakeEar::run(Net& net, Tensor tensor) {
    std::vector<OnnxSession::Input> inputs;
    inputs.push_back({net.in.name.c_str(), std::move(tensor)});
    TRY(outputs, net.session.run(std::move(inputs), {net.out.name.c_str()}));
    return std::move(outputs[0]);
}

base::Result<std::vector<float>> WakeEar::embed(const std::vector<float>& bands,
                                                const std::function<bool()>& should_stop) {
    const std::size_t columns = bands.size() / kBands;
    const std::size_t count = columns < kColumns ? 0 : (columns - kColumns) / kColumnsApart + 1;
    std::vector<float> embeddings;
    for (std::size_t first = 0; first < count; first += kTogether) {
        if (should_stop()) return base::fail(base::ErrorCode::cancelled, "stopped");
        const std::size_t now = std::min(kTogether, count - first);
        std::vector<float> windows;
        windows.reserve(now * kColumns * kBands);
        for (std::size_t i = first; i < first + now; ++i) {
            const auto begin =
                bands.begin() + static_cast<std::ptrdiff_t>(i * kColumnsApart * kBands);
            windows.insert(windows.end(), begin,
                           begin + static_cast<std::ptrdiff_t>(kColumns * kBands));
        }
        TRY(made, run(embedding_,
                      {{length(now), length(kColumns), length(kBands), 1}, std::move(windows)}));
        if (made.size() != now * kEmbedding) {
            return base::fail(
                other_model("embedding_model.onnx", "its embeddings have another size"));
        }
        embeddings.insert(embeddings.end(), made.begin(), made.end());
    }
    return embeddings;
}

base::Result<float> WakeEar::listen(std::span<const std::int16_t> samples,
                                    const std::function<bool()>& should_stop) {
    const std::size_t before = (kColumns + moments_ * kColumnsApart) * kSamplesPerColumn;
    auto sound = in_room(samples, before);
    const std::int64_t count = length(sound.size());
    TRY(bands, run(bands_, {{1, count}, std::move(sound)}));
    for (auto& value : bands) value = value / 10 + 2;  // as the embedding was trained
    TRY(embeddings, embed(bands, should_stop));
    float best = 0;
    const std::size_t all = embeddings.size() / kEmbedding;
    for (std::size_t first = 0; first + moments_ <= all; ++first) {
        const auto begin = embeddings.begin() + static_cast<std::ptrdiff_t>(first * kEmbedding);
        std::vector<float> row(begin, begin + static_cast<std::ptrdiff_t>(moments_ * kEmbedding));
        TRY(score, run(head_, {{1, length(moments_), length(kEmbedding)}, std::move(row)}));
        if (score.size() != 1) {
            return base::fail(other_model("the file", "it tells more than one phrase"));
        }
        best = std::max(best, std::clamp(score[0], 0.0F, 1.0F));
    }
    return best;
}

}  // namespace engine::speech
