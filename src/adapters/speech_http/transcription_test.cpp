#include "adapters/speech_http/transcription.hpp"

#include <gtest/gtest.h>

namespace adapters::speech_http {
namespace {

TEST(TranscriptionRequest, IsAFormWithTheSoundAsWav) {
    SpeechServer server;
    server.endpoint.base_url = "http://127.0.0.1:9/v1";
    server.recogniser_model = "large-v3";
    server.fields = {{"vad_filter", "true"}, {"compute_type", "int8"}};
    ports::ListenRequest wanted;
    wanted.samples.assign(1'600, 0.5F);
    wanted.language = "de";
    wanted.context = "Nook";
    const auto request = transcription_request(server, wanted).value();
    EXPECT_EQ(request.url, "http://127.0.0.1:9/v1/audio/transcriptions");
    const std::string type(request.headers.get("Content-Type").value());
    ASSERT_TRUE(type.starts_with("multipart/form-data; boundary="));
    const std::string boundary = type.substr(type.find('=') + 1);
    EXPECT_TRUE(request.body.starts_with("--" + boundary + "\r\n"));
    EXPECT_TRUE(request.body.ends_with("--" + boundary + "--\r\n"));
    EXPECT_NE(request.body.find("filename=\"speech.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF"),
              std::string::npos);
    for (const auto& [name, value] :
         {std::pair{"model", "large-v3"}, std::pair{"language", "de"}, std::pair{"prompt", "Nook"},
          std::pair{"response_format", "verbose_json"},
          std::pair{"timestamp_granularities[]", "word"}, std::pair{"vad_filter", "true"},
          std::pair{"compute_type", "int8"}}) {
        const std::string part =
            std::string("name=\"") + name + "\"\r\n\r\n" + value + "\r\n--" + boundary;
        EXPECT_NE(request.body.find(part), std::string::npos) << name;
    }
    server.recogniser_model = "gpt-4o-transcribe";
    const auto newer = transcription_request(server, wanted).value();
    EXPECT_EQ(newer.body.find("verbose_json"), std::string::npos);
    EXPECT_EQ(newer.body.find("granularities"), std::string::npos);
}

TEST(Transcription, TakesWordsWithTheirTimes) {
    // As faster-whisper servers and OpenAI send it.
    const auto heard = read_transcription(R"({"task":"transcribe","language":"english",
        "duration":2.1,"text":" Hello there. ","words":[
        {"word":" Hello","start":0.1,"end":0.5,"probability":0.5},
        {"word":"there.","start":0.6,"end":0.9},{"word":7,"start":"x"}],
        "segments":[{"id":0,"start":0,"end":2,"text":" Hello there.","avg_logprob":-0.1054,
        "no_speech_prob":0.01}]})",
                                          2'100)
                           .value();
    EXPECT_EQ(heard.text, "Hello there.");
    EXPECT_EQ(heard.language, "en");
    EXPECT_FALSE(heard.no_speech);
    ASSERT_EQ(heard.words.size(), 2U);
    EXPECT_EQ(heard.words[0].text, "Hello");
    EXPECT_EQ(heard.words[0].t_ms, 100);
    EXPECT_EQ(heard.words[0].dur_ms, 400);
    EXPECT_NEAR(heard.words[0].confidence, 0.5, 1e-6);
    EXPECT_NEAR(heard.words[1].confidence, 0.9, 1e-3);
    EXPECT_NEAR(heard.confidence, 0.7, 1e-3);
}

TEST(Transcription, SpreadsWordsThatHaveNoTimes) {
    const auto segments = read_transcription(R"({"text":"One two. Three.","language":"de",
        "segments":[{"start":0,"end":1,"text":"One two."},{"start":2,"end":3,"text":"Three."}]})",
                                             3'000)
                              .value();
    ASSERT_EQ(segments.words.size(), 3U);
    EXPECT_EQ(segments.words[2].t_ms, 2'000);
    EXPECT_EQ(segments.confidence, 1);
    const auto bare = read_transcription(R"({"text":"One two"})", 1'000).value();
    ASSERT_EQ(bare.words.size(), 2U);
    EXPECT_EQ(bare.words[1].t_ms + bare.words[1].dur_ms, 1'000);
    EXPECT_EQ(bare.language, "");
}

TEST(Transcription, KnowsNoiseFromThanks) {
    const auto with = [](double no_speech, double log_probability) {
        return read_transcription(
                   R"({"text":"Thank you.","segments":[{"start":0,"end":1,"text":"Thank you.",)"
                   R"("no_speech_prob":)" +
                       std::to_string(no_speech) + R"(,"avg_logprob":)" +
                       std::to_string(log_probability) + "}]}",
                   1'000)
            .value()
            .no_speech;
    };
    EXPECT_TRUE(with(0.9, -1.4));
    EXPECT_FALSE(with(0.9, -0.3));  // really said
    EXPECT_FALSE(with(0.1, -1.4));
    EXPECT_TRUE(read_transcription(R"({"text":"  "})", 1'000).value().no_speech);
}

TEST(Transcription, RefusesWhatIsNone) {
    for (const auto* body : {"", "<html>", "[]", "{}", R"({"message":"ok"})", "{\"text\""}) {
        const auto heard = read_transcription(body, 1'000);
        ASSERT_FALSE(heard) << body;
        EXPECT_EQ(heard.error().code, base::ErrorCode::upstream);
    }
    // Wrong types everywhere: nothing to hear, nothing to crash on.
    const auto odd = read_transcription(R"({"text":5,"words":{},"segments":[1,{"start":1e300,
        "end":-1,"text":[],"avg_logprob":"x"}],"language":[]})",
                                        1'000);
    ASSERT_TRUE(odd);
    EXPECT_TRUE(odd->no_speech);
}

}  // namespace
}  // namespace adapters::speech_http
