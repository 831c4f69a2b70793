#include <gtest/gtest.h>

#include "adapters/llm_anthropic/anthropic_llm.hpp"
#include "adapters/llm_anthropic/claude_generation.hpp"
#include "adapters/llm_anthropic/message_decoder.hpp"
#include "llm_wire/testing/wire_contract.hpp"

namespace adapters {
namespace {

using base::ErrorCode;
using llm_wire::testing::GoodReply;
using llm_wire::testing::Script;

std::string event(std::string_view type, std::string_view fields = "") {
    return "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"" +
           std::string(fields) + "}\n\n";
}

std::string start() {
    return event("message_start",
                 R"(,"message":{"id":"msg_1","model":"claude-x-1","content":[],"usage":)"
                 R"({"input_tokens":5,"cache_read_input_tokens":7,)"
                 R"("cache_creation_input_tokens":2,"output_tokens":1}})");
}

std::string delta(int index, std::string_view fields) {
    return event("content_block_delta",
                 ",\"index\":" + std::to_string(index) + ",\"delta\":" + std::string(fields));
}

std::string end(std::string_view reason) {
    return event("message_delta", ",\"delta\":{\"stop_reason\":\"" + std::string(reason) +
                                      "\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":4}");
}

GoodReply good_reply() {
    GoodReply reply;
    reply.content_type = "text/event-stream; charset=utf-8";
    reply.body =
        start() + event("ping") +
        event("content_block_start",
              R"(,"index":0,"content_block":{"type":"thinking","thinking":"","signature":""})") +
        delta(0, R"({"type":"thinking_delta","thinking":"Ein Gruß."})") +
        delta(0, R"({"type":"signature_delta","signature":"AbC="})") +
        event("content_block_stop", ",\"index\":0") +
        event("content_block_start", R"(,"index":1,"content_block":{"type":"text","text":""})") +
        delta(1, R"({"type":"text_delta","text":"Grüß "})") +
        delta(1, R"({"type":"text_delta","text":"dich 🙂"})") +
        event("content_block_stop", ",\"index\":1") + event("something_new", ",\"x\":[1]") +
        end("end_turn");
    reply.whole_at = reply.body.size();
    reply.body += event("message_stop");
    reply.text = "Grüß dich 🙂";
    reply.reasoning = "Ein Gruß.";
    return reply;
}

AnthropicOptions options_for(const std::string& url, AnthropicThinking thinking) {
    AnthropicOptions options;
    options.endpoint.idle_timeout = std::chrono::seconds(5);
    options.endpoint.base_url = url + "/v1/";
    options.endpoint.api_key = "sk-ant-test-012345";
    options.thinking = thinking;
    return options;
}

struct AnthropicSubject {
    using Decoder = MessageDecoder;
    static GoodReply good_reply() { return adapters::good_reply(); }
    static std::unique_ptr<ports::LlmProvider> make(http::Client& client, const async::Clock& clock,
                                                    const std::string& url) {
        return AnthropicLlm::make(client, clock, options_for(url, AnthropicThinking::off)).value();
    }
};

}  // namespace
}  // namespace adapters

namespace llm_wire::testing {
INSTANTIATE_TYPED_TEST_SUITE_P(Anthropic, WireContract, adapters::AnthropicSubject);
}  // namespace llm_wire::testing

