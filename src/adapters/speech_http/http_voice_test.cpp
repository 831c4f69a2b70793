#include "adapters/speech_http/http_voice.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "adapters/speech_http/sound_stream.hpp"
#include "adapters/speech_http/testing/speech_call.hpp"
#include "adapters/speech_http/testing/tape.hpp"
#include "base/log.hpp"
#include "json/json.hpp"

namespace adapters::speech_http {
namespace {

using base::ErrorCode;
using testing::Script;
using testing::Tape;

std::string wav(double seconds, int rate = 24'000) {
    media::Clip clip{rate, std::vector<float>(static_cast<std::size_t>(rate * seconds), 0.25F)};
    const auto file = media::write_wav(clip).value();
    return {reinterpret_cast<const char*>(file.data()), file.size()};
}

struct HttpVoice : testing::SpeechCall {
    Tape tape;

    base::Result<void> speak(HttpTextToSpeech& voice, std::string text = "Hello there.") {
        return run(voice.speak({std::move(text), "", 1}, tape, stop.get_token()));
    }
    HttpTextToSpeech make(ServerKind kind = ServerKind::openai) {
        return HttpTextToSpeech(client, clock, server(kind));
    }
    static Script sound(std::string_view type = "audio/wav") {
        return Script::head(200, {{"Content-Type", std::string(type)}, {"Connection", "close"}});
    }
    static Script chunked() {
        return Script::head(200, {{"Content-Type", "audio/wav"}, {"Transfer-Encoding", "chunked"}});
    }
};

TEST_F(HttpVoice, SpeaksEveryForm) {
    for (const auto [kind, path] : {std::pair{ServerKind::openai, "/v1/audio/speech"},
                                    std::pair{ServerKind::gpt_sovits, "/tts"},
                                    std::pair{ServerKind::qwen3_tts, "/audio/speech"},
                                    std::pair{ServerKind::xtts, "/tts_stream?text=Hello"}}) {
        auto described = server(kind);
        if (kind == ServerKind::openai) described.endpoint.base_url += "/v1";
        if (kind == ServerKind::qwen3_tts) described.reference_audio.clear();
        HttpTextToSpeech voice(client, clock, std::move(described));
        tape = {};
        peer.enqueue(Script::reply(200, wav(0.5, 32'000), "audio/wav"));
        const auto spoken = speak(voice);
        ASSERT_TRUE(spoken) << spoken.error().text();
        EXPECT_EQ(tape.words(), "Hello there.");
        EXPECT_EQ(tape.samples(), 12'000U);
        EXPECT_TRUE(peer.requests().back().target.starts_with(path))
            << peer.requests().back().target;
        EXPECT_EQ(peer.requests().back().headers.get("Authorization").value(),
                  "Bearer sk-test-0123456789");
    }
}

TEST_F(HttpVoice, IsHeardWhileTheRestIsUnsent) {
    auto voice = make();
    const std::string file = wav(3);
    peer.enqueue(chunked()
                     .chunk(file.substr(0, 30'000))
                     .await_step()
                     .chunk(file.substr(30'000))
                     .end_chunks());
    bool released = false;
    tape.after_segment = [&] {
        if (!std::exchange(released, true)) peer.step();
    };
    ASSERT_TRUE(speak(voice));
    EXPECT_TRUE(released);
    EXPECT_EQ(tape.samples(), 72'000U);
    EXPECT_EQ(tape.words(), "Hello there.");
}

TEST_F(HttpVoice, NoticesACutConnection) {
    auto voice = make();
    const std::string file = wav(0.02);
    for (const bool in_order : {true, false}) {
        for (std::size_t n = 0; n < file.size(); n += 97) {
            tape = {};
            Script script = sound().bytes(file.substr(0, n));
            peer.enqueue(in_order ? script.close() : script.cut());
            const auto spoken = speak(voice);
            ASSERT_FALSE(spoken) << n;
            EXPECT_EQ(spoken.error().code, ErrorCode::upstream) << spoken.error().text();
        }
    }
    peer.enqueue(chunked().chunk(wav(2).substr(0, 50'000)).cut());
    EXPECT_EQ(speak(voice).error().code, ErrorCode::upstream);
    EXPECT_GT(tape.segments.size(), 0U) << "what came before the cut was heard";
}

TEST_F(HttpVoice, TakesSlowBytesAndHalfSamples) {
    auto described = server();
    described.sound = SoundForm::pcm;
    HttpTextToSpeech voice(client, clock, described);
    Script script = sound("audio/pcm");
    for (int i = 0; i < 2'001; ++i) script.bytes(std::string(1, '\x01'));
    peer.enqueue(script.close());
    ASSERT_TRUE(speak(voice));
    EXPECT_EQ(tape.samples(), 1'000U);
}

TEST_F(HttpVoice, TypesEveryStatus) {
    auto voice = make(ServerKind::gpt_sovits);
    const auto status = [&](int code, std::string_view body, const http::Headers& headers) {
        peer.enqueue(Script::reply(code, body, "application/json", headers));
        return speak(voice).error();
    };
    const auto limited = status(429, "{}", {{"Retry-After", "12"}});
    EXPECT_EQ(limited.code, ErrorCode::rate_limited);
    EXPECT_EQ(limited.details.at(0), (std::pair<std::string, std::string>("retry_after_s", "12")));
    EXPECT_EQ(status(500, "<html>", {{"Retry-After", "3"}}).code, ErrorCode::upstream);
    EXPECT_EQ(status(503, "", {{"Retry-After", "3"}}).code, ErrorCode::rate_limited);
    EXPECT_EQ(status(401, "{}", {}).code, ErrorCode::unauthorized);
    EXPECT_NE(status(401, "{}", {}).hint.find("speech.servers.studio.api_key"), std::string::npos);
    const auto refused = status(400, R"({"message":"tts failed","Exception":"too short"})", {});
    EXPECT_EQ(refused.code, ErrorCode::invalid_argument);
    EXPECT_NE(refused.hint.find("tts failed: too short"), std::string::npos) << refused.text();
    const auto detail = status(422, R"({"detail":[{"loc":["body"],"msg":"field required"}]})", {});
    EXPECT_NE(detail.hint.find("field required"), std::string::npos) << detail.text();
    EXPECT_EQ(tape.segments.size(), 0U);
}

TEST_F(HttpVoice, RefusesWhatIsNoSound) {
    auto voice = make();
    for (const auto* type : {"application/json", "text/html", "audio/mpeg"}) {
        peer.enqueue(Script::reply(200, "{}", type));
        const auto spoken = speak(voice);
        ASSERT_FALSE(spoken) << type;
        EXPECT_EQ(spoken.error().code, ErrorCode::upstream);
        EXPECT_NE(spoken.error().message.find("studio at http://127.0.0.1"), std::string::npos);
    }
    peer.enqueue(Script::reply(200, wav(0), "audio/wav"));
    EXPECT_EQ(speak(voice).error().code, ErrorCode::upstream);
    peer.enqueue(Script::reply(200, "", "audio/pcm"));
    EXPECT_EQ(speak(voice).error().code, ErrorCode::upstream);
    EXPECT_EQ(tape.segments.size(), 0U);
}

TEST_F(HttpVoice, EndsSoundWithoutEnd) {
    auto voice = make();
    peer.enqueue(sound("audio/pcm").repeat(std::string(48'000, '\0'), 100'000'000).close());
    const auto spoken = speak(voice);
    ASSERT_FALSE(spoken);
    EXPECT_EQ(spoken.error().code, ErrorCode::upstream) << spoken.error().text();
    EXPECT_LE(tape.samples(), 24'000U * 660);
    peer.enqueue(
        Script::head(500, {{"Content-Length", "100000000"}}).repeat("<html>", 100'000'000));
    EXPECT_EQ(speak(voice).error().code, ErrorCode::upstream);
}

TEST_F(HttpVoice, EndsSilenceByTheClock) {
    auto voice = make();
    peer.enqueue(Script().hang());
    const auto never = during(voice.speak({"Hello.", "", 1}, tape, stop.get_token()),
                              [&] { clock.advance(io, std::chrono::seconds(30)); });
    ASSERT_FALSE(never);
    EXPECT_EQ(never.error().code, ErrorCode::timeout);
    EXPECT_NE(never.error().hint.find("speech.servers.studio.timeout_seconds"), std::string::npos);
    // In the middle; what comes in time begins the wait anew.
    peer.enqueue(chunked().chunk(wav(2).substr(0, 30'000)).hang());
    const auto half = during(voice.speak({"Hello.", "", 1}, tape, stop.get_token()), [&] {
        clock.advance(io, std::chrono::seconds(20));
        while (tape.segments.empty()) io.run_one();
        clock.advance(io, std::chrono::seconds(29));
        EXPECT_FALSE(tape.segments.empty());
        clock.advance(io, std::chrono::seconds(1));
    });
    ASSERT_FALSE(half);
    EXPECT_EQ(half.error().code, ErrorCode::timeout);
}

TEST_F(HttpVoice, StopsAtOnce) {
    auto voice = make();
    peer.enqueue(Script().hang());
    const auto silent = during(voice.speak({"Hello.", "", 1}, tape, stop.get_token()),
                               [&] { stop.request_stop(); });
    EXPECT_EQ(silent.error().code, ErrorCode::cancelled);
    EXPECT_EQ(speak(voice).error().code, ErrorCode::cancelled) << "before the call";
    stop = {};
    peer.enqueue(chunked().chunk(wav(2)).hang());
    tape.enough_after = 1;
    const auto enough = speak(voice);
    EXPECT_TRUE(enough) << enough.error().text();
    EXPECT_EQ(tape.segments.size(), 1U);
}

TEST_F(HttpVoice, LearnsThePaceAndSpeaksLongTextsInParts) {
    auto voice = make();
    std::string text;
    for (int i = 0; i < 12; ++i) text += "This is a sentence that says little. ";
    peer.enqueue(Script::reply(200, wav(3), "audio/wav"));
    peer.enqueue(Script::reply(200, wav(3), "audio/wav"));
    ASSERT_TRUE(speak(voice, text));
    EXPECT_EQ(peer.requests().size(), 2U);
    EXPECT_EQ(tape.words() + " ", text);
    EXPECT_EQ(tape.samples(), 144'000U);
    ASSERT_TRUE(speak(voice, " … "));
    EXPECT_EQ(peer.requests().size(), 2U) << "nothing to say, nothing asked";
    EXPECT_EQ(speak(voice, std::string(60'000, 'a')).error().code, ErrorCode::too_large);
}

TEST_F(HttpVoice, SendsNothingAwayWhenOnlyThisMachineMay) {
    auto described = server();
    described.endpoint.base_url = "http://speech.example/v1";
    described.reach = Reach::this_machine;
    HttpTextToSpeech away(client, clock, described);
    EXPECT_EQ(speak(away).error().code, ErrorCode::forbidden);
    EXPECT_NE(away.voices().at(0).lacks.find("local_only"), std::string::npos);
    // Nor does a server of this machine pass it on.
    described = server(ServerKind::xtts);
    described.reach = Reach::this_machine;
    HttpTextToSpeech here(client, clock, described);
    http::testing::ScriptedServer other(io.get_executor());
    peer.enqueue(Script::reply(302, "", "text/plain", {{"Location", other.url("/tts")}}));
    EXPECT_EQ(speak(here).error().code, ErrorCode::upstream);
    EXPECT_EQ(other.connections(), 0U);
}

TEST_F(HttpVoice, AsksForTheVoiceThatIsNamed) {
    auto voice = make();
    peer.enqueue(Script::reply(200, wav(0.2), "audio/wav"));
    ASSERT_TRUE(run(voice.speak({"Hi.", "studio/nova", 1.5}, tape, {})));
    const auto body = json::parse(peer.requests().back().body).value();
    EXPECT_EQ(json::string_or(json::find(body, "voice")), "nova");
    EXPECT_EQ(json::number_or(json::find(body, "speed"), 0), 1.5);
    EXPECT_EQ(run(voice.speak({"Hi.", "", 9}, tape, {})).error().code, ErrorCode::invalid_argument);
}

TEST_F(HttpVoice, KnocksAndSaysWhoIsMissing) {
    auto voice = make(ServerKind::gpt_sovits);
    peer.enqueue(Script::reply(404, R"({"detail":"Not Found"})"));
    EXPECT_TRUE(run(voice.prewarm("", {}))) << "it is there, though it has no such page";
    peer.enqueue(Script::reply(200, std::string(3'000'000, 'x'), "text/html"));
    EXPECT_TRUE(run(voice.prewarm("", {})));
    auto described = server();
    described.endpoint.base_url = "http://127.0.0.1:1/v1";
    HttpTextToSpeech nobody(client, clock, described);
    const auto warm = run(nobody.prewarm("", {}));
    ASSERT_FALSE(warm);
    EXPECT_EQ(warm.error().code, ErrorCode::unavailable);
    EXPECT_NE(warm.error().hint.find("start the speech server"), std::string::npos);
}

TEST_F(HttpVoice, NeverShowsTheKeyOrTheWords) {
    auto voice = make();
    std::string seen;
    const auto handle =
        base::log::subscribe([&](const base::log::Record& record) { seen += record.message; });
    peer.enqueue(Script::reply(400, R"({"error":{"message":"bad sk-test-0123456789 tea"}})"));
    const auto bad = speak(voice, "I like tea.");
    EXPECT_EQ(bad.error().text().find("0123456789"), std::string::npos) << bad.error().text();
    EXPECT_EQ(bad.error().message.find("tea"), std::string::npos);
    EXPECT_EQ(seen.find("tea"), std::string::npos);
}

}  // namespace
}  // namespace adapters::speech_http
