// A Realtime session of the older form as an early client sees it, on fakes and the manual clock.
#include "api/realtime/testing/session_stage.hpp"

#include <gtest/gtest.h>

namespace realtime {
namespace {

using testing::kLoud;
using testing::kSilent;
using testing::Stage;
using testing::text;
using testing::user_says;
using Types = std::vector<std::string>;
using std::chrono::milliseconds;

// As Moly sends it.
json::Object flat_session() {
    return {
        {"type", "session.update"},
        {"session", json::Object{{"modalities", json::Array{"text", "audio"}},
                                 {"instructions", "Be brief."},
                                 {"model", "nook"},
                                 {"input_audio_format", "pcm16"},
                                 {"output_audio_format", "pcm16"},
                                 {"input_audio_transcription", json::Object{{"model", "whisper"}}},
                                 {"turn_detection", json::Object{{"type", "server_vad"},
                                                                 {"silence_duration_ms", 200}}},
                                 {"temperature", 0.8},
                                 {"max_response_output_tokens", 4096}}}};
}

// Every field that the client knows, most of them null.
json::Object sparse_response() {
    return {{"type", "response.create"},
            {"response", json::Object{{"modalities", json::Array{"text", "audio"}},
                                      {"instructions", nullptr},
                                      {"voice", nullptr},
                                      {"output_audio_format", "pcm16"},
                                      {"tools", json::Array()},
                                      {"tool_choice", "auto"},
                                      {"temperature", nullptr},
                                      {"max_output_tokens", nullptr}}}};
}

TEST(RealtimeBeta, AFlatSessionIsAnsweredInItsOwnForm) {
    Stage stage;
    stage.types();
    stage.send(flat_session());
    EXPECT_EQ(stage.types(), Types{"session.updated"});
    EXPECT_EQ(text(stage.last("session.updated"), "session.input_audio_format"), "pcm16");
    stage.mind().answers.push_back({{"One two three."}});
    stage.send(user_says("Count."));
    stage.send(sparse_response());
    EXPECT_GE(stage.count("response.audio.delta"), 1U);
    EXPECT_EQ(stage.count("response.output_audio.delta"), 0U);
    EXPECT_EQ(stage.count("conversation.item.created"), 2U);
    EXPECT_EQ(text(stage.last("response.audio_transcript.done"), "transcript"), "One two three.");
}

TEST(RealtimeBeta, NullInAResponseLeavesWhatTheSessionSays) {
    Stage stage({}, Dialect::beta);
    stage.send(flat_session());
    stage.send(user_says("Count."));
    stage.send(sparse_response());
    ASSERT_EQ(stage.mind().asked.size(), 1U);
    EXPECT_EQ(stage.mind().asked[0].instructions, "Be brief.");
    EXPECT_EQ(stage.mind().asked[0].max_tokens, 4096);
    EXPECT_EQ(stage.count("error"), 0U);
}

TEST(RealtimeBeta, NoiseIsAnsweredByAnEmptyResponseThatOpensTheMicrophoneAgain) {
    Stage stage({}, Dialect::beta);
    stage.send(flat_session());
    stage.understand("");
    stage.types();
    stage.hear(400, kLoud);
    stage.hear(900, kSilent);
    EXPECT_EQ(stage.types(),
              (Types{"input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
                     "input_audio_buffer.committed", "conversation.item.created",
                     "conversation.item.input_audio_transcription.completed", "response.created",
                     "response.done", "rate_limits.updated"}));
    const auto done = stage.last("response.done");
    EXPECT_EQ(text(done, "response.status"), "completed");
    EXPECT_TRUE(json::find_path(done, "response.output")->as_array().empty());
    EXPECT_TRUE(stage.mind().asked.empty());
}

TEST(RealtimeBeta, ACommitStopsTheReplyAndWhatIsLeftToPlay) {
    Stage stage({}, Dialect::beta);
    stage.send(flat_session());
    stage.hear(300, kSilent);
    stage.mind().answers.push_back(
        {{"Well of course, I can tell you that story, which "}, milliseconds(0), {}, true});
    stage.send(user_says("Tell me a story."));
    stage.send(sparse_response());
    ASSERT_GE(stage.count("response.audio.delta"), 1U);
    stage.send({{"type", "input_audio_buffer.commit"}});
    EXPECT_EQ(text(stage.last("response.done"), "response.status"), "cancelled");
    // What the open microphone heard is no turn.
    EXPECT_EQ(stage.count("input_audio_buffer.committed"), 0U);

    // Made already, still being played.
    stage.mind().answers.push_back({{"One two three."}});
    stage.send(user_says("Count."));
    stage.send(sparse_response());
    ASSERT_EQ(text(stage.last("response.done"), "response.status"), "completed");
    stage.send({{"type", "input_audio_buffer.commit"}});
    EXPECT_EQ(stage.count("error"), 0U);
    EXPECT_EQ(stage.count("input_audio_buffer.committed"), 0U);
}

TEST(RealtimeBeta, ACommitWithNothingToStopCommits) {
    Stage stage({}, Dialect::beta);
    stage.send(flat_session());
    stage.send({{"type", "input_audio_buffer.commit"}});
    EXPECT_EQ(text(stage.last("error"), "error.code"), "input_audio_buffer_commit_empty");
    stage.hear(300, kSilent);
    stage.send({{"type", "input_audio_buffer.commit"}});
    EXPECT_EQ(stage.count("input_audio_buffer.committed"), 1U);
}

}  // namespace
}  // namespace realtime
