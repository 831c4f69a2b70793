#include "adapters/speech_http/voice_request.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "json/json.hpp"

namespace adapters::speech_http {
namespace {

SpeechServer server_of(ServerKind kind) {
    SpeechServer server;
    server.name = "voice";
    server.kind = kind;
    server.endpoint.base_url = "http://127.0.0.1:9/v1/";
    return server;
}

std::string text_of(const http::ClientRequest& request, std::string_view key) {
    const auto body = json::parse(request.body).value();
    const auto* value = json::find(body, key);
    if (value == nullptr) return "(none)";
    return value->is_string() ? json::string_or(value) : json::write(*value);
}

TEST(VoiceRequest, SpeaksTheFormOfOpenAi) {
    auto server = server_of(ServerKind::openai);
    server.voice = "nova";
    server.voice_model = "gpt-4o-mini-tts";
    server.instructions = "Whisper.";
    server.fields = {{"lang_code", "en"}, {"volume", "0.5"}, {"normalize", "false"}};
    const auto request = voice_request(server, "Hello.", "", 1.25).value();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "http://127.0.0.1:9/v1/audio/speech");
    EXPECT_EQ(request.redirects, http::Redirects::refuse);
    for (const auto& [key, value] :
         {std::pair{"model", "gpt-4o-mini-tts"}, std::pair{"input", "Hello."},
          std::pair{"voice", "nova"}, std::pair{"response_format", "wav"},
          std::pair{"speed", "1.25E0"}, std::pair{"instructions", "Whisper."},
          std::pair{"lang_code", "en"}, std::pair{"volume", "5E-1"},
          std::pair{"normalize", "false"}}) {
        EXPECT_EQ(text_of(request, key), value) << key;
    }
    const auto plain = voice_request(server_of(ServerKind::openai), "Hi", "echo", 1).value();
    EXPECT_EQ(text_of(plain, "voice"), "echo");
    EXPECT_EQ(text_of(plain, "speed"), "(none)");
}

TEST(VoiceRequest, SpeaksTheFormOfGptSovits) {
    auto server = server_of(ServerKind::gpt_sovits);
    server.endpoint.base_url = "http://127.0.0.1:9880";
    server.reference_audio = "voices/ada.wav";
    server.reference_text = "What was said there.";
    server.reference_language = "EN";
    server.language = "zh";
    server.fields = {{"text_split_method", "cut5"}, {"streaming_mode", "2"}};
    const auto request = voice_request(server, "你好", "", 1).value();
    EXPECT_EQ(request.url, "http://127.0.0.1:9880/tts");
    for (const auto& [key, value] :
         {std::pair{"text", "你好"}, std::pair{"text_lang", "zh"},
          std::pair{"ref_audio_path", "voices/ada.wav"}, std::pair{"prompt_lang", "en"},
          std::pair{"prompt_text", "What was said there."}, std::pair{"media_type", "wav"},
          std::pair{"streaming_mode", "2"}, std::pair{"text_split_method", "cut5"}}) {
        EXPECT_EQ(text_of(request, key), value) << key;
    }
    server = server_of(ServerKind::gpt_sovits);
    server.sound = SoundForm::pcm;
    server.delivery = Delivery::whole;
    const auto other = voice_request(server, "Hi", "bob.wav", 2).value();
    EXPECT_EQ(text_of(other, "text_lang"), "auto");
    EXPECT_EQ(text_of(other, "ref_audio_path"), "bob.wav");
    EXPECT_EQ(text_of(other, "media_type"), "raw");
    EXPECT_EQ(text_of(other, "streaming_mode"), "false");
    EXPECT_EQ(text_of(other, "speed_factor"), "2E0");
}

TEST(VoiceRequest, SpeaksTheFormOfQwen) {
    auto server = server_of(ServerKind::qwen3_tts);
    server.voice = "vivian";
    server.language = "de-DE";
    server.instructions = "Cheerful.";
    const auto preset = voice_request(server, "Hallo.", "", 1).value();
    EXPECT_EQ(text_of(preset, "language"), "German");
    EXPECT_EQ(text_of(preset, "voice"), "vivian");
    EXPECT_EQ(text_of(preset, "instructions"), "Cheerful.");
    EXPECT_EQ(text_of(preset, "stream_format"), "audio");
    EXPECT_EQ(text_of(preset, "task_type"), "(none)");
    const auto faster = voice_request(server, "Hallo.", "", 1.5).value();
    EXPECT_EQ(text_of(faster, "speed"), "1.5E0");
    EXPECT_EQ(text_of(faster, "stream_format"), "(none)");

    server = server_of(ServerKind::qwen3_tts);
    server.reference_audio = "https://example.org/a.wav";
    server.reference_text = "Words.";
    const auto cloned = voice_request(server, "Hi", "", 1).value();
    EXPECT_EQ(text_of(cloned, "language"), "Auto");
    EXPECT_EQ(text_of(cloned, "task_type"), "Base");
    EXPECT_EQ(text_of(cloned, "ref_audio"), "https://example.org/a.wav");
    EXPECT_EQ(text_of(cloned, "ref_text"), "Words.");

    const std::string path = ::testing::TempDir() + "reference.wav";
    std::ofstream(path, std::ios::binary) << "abc";
    server.reference_audio = path;
    server.reference_text.clear();
    const auto local = voice_request(server, "Hi", "", 1).value();
    EXPECT_EQ(text_of(local, "ref_audio"), "data:audio/wav;base64,YWJj");
    EXPECT_EQ(text_of(local, "x_vector_only_mode"), "true");
    server.reference_audio = path + ".none";
    EXPECT_EQ(voice_request(server, "Hi", "", 1).error().code, base::ErrorCode::not_found);
}

TEST(VoiceRequest, SpeaksTheFormOfXtts) {
    auto server = server_of(ServerKind::xtts);
    server.endpoint.base_url = "http://127.0.0.1:8020";
    server.voice = "calm female";
    server.language = "en";
    const auto streamed = voice_request(server, "Hi & bye?", "", 1).value();
    EXPECT_EQ(streamed.method, "GET");
    EXPECT_EQ(streamed.url,
              "http://127.0.0.1:8020/tts_stream?text=Hi%20%26%20bye%3F&speaker_wav=calm%20female"
              "&language=en");
    EXPECT_EQ(streamed.redirects, http::Redirects::refuse);
    server.delivery = Delivery::whole;
    const auto whole = voice_request(server, "Hi", "bob", 1).value();
    EXPECT_EQ(whole.url, "http://127.0.0.1:8020/tts_to_audio/");
    EXPECT_EQ(text_of(whole, "speaker_wav"), "bob");
    EXPECT_EQ(text_of(whole, "language"), "en");
}

TEST(PartsOf, AreWholeSentencesAndLoseNothing) {
    EXPECT_EQ(parts_of("  "), std::vector<std::string>{});
    EXPECT_EQ(parts_of("One. Two."), std::vector<std::string>{"One. Two."});
    std::string text;
    for (int i = 0; i < 60; ++i) text += "This is a sentence that says little. ";
    std::string again;
    for (const auto& part : parts_of(text)) {
        EXPECT_LE(part.size(), 1'000U);
        EXPECT_TRUE(part.ends_with('.')) << part;
        again += part + " ";
    }
    EXPECT_EQ(again, text);
    std::string chinese;
    for (int i = 0; i < 800; ++i) chinese += "好";  // without an end or a space
    again.clear();
    for (const auto& part : parts_of(chinese)) again += part;
    EXPECT_EQ(again, chinese);
}

TEST(Check, SaysWhatIsLackingBeforeAnythingIsSent) {
    auto server = server_of(ServerKind::gpt_sovits);
    EXPECT_NE(
        check(server, Use::speaking).error().hint.find("speech.servers.voice.reference_audio"),
        std::string::npos);
    EXPECT_EQ(check(server, Use::hearing).error().code, base::ErrorCode::unsupported);
    server = server_of(ServerKind::xtts);
    EXPECT_NE(check(server, Use::speaking).error().hint.find(".voice"), std::string::npos);
    server.voice = "a";
    EXPECT_NE(check(server, Use::speaking).error().hint.find(".language"), std::string::npos);
    server = completed(server_of(ServerKind::openai));
    EXPECT_TRUE(check(server, Use::hearing));
    server.endpoint.base_url = "https://api.openai.com/v1";
    EXPECT_EQ(check(server, Use::hearing).error().code, base::ErrorCode::unauthorized);
    server.endpoint.api_key = "sk-1";
    EXPECT_TRUE(check(server, Use::speaking));
    server.reach = Reach::this_machine;
    EXPECT_EQ(check(server, Use::speaking).error().code, base::ErrorCode::forbidden);
    server.endpoint.base_url = "http://192.168.1.5/v1";  // near is elsewhere, too
    EXPECT_EQ(check(server, Use::hearing).error().code, base::ErrorCode::forbidden);
}

TEST(SpeechServer, KnowsItsKindByItsNameAndHidesPasswords) {
    EXPECT_EQ(kind_of_name("My-GPT-SoVITS"), ServerKind::gpt_sovits);
    EXPECT_EQ(kind_of_name("qwen"), ServerKind::qwen3_tts);
    EXPECT_EQ(kind_of_name("xtts2"), ServerKind::xtts);
    EXPECT_EQ(kind_of_name("faster-whisper"), ServerKind::openai);
    auto server = server_of(ServerKind::openai);
    server.endpoint.base_url = "https://ada:secret@speech.example/v1?key=x";
    EXPECT_EQ(who(server), "voice at https://speech.example/v1");
}

}  // namespace
}  // namespace adapters::speech_http
