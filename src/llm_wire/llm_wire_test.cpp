#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/log.hpp"
#include "llm_wire/endpoint.hpp"
#include "llm_wire/prompt_shape.hpp"
#include "llm_wire/reply_parts.hpp"
#include "llm_wire/testing/recording_sink.hpp"
#include "llm_wire/think_splitter.hpp"
#include "llm_wire/upstream_error.hpp"

namespace llm_wire {
namespace {

using base::ErrorCode;
using testing::RecordingSink;

struct Split {
    std::string text;
    std::string reasoning;
    bool operator==(const Split&) const = default;
};

Split split_in_pieces(const std::vector<std::string>& pieces) {
    RecordingSink sink;
    ThinkSplitter splitter;
    const auto emit = [&](const ports::LlmEvent& event) { return sink.on_event(event); };
    for (const auto& piece : pieces) EXPECT_TRUE(splitter.feed(piece, emit));
    EXPECT_TRUE(splitter.finish(emit));
    return {sink.text(), sink.reasoning()};
}

TEST(ThinkSplitter, PartsReasoningFromTextInEverySplit) {
    const std::string reply = " \n<think>\nHm, 1 < 2 </thin\n</think>\n\nYes: <think> is a tag.";
    const Split wanted{"Yes: <think> is a tag.", "\nHm, 1 < 2 </thin\n"};
    for (std::size_t i = 0; i <= reply.size(); ++i) {
        for (std::size_t j = i; j <= reply.size(); ++j) {
            ASSERT_EQ(
                split_in_pieces({reply.substr(0, i), reply.substr(i, j - i), reply.substr(j)}),
                wanted)
                << i << ' ' << j;
        }
    }
}

TEST(ThinkSplitter, LeavesAReplyWithoutABlockAlone) {
    EXPECT_EQ(split_in_pieces({"  <", "b>bold"}), (Split{"  <b>bold", ""}));
    EXPECT_EQ(split_in_pieces({"<thin"}), (Split{"<thin", ""}));
    EXPECT_EQ(split_in_pieces({" \n"}), (Split{" \n", ""}));
}

TEST(ThinkSplitter, TakesSeveralBlocksAndOneThatNeverCloses) {
    EXPECT_EQ(split_in_pieces({"<think>a</think>\n<thinking>b</thinking>c"}), (Split{"c", "ab"}));
    EXPECT_EQ(split_in_pieces({"<think>half </thi"}), (Split{"", "half </thi"}));
}

Failure failure(int status, std::string body, http::Headers headers = {}) {
    return {"openrouter",       "llm.api_key",   "big-model",      status,
            std::move(headers), std::move(body), 1'767'268'800'000};
}

std::string detail(const base::Error& error, std::string_view key) {
    for (const auto& [name, value] : error.details) {
        if (name == key) return value;
    }
    return {};
}

TEST(UpstreamError, GivesEachStatusItsCode) {
    EXPECT_EQ(to_error(failure(401, "{}")).code, ErrorCode::unauthorized);
    EXPECT_EQ(to_error(failure(403, "<html>")).code, ErrorCode::unauthorized);
    EXPECT_EQ(to_error(failure(402, "{}")).code, ErrorCode::forbidden);
    EXPECT_EQ(to_error(failure(404, R"({"error":{"code":"model_not_found"}})")).code,
              ErrorCode::not_found);
    EXPECT_EQ(to_error(failure(429, "{}")).code, ErrorCode::rate_limited);
    EXPECT_EQ(to_error(failure(529, "{}")).code, ErrorCode::rate_limited);
    EXPECT_EQ(to_error(failure(503, "{}")).code, ErrorCode::unavailable);
    EXPECT_EQ(to_error(failure(503, "{}", {{"Retry-After", "3"}})).code, ErrorCode::rate_limited);
    EXPECT_EQ(to_error(failure(500, "{}")).code, ErrorCode::upstream);
    EXPECT_EQ(to_error(failure(504, "{}")).code, ErrorCode::timeout);
    EXPECT_EQ(to_error(failure(422, "{}")).code, ErrorCode::invalid_argument);
    EXPECT_EQ(to_error(failure(302, "")).code, ErrorCode::upstream);
}

TEST(UpstreamError, KnowsAnUsedUpCreditFromABusyMinute) {
    const auto error = to_error(
        failure(429, R"({"error":{"message":"You exceeded","code":"insufficient_quota"}})"));
    EXPECT_EQ(error.code, ErrorCode::forbidden);
}

TEST(UpstreamError, RecognisesAContextThatIsTooLongInEveryDialect) {
    for (const char* body : {
             R"({"error":{"code":"context_length_exceeded","message":"x"}})",
             R"({"error":{"message":"This model's maximum context length is 8192 tokens."}})",
             R"({"error":{"code":400,"type":"exceed_context_size_error","message":"x"}})",
             R"({"type":"error","error":{"type":"invalid_request_error",
                 "message":"prompt is too long: 210000 tokens > 200000 maximum"}})",
             R"({"object":"error","message":"maximum context length is 4096","code":400})",
             R"({"code":"InvalidParameter","message":"Range of input length should be [1, 6000]"})",
         }) {
        EXPECT_EQ(to_error(failure(400, body)).code, ErrorCode::too_large) << body;
    }
}

