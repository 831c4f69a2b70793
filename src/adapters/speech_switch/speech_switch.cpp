#include "adapters/speech_switch/speech_switch.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "base/text.hpp"

namespace adapters::speech_switch {
namespace {

using base::ErrorCode;

// What another engine would refuse as well, or nobody waits for any more.
bool is_final(const base::Error& error) {
    return error.code == ErrorCode::cancelled || error.code == ErrorCode::invalid_argument ||
           error.code == ErrorCode::too_large;
}

void tell(const OnOutcome& on_outcome, const std::string& name, const base::Error* failure) {
    const bool stopped = failure != nullptr && failure->code == ErrorCode::cancelled;
    if (on_outcome && !stopped) on_outcome(name, failure);
}

void log_fallback(const char* what, const std::string& from, const std::string& to,
                  const base::Error& error) {
    LOG_WARN("speech", "the fallback takes over", {"stage", what}, {"from", from}, {"to", to},
             {"reason", error.message});
}

template <class Port>
std::shared_ptr<Port> by_name(const std::vector<std::shared_ptr<Port>>& servers,
                              std::string_view name) {
    const auto found =
        std::ranges::find_if(servers, [&](const auto& server) { return server->name() == name; });
    return found == servers.end() ? nullptr : *found;
}

// "openai/nova" → "openai"
std::string_view server_part(std::string_view voice) {
    return voice.substr(0, voice.find('/'));
}

class CountingSink final : public ports::SpeechSink {
public:
    explicit CountingSink(ports::SpeechSink& inner) : inner_(inner) {}
    [[nodiscard]] bool on_segment(ports::SpeechSegment segment) override {
        ++count_;
        return inner_.on_segment(std::move(segment));
    }
    [[nodiscard]] int count() const { return count_; }

private:
    ports::SpeechSink& inner_;
    int count_ = 0;
};

}  // namespace

// ---- hearing

base::Result<SwitchingSpeechToText::Named> SwitchingSpeechToText::find(
    const std::string& name) const {
    if (name.empty() || name == kHere) return Named{nullptr, here_.name()};
    if (auto server = by_name(hearing_.servers, name)) return Named{std::move(server), name};
    return base::fail(ErrorCode::not_found, fmt::format("there is no speech server `{}`", name),
                      "describe it below speech.servers");
}

std::string SwitchingSpeechToText::name() const {
    return hearing_.chosen.empty() ? here_.name() : hearing_.chosen;
}

ports::LlmPlace SwitchingSpeechToText::place() const {
    auto farthest = ports::LlmPlace::here;
    for (const auto& name : {hearing_.chosen, hearing_.fallback}) {
        const auto server = by_name(hearing_.servers, name);
        if (server) farthest = std::max(farthest, server->place());
    }
    return farthest;
}

async::Task<base::Result<ports::Transcript>> SwitchingSpeechToText::ask(
    Named whom, ports::ListenRequest request, std::stop_token stop) {
    ports::SpeechToText& engine = whom.server ? *whom.server : here_;
    auto hearing = engine.transcribe(std::move(request), std::move(stop));
    auto heard = co_await std::move(hearing);
    if (whom.server) tell(on_outcome_, whom.name, heard ? nullptr : &heard.error());
    co_return heard;
}

async::Task<base::Result<ports::Transcript>> SwitchingSpeechToText::transcribe(
    ports::ListenRequest request, std::stop_token stop) {
    CO_TRY(chosen, find(hearing_.chosen));
    const std::string fallback = hearing_.fallback;
    if (fallback.empty()) {
        auto only = ask(std::move(chosen), std::move(request), std::move(stop));
        co_return co_await std::move(only);
    }
    const std::string first = chosen.name;
    auto asking = ask(std::move(chosen), request, stop);
    auto heard = co_await std::move(asking);
    if (heard || is_final(heard.error())) co_return heard;
    CO_TRY(second, find(fallback));
    if (second.name == first) co_return heard;
    log_fallback("recogniser", first, second.name, heard.error());
    auto again = ask(std::move(second), std::move(request), std::move(stop));
    co_return co_await std::move(again);
}

async::Task<base::Result<void>> SwitchingSpeechToText::prewarm(std::stop_token stop) {
    CO_TRY(chosen, find(hearing_.chosen));
    ports::SpeechToText& engine = chosen.server ? *chosen.server : here_;
    auto warming = engine.prewarm(std::move(stop));
    const auto warm = co_await std::move(warming);
    if (chosen.server) tell(on_outcome_, chosen.name, warm ? nullptr : &warm.error());
    // Who has a fallback can go on.
    if (!warm && hearing_.fallback.empty()) co_return base::fail(warm.error());
    co_return base::Result<void>{};
}

// ---- speaking

std::shared_ptr<ports::TextToSpeech> SwitchingTextToSpeech::server_of(
    const std::string& voice) const {
    return by_name(speaking_.servers, server_part(voice));
}

ports::LlmPlace SwitchingTextToSpeech::place() const {
    auto farthest = ports::LlmPlace::here;
    for (const auto& voice : {speaking_.chosen, speaking_.fallback}) {
        const auto server = server_of(voice);
        if (server) farthest = std::max(farthest, server->place());
    }
    return farthest;
}

std::vector<ports::Voice> SwitchingTextToSpeech::voices() const {
    auto all = here_.voices();
    for (const auto& server : speaking_.servers) {
        for (auto& voice : server->voices()) {
            // The server's voice that the owner chose, under the id by which it was chosen.
            const bool chosen = server_part(speaking_.chosen) == voice.id;
            if (chosen && speaking_.chosen != voice.id) {
                auto mine = voice;
                mine.id = speaking_.chosen;
                mine.name = speaking_.chosen;
                all.push_back(std::move(mine));
            }
            all.push_back(std::move(voice));
        }
    }
    return all;
}

async::Task<base::Result<void>> SwitchingTextToSpeech::ask(ports::SpeakRequest request,
                                                           ports::SpeechSink& sink,
                                                           std::stop_token stop) {
    const auto server = server_of(request.voice);
    ports::TextToSpeech& engine = server ? *server : here_;
    auto speaking = engine.speak(std::move(request), sink, std::move(stop));
    auto spoken = co_await std::move(speaking);
    if (server) tell(on_outcome_, server->name(), spoken ? nullptr : &spoken.error());
    co_return spoken;
}

async::Task<base::Result<void>> SwitchingTextToSpeech::speak(ports::SpeakRequest request,
                                                             ports::SpeechSink& sink,
                                                             std::stop_token stop) {
    if (request.voice.empty()) request.voice = speaking_.chosen;
    const std::string fallback = speaking_.fallback;
    const std::string first = request.voice;
    CountingSink counting(sink);
    auto asking = ask(request, counting, stop);
    auto spoken = co_await std::move(asking);
    // Nothing is said twice, and no sentence changes its voice.
    const bool again = !spoken && !fallback.empty() && fallback != first && counting.count() == 0 &&
                       !is_final(spoken.error());
    if (!again) co_return spoken;
    log_fallback("voice", first, fallback, spoken.error());
    request.voice = fallback;
    auto instead = ask(std::move(request), sink, std::move(stop));
    co_return co_await std::move(instead);
}

async::Task<base::Result<void>> SwitchingTextToSpeech::prewarm(std::string voice,
                                                               std::stop_token stop) {
    if (voice.empty()) voice = speaking_.chosen;
    const auto server = server_of(voice);
    ports::TextToSpeech& engine = server ? *server : here_;
    auto warming = engine.prewarm(std::move(voice), std::move(stop));
    const auto warm = co_await std::move(warming);
    if (server) tell(on_outcome_, server->name(), warm ? nullptr : &warm.error());
    // Who has a fallback can go on.
    if (!warm && speaking_.fallback.empty()) co_return base::fail(warm.error());
    co_return base::Result<void>{};
}

}  // namespace adapters::speech_switch
