#include <gtest/gtest.h>

#include "adapters/llm_openai/quirks.hpp"
#include "adapters/llm_openai/request_body.hpp"

namespace adapters {
namespace {

ports::LlmRequest full_request() {
    ports::LlmRequest request;
    request.model = "m";
    request.max_tokens = 50;
    request.sampling = {0.5, 0.9, 40, 1.1, 7};
    request.cache_key = "session-1";
    request.messages.resize(4);
    request.messages[0].role = ports::LlmRole::system;
    request.messages[0].content = "be kind";
    request.messages[1].content = "what time is it?";
    request.messages[2].role = ports::LlmRole::assistant;
    request.messages[2].tool_calls = {{"c1", "clock", "{}"}};
    request.messages[3].role = ports::LlmRole::tool;
    request.messages[3].tool_call_id = "c1";
    request.messages[3].content = "noon";
    request.tools = {{"clock", "tells the time", R"({"type":"object","properties":{}})"}};
    return request;
}

json::Value body_for(OpenAiKind kind, ports::LlmRequest request = full_request()) {
    return openai_body(std::move(request), quirks_of(kind)).value();
}

TEST(RequestBody, HasTheShapeOfTheProtocol) {
    const auto body = body_for(OpenAiKind::openai);
    EXPECT_EQ(json::int_or(json::find(body, "max_completion_tokens"), 0), 50);
    EXPECT_EQ(json::find(body, "max_tokens"), nullptr);
    EXPECT_EQ(json::find(body, "top_k"), nullptr);
    EXPECT_EQ(json::string_or(json::find(body, "prompt_cache_key")), "session-1");
    EXPECT_TRUE(json::bool_or(json::find_path(body, "stream_options.include_usage"), false));
    EXPECT_TRUE(json::find_path(body, "messages.2.content")->is_null());
    EXPECT_EQ(json::string_or(json::find_path(body, "messages.2.tool_calls.0.function.name")),
              "clock");
    EXPECT_EQ(json::string_or(json::find_path(body, "messages.3.tool_call_id")), "c1");
    EXPECT_EQ(json::string_or(json::find_path(body, "tools.0.function.parameters.type")), "object");
}

TEST(RequestBody, FollowsTheQuirksOfEachKind) {
    const auto router = body_for(OpenAiKind::openrouter);
    EXPECT_EQ(json::int_or(json::find(router, "max_tokens"), 0), 50);
    EXPECT_EQ(json::int_or(json::find(router, "top_k"), 0), 40);
    EXPECT_NE(json::find(router, "repetition_penalty"), nullptr);
    EXPECT_EQ(json::find(router, "prompt_cache_key"), nullptr);
    EXPECT_EQ(json::find(body_for(OpenAiKind::gemini), "seed"), nullptr);
    EXPECT_NE(json::find(body_for(OpenAiKind::llama_server), "repeat_penalty"), nullptr);
    auto thinker = full_request();
    thinker.model = "o3-mini";
    EXPECT_EQ(json::find(body_for(OpenAiKind::openai, thinker), "temperature"), nullptr);
    EXPECT_NE(json::find(body_for(OpenAiKind::generic, thinker), "temperature"), nullptr);
}

TEST(RequestBody, AsksForJsonInTheWayTheServerKnows) {
    auto request = full_request();
    request.tools.clear();
    request.json_schema = R"({"type":"object"})";
    const auto strict = body_for(OpenAiKind::vllm, request);
    EXPECT_EQ(json::string_or(json::find_path(strict, "response_format.json_schema.schema.type")),
              "object");
    const auto loose = body_for(OpenAiKind::deepseek, request);
    EXPECT_EQ(json::string_or(json::find_path(loose, "response_format.type")), "json_object");
    EXPECT_NE(json::string_or(json::find_path(loose, "messages.4.content")).find("JSON"),
              std::string::npos);
    request.json_schema = "[]";
    EXPECT_EQ(openai_body(request, quirks_of(OpenAiKind::vllm)).error().code,
              base::ErrorCode::invalid_argument);
}

TEST(RequestBody, PassesAGrammarOnlyToAServerThatTakesOne) {
    auto request = full_request();
    request.gbnf = "root ::= \"a\"";
    EXPECT_EQ(json::string_or(json::find(body_for(OpenAiKind::llama_server, request), "grammar")),
              request.gbnf);
    EXPECT_EQ(openai_body(request, quirks_of(OpenAiKind::openai)).error().code,
              base::ErrorCode::unsupported);
    request.gbnf.clear();
    request.raw_prompt = "x";
    EXPECT_EQ(openai_body(request, quirks_of(OpenAiKind::llama_server)).error().code,
              base::ErrorCode::unsupported);
}

TEST(Quirks, CompletesBaseUrls) {
    const auto complete = [](const char* url) { return complete_base_url(url).value_or("-"); };
    EXPECT_EQ(complete("http://127.0.0.1:8080"), "http://127.0.0.1:8080/v1");
    EXPECT_EQ(complete("http://127.0.0.1:8080/v1/"), "http://127.0.0.1:8080/v1");
    EXPECT_EQ(complete(" https://openrouter.ai/api "), "https://openrouter.ai/api/v1");
    EXPECT_EQ(complete("https://x.org/v1/chat/completions"), "https://x.org/v1");
    EXPECT_EQ(complete("https://generativelanguage.googleapis.com/v1beta/openai/"),
              "https://generativelanguage.googleapis.com/v1beta/openai");
    EXPECT_EQ(complete("https://v2.example.org"), "https://v2.example.org/v1");
    for (const char* bad :
         {"", "localhost:8080", "http://", "ftp://x", "http://a b", "http://a?x"}) {
        EXPECT_FALSE(complete_base_url(bad)) << bad;
    }
}

TEST(Quirks, KnowsKindsByNameAndByAddress) {
    for (const auto kind :
         {OpenAiKind::openai, OpenAiKind::openrouter, OpenAiKind::nanogpt, OpenAiKind::deepseek,
          OpenAiKind::dashscope, OpenAiKind::gemini, OpenAiKind::llama_server, OpenAiKind::vllm,
          OpenAiKind::lm_studio, OpenAiKind::generic}) {
        EXPECT_EQ(quirks_of(kind).kind, kind);
        EXPECT_EQ(openai_kind_from(quirks_of(kind).name), kind);
    }
    EXPECT_EQ(openai_kind_from("LM_Studio"), OpenAiKind::lm_studio);
    EXPECT_FALSE(openai_kind_from("nobody"));
    EXPECT_EQ(openai_kind_of_url("https://dashscope-intl.aliyuncs.com/compatible-mode/v1"),
              OpenAiKind::dashscope);
    EXPECT_EQ(openai_kind_of_url("https://openrouter.ai/api/v1"), OpenAiKind::openrouter);
    EXPECT_EQ(openai_kind_of_url("https://me.org/api.openai.com"), OpenAiKind::generic);
}

}  // namespace
}  // namespace adapters
