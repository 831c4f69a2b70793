// WakeEar: how surely a sound holds the phrase that a model was trained for, with the models of
// openWakeWord: log-mel bands, an embedding of 0.8 s of them each 80 ms (Lin et al., "Training
// keyword spotters with limited and synthesized speech data", 2020), and a small head on the last
// of those embeddings, one for each phrase. Owned by one model's thread.
// Errors: not_found, corrupt, unsupported (other models than these), cancelled, internal.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/speech/onnx.hpp"

namespace engine::speech {

class WakeEar {
public:
    // `head`: the phrase's own file; `shared`: the folder of melspectrogram.onnx and
    // embedding_model.onnx, which all heads build on.
    [[nodiscard]] static base::Result<WakeEar> load(std::shared_ptr<Onnx> onnx,
                                                    const std::string& head,
                                                    const std::string& shared);

    // 0 … 1, the best of all moments. `samples`: 16 kHz, at most 30 s; `should_stop` is asked each
    // few milliseconds of computation.
    [[nodiscard]] base::Result<float> listen(std::span<const std::int16_t> samples,
                                             const std::function<bool()>& should_stop);

private:
    struct Net {
        OnnxSession session;
        OnnxSession::Port in;
        OnnxSession::Port out;
    };
    WakeEar(Net bands, Net embedding, Net head);
    [[nodiscard]] static base::Result<Net> load_net(const std::shared_ptr<Onnx>& onnx,
                                                    const std::string& path);
    [[nodiscard]] static base::Result<std::vector<float>> run(Net& net, Tensor tensor);
    [[nodiscard]] base::Result<std::vector<float>> embed(const std::vector<float>& bands,
                                                         const std::function<bool()>& should_stop);

    Net bands_;
    Net embedding_;
    Net head_;
    std::size_t moments_;  // embeddings that the head looks at
};

}  // namespace engine::speech