namespace adapters {
namespace {

class Anthropic : public llm_wire::testing::WireTest {
protected:
    std::unique_ptr<AnthropicLlm> make(AnthropicThinking thinking = AnthropicThinking::off) {
        return AnthropicLlm::make(client, clock, options_for(server.url(""), thinking)).value();
    }
    void answer(const std::string& body) {
        server.enqueue(Script::reply(200, body, "text/event-stream"));
    }
};

TEST_F(Anthropic, StreamsTextThinkingAndUsage) {
    const auto llm = make();
    const auto reply = good_reply();
    answer(reply.body);
    const auto outcome = chat(*llm);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(sink.text(), reply.text);
    EXPECT_EQ(sink.reasoning(), reply.reasoning);
    EXPECT_EQ(outcome->finish, ports::LlmFinish::stop);
    EXPECT_EQ(outcome->model, "claude-x-1");
    EXPECT_EQ(outcome->usage.value().prompt_tokens, 14);
    EXPECT_EQ(outcome->usage.value().cached_tokens, 7);
    EXPECT_EQ(outcome->usage.value().completion_tokens, 4);
    const auto& request = server.requests().at(0);
    EXPECT_EQ(request.target, "/v1/messages");
    EXPECT_EQ(request.headers.get("x-api-key").value(), "sk-ant-test-012345");
    EXPECT_EQ(request.headers.get("anthropic-version").value(), "2023-06-01");
}

TEST_F(Anthropic, ReportsAnOverloadInTheMiddle) {
    const auto llm = make();
    answer(start() + event("error", R"(,"error":{"type":"overloaded_error","message":"busy"})"));
    EXPECT_EQ(chat(*llm).error().code, ErrorCode::rate_limited);
    server.enqueue(
        Script::reply(400, R"({"type":"error","error":{"type":"invalid_request_error",)"
                           R"("message":"prompt is too long: 210000 tokens > 200000 maximum"}})"));
    EXPECT_EQ(chat(*llm).error().code, ErrorCode::too_large);
    answer("<html>proxy</html>");
    EXPECT_EQ(chat(*llm).error().hint, "check the base URL");
}

TEST_F(Anthropic, PutsToolCallsTogether) {
    const auto llm = make();
    answer(start() +
           event("content_block_start", R"(,"index":0,"content_block":{"type":"tool_use",)"
                                        R"("id":"toolu_1","name":"clock","input":{}})") +
           delta(0, R"({"type":"input_json_delta","partial_json":""})") +
           delta(0, R"({"type":"input_json_delta","partial_json":"{\"zone\":"})") +
           delta(0, R"({"type":"input_json_delta","partial_json":"\"UTC\"}"})") +
           event("content_block_stop", ",\"index\":0") +
           event("content_block_start", R"(,"index":1,"content_block":{"type":"tool_use",)"
                                        R"("id":"toolu_2","name":"coin","input":{}})") +
           event("content_block_stop", ",\"index\":1") + end("tool_use") + event("message_stop"));
    const auto outcome = chat(*llm);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(outcome->finish, ports::LlmFinish::tool_calls);
    const auto calls = sink.tool_calls();
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(calls.at(0).arguments_json, R"({"zone":"UTC"})");
    EXPECT_EQ(calls.at(1).arguments_json, "{}");
}

TEST_F(Anthropic, AsksForASchemaByAToolAndGivesTheInputAsText) {
    const auto llm = make();
    answer(start() +
           event("content_block_start", R"(,"index":0,"content_block":{"type":"tool_use",)"
                                        R"("id":"t","name":"reply","input":{}})") +
           delta(0, R"({"type":"input_json_delta","partial_json":"{\"a\":1}"})") +
           event("content_block_stop", ",\"index\":0") + end("tool_use") + event("message_stop"));
    auto request = hello();
    request.json_schema = R"({"type":"object"})";
    const auto outcome = chat(*llm, request);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(sink.text(), R"({"a":1})");
    EXPECT_EQ(outcome->finish, ports::LlmFinish::stop);
    EXPECT_EQ(json::string_or(json::find_path(sent(), "tool_choice.name")), "reply");
}

TEST_F(Anthropic, ListsModels) {
    const auto llm = make();
    server.enqueue(Script::reply(200, R"({"data":[{"type":"model","id":"claude-a",
        "display_name":"Claude A"},{"id":3}],"has_more":false})"));
    const auto models = async::testing::run_on(io, llm->models());
    ASSERT_TRUE(models) << models.error().text();
    ASSERT_EQ(models->size(), 1u);
    EXPECT_EQ(models->at(0).name, "Claude A");
    EXPECT_EQ(server.requests().back().target, "/v1/models?limit=1000");
}

ports::LlmMessage message(ports::LlmRole role, std::string text) {
    ports::LlmMessage out;
    out.role = role;
    out.content = std::move(text);
    return out;
}

