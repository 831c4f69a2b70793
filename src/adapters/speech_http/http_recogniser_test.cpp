#include "adapters/speech_http/http_recogniser.hpp"

#include <gtest/gtest.h>

#include "adapters/speech_http/testing/speech_call.hpp"

namespace adapters::speech_http {
namespace {

using base::ErrorCode;
using testing::Script;

class HttpRecogniser : public testing::SpeechCall {
protected:
    static ports::ListenRequest second() {
        ports::ListenRequest request;
        request.samples.assign(ports::kListenRate, 0.1F);
        return request;
    }
    base::Result<ports::Transcript> listen(HttpSpeechToText& ear) {
        return run(ear.transcribe(second(), stop.get_token()));
    }
};

TEST_F(HttpRecogniser, SendsSoundAndReadsWords) {
    HttpSpeechToText ear(client, clock, server());
    peer.enqueue(Script::reply(200, R"({"text":"Good morning.","language":"en"})"));
    const auto heard = listen(ear);
    ASSERT_TRUE(heard) << heard.error().text();
    EXPECT_EQ(heard->text, "Good morning.");
    EXPECT_EQ(heard->words.size(), 2U);
    const auto& request = peer.requests().at(0);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/audio/transcriptions");
    EXPECT_GT(request.body.size(), 32'000U);
    ports::ListenRequest nothing;
    EXPECT_TRUE(run(ear.transcribe(nothing, {}))->no_speech);
    EXPECT_EQ(peer.requests().size(), 1U);
}

TEST_F(HttpRecogniser, TypesEveryEnding) {
    HttpSpeechToText ear(client, clock, server());
    const auto error = [&](Script script) {
        peer.enqueue(std::move(script));
        return listen(ear).error();
    };
    EXPECT_EQ(error(Script::reply(200, "<html>", "text/html")).code, ErrorCode::upstream);
    EXPECT_EQ(error(Script::reply(200, "{}")).code, ErrorCode::upstream);
    EXPECT_EQ(error(Script::reply(200, "{\"text\":")).code, ErrorCode::upstream);
    EXPECT_EQ(error(Script::head(200, {{"Content-Length", "50"}}).bytes("{\"text\"").close()).code,
              ErrorCode::upstream);
    EXPECT_EQ(error(Script::head(200, {{"Content-Length", "50"}}).bytes("{").cut()).code,
              ErrorCode::upstream);
    EXPECT_EQ(error(Script::head(200, {{"Connection", "close"}}).repeat("x", 50'000'000)).code,
              ErrorCode::upstream);
    const auto limited =
        error(Script::reply(429, "{}", "application/json", {{"Retry-After", "7"}}));
    EXPECT_EQ(limited.code, ErrorCode::rate_limited);
    EXPECT_EQ(limited.details.at(0).second, "7");
    EXPECT_EQ(error(Script::reply(500, "")).code, ErrorCode::upstream);
    const auto missing =
        error(Script::reply(404, R"({"detail":"Model 'x' is not installed locally."})"));
    EXPECT_EQ(missing.code, ErrorCode::not_found);
}

TEST_F(HttpRecogniser, EndsSilenceByTheClockAndStopsAtOnce) {
    HttpSpeechToText ear(client, clock, server());
    peer.enqueue(Script().hang());
    const auto late = during(ear.transcribe(second(), stop.get_token()),
                             [&] { clock.advance(io, std::chrono::seconds(30)); });
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::timeout);
    peer.enqueue(Script().hang());
    const auto stopped =
        during(ear.transcribe(second(), stop.get_token()), [&] { stop.request_stop(); });
    EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

TEST_F(HttpRecogniser, SendsNothingAwayWhenOnlyThisMachineMay) {
    auto described = server();
    described.endpoint.base_url = "https://speech.example/v1";
    described.reach = Reach::this_machine;
    HttpSpeechToText ear(client, clock, described);
    EXPECT_EQ(listen(ear).error().code, ErrorCode::forbidden);
    HttpSpeechToText deaf(client, clock, server(ServerKind::gpt_sovits));
    EXPECT_EQ(listen(deaf).error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace adapters::speech_http
