#include <gtest/gtest.h>

#include "adapters/llm_ollama/ollama_llm.hpp"
#include "adapters/llm_ollama/ollama_wire.hpp"
#include "llm_wire/testing/wire_contract.hpp"

namespace adapters {
namespace {

using base::ErrorCode;
using llm_wire::testing::GoodReply;
using llm_wire::testing::Script;

std::string line(std::string_view message, std::string_view more = "\"done\":false") {
    return "{\"model\":\"small:4b\",\"created_at\":\"2026-01-01T12:00:00Z\",\"message\":" +
           std::string(message) + "," + std::string(more) + "}\n";
}

GoodReply good_reply() {
    GoodReply reply;
    reply.content_type = "application/x-ndjson";
    reply.body = line(R"({"role":"assistant","content":"","thinking":"Ein Gruß."})") +
                 line(R"({"role":"assistant","content":"Grüß "})") +
                 line(R"({"role":"assistant","content":"dich 🙂"})") +
                 line(R"({"role":"assistant","content":""})",
                      R"("done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":4)");
    reply.whole_at = reply.body.size() - 1;  // the last line needs no line feed
    reply.text = "Grüß dich 🙂";
    reply.reasoning = "Ein Gruß.";
    return reply;
}

OllamaOptions options_for(const std::string& url, OllamaOptions options = {}) {
    options.endpoint.idle_timeout = std::chrono::seconds(5);
    options.endpoint.base_url = url + "/api/";
    return options;
}

struct OllamaSubject {
    using Decoder = LineDecoder;
    static GoodReply good_reply() { return adapters::good_reply(); }
    static std::unique_ptr<ports::LlmProvider> make(http::Client& client, const async::Clock& clock,
                                                    const std::string& url) {
        return std::make_unique<OllamaLlm>(client, clock, options_for(url));
    }
};

}  // namespace
}  // namespace adapters

namespace llm_wire::testing {
INSTANTIATE_TYPED_TEST_SUITE_P(Ollama, WireContract, adapters::OllamaSubject);
}  // namespace llm_wire::testing

namespace adapters {
namespace {

class Ollama : public llm_wire::testing::WireTest {
protected:
    OllamaLlm make(OllamaOptions options = {}) {
        return OllamaLlm(client, clock, options_for(server.url(""), std::move(options)));
    }
    void answer(const std::string& body) {
        server.enqueue(Script::reply(200, body, "application/x-ndjson"));
    }
};

TEST_F(Ollama, StreamsTextThinkingAndUsage) {
    auto llm = make();
    const auto reply = good_reply();
    answer(reply.body);
    const auto outcome = chat(llm);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(sink.text(), reply.text);
    EXPECT_EQ(sink.reasoning(), reply.reasoning);
    EXPECT_EQ(outcome->model, "small:4b");
    EXPECT_EQ(outcome->usage.value().completion_tokens, 4);
    EXPECT_EQ(server.requests().at(0).target, "/api/chat");
}

TEST_F(Ollama, SendsOptionsAndToolRounds) {
    OllamaOptions options;
    options.num_ctx = 16384;
    options.keep_alive = "-1";
    options.think = "off";
    auto llm = make(options);
    answer(good_reply().body);
    auto request = hello();
    request.sampling.temperature = 0.25;
    request.max_tokens = 99;
    request.messages.resize(3);
    request.messages[1].role = ports::LlmRole::assistant;
    request.messages[1].tool_calls = {{"c1", "clock", R"({"zone":"UTC"})"}};
    request.messages[2].role = ports::LlmRole::tool;
    request.messages[2].tool_call_id = "c1";
    ASSERT_TRUE(chat(llm, request));
    const auto body = sent();
    EXPECT_EQ(json::int_or(json::find_path(body, "options.num_ctx"), 0), 16384);
    EXPECT_EQ(json::int_or(json::find_path(body, "options.num_predict"), 0), 99);
    EXPECT_EQ(json::int_or(json::find(body, "keep_alive"), 0), -1);
    EXPECT_FALSE(json::bool_or(json::find(body, "think"), true));
    EXPECT_EQ(
        json::string_or(json::find_path(body, "messages.1.tool_calls.0.function.arguments.zone")),
        "UTC");
    EXPECT_EQ(json::string_or(json::find_path(body, "messages.2.tool_name")), "clock");
}

TEST_F(Ollama, TakesWholeToolCalls) {
    auto llm = make();
    answer(line(R"({"role":"assistant","content":"","tool_calls":[
        {"function":{"name":"clock","arguments":{"zone":"UTC"}}},
        {"function":{"name":"clock","arguments":{}}}]})") +
           line(R"({"content":""})", R"("done":true,"done_reason":"stop")"));
    // A line is a line: the raw string above has some too many.
    const auto broken = chat(llm);
    EXPECT_EQ(broken.error().code, ErrorCode::upstream);
    answer(line(R"({"tool_calls":[{"function":{"name":"clock","arguments":{"zone":"UTC"}}},)"
                R"({"function":{"name":"clock","arguments":{}}}]})") +
           line(R"({"content":""})", R"("done":true,"done_reason":"stop")"));
    const auto outcome = chat(llm);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(outcome->finish, ports::LlmFinish::tool_calls);
    const auto calls = sink.tool_calls();
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(calls.at(0).arguments_json, R"({"zone":"UTC"})");
    EXPECT_NE(calls.at(0).id, calls.at(1).id);
}