TEST(UpstreamError, ReadsHowLongToWait) {
    const auto wait = [](http::Headers headers) {
        return detail(to_error(failure(429, "{}", std::move(headers))), "retry_after_s");
    };
    EXPECT_EQ(wait({{"Retry-After", "7"}}), "7");
    EXPECT_EQ(wait({{"retry-after", "Thu, 01 Jan 2026 12:00:20 GMT"}}), "20");
    EXPECT_EQ(wait({{"retry-after", "Thu, 01 Jan 2026 08:00:00 GMT"}}), "0");
    EXPECT_EQ(wait({{"retry-after-ms", "1500"}, {"retry-after", "9"}}), "1.5");
    EXPECT_EQ(wait({{"x-ratelimit-reset", "1767268805000"}}), "5");
    EXPECT_EQ(wait({{"x-ratelimit-reset", "1767268806"}}), "6");
    EXPECT_EQ(wait({{"x-ratelimit-reset-requests", "1m2s"}}), "62");
    EXPECT_EQ(wait({{"retry-after", "soon"}}), "");
    EXPECT_EQ(wait({{"retry-after", "-5"}}), "0");
    EXPECT_EQ(wait({{"retry-after", "1e300"}}), "86400");
    EXPECT_EQ(wait({{"retry-after", "nan"}}), "");
    EXPECT_EQ(detail(to_error(failure(429, R"([{"error":{"code":429,"status":"RESOURCE_EXHAUSTED",
        "details":[{"@type":"x/google.rpc.RetryInfo","retryDelay":"36s"}]}}])")),
                     "retry_after_s"),
              "36");
}

TEST(UpstreamError, ShowsNoKeyAndNoLongQuotation) {
    base::log::add_secret("sk-abcdef123456");
    const auto error = to_error(failure(
        400,
        R"({"error":{"message":"bad key sk-abcdef123456 for 'temperature' in \"my dear friend, I wanted to tell you all about it\"\n!"}})"));
    EXPECT_EQ(error.hint.find("sk-abcdef"), std::string::npos);
    EXPECT_EQ(error.hint.find("dear friend"), std::string::npos);
    EXPECT_NE(error.hint.find("'temperature'"), std::string::npos) << error.hint;
    EXPECT_EQ(error.hint.find('\n'), std::string::npos);
}

TEST(UpstreamError, KeepsTheProvidersWordsOutOfTheMessageBecauseItIsLogged) {
    for (const int status : {400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 529}) {
        const auto error = to_error(failure(
            status, R"({"error":{"type":"walrus_type","message":"the walrus sings at dawn"}})"));
        EXPECT_EQ(error.message.find("walrus"), std::string::npos) << error.message;
    }
    EXPECT_NE(to_error(failure(500, "the walrus sings")).hint.find("walrus"), std::string::npos);
}

TEST(UpstreamError, ReadsErrorObjectsOfAStreamThatBeganWell) {
    const auto code = [](const char* text) {
        const auto words = read_error(json::parse(text).value());
        EXPECT_TRUE(words) << text;
        return to_error(failure(200, ""), words.value_or(ErrorWords{})).code;
    };
    EXPECT_EQ(code(R"({"error":{"code":502,"message":"Provider disconnected"}})"),
              ErrorCode::upstream);
    EXPECT_EQ(code(R"({"type":"error","error":{"type":"overloaded_error","message":"x"}})"),
              ErrorCode::rate_limited);
    EXPECT_EQ(code(R"({"error":"llama runner process has terminated"})"), ErrorCode::upstream);
    EXPECT_FALSE(read_error(json::parse(R"({"choices":[],"error":null})").value()));
}