TEST(MessagesBody, KeepsSystemApartMergesRolesAndMarksTheStablePrefix) {
    using ports::LlmRole;
    ports::LlmRequest request;
    request.model = "claude-sonnet-4-5";
    request.sampling = {1.5, 0.9, {}, {}, {}};
    request.messages = {message(LlmRole::system, "be kind"),
                        message(LlmRole::assistant, "hello"),
                        message(LlmRole::user, "a"),
                        message(LlmRole::user, "b"),
                        message(LlmRole::assistant, ""),
                        message(LlmRole::tool, "noon"),
                        message(LlmRole::system, "it is noon"),
                        message(LlmRole::user, "c")};
    request.messages[4].tool_calls = {{"id:1", "clock", "{}"}};
    request.messages[5].tool_call_id = "id:1";
    const auto body = messages_body(request, AnthropicThinking::off).value();
    EXPECT_EQ(json::string_or(json::find_path(body, "system.0.text")), "be kind");
    EXPECT_EQ(json::string_or(json::find_path(body, "system.0.cache_control.type")), "ephemeral");
    const auto& messages = json::find(body, "messages")->as_array();
    ASSERT_EQ(messages.size(), 5u);
    EXPECT_EQ(json::string_or(json::find(messages[0], "role")), "user");
    EXPECT_EQ(json::string_or(json::find_path(messages[2], "content.1.text")), "b");
    EXPECT_EQ(json::string_or(json::find_path(messages[3], "content.0.id")), "id_1");
    EXPECT_NE(json::find_path(messages[3], "content.0.cache_control"), nullptr);
    EXPECT_EQ(json::string_or(json::find_path(messages[4], "content.0.type")), "tool_result");
    EXPECT_EQ(json::string_or(json::find_path(messages[4], "content.1.text")), "it is noon\n\nc");
    EXPECT_EQ(json::number_or(json::find(body, "temperature"), 0), 1.0);
    EXPECT_EQ(json::find(body, "top_p"), nullptr);
}

TEST(MessagesBody, FollowsWhatEachGenerationTakes) {
    EXPECT_TRUE(claude_generation("claude-3-opus-20240229").takes_sampling);
    EXPECT_TRUE(claude_generation("claude-sonnet-4-20250514").takes_sampling);
    EXPECT_TRUE(claude_generation("anthropic/claude-opus-4.6").takes_sampling);
    EXPECT_FALSE(claude_generation("claude-opus-4-7").takes_sampling);
    EXPECT_EQ(claude_generation("claude-opus-4-8").thinking, ClaudeThinking::adaptive);
    EXPECT_FALSE(claude_generation("claude-opus-5").takes_sampling);
    EXPECT_FALSE(claude_generation("mystery").takes_sampling);
    ports::LlmRequest request;
    request.messages = {message(ports::LlmRole::user, "x")};
    const auto thinking = [&](const char* model, AnthropicThinking wish) {
        request.model = model;
        const auto body = messages_body(request, wish).value();
        return json::string_or(json::find_path(body, "thinking.type"), "absent");
    };
    EXPECT_EQ(thinking("claude-sonnet-4-5", AnthropicThinking::off), "absent");
    EXPECT_EQ(thinking("claude-sonnet-4-5", AnthropicThinking::on), "enabled");
    EXPECT_EQ(thinking("claude-opus-4-7", AnthropicThinking::on), "adaptive");
    EXPECT_EQ(thinking("claude-opus-5", AnthropicThinking::off), "disabled");
}

TEST(MessagesBody, RefusesWhatItCannotSay) {
    ports::LlmRequest request;
    request.model = "claude-opus-5";
    request.json_schema = "{}";
    request.tools = {{"clock", "", "{}"}};
    EXPECT_EQ(messages_body(request, AnthropicThinking::off).error().code, ErrorCode::unsupported);
    request.json_schema.clear();
    request.tools[0].parameters_json = "nonsense";
    EXPECT_EQ(messages_body(request, AnthropicThinking::off).error().code,
              ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace adapters