TEST_F(Ollama, SaysHowToBringAMissingModel) {
    auto llm = make();
    server.enqueue(Script::reply(404, R"({"error":"model 'small' not found"})"));
    const auto outcome = chat(llm);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::not_found);
    EXPECT_EQ(outcome.error().hint, "bring it with `ollama pull small`");
}

TEST_F(Ollama, ReportsAnErrorInTheMiddle) {
    auto llm = make();
    answer(line(R"({"content":"half"})") + "{\"error\":\"llama runner process has terminated\"}\n");
    const auto outcome = chat(llm);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::upstream);
    EXPECT_EQ(sink.text(), "half");
}

TEST_F(Ollama, KeepsWordsFromOllamasCloudUnlessAllowed) {
    auto llm = make();
    auto request = hello();
    request.model = "gpt-oss:120b-cloud";
    EXPECT_EQ(chat(llm, request).error().code, ErrorCode::forbidden);
    EXPECT_EQ(server.requests().size(), 0u);
    EXPECT_EQ(llm.place(), ports::LlmPlace::here);
    OllamaOptions options;
    options.cloud_models = OllamaCloudModels::allowed;
    EXPECT_EQ(make(options).place(), ports::LlmPlace::cloud);
}

TEST_F(Ollama, ListsModelsAndWhichAreLoaded) {
    auto llm = make();
    server.enqueue(Script::reply(200, R"({"models":[{"name":"a:1b"},{"name":"b:2b"},
        {"name":"c","remote_host":"https://ollama.com:443"},{"size":3}]})"));
    server.enqueue(Script::reply(200, R"({"models":[{"name":"b:2b"}]})"));
    const auto models = async::testing::run_on(io, llm.models());
    ASSERT_TRUE(models) << models.error().text();
    ASSERT_EQ(models->size(), 3u);
    EXPECT_FALSE(models->at(0).loaded);
    EXPECT_TRUE(models->at(1).loaded);
    EXPECT_EQ(models->at(2).place, ports::LlmPlace::cloud);
    server.enqueue(Script::reply(200, R"({"models":[{"name":"a:1b"}]})"));
    server.enqueue(Script::reply(404, ""));
    EXPECT_EQ(async::testing::run_on(io, llm.models()).value().size(), 1u);
}

}  // namespace
}  // namespace adapters