TEST(Endpoint, KnowsHowFarAwayAModelIs) {
    using ports::LlmPlace;
    EXPECT_EQ(place_of("http://localhost:11434"), LlmPlace::here);
    EXPECT_EQ(place_of("http://[::1]:8080/v1"), LlmPlace::here);
    EXPECT_EQ(place_of("http://127.8.0.1"), LlmPlace::here);
    EXPECT_EQ(place_of("http://192.168.1.4:1234/v1"), LlmPlace::local_network);
    EXPECT_EQ(place_of("http://nas.local/v1"), LlmPlace::local_network);
    EXPECT_EQ(place_of("http://ollama:11434"), LlmPlace::local_network);
    EXPECT_EQ(place_of("https://api.openai.com/v1"), LlmPlace::cloud);
    EXPECT_EQ(place_of("http://localhost@evil.example/"), LlmPlace::cloud);
    EXPECT_EQ(place_of("http://127.0.0.1.evil.example/"), LlmPlace::cloud);
    EXPECT_EQ(place_of("http://172.32.0.1/"), LlmPlace::cloud);
}

ports::LlmMessage message(ports::LlmRole role, std::string text) {
    ports::LlmMessage out;
    out.role = role;
    out.content = std::move(text);
    return out;
}

TEST(PromptShape, PutsLaterSystemTextBeforeTheNextUserMessage) {
    using ports::LlmRole;
    const auto out =
        fold_system({message(LlmRole::system, "be kind"), message(LlmRole::system, "tools"),
                     message(LlmRole::user, "hi"), message(LlmRole::assistant, "hello"),
                     message(LlmRole::system, "it is noon"), message(LlmRole::user, "time?")});
    ASSERT_EQ(out.size(), 4u);
    EXPECT_EQ(out[0].content, "be kind\n\ntools");
    EXPECT_EQ(out[3].role, LlmRole::user);
    EXPECT_EQ(out[3].content, "it is noon\n\ntime?");
}

TEST(ReplyParts, NumbersToolCallsOfServersThatDoNot) {
    RecordingSink sink;
    ReplyParts parts(sink);
    parts.tool_call(0, "a", "clock", "{}");
    parts.tool_call(0, "b", "diary", "{\"x\":");  // same index, another call
    parts.tool_call(0, "", "", "1}");
    const auto calls = sink.tool_calls();
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(calls.at(0).arguments_json, "{}");
    EXPECT_EQ(calls.at(1).name, "diary");
    EXPECT_EQ(calls.at(1).arguments_json, "{\"x\":1}");
}

TEST(ReplyParts, RefusesAReplyWithoutEnd) {
    RecordingSink sink;
    ReplyParts parts(sink);
    const std::string piece(1'000'000, 'x');
    for (int i = 0; i < 9; ++i) parts.text(piece);
    ASSERT_FALSE(parts.flow("p"));
    EXPECT_EQ(parts.flow("p").error().code, ErrorCode::upstream);
    EXPECT_LE(sink.text().size(), ReplyParts::kMaxBytes);
}

TEST(ReplyParts, MendsACharacterCutByACarelessServer) {
    const auto value = parse_event("{\"a\":\"gr\xC3\"}", "p");
    ASSERT_TRUE(value);
    EXPECT_EQ(json::string_or(json::find(*value, "a")), "gr\xEF\xBF\xBD");
    const auto half = [](const char* text) {
        return json::string_or(json::find(parse_event(text, "p").value(), "a"));
    };
    EXPECT_EQ(half(R"({"a":"x\ud83d"})"), "x\xEF\xBF\xBD");
    EXPECT_EQ(half(R"({"a":"\ude42\ud83d\ude42"})"), "\xEF\xBF\xBD🙂");
    EXPECT_EQ(half(R"({"a":"\\ud83d \ud83d"})"), "\\ud83d \xEF\xBF\xBD");
    EXPECT_EQ(parse_event("{\"a\":", "p").error().code, ErrorCode::upstream);
}

}  // namespace
}  // namespace llm_wire
