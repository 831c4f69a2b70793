#include <gtest/gtest.h>

#include "adapters/llm_openai/chunk_decoder.hpp"
#include "adapters/llm_openai/openai_llm.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "llm_wire/testing/wire_contract.hpp"

namespace adapters {
namespace {

using base::ErrorCode;
using llm_wire::testing::GoodReply;
using llm_wire::testing::RecordingSink;
using llm_wire::testing::Script;

std::string chunk(std::string_view delta, std::string_view finish = "null") {
    // One event is one line.
    const std::string line = base::replace_all(std::string(delta), "\n", "");
    return "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"small-1\","
           "\"choices\":[{\"index\":0,\"delta\":" +
           line + ",\"finish_reason\":" + std::string(finish) + "}]}\n\n";
}

GoodReply good_reply() {
    GoodReply reply;
    reply.content_type = "text/event-stream";
    reply.body = ": OPENROUTER PROCESSING\n\n" + chunk(R"({"role":"assistant","content":null})") +
                 chunk(R"({"reasoning_content":"Ein Gruß. "})") + chunk(R"({"content":"Grüß "})") +
                 chunk(R"({"content":"dich 🙂"})") + chunk("{}", "\"stop\"");
    reply.whole_at = reply.body.size();
    reply.body +=
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,"
        "\"prompt_tokens_details\":{\"cached_tokens\":6}}}\n\ndata: [DONE]\n\n";
    reply.text = "Grüß dich 🙂";
    reply.reasoning = "Ein Gruß. ";
    return reply;
}

OpenAiOptions options_for(std::string url, OpenAiKind kind) {
    OpenAiOptions options;
    options.kind = kind;
    options.endpoint.idle_timeout = std::chrono::seconds(5);
    options.endpoint.base_url = std::move(url);
    options.endpoint.api_key = "sk-test-0123456789";
    options.endpoint.headers = {{"CF-Access-Client-Id", "id-1"},
                                {"CF-Access-Client-Secret", "secret-1"}};
    options.site = "https://example.org";
    options.title = "Loci";
    return options;
}

struct OpenAiSubject {
    using Decoder = ChunkDecoder;
    static GoodReply good_reply() { return adapters::good_reply(); }
    static std::unique_ptr<ports::LlmProvider> make(http::Client& client, const async::Clock& clock,
                                                    std::string url) {
        auto options = options_for(std::move(url), OpenAiKind::generic);
        return OpenAiLlm::make(client, clock, std::move(options)).value();
    }
};

}  // namespace
}  // namespace adapters

namespace llm_wire::testing {
INSTANTIATE_TYPED_TEST_SUITE_P(OpenAi, WireContract, adapters::OpenAiSubject);
}  // namespace llm_wire::testing

namespace adapters {
namespace {

class OpenAi : public llm_wire::testing::WireTest {
protected:
    std::unique_ptr<OpenAiLlm> make(OpenAiKind kind = OpenAiKind::generic) {
        return OpenAiLlm::make(client, clock, options_for(server.url(""), kind)).value();
    }
    void answer(const std::string& body) {
        server.enqueue(
            Script::head(200, {{"Content-Type", "text/event-stream"}, {"Connection", "close"}})
                .bytes(body)
                .close());
    }
};

TEST_F(OpenAi, StreamsTextReasoningAndUsage) {
    const auto llm = make();
    const auto reply = good_reply();
    answer(reply.body);
    const auto outcome = chat(*llm);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(sink.text(), reply.text);
    EXPECT_EQ(sink.reasoning(), reply.reasoning);
    EXPECT_EQ(outcome->finish, ports::LlmFinish::stop);
    EXPECT_EQ(outcome->model, "small-1");
    EXPECT_EQ(outcome->usage.value().prompt_tokens, 9);
    EXPECT_EQ(outcome->usage.value().cached_tokens, 6);
    const auto& request = server.requests().at(0);
    EXPECT_EQ(request.target, "/v1/chat/completions");
    EXPECT_EQ(request.headers.get("authorization").value(), "Bearer sk-test-0123456789");
    EXPECT_EQ(request.headers.get("CF-Access-Client-Secret").value(), "secret-1");
    EXPECT_EQ(request.headers.get("HTTP-Referer").value(), "https://example.org");
    EXPECT_EQ(request.headers.get("X-Title").value(), "Loci");
}

TEST_F(OpenAi, PutsToolCallsTogether) {
    const auto llm = make();
    answer(chunk(R"({"tool_calls":[{"index":0,"id":"call_a","type":"function",
                    "function":{"name":"clock","arguments":""}}]})") +
           chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"zone\":"}}]})") +
           chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"\"UTC\"}"}},
                    {"index":1,"id":"call_b","function":{"name":"diary","arguments":"{}"}}]})") +
           chunk("{}", "\"stop\"") + "data: [DONE]\n\n");
    const auto outcome = chat(*llm);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(outcome->finish, ports::LlmFinish::tool_calls);
    const auto calls = sink.tool_calls();
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(calls.at(0).id, "call_a");
    EXPECT_EQ(calls.at(0).arguments_json, R"({"zone":"UTC"})");
    EXPECT_EQ(calls.at(1).name, "diary");
}

TEST_F(OpenAi, TakesThinkTagsAndOtherReasoningFields) {
    const auto llm = make();
    answer(chunk(R"({"reasoning":"one "})") + chunk(R"({"content":"<th"})") +
           chunk(R"({"content":"ink>two</think>\n\nanswer"})") + chunk("{}", "\"stop\""));
    ASSERT_TRUE(chat(*llm));
    EXPECT_EQ(sink.reasoning(), "one two");
    EXPECT_EQ(sink.text(), "answer");
}

