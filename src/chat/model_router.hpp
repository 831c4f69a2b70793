// ModelRouter: which model answers a turn. Holds the models that can be used right now; the
// composition root adds and removes them while the server runs. io thread only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ports/llm.hpp"
#include "protocol/values.hpp"

namespace chat {

// messages: the provider applies the model's chat template. transcript: "Person: … Nook: …" as
// plain text, for small models that do better without a template.
enum class PromptForm { messages, transcript };

// How far a model can be trusted. A toy gets a short prompt, short replies, checks and a badge.
enum class ModelGrade { toy, capable };

struct ModelProfile {
    std::string id;     // unique among all providers, "embedded/smollm2-135m"
    std::string model;  // the provider's own id
    std::string label;  // for people
    ports::LlmPlace place = ports::LlmPlace::here;
    ModelGrade grade = ModelGrade::capable;
    PromptForm form = PromptForm::messages;
    int context_tokens = 8192;
    int max_reply_tokens = 1024;
    ports::LlmSampling sampling;
};

struct ModelRoute {
    ModelProfile profile;
    std::shared_ptr<ports::LlmProvider> provider;
};

enum class Privacy { any, local_only };

class ModelRouter {
public:
    void put(ModelRoute route);  // replaces a route of the same id
    void remove(const std::string& id);
    void set_default(std::string id) { default_id_ = std::move(id); }
    [[nodiscard]] const std::string& default_id() const { return default_id_; }
    void set_privacy(Privacy privacy) { privacy_ = privacy; }
    // Why there is no model, and the button that helps; said when choose() finds none.
    void set_absence(base::Error reason, std::optional<protocol::Action> action);
    [[nodiscard]] const std::optional<protocol::Action>& absence_action() const {
        return absence_action_;
    }

    // The button under a reply that was too hard for a toy; nothing better is known: empty.
    void set_upgrade(std::optional<protocol::Action> action) { upgrade_ = std::move(action); }
    [[nodiscard]] const std::optional<protocol::Action>& upgrade() const { return upgrade_; }

    // Tokens per second that a route was seen to make, smoothed over its replies.
    void note_speed(const std::string& id, double tokens_per_s);
    [[nodiscard]] const std::map<std::string, double>& speeds() const { return speeds_; }

    // `wish`: a route id, a model id, or empty for the default. Errors: not_found (a wish that
    // nobody serves), forbidden (privacy rule), unavailable (no model at all).
    [[nodiscard]] base::Result<ModelRoute> choose(const std::string& wish) const;
    [[nodiscard]] const std::vector<ModelRoute>& routes() const { return routes_; }

private:
    [[nodiscard]] const ModelRoute* find(const std::string& id) const;

    std::vector<ModelRoute> routes_;
    std::string default_id_;
    Privacy privacy_ = Privacy::any;
    base::Error absence_ =
        base::make_error(base::ErrorCode::unavailable, "there is no language model yet");
    std::optional<protocol::Action> absence_action_;
    std::optional<protocol::Action> upgrade_;
    std::map<std::string, double> speeds_;
};

[[nodiscard]] protocol::Place to_protocol(ports::LlmPlace place);

}  // namespace chat
