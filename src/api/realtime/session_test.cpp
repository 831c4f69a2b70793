// A Realtime session as its client sees it, on fakes and the manual clock: talking.
#include "api/realtime/testing/session_stage.hpp"

#include <gtest/gtest.h>

namespace realtime {
namespace {

using testing::kLoud;
using testing::kSilent;
using testing::manual;
using testing::Stage;
using testing::text;
using testing::user_says;
using Types = std::vector<std::string>;
using std::chrono::milliseconds;

const Types kSpokenReply{"response.created",
                         "response.output_item.added",
                         "conversation.item.added",
                         "response.content_part.added",
                         "response.output_audio_transcript.delta",
                         "response.output_audio.delta",
                         "response.output_audio.delta",
                         "response.output_audio.delta",
                         "response.output_audio.done",
                         "response.output_audio_transcript.done",
                         "response.content_part.done",
                         "conversation.item.done",
                         "response.output_item.done",
                         "response.done",
                         "rate_limits.updated"};

Types operator+(Types left, const Types& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

TEST(RealtimeSession, OpensWithWhatItIsSetTo) {
    Stage stage;
    ASSERT_EQ(stage.types(), Types{"session.created"});
    const auto session = *json::find(stage.events[0], "session");
    EXPECT_EQ(text(session, "audio.input.turn_detection.type"), "server_vad");
    EXPECT_EQ(text(session, "audio.output.format.type"), "audio/pcm");
    EXPECT_EQ(text(session, "audio.output.voice"), "scripted");
    EXPECT_EQ(text(session, "output_modalities.0"), "audio");
    EXPECT_EQ(text(session, "max_output_tokens"), "inf");
    EXPECT_EQ(stage.verdict(), "");
}

TEST(RealtimeSession, ATurnByHandIsAnsweredAloud) {
    Stage stage(manual());
    stage.types();
    stage.understand("What is up?");
    stage.mind().answers.push_back({{"One two ", "three."}});
    stage.hear(500, kLoud);
    EXPECT_EQ(stage.types(), Types{});
    stage.send({{"type", "input_audio_buffer.commit"}});
    EXPECT_EQ(stage.types(), (Types{"input_audio_buffer.committed", "conversation.item.added",
                                    "conversation.item.done"}));
    stage.send({{"type", "response.create"}});
    EXPECT_EQ(stage.types(), kSpokenReply);
    ASSERT_EQ(stage.mind().asked.size(), 1U);
    EXPECT_EQ(stage.mind().asked[0].messages.at(0).content, "What is up?");
    const auto done = stage.last("response.done");
    EXPECT_EQ(text(done, "response.status"), "completed");
    EXPECT_EQ(text(done, "response.output.0.content.0.transcript"), "One two three.");
    EXPECT_EQ(json::int_or(json::find_path(done, "response.usage.total_tokens"), 0), 18);
    EXPECT_EQ(stage.verdict(), "");
}

TEST(RealtimeSession, SpeechIsToldFromSilenceAndAnsweredByItself) {
    SessionConfig config;
    config.transcription.emplace();
    Stage stage(config);
    stage.types();
    stage.understand("Hello there.");
    stage.mind().answers.push_back({{"One two three."}});
    stage.hear(300, kSilent);
    stage.hear(600, kLoud);
    stage.hear(900, kSilent);
    EXPECT_EQ(stage.types(),
              (Types{"input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
                     "input_audio_buffer.committed", "conversation.item.added",
                     "conversation.item.done", "conversation.item.input_audio_transcription.delta",
                     "conversation.item.input_audio_transcription.completed"} +
               kSpokenReply));
    const auto started = stage.last("input_audio_buffer.speech_started");
    EXPECT_NEAR(static_cast<double>(json::int_or(json::find(started, "audio_start_ms"), -1)), 0,
                40);
    const auto stopped = stage.last("input_audio_buffer.speech_stopped");
    EXPECT_NEAR(static_cast<double>(json::int_or(json::find(stopped, "audio_end_ms"), -1)), 1'400,
                70);
    EXPECT_EQ(text(started, "item_id"),
              text(stage.last("input_audio_buffer.committed"), "item_id"));
    EXPECT_EQ(
        text(stage.last("conversation.item.input_audio_transcription.completed"), "transcript"),
        "Hello there.");
    EXPECT_EQ(stage.verdict(), "");
}

TEST(RealtimeSession, NoiseWithoutWordsIsNotAnswered) {
    Stage stage;
    stage.understand("");
    stage.hear(400, kLoud);
    stage.hear(900, kSilent);
    EXPECT_EQ(stage.count("input_audio_buffer.committed"), 1U);
    EXPECT_EQ(stage.count("response.created"), 0U);
    EXPECT_EQ(stage.verdict(), "");
}

TEST(RealtimeSession, SpeechCutsTheReplyAndNothingOfItComesAfter) {
    Stage stage;
    stage.understand("Tell me a story.");
    stage.understand("Stop.");
    stage.mind().answers.push_back(
        {{"Well of course, I can tell you that story, which "}, milliseconds(0), {}, true});
    stage.hear(500, kLoud);
    stage.hear(900, kSilent);
    ASSERT_GE(stage.count("response.output_audio.delta"), 1U);
    stage.types();
    stage.hear(200, kLoud);
    EXPECT_EQ(stage.types(),
              (Types{"input_audio_buffer.speech_started", "response.output_audio.done",
                     "response.output_audio_transcript.done", "response.content_part.done",
                     "conversation.item.done", "response.output_item.done", "response.done",
                     "rate_limits.updated"}));
    const auto done = stage.last("response.done");
    EXPECT_EQ(text(done, "response.status"), "cancelled");
    EXPECT_EQ(text(done, "response.status_details.reason"), "turn_detected");
    EXPECT_EQ(text(done, "response.output.0.status"), "incomplete");
    EXPECT_EQ(stage.mind().running, 0);
    stage.hear(900, kSilent);
    EXPECT_EQ(stage.count("response.created"), 2U);
    EXPECT_EQ(stage.verdict(), "");
}

TEST(RealtimeSession, TruncatingKeepsTheHeardWordsOnly) {
    Stage stage(manual());
    stage.mind().answers.push_back({{"One two three four."}});
    stage.send(user_says("Count."));
    stage.send({{"type", "response.create"}});
    const auto id = text(stage.last("response.output_item.done"), "item.id");
    const auto cut = [&](json::Value ms) {
        stage.send({{"type", "conversation.item.truncate"},
                    {"item_id", id},
                    {"content_index", 0},
                    {"audio_end_ms", std::move(ms)}});
    };
    cut(5'000);
    EXPECT_EQ(text(stage.last("error"), "error.param"), "audio_end_ms");
    cut(210);
    EXPECT_EQ(
        json::int_or(json::find(stage.last("conversation.item.truncated"), "audio_end_ms"), 0),
        210);
    stage.send({{"type", "conversation.item.retrieve"}, {"item_id", id}});
    const auto item = stage.last("conversation.item.retrieved");
    EXPECT_EQ(text(item, "item.content.0.transcript"), "One two");
    const auto audio = base::from_base64(text(item, "item.content.0.audio"));
    ASSERT_TRUE(audio);
    EXPECT_EQ(audio->size(), 210U * 48);
    stage.send(user_says("Go on."));
    stage.send({{"type", "response.create"}});
    ASSERT_EQ(stage.mind().asked.size(), 2U);
    EXPECT_EQ(stage.mind().asked[1].messages.at(1).content, "One two");
    EXPECT_EQ(stage.verdict(), "");
}

TEST(RealtimeSession, AudioComesBackAsItWasHeard) {
    Stage stage(manual());
    stage.understand("Hm.");
    stage.hear(600, kLoud);
    stage.send({{"type", "input_audio_buffer.commit"}});
    const auto id = text(stage.last("input_audio_buffer.committed"), "item_id");
    stage.send({{"type", "conversation.item.retrieve"}, {"item_id", id}});
    const auto audio =
        base::from_base64(text(stage.last("conversation.item.retrieved"), "item.content.0.audio"));
    ASSERT_TRUE(audio);
    EXPECT_NEAR(static_cast<double>(audio->size()), 600 * 48, 32 * 48);
}

TEST(RealtimeSession, SoundThatIsGoneSaysSo) {
    Stage stage(manual(), Dialect::current, 100);
    stage.understand("Hm.");
    stage.hear(500, kLoud);
    stage.send({{"type", "input_audio_buffer.commit"}});
    const auto id = text(stage.last("input_audio_buffer.committed"), "item_id");
    stage.send({{"type", "conversation.item.retrieve"}, {"item_id", id}});
    EXPECT_EQ(text(stage.last("error"), "error.code"), "item_retrieve_audio_dropped");
}

TEST(RealtimeSession, ResponsesOutOfBandRunBesideTheConversation) {
    Stage stage(manual());
    stage.mind().answers.push_back({{"Long one. "}, milliseconds(0), {}, true});
    stage.mind().answers.push_back({{"Label."}});
    stage.send(user_says("Tell me."));
    stage.send({{"type", "response.create"}});
    const auto first = text(stage.last("response.created"), "response.id");
    json::Object aside{{"conversation", "none"},
                       {"output_modalities", json::Array{"text"}},
                       {"instructions", "Classify."},
                       {"metadata", json::Object{{"topic", "label"}}},
                       {"input", json::Array{*json::find(user_says("Hello."), "item")}}};
    const auto items = stage.count("conversation.item.added");
    stage.send({{"type", "response.create"}, {"response", aside}});
    const auto done = stage.last("response.done");
    EXPECT_EQ(text(done, "response.metadata.topic"), "label");
    EXPECT_TRUE(json::find_path(done, "response.conversation_id")->is_null());
    EXPECT_EQ(text(done, "response.output.0.content.0.text"), "Label.");
    EXPECT_EQ(stage.count("conversation.item.added"), items);
    EXPECT_EQ(stage.mind().asked.at(1).messages.size(), 1U);
    EXPECT_EQ(stage.mind().asked.at(1).instructions, "Classify.");
    stage.send({{"type", "response.create"}, {"event_id", "again"}});
    EXPECT_EQ(text(stage.last("error"), "error.code"), "conversation_already_has_active_response");
    EXPECT_EQ(text(stage.last("error"), "error.event_id"), "again");
    stage.send({{"type", "response.cancel"}, {"response_id", first}});
    EXPECT_EQ(text(stage.last("response.done"), "response.status_details.reason"),
              "client_cancelled");
    EXPECT_EQ(stage.verdict(), "");
}

TEST(RealtimeSession, CallsOfFunctionsGoToTheClientAndBack) {
    Stage stage(manual());
    json::Object tool{{"type", "function"}, {"name", "weather"}, {"description", "d"}};
    stage.send({{"type", "session.update"},
                {"session", json::Object{{"type", "realtime"}, {"tools", json::Array{tool}}}}});
    stage.types();
    stage.mind().answers.push_back(
        {{}, milliseconds(0), {{0, "c1", "weather", R"({"city":)"}, {0, "", "", R"("Rome"})"}}});
    stage.send(user_says("How is it in Rome?"));
    stage.types();
    stage.send({{"type", "response.create"}});
    EXPECT_EQ(stage.types(),
              (Types{"response.created", "response.output_item.added", "conversation.item.added",
                     "response.function_call_arguments.delta",
                     "response.function_call_arguments.done", "conversation.item.done",
                     "response.output_item.done", "response.done", "rate_limits.updated"}));
    const auto call = stage.last("response.output_item.done");
    EXPECT_EQ(text(call, "item.arguments"), R"({"city":"Rome"})");
    EXPECT_EQ(text(call, "item.status"), "completed");
    stage.send(
        {{"type", "conversation.item.create"},
         {"item",
          json::Object{{"type", "function_call_output"}, {"call_id", "c1"}, {"output", "sunny"}}}});
    stage.send({{"type", "response.create"}});
    const auto& asked = stage.mind().asked.at(1);
    ASSERT_EQ(asked.messages.size(), 3U);
    EXPECT_EQ(asked.tools.at(0).name, "weather");
    EXPECT_EQ(asked.messages[1].tool_calls.at(0).id, "c1");
    EXPECT_EQ(asked.messages[2].content, "sunny");
    EXPECT_EQ(stage.verdict(), "");
}

TEST(RealtimeSession, ItemsGoWhereTheyAreWanted) {
    Stage stage(manual());
    const auto add = [&](const std::string& words, json::Value previous) {
        auto event = user_says(words);
        event["previous_item_id"] = std::move(previous);
        stage.send(event);
        return text(stage.last("conversation.item.added"), "item.id");
    };
    const auto first = add("two", nullptr);
    add("three", nullptr);
    add("one", "root");
    add("two and a half", json::Value(first));
    stage.send({{"type", "conversation.item.delete"}, {"item_id", first}});
    stage.send({{"type", "response.create"}});
    std::vector<std::string> told;
    for (const auto& message : stage.mind().asked.at(0).messages) told.push_back(message.content);
    EXPECT_EQ(told, (std::vector<std::string>{"one", "two and a half", "three"}));
    EXPECT_EQ(stage.verdict(), "");
}

}  // namespace
}  // namespace realtime
