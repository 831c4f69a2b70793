// The works of hearing and speaking, one for each kind of model. Each is made for one ModelThread.
// The voice and the recogniser compute behind the gate, in their lanes; voice activity and the end
// of a turn are small enough to need none (0.1 ms for a window, 50 ms on one core for a judgement).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/others_load.hpp"
#include "engine/speech/log_mel.hpp"
#include "engine/speech/onnx.hpp"
#include "engine/speech/queue_work.hpp"
#include "engine/speech/recogniser.hpp"
#include "engine/speech/voice.hpp"
#include "engine/speech/wake_ear.hpp"

namespace engine::speech {

// What every work is made with.
struct WorkParts {
    wire::ModelSpec spec;
    int threads = 1;
    std::string libraries;  // folder of ONNX Runtime and sherpa-onnx
    std::shared_ptr<Gate> gate;
    std::shared_ptr<Pulse> pulse;
};

class ListenWork final : public QueueWork {
public:
    explicit ListenWork(WorkParts parts) : QueueWork(parts.pulse), parts_(std::move(parts)) {}

private:
    base::Result<void> load() override;
    void drop() override { recogniser_.reset(); }
    base::Result<Slice> compute(const Job& job) override;

    WorkParts parts_;
    OthersLoad others_;
    std::unique_ptr<Listener> recogniser_;
};

class SpeakWork final : public QueueWork {
public:
    explicit SpeakWork(WorkParts parts) : QueueWork(parts.pulse), parts_(std::move(parts)) {}

private:
    base::Result<void> load() override;
    void drop() override { voice_.reset(); }
    base::Result<Slice> compute(const Job& job) override;
    void forget(const Job& job) override { spoken_.erase(job.ticket->id()); }

    WorkParts parts_;
    std::unique_ptr<VoiceSynth> voice_;
    std::map<std::uint32_t, std::size_t> spoken_;  // clauses done, by request
};

class ActivityWork final : public QueueWork {
public:
    static constexpr std::size_t kMaxStreams = 64;  // the one unused longest is forgotten

    explicit ActivityWork(WorkParts parts) : QueueWork(parts.pulse), parts_(std::move(parts)) {}

private:
    // What the model remembers of a stream.
    struct Memory {
        std::vector<float> state;
        std::vector<float> tail;  // the last samples of the window before
        std::uint64_t used = 0;
    };
    base::Result<void> load() override;
    void drop() override;
    base::Result<Slice> compute(const Job& job) override;
    base::Result<float> probability(Memory& memory, const float* window);
    Memory& memory_of(std::uint32_t stream);

    WorkParts parts_;
    std::optional<OnnxSession> session_;
    std::map<std::uint32_t, Memory> memories_;
    std::uint64_t clock_ = 0;
};

class TurnWork final : public QueueWork {
public:
    explicit TurnWork(WorkParts parts) : QueueWork(parts.pulse), parts_(std::move(parts)) {}

private:
    base::Result<void> load() override;
    void drop() override { session_.reset(); }
    base::Result<Slice> compute(const Job& job) override;

    WorkParts parts_;
    LogMel features_;
    std::optional<OnnxSession> session_;
};

class WakeWork final : public QueueWork {
public:
    explicit WakeWork(WorkParts parts) : QueueWork(parts.pulse), parts_(std::move(parts)) {}

private:
    base::Result<void> load() override;
    void drop() override { ear_.reset(); }
    base::Result<Slice> compute(const Job& job) override;

    WorkParts parts_;
    std::optional<WakeEar> ear_;
};

}  // namespace engine::speech
