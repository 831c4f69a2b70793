// ScriptedLlm: a language model that plays scripts; the fake of LlmProvider for tests, and the
// provider `scripted` of the server for browser tests and benches. Each request takes the first
// script, in order, whose match fits and which is not used up; without one it echoes the newest
// user message word by word. io thread only. Fails only as a script says, or by `stop`.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "adapters/llm_scripted/script.hpp"
#include "async/clock.hpp"
#include "ports/llm.hpp"

namespace adapters {

struct ScriptedOptions {
    std::vector<Script> scripts;
    std::string model = "scripted";
    ports::LlmPlace place = ports::LlmPlace::here;
    int context_tokens = 8192;
    std::chrono::milliseconds echo_delay{0};  // before each word of the echo
    std::size_t max_recorded = 1000;          // requests kept for inspection; the oldest go first
    bool reads_ahead = false;
    std::chrono::milliseconds reading_time{0};  // of one prepare()
};

class ScriptedLlm final : public ports::LlmProvider {
public:
    // `clock` must outlive the provider.
    explicit ScriptedLlm(async::Clock& clock, ScriptedOptions options = {});

    void add(Script script);
    // Shorter form: answers the next request with this text, one event per piece.
    void add_reply(std::vector<std::string> pieces,
                   std::chrono::milliseconds delay_each = std::chrono::milliseconds{0});

    [[nodiscard]] const std::vector<ports::LlmRequest>& requests() const { return requests_; }
    // Requests that run now.
    [[nodiscard]] int running() const { return running_; }
    // From now on prepare() takes this long; what it was asked to read, and how often in vain.
    void read_ahead(std::chrono::milliseconds reading_time = std::chrono::milliseconds{0});
    [[nodiscard]] const std::vector<ports::LlmRequest>& prepared() const { return prepared_; }
    [[nodiscard]] int withdrawn() const { return withdrawn_; }
    // Scripts not yet used up, those that repeat for ever included.
    [[nodiscard]] std::size_t scripts_left() const;

    [[nodiscard]] std::string name() const override { return "scripted"; }
    [[nodiscard]] ports::LlmPlace place() const override { return options_.place; }
    [[nodiscard]] async::Task<base::Result<ports::LlmOutcome>> chat(ports::LlmRequest request,
                                                                    ports::LlmSink& sink,
                                                                    std::stop_token stop) override;
    [[nodiscard]] async::Task<base::Result<ports::LlmUsage>> prepare(ports::LlmRequest request,
                                                                     std::stop_token stop) override;
    [[nodiscard]] bool reads_ahead() const override { return options_.reads_ahead; }
    [[nodiscard]] async::Task<base::Result<std::vector<ports::LlmModel>>> models() override;
    // Four bytes a token, rounded up: wrong for real models, but the same every time.
    [[nodiscard]] async::Task<base::Result<int>> count_tokens(std::string model,
                                                              std::string text) override;

private:
    [[nodiscard]] Script take_script(const ports::LlmRequest& request);
    [[nodiscard]] async::Task<base::Result<ports::LlmOutcome>> play(Script script,
                                                                    ports::LlmRequest request,
                                                                    ports::LlmSink& sink,
                                                                    std::stop_token stop);

    async::Clock& clock_;
    ScriptedOptions options_;
    std::vector<ports::LlmRequest> requests_;
    std::vector<ports::LlmRequest> prepared_;
    int running_ = 0;
    int withdrawn_ = 0;
};

}  // namespace adapters
