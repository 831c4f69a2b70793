// What a chat request becomes for one model: the prompt text by the model's own template, the
// grammar that the reply must follow, where it stops, and how to take reasoning and tool calls out
// of it. One model's thread. Errors: invalid_argument (schema, grammar), unsupported (tools).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/llama/model.hpp"
#include "engine/llama/sampler.hpp"
#include "engine/wire/messages.hpp"

struct common_chat_params;
struct common_chat_templates;
namespace engine::llama {

// Takes reasoning and tool calls out of the growing reply of models that have them.
class ReplyParser {
public:
    explicit ReplyParser(std::shared_ptr<const common_chat_params> form);
    ~ReplyParser();

    struct Part {
        std::string text;
        std::vector<wire::Delta> deltas;
    };
    // `whole` is the reply so far. Errors: upstream when the finished reply does not parse.
    [[nodiscard]] base::Result<Part> feed(const std::string& whole, bool finished);
    [[nodiscard]] bool called_tools() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

struct ReplyForm {
    std::string prompt;
    Special special = Special::as_tokens;  // how `prompt` is to be tokenised
    std::vector<std::string> stops;
    std::shared_ptr<const common_chat_params> params;  // null for a raw prompt
    bool parsed = false;                               // the reply needs a ReplyParser
};

class ChatForms {
public:
    [[nodiscard]] static base::Result<ChatForms> of(const Model& model);
    ~ChatForms();
    ChatForms(ChatForms&&) noexcept;
    ChatForms& operator=(ChatForms&&) noexcept;

    [[nodiscard]] base::Result<ReplyForm> prepare(const wire::Chat& chat, const Model& model) const;
    [[nodiscard]] base::Result<std::unique_ptr<Sampler>> make_sampler(const wire::Chat& chat,
                                                                      const ReplyForm& form,
                                                                      const Model& model) const;

private:
    struct FreeTemplates {
        void operator()(common_chat_templates* templates) const;
    };
    explicit ChatForms(common_chat_templates* templates);
    std::unique_ptr<common_chat_templates, FreeTemplates> templates_;
};

}  // namespace engine::llama
