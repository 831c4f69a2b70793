#include "engine/speech/works.hpp"

#include <algorithm>
#include <utility>

#include "engine/speech/long_call.hpp"
#include "engine/speech/model_bytes.hpp"
#include "engine/speech/sherpa_models.hpp"

namespace engine::speech {
namespace {

constexpr std::size_t kTail = 64;  // Silero sees so many samples of the window before
constexpr std::size_t kState =
    std::size_t{2} * 1 * 128;  // and carries so many numbers from window to window

template <class T>
base::Result<const T*> request_of(const Job& job) {
    if (const auto* request = std::get_if<T>(&job.what)) return request;
    return base::fail(base::ErrorCode::unsupported, "this model cannot do that");
}

// Calls of sherpa-onnx, which gives no sign of life in their middle: what they may take on a slow
// and busy machine, before the engine counts as hanging.
constexpr std::chrono::seconds kLongestLoad{120};
constexpr std::chrono::seconds kLongestClause{120};
std::chrono::seconds longest_listen(std::size_t samples) {
    return std::chrono::seconds(30 + 2 * samples / wire::kListenRate);
}

SherpaModel sherpa_model(const WorkParts& parts) {
    const std::string& family = parts.spec.family;
    return {parts.libraries, parts.spec.path, family, parts.threads};
}

base::Result<OnnxSession> load_session(const WorkParts& parts, int threads) {
    TRY(onnx, Onnx::open(parts.libraries));
    TRY(model, read_model(parts.spec.path));
    return OnnxSession::load(std::move(onnx), model, threads);
}

}  // namespace

base::Result<void> ListenWork::load() {
    if (!parts_.spec.family.empty()) {
        auto model = sherpa_model(parts_);
        model.threads = threads_beside(others_.cores_now(), parts_.threads);
        const LongCall loading(pulse(), kLongestLoad);
        TRY(ears, load_sherpa_recogniser(model));
        recogniser_ = std::move(ears);
        return {};
    }
    TRY(recogniser, Recogniser::load(parts_.spec.path));
    recogniser_ = std::move(recogniser);
    return {};
}

base::Result<QueueWork::Slice> ListenWork::compute(const Job& job) {
    TRY(request, request_of<wire::Transcribe>(job));
    const auto samples = to_floats(request->samples);
    ListenTask task;
    task.samples = samples;
    task.language = request->language;
    task.context = request->context;
    task.phrase = request->phrase;
    // The library's threads wait by spinning: on a busy machine two take many times as long as one.
    task.threads = threads_beside(others_.cores_now(), parts_.threads);
    task.should_stop = [this, &job] {
        pulse().beat();
        parts_.gate->make_way();
        return interrupted() || job.ticket->cancelled();
    };
    const Gate::Pass pass(*parts_.gate, Lane::recogniser);
    std::optional<LongCall> alive;
    if (!parts_.spec.family.empty()) alive.emplace(pulse(), longest_listen(samples.size()));
    TRY(transcript, recogniser_->listen(task));
    job.ticket->transcript(transcript);
    return Slice::over;
}

base::Result<void> SpeakWork::load() {
    if (parts_.spec.path.empty()) {
        TRY(flite, load_flite());
        voice_ = std::move(flite);
        return {};
    }
    // The first run of a model takes longer than the others; nobody waits for this one.
    const wire::Clause hello{"a", "a"};
    if (!parts_.spec.family.empty()) {
        const LongCall loading(pulse(), kLongestLoad);
        TRY(sherpa, load_sherpa_voice(sherpa_model(parts_)));
        TRY_DO(sherpa->speak(hello, {}));
        voice_ = std::move(sherpa);
        return {};
    }
    TRY(onnx, Onnx::open(parts_.libraries));
    TRY(piper, load_piper(std::move(onnx), parts_.spec.path, parts_.threads));
    voice_ = std::move(piper);
    const auto warm = voice_->speak(hello, {});
    return warm ? base::Result<void>{} : base::fail(warm.error());
}

base::Result<QueueWork::Slice> SpeakWork::compute(const Job& job) {
    TRY(request, request_of<wire::Speak>(job));
    std::size_t& next = spoken_[job.ticket->id()];
    if (next < request->clauses.size()) {
        if (!job.ticket->has_credit()) return Slice::no_credit;
        const Gate::Pass pass(*parts_.gate, Lane::voice);
        std::optional<LongCall> alive;
        if (!parts_.spec.family.empty()) alive.emplace(pulse(), kLongestClause);
        TRY(segment, voice_->speak(request->clauses[next], {request->speed, request->speaker}));
        segment.index = static_cast<int>(next);
        job.ticket->speech(segment);
        ++next;
    }
    if (next < request->clauses.size()) return Slice::more;
    job.ticket->done({});
    return Slice::over;
}

base::Result<void> ActivityWork::load() {
    TRY(session, load_session(parts_, 1));
    session_ = std::move(session);
    return {};
}

void ActivityWork::drop() {
    session_.reset();
    memories_.clear();
}

ActivityWork::Memory& ActivityWork::memory_of(std::uint32_t stream) {
    auto known = memories_.find(stream);
    if (known == memories_.end()) {
        if (memories_.size() >= kMaxStreams) {
            const auto oldest = std::min_element(
                memories_.begin(), memories_.end(),
                [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
            memories_.erase(oldest);
        }
        Memory fresh{std::vector<float>(kState), std::vector<float>(kTail), 0};
        known = memories_.emplace(stream, std::move(fresh)).first;
    }
    known->second.used = ++clock_;
    return known->second;
}

base::Result<float> ActivityWork::probability(Memory& memory, const float* window) {
    std::vector<float> sound = memory.tail;
    sound.insert(sound.end(), window, window + wire::kVoiceWindow);
    memory.tail.assign(sound.end() - static_cast<std::ptrdiff_t>(kTail), sound.end());
    std::vector<OnnxSession::Input> inputs;
    const auto length = static_cast<std::int64_t>(sound.size());
    inputs.push_back({"input", {{1, length}, std::move(sound)}});
    inputs.push_back({"state", {{2, 1, 128}, memory.state}});
    inputs.push_back({"sr", {{}, std::vector<std::int64_t>{wire::kListenRate}}});
    TRY(outputs, session_->run(std::move(inputs), {"output", "stateN"}));
    if (outputs[0].size() != 1 || outputs[1].size() != kState) {
        return base::fail(base::ErrorCode::unsupported, "this is not the model Silero VAD 5 or 6",
                          "bring the model again");
    }
    memory.state = std::move(outputs[1]);
    return outputs[0][0];
}

base::Result<QueueWork::Slice> ActivityWork::compute(const Job& job) {
    TRY(request, request_of<wire::Detect>(job));
    const auto samples = to_floats(request->samples);
    Memory& memory = memory_of(request->stream);
    std::vector<float> chances;
    for (std::size_t at = 0; at < samples.size(); at += wire::kVoiceWindow) {
        TRY(chance, probability(memory, samples.data() + at));
        chances.push_back(chance);
        pulse().beat();
    }
    job.ticket->vectors({chances});
    return Slice::over;
}

base::Result<void> TurnWork::load() {
    TRY(session, load_session(parts_, 1));
    session_ = std::move(session);
    return {};
}

base::Result<void> WakeWork::load() {
    TRY(onnx, Onnx::open(parts_.libraries));
    TRY(ear, WakeEar::load(std::move(onnx), parts_.spec.path, parts_.spec.shared));
    ear_ = std::move(ear);
    return {};
}

base::Result<QueueWork::Slice> WakeWork::compute(const Job& job) {
    TRY(request, request_of<wire::Spot>(job));
    const Gate::Pass pass(*parts_.gate, Lane::recogniser);
    TRY(score, ear_->listen(request->samples, [this, &job] {
        pulse().beat();
        parts_.gate->make_way();
        return interrupted() || job.ticket->cancelled();
    }));
    job.ticket->vectors({{score}});
    return Slice::over;
}

base::Result<QueueWork::Slice> TurnWork::compute(const Job& job) {
    TRY(request, request_of<wire::Judge>(job));
    const auto samples = to_floats(request->samples);
    std::vector<OnnxSession::Input> inputs;
    inputs.push_back(
        {"input_features", {{1, LogMel::kBands, LogMel::kColumns}, features_.compute(samples)}});
    TRY(outputs, session_->run(std::move(inputs), {"logits"}));
    if (outputs[0].size() != 1) {
        return base::fail(base::ErrorCode::unsupported, "this is not the model Smart Turn 3",
                          "bring the model again");
    }
    job.ticket->vectors({outputs[0]});  // a probability already, whatever its name says
    return Slice::over;
}

}  // namespace engine::speech