TEST_F(OpenAi, TakesAWholeAnswerFromAServerThatDoesNotStream) {
    const auto llm = make();
    server.enqueue(Script::reply(200, R"({"model":"m","choices":[{"index":0,"message":
        {"role":"assistant","content":"all at once"},"finish_reason":"length"}],
        "usage":{"prompt_tokens":3,"completion_tokens":2}})"));
    const auto outcome = chat(*llm);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(sink.text(), "all at once");
    EXPECT_EQ(outcome->finish, ports::LlmFinish::length);
}

TEST_F(OpenAi, ReportsErrorsInsideAGoodStream) {
    const auto llm = make();
    answer(chunk(R"({"content":"half"})") +
           "data: {\"error\":{\"code\":502,\"message\":\"Provider disconnected\"},"
           "\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n");
    const auto outcome = chat(*llm);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::upstream);
    EXPECT_EQ(sink.text(), "half");
    server.enqueue(Script::reply(200, R"({"error":{"message":"busy","code":429}})"));
    EXPECT_EQ(chat(*llm).error().code, ErrorCode::rate_limited);
    answer(chunk(R"({"content":"half"})") + chunk("{}", "\"error\""));
    EXPECT_EQ(chat(*llm).error().code, ErrorCode::upstream);
}

TEST_F(OpenAi, NamesMalformedEventsAndWebPages) {
    const auto llm = make();
    answer(chunk(R"({"content":"a"})") + "data: {\"choices\":[\n\n");
    EXPECT_EQ(chat(*llm).error().code, ErrorCode::upstream);
    answer("<!doctype html><title>Router</title>");
    const auto page = chat(*llm);
    ASSERT_FALSE(page);
    EXPECT_NE(page.error().hint.find("/v1"), std::string::npos);
    // Wrong types everywhere: nothing to show, nothing to crash on.
    answer(
        "data: {\"choices\":{\"x\":1},\"usage\":7,\"model\":[]}\n\ndata: 5\n\ndata: []\n\n"
        "data: {\"choices\":[7,{\"delta\":[],\"finish_reason\":3}]}\n\ndata: [DONE]\n\n");
    EXPECT_TRUE(chat(*llm));
}

TEST_F(OpenAi, NeverShowsTheKey) {
    const auto llm = make();
    std::vector<base::log::Record> records;
    const auto handle =
        base::log::subscribe([&](const base::log::Record& r) { records.push_back(r); });
    server.enqueue(Script::reply(400, R"({"error":{"message":"bad sk-test-0123456789"}})"));
    const auto bad = chat(*llm);
    server.enqueue(Script::reply(401, R"({"error":{"message":"bad sk-test-0123456789"}})"));
    const auto denied = chat(*llm);
    EXPECT_EQ(bad.error().text().find("0123456789"), std::string::npos) << bad.error().text();
    EXPECT_EQ(denied.error().text().find("0123456789"), std::string::npos);
    EXPECT_NE(denied.error().hint.find("llm.api_key"), std::string::npos);
}

TEST_F(OpenAi, SaysWhoIsMissingWhenNobodyListens) {
    OpenAiOptions options;
    options.kind = OpenAiKind::lm_studio;
    options.endpoint.base_url = "http://127.0.0.1:1/v1";
    const auto llm = OpenAiLlm::make(client, clock, std::move(options)).value();
    const auto outcome = chat(*llm);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::unavailable);
    EXPECT_NE(outcome.error().message.find("lm-studio at http://127.0.0.1:1"), std::string::npos);
    EXPECT_NE(outcome.error().hint.find("start the model server"), std::string::npos);
}

TEST_F(OpenAi, ListsModelsOfEveryDialect) {
    const auto llm = make();
    server.enqueue(Script::reply(200, R"({"object":"list","data":[
        {"id":"models/gemini-x"},{"id":"b","max_model_len":4096},
        {"id":"c","context_length":131072,"supported_parameters":["temperature"]},{"id":7}]})"));
    const auto models = async::testing::run_on(io, llm->models());
    ASSERT_TRUE(models) << models.error().text();
    ASSERT_EQ(models->size(), 3u);
    EXPECT_EQ(models->at(0).id, "gemini-x");
    EXPECT_EQ(models->at(1).context_tokens, 4096);
    EXPECT_FALSE(models->at(2).tools);
    EXPECT_EQ(models->at(0).place, ports::LlmPlace::here);
    server.enqueue(Script::reply(200, "<html>", "text/html"));
    EXPECT_EQ(async::testing::run_on(io, llm->models()).error().code, ErrorCode::upstream);
    server.enqueue(Script::reply(200, "{}"));
    EXPECT_EQ(async::testing::run_on(io, llm->models()).error().code, ErrorCode::upstream);
}

TEST_F(OpenAi, CountsTokensWhereTheServerCan) {
    const auto llm = make(OpenAiKind::llama_server);
    server.enqueue(Script::reply(200, R"({"tokens":[1,2,3]})"));
    EXPECT_EQ(async::testing::run_on(io, llm->count_tokens("m", "a b c")).value(), 3);
    EXPECT_EQ(server.requests().back().target, "/tokenize");
    EXPECT_EQ(async::testing::run_on(io, make()->count_tokens("m", "x")).error().code,
              ErrorCode::unsupported);
}

}  // namespace
}  // namespace adapters
