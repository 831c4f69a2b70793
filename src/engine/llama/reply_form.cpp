#include "engine/llama/reply_form.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <fmt/core.h>

#include <chat.h>
#include <json-schema-to-grammar.h>

#include "engine/llama/runtime.hpp"

namespace engine::llama {
namespace {

struct Defaults {
    static constexpr double kTemperature = 0.7;
    static constexpr double kTopP = 0.9;
    static constexpr int kTopK = 40;
};

common_chat_templates_inputs to_inputs(const wire::Chat& chat, const Model& model) {
    common_chat_templates_inputs inputs;
    for (const auto& message : chat.messages) {
        common_chat_msg out;
        out.role = message.role;
        out.content = without_control(message.content, model.control_texts());
        out.tool_call_id = message.tool_call_id;
        for (const auto& call : message.tool_calls) {
            out.tool_calls.push_back({call.name, call.arguments, call.id});
        }
        inputs.messages.push_back(std::move(out));
    }
    for (const auto& tool : chat.tools) {
        inputs.tools.push_back({tool.name, tool.description, tool.parameters});
    }
    // Without tools the schema alone binds the reply: the template's way of doing it would allow
    // a Markdown fence around the JSON.
    if (!chat.tools.empty()) inputs.json_schema = chat.json_schema;
    inputs.reasoning_format = COMMON_REASONING_FORMAT_AUTO;
    return inputs;
}

std::unexpected<base::Error> bad_request(const std::exception& error) {
    return base::fail(base::ErrorCode::invalid_argument,
                      fmt::format("the model's template refuses the request: {}", error.what()));
}

// The grammar of the reply, whichever of the request's ways names it; empty when it is free.
base::Result<common_grammar> grammar_of(const wire::Chat& chat, const ReplyForm& form) {
    if (!chat.gbnf.empty()) return common_grammar(COMMON_GRAMMAR_TYPE_USER, chat.gbnf);
    if (form.params && !form.params->grammar.empty()) {
        const auto type =
            chat.tools.empty() ? COMMON_GRAMMAR_TYPE_OUTPUT_FORMAT : COMMON_GRAMMAR_TYPE_TOOL_CALLS;
        return common_grammar(type, form.params->grammar);
    }
    if (chat.json_schema.empty()) return common_grammar();
    try {
        auto grammar = json_schema_to_grammar(common_json::parse(chat.json_schema));
        return common_grammar(COMMON_GRAMMAR_TYPE_USER, std::move(grammar));
    } catch (const std::exception& e) {
        return base::fail(base::ErrorCode::invalid_argument,
                          fmt::format("the JSON schema cannot be used: {}", e.what()));
    }
}

void set_triggers(common_params_sampling& sampling, const common_chat_params& params,
                  const Model& model) {
    sampling.grammar_lazy = params.grammar_lazy;
    sampling.generation_prompt = params.generation_prompt;
    for (const auto& text : params.preserved_tokens) {
        const auto tokens = model.tokenize(text, Special::as_tokens, false);
        if (tokens.size() == 1) sampling.preserved_tokens.insert(tokens.front());
    }
    for (auto trigger : params.grammar_triggers) {
        if (trigger.type == COMMON_GRAMMAR_TRIGGER_TYPE_WORD) {
            const auto tokens = model.tokenize(trigger.value, Special::as_tokens, false);
            if (tokens.size() == 1 && sampling.preserved_tokens.contains(tokens.front())) {
                trigger.type = COMMON_GRAMMAR_TRIGGER_TYPE_TOKEN;
                trigger.token = tokens.front();
            }
        }
        sampling.grammar_triggers.push_back(std::move(trigger));
    }
}

// llama.cpp drops tools in silence when the template has no place for them.
bool prompt_shows(const std::string& prompt, const std::vector<wire::Tool>& tools) {
    return std::all_of(tools.begin(), tools.end(), [&](const wire::Tool& tool) {
        return prompt.find(tool.name) != std::string::npos;
    });
}

}  // namespace

void ChatForms::FreeTemplates::operator()(common_chat_templates* templates) const {
    common_chat_templates_free(templates);
}

ChatForms::ChatForms(common_chat_templates* templates) : templates_(templates) {}
ChatForms::~ChatForms() = default;
ChatForms::ChatForms(ChatForms&&) noexcept = default;
ChatForms& ChatForms::operator=(ChatForms&&) noexcept = default;

base::Result<ChatForms> ChatForms::of(const Model& model) {
    try {
        return ChatForms(common_chat_templates_init(model.get(), "").release());
    } catch (const std::exception& e) {
        return base::fail(base::ErrorCode::unsupported,
                          fmt::format("the model's chat template cannot be read: {}", e.what()),
                          "use the model with a raw prompt, or choose another one");
    }
}

base::Result<ReplyForm> ChatForms::prepare(const wire::Chat& chat, const Model& model) const {
    ReplyForm form;
    form.stops = chat.stop;
    if (!chat.raw_prompt.empty()) {
        form.prompt = chat.raw_prompt;
        form.special = Special::as_text;
        return form;
    }
    try {
        form.params = std::make_shared<common_chat_params>(
            common_chat_templates_apply(templates_.get(), to_inputs(chat, model)));
    } catch (const std::exception& e) {
        return bad_request(e);
    }
    form.prompt = form.params->prompt;
    if (!prompt_shows(form.prompt, chat.tools)) {
        return base::fail(base::ErrorCode::unsupported, "this model cannot be given tools",
                          "choose a model that was trained for tool calls");
    }
    const auto& extra = form.params->additional_stops;
    form.stops.insert(form.stops.end(), extra.begin(), extra.end());
    form.parsed = !chat.tools.empty() || form.params->supports_thinking;
    return form;
}

base::Result<std::unique_ptr<Sampler>> ChatForms::make_sampler(const wire::Chat& chat,
                                                               const ReplyForm& form,
                                                               const Model& model) const {
    TRY(grammar, grammar_of(chat, form));
    common_params_sampling sampling;
    sampling.no_perf = true;
    sampling.seed = chat.seed.value_or(LLAMA_DEFAULT_SEED);
    sampling.temp = static_cast<float>(chat.temperature.value_or(Defaults::kTemperature));
    sampling.top_p = static_cast<float>(chat.top_p.value_or(Defaults::kTopP));
    sampling.top_k = chat.top_k.value_or(Defaults::kTopK);
    sampling.penalty_repeat = static_cast<float>(chat.repeat_penalty.value_or(1.0));
    sampling.samplers = {COMMON_SAMPLER_TYPE_PENALTIES, COMMON_SAMPLER_TYPE_TOP_K,
                         COMMON_SAMPLER_TYPE_TOP_P, COMMON_SAMPLER_TYPE_MIN_P,
                         COMMON_SAMPLER_TYPE_TEMPERATURE};
    sampling.grammar = std::move(grammar);
    clear_library_error();
    try {
        if (form.params && chat.gbnf.empty()) set_triggers(sampling, *form.params, model);
        auto sampler = Sampler::make(model.get(), std::move(sampling));
        if (sampler) return sampler;
    } catch (const std::exception& e) {
        return base::fail(base::ErrorCode::invalid_argument,
                          fmt::format("the grammar cannot be used: {}", e.what()));
    }
    return base::fail(base::ErrorCode::invalid_argument,
                      fmt::format("the grammar cannot be used: {}", last_library_error()));
}

struct ReplyParser::State {
    common_chat_parser_params params;
    common_chat_msg so_far;
};

ReplyParser::ReplyParser(std::shared_ptr<const common_chat_params> form)
    : state_(std::make_unique<State>()) {
    state_->params = common_chat_parser_params(*form);
    state_->params.reasoning_format = COMMON_REASONING_FORMAT_AUTO;
    if (!form->parser.empty()) state_->params.parser.load(form->parser);
}

ReplyParser::~ReplyParser() = default;

bool ReplyParser::called_tools() const {
    return !state_->so_far.tool_calls.empty();
}

base::Result<ReplyParser::Part> ReplyParser::feed(const std::string& whole, bool finished) {
    Part part;
    try {
        auto now = common_chat_parse(whole, !finished, state_->params);
        for (const auto& diff : common_chat_msg_diff::compute_diffs(state_->so_far, now)) {
            part.text += diff.content_delta;
            if (!diff.reasoning_content_delta.empty()) {
                part.deltas.push_back({diff.reasoning_content_delta, {}, {}, {}, {}});
            }
            if (diff.tool_call_index != std::string::npos) {
                const auto& call = diff.tool_call_delta;
                part.deltas.push_back({{},
                                       static_cast<int>(diff.tool_call_index),
                                       call.id,
                                       call.name,
                                       call.arguments});
            }
        }
        state_->so_far = std::move(now);
    } catch (const std::exception&) {
        // A part that does not parse yet may do so later; the whole must.
        if (finished) {
            return base::fail(base::ErrorCode::upstream,
                              "the model's reply does not follow its own format", "try again");
        }
    }
    return part;
}

}  // namespace engine::llama
