// The pure parts of the routes in OpenAI's form.
#include <cmath>

#include <gtest/gtest.h>

#include "api/openai/captions.hpp"
#include "api/openai/listening.hpp"
#include "api/openai/multipart.hpp"
#include "async/testing/run.hpp"
#include "ports/testing/scripted_speech.hpp"

namespace openai {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=xyz";

base::Result<Form> parse(std::string_view body, std::string_view type = kType) {
    return Form::parse(type, body);
}

TEST(Form, FieldsAndAFileAreFound) {
    const std::string body =
        "--xyz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n"
        "--xyz\r\nContent-Type: audio/wav\r\n"
        "content-disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".wav\"\r\n\r\n"
        "RIFF\r\n--xy\r\n\r\n--xyz\r\nContent-Disposition: form-data; name=\"g[]\"\r\n\r\nword\r\n"
        "--xyz\r\nContent-Disposition: form-data; name=\"g[]\"\r\n\r\nsegment\r\n--xyz--\r\n";
    const auto form = parse(body);
    ASSERT_TRUE(form) << form.error().text();
    EXPECT_EQ(form->text("model"), "whisper-1");
    ASSERT_NE(form->find("file"), nullptr);
    EXPECT_EQ(form->find("file")->file_name, "a \"b\".wav");
    EXPECT_EQ(form->find("file")->content, "RIFF\r\n--xy\r\n");
    EXPECT_EQ(form->list("g"), (std::vector<std::string>{"word", "segment"}));
    EXPECT_EQ(form->text("absent", "fallback"), "fallback");
}

TEST(Form, ABrokenOneIsRefusedAndEveryCutOfAGoodOne) {
    const std::string good =
        "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--xyz--";
    ASSERT_TRUE(parse(good));
    for (std::size_t size = 0; size + 2 < good.size(); ++size) {
        EXPECT_FALSE(parse(std::string_view(good).substr(0, size))) << size;
    }
    EXPECT_FALSE(parse(good, "application/json"));
    EXPECT_FALSE(parse(good, "multipart/form-data"));
    EXPECT_FALSE(parse(good, "multipart/form-data; boundary=\"xyz"));
    EXPECT_FALSE(parse("--xyz\r\nX: y\r\n\r\nb\r\n--xyz--"));
    EXPECT_FALSE(parse("--xyz garbage\r\n--xyz--"));
    std::string many;
    for (int i = 0; i < 100; ++i) {
        many += "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n";
    }
    EXPECT_FALSE(parse(many + "--xyz--"));
}

std::vector<ports::HeardWord> words_of(const std::vector<std::string>& texts, int each_ms) {
    std::vector<ports::HeardWord> words;
    for (const auto& text : texts) {
        words.push_back({text, static_cast<int>(words.size()) * each_ms, each_ms, 0.5});
    }
    return words;
}

TEST(Captions, ASentenceAPauseAndALongLineBreak) {
    auto words = words_of({"Hello", "there.", "How", "are", "you?"}, 200);
    words.push_back({"Well", 3'000, 200, 1});
    words.push_back({"then", 5'000, 200, 1});
    const auto captions = to_captions(words);
    ASSERT_EQ(captions.size(), 4U);
    EXPECT_EQ(captions[0].text, "Hello there.");
    EXPECT_EQ(captions[1].text, "How are you?");
    EXPECT_EQ(captions[1].start_ms, 400);
    EXPECT_EQ(captions[1].end_ms, 1'000);
    EXPECT_EQ(captions[2].text, "Well");
    for (const auto& caption :
         to_captions(words_of(std::vector<std::string>(60, "longish"), 300))) {
        EXPECT_LE(caption.text.size(), 84U);
        EXPECT_LE(caption.end_ms - caption.start_ms, 7'000);
    }
}

TEST(Captions, BothFormsAreWritten) {
    const std::vector<Caption> captions{{0, 1'250, "One & <two>.", 1},
                                        {3'661'005, 3'662'000, "Three.", 1}};
    EXPECT_EQ(to_srt(captions),
              "1\n00:00:00,000 --> 00:00:01,250\nOne & <two>.\n\n"
              "2\n01:01:01,005 --> 01:01:02,000\nThree.\n\n");
    EXPECT_EQ(to_vtt(captions),
              "WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nOne &amp; &lt;two&gt;.\n\n"
              "01:01:01.005 --> 01:01:02.000\nThree.\n\n");
}

TEST(Listening, ALongRecordingIsCutWhereItIsQuiet) {
    std::vector<float> samples(16'000 * 70, 0.3F);
    for (int i = 16'000 * 20; i < 16'000 * 21; ++i) samples[static_cast<std::size_t>(i)] = 0;
    const auto cuts = quiet_cuts(samples);
    ASSERT_GE(cuts.size(), 3U);
    EXPECT_GT(cuts[0], 16'000U * 20);
    EXPECT_LT(cuts[0], 16'000U * 21);
    EXPECT_EQ(cuts.back(), samples.size());
    std::size_t before = 0;
    for (const auto cut : cuts) {
        EXPECT_LE(cut - before, 16'000U * 28);
        before = cut;
    }
    EXPECT_EQ(quiet_cuts({}), std::vector<std::size_t>{0});
}

TEST(Listening, ThePiecesAreOneTranscript) {
    ports::testing::ScriptedSpeechToText hearing;
    const auto piece = [](std::string text) {
        ports::Transcript out;
        out.text = text;
        out.language = "en";
        out.words = {{std::move(text), 100, 200, 0.9}};
        return out;
    };
    hearing.script.push(piece("One."));
    hearing.script.push(piece("Two."));
    std::vector<std::string> told;
    Listening listening{"en", "names", [&](const auto& heard) { told.push_back(heard.text); }};
    const auto heard = async::testing::run(
        listen_to(hearing, std::vector<float>(16'000 * 40, 0.1F), std::move(listening), {}));
    ASSERT_TRUE(heard) << heard.error().text();
    EXPECT_EQ(heard->text, "One. Two.");
    EXPECT_EQ(told, (std::vector<std::string>{"One.", "Two."}));
    ASSERT_EQ(heard->words.size(), 2U);
    EXPECT_GT(heard->words[1].t_ms, 12'000);
    EXPECT_EQ(hearing.asked[0].context, "names");
    EXPECT_DOUBLE_EQ(heard->seconds, 40);
}

}  // namespace
}  // namespace openai
