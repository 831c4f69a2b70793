// What may go wrong in a Realtime session, other dialects, and any order of events.
#include "api/realtime/testing/session_stage.hpp"

#include <random>

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

TEST(RealtimeSession, EachBadEventIsOneErrorWithItsId) {
    Stage stage(manual());
    auto known = user_says("Hello.");
    known["item"].as_object()["id"] = "mine";
    stage.send(known);
    const std::vector<std::pair<std::string, std::string>> bad{
        {R"({"type":"nonsense","event_id":"e"})", "invalid_value"},
        {R"({"event_id":"e"})", "missing_required_parameter"},
        {R"({"type":5,"event_id":"e"})", "missing_required_parameter"},
        {R"({"type":"input_audio_buffer.append","event_id":"e","audio":"%%%"})", "invalid_value"},
        {R"({"type":"input_audio_buffer.append","event_id":"e"})", "missing_required_parameter"},
        {R"({"type":"input_audio_buffer.commit","event_id":"e"})",
         "input_audio_buffer_commit_empty"},
        {R"({"type":"output_audio_buffer.clear","event_id":"e"})", "invalid_value"},
        {R"({"type":"response.cancel","event_id":"e"})", "response_cancel_not_active"},
        {R"({"type":"conversation.item.retrieve","item_id":"x","event_id":"e"})",
         "item_retrieve_invalid_item_id"},
        {R"({"type":"conversation.item.truncate","item_id":"x","event_id":"e"})",
         "item_truncate_invalid_item_id"},
        {R"({"type":"conversation.item.delete","item_id":"x","event_id":"e"})",
         "item_delete_invalid_item_id"},
        {R"({"type":"conversation.item.create","event_id":"e"})", "missing_required_parameter"},
        {R"({"type":"conversation.item.create","previous_item_id":"x","event_id":"e",
            "item":{"type":"message","role":"user","content":[]}})",
         "invalid_value"},
        {R"({"type":"conversation.item.create","event_id":"e",
            "item":{"id":"mine","type":"message","role":"user","content":[]}})",
         "item_create_duplicate_item_id"},
        {R"({"type":"session.update","event_id":"e","session":{"type":"realtime","foo":1}})",
         "unknown_parameter"},
        {R"({"type":"session.update","event_id":"e","session":{"type":"realtime",
            "audio":{"output":{"voice":"nobody"}}}})",
         "invalid_value"},
        {R"({"type":"response.create","event_id":"e","response":{"metadata":{"a":1}}})",
         "invalid_value"},
        {R"({"type":"response.create","event_id":"e","response":{"conversation":"x"}})",
         "invalid_value"}};
    for (const auto& [frame, code] : bad) {
        stage.types();
        stage.send_frame(frame);
        ASSERT_EQ(stage.types(), Types{"error"}) << frame;
        EXPECT_EQ(text(stage.events.back(), "error.code"), code) << frame;
        EXPECT_EQ(text(stage.events.back(), "error.event_id"), "e") << frame;
    }
    for (const std::string frame : {"", "{", "[]", "null", "\xFF\xFE"}) {
        stage.types();
        stage.send_frame(frame);
        EXPECT_EQ(stage.types(), Types{"error"}) << frame;
    }
    stage.send({{"type", "nonsense"}, {"event_id", std::string(513, 'x')}});
    EXPECT_EQ(text(stage.events.back(), "error.param"), "event_id");
    EXPECT_EQ(stage.verdict(), "");
}

TEST(RealtimeSession, AnUpdateHoldsAsAWholeOrNotAtAll) {
    Stage stage;
    stage.send_frame(
        R"({"type":"session.update","session":{"type":"realtime","instructions":"Be kind.",
        "audio":{"input":{"turn_detection":{"type":"server_vad","threshold":7}}}}})");
    EXPECT_EQ(text(stage.events.back(), "error.param"),
              "session.audio.input.turn_detection.threshold");
    stage.send_frame(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{
        "turn_detection":{"type":"server_vad","threshold":0.7},
        "noise_reduction":{"type":"far_field"},"transcription":{"model":"whisper-1"}}}}})");
    auto session = *json::find(stage.last("session.updated"), "session");
    EXPECT_EQ(text(session, "instructions"), "");
    EXPECT_DOUBLE_EQ(
        json::number_or(json::find_path(session, "audio.input.turn_detection.threshold"), 0), 0.7);
    stage.send_frame(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{
        "turn_detection":{"type":"server_vad","silence_duration_ms":800},"transcription":null}}}})");
    session = *json::find(stage.last("session.updated"), "session");
    const auto* detection = json::find_path(session, "audio.input.turn_detection");
    EXPECT_DOUBLE_EQ(json::number_or(json::find(*detection, "threshold"), 0), 0.7);
    EXPECT_EQ(json::int_or(json::find(*detection, "silence_duration_ms"), 0), 800);
    EXPECT_TRUE(json::find_path(session, "audio.input.transcription")->is_null());
    EXPECT_EQ(text(session, "audio.input.noise_reduction.type"), "far_field");
    stage.send_frame(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{
        "turn_detection":null}}}})");
    session = *json::find(stage.last("session.updated"), "session");
    EXPECT_TRUE(json::find_path(session, "audio.input.turn_detection")->is_null());
}

TEST(RealtimeSession, TheOlderFormIsRecognisedByItself) {
    Stage stage;
    stage.types();
    stage.send_frame(R"({"type":"session.update","session":{"modalities":["text","audio"],
        "instructions":"Be brief.","voice":"alloy","input_audio_format":"pcm16",
        "turn_detection":{"type":"server_vad","threshold":0.5},"temperature":0.8,
        "input_audio_transcription":{"model":"whisper-1"},"max_response_output_tokens":500}})");
    ASSERT_EQ(stage.types(), Types{"session.updated"});
    const auto session = *json::find(stage.last("session.updated"), "session");
    EXPECT_EQ(text(session, "voice"), "alloy");
    EXPECT_EQ(text(session, "input_audio_format"), "pcm16");
    EXPECT_EQ(json::int_or(json::find(session, "max_response_output_tokens"), 0), 500);
    EXPECT_EQ(json::find(session, "audio"), nullptr);
    stage.mind().answers.push_back({{"Hello and welcome."}});
    stage.send_frame(R"({"type":"response.create","response":{"modalities":["text","audio"],
        "instructions":"Greet."}})");
    EXPECT_EQ(stage.types(),
              (Types{"response.created", "response.output_item.added", "conversation.item.created",
                     "response.content_part.added", "response.audio_transcript.delta",
                     "response.audio.delta", "response.audio.delta", "response.audio.delta",
                     "response.audio.done", "response.audio_transcript.done",
                     "response.content_part.done", "response.output_item.done", "response.done",
                     "rate_limits.updated"}));
    EXPECT_EQ(text(stage.last("response.done"), "response.output.0.content.0.type"), "audio");
    EXPECT_EQ(stage.mind().asked.at(0).instructions, "Greet.");
    // Its commit interrupts.
    stage.mind().answers.push_back({{"A long tale. "}, milliseconds(0), {}, true});
    stage.send_frame(R"({"type":"response.create"})");
    stage.send_frame(R"({"type":"input_audio_buffer.commit"})");
    EXPECT_EQ(text(stage.last("response.done"), "response.status"), "cancelled");
    EXPECT_EQ(stage.count("error"), 0U);
}

TEST(RealtimeSession, SilenceAfterAReplyIsAskedAbout) {
    SessionConfig config;
    config.detection->turns.idle_timeout = voice::Time(6'000);
    Stage stage(config);
    stage.mind().answers.push_back({{"One two three."}});
    stage.mind().answers.push_back({{"Are you there?"}});
    stage.send(user_says("Hello."));
    stage.send({{"type", "response.create"}});
    stage.types();
    stage.wait(milliseconds(5'000));
    EXPECT_EQ(stage.types(), Types{});
    stage.wait(milliseconds(1'600));
    const auto types = stage.types();
    ASSERT_GE(types.size(), 5U);
    EXPECT_EQ(types[0], "input_audio_buffer.timeout_triggered");
    EXPECT_EQ(types[1], "input_audio_buffer.committed");
    EXPECT_EQ(types[4], "response.created");
    EXPECT_EQ(text(stage.last("response.done"), "response.output.0.content.0.transcript"),
              "Are you there?");
    EXPECT_EQ(stage.verdict(), "");
}

TEST(RealtimeSession, ATranscriptionSessionNeverAnswers) {
    SessionConfig config;
    config.purpose = Purpose::transcription;
    config.transcription.emplace();
    Stage stage(config);
    stage.understand("Hello there.");
    stage.hear(600, kLoud);
    stage.hear(900, kSilent);
    EXPECT_EQ(stage.count("conversation.item.input_audio_transcription.completed"), 1U);
    EXPECT_EQ(stage.count("response.created"), 0U);
    stage.send({{"type", "response.create"}});
    EXPECT_EQ(stage.count("error"), 1U);
}

TEST(RealtimeSession, AFailureEndsItsResponseAndNotTheSession) {
    Stage stage(manual());
    stage.mind().answers.push_back(
        {{"Half a "},
         milliseconds(0),
         {},
         false,
         base::make_error(base::ErrorCode::engine_crashed, "the engine died")});
    stage.send(user_says("Hello."));
    stage.send({{"type", "response.create"}});
    EXPECT_EQ(text(stage.last("response.done"), "response.status"), "failed");
    EXPECT_EQ(text(stage.last("response.done"), "response.status_details.error.code"),
              "engine_crashed");
    stage.speaking.failure = base::make_error(base::ErrorCode::engine_crashed, "the voice died");
    stage.send({{"type", "response.create"}});
    EXPECT_EQ(text(stage.last("response.done"), "response.status"), "failed");
    stage.speaking.failure.reset();
    stage.send({{"type", "response.create"}});
    EXPECT_EQ(text(stage.last("response.done"), "response.status"), "completed");
    EXPECT_EQ(stage.verdict(), "");
}

TEST(RealtimeSession, AnHourIsTheEnd) {
    Stage stage;
    stage.wait(std::chrono::minutes(59));
    EXPECT_FALSE(stage.hung_up);
    stage.wait(std::chrono::minutes(2));
    EXPECT_TRUE(stage.hung_up);
    EXPECT_EQ(text(stage.last("error"), "error.code"), "session_expired");
}

// Whatever a client does in whatever order, the grammar holds and every response ends once.
TEST(RealtimeSession, AnyInterleavingKeepsTheGrammar) {
    for (unsigned seed = 1; seed <= 12; ++seed) {
        std::mt19937 random(seed);
        const auto roll = [&](int sides) {
            return static_cast<int>(random() % static_cast<unsigned>(sides));
        };
        SessionConfig config = roll(3) == 0 ? manual() : SessionConfig{};
        if (roll(2) == 0) config.transcription.emplace();
        Stage stage(config);
        for (int step = 0; step < 40 && stage.grammar.complaint().empty(); ++step) {
            const auto id = text(stage.last("conversation.item.added"), "item.id");
            switch (roll(11)) {
                case 0:
                    stage.understand(roll(3) == 0 ? "" : "Some words.");
                    stage.hear(100 + roll(5) * 100, kLoud);
                    break;
                case 1:
                case 2:
                    stage.hear(100 + roll(9) * 100, kSilent);
                    break;
                case 3:
                    stage.send({{"type", "input_audio_buffer.commit"}});
                    break;
                case 4:
                    stage.send({{"type", "input_audio_buffer.clear"}});
                    break;
                case 5:
                    stage.mind().answers.push_back(
                        {{"Some words that ", "are spoken. ", "And more."},
                         milliseconds(roll(3) * 50),
                         {},
                         roll(4) == 0});
                    stage.send({{"type", "response.create"}});
                    break;
                case 6:
                    stage.send({{"type", "response.cancel"}});
                    break;
                case 7:
                    stage.send(user_says("Hello."));
                    break;
                case 8:
                    stage.send({{"type", "conversation.item.truncate"},
                                {"item_id", id},
                                {"content_index", 0},
                                {"audio_end_ms", roll(600)}});
                    break;
                case 9:
                    stage.send({{"type", "conversation.item.delete"}, {"item_id", id}});
                    break;
                default:
                    stage.send({{"type", "response.create"},
                                {"response", json::Object{{"conversation", "none"}}}});
                    break;
            }
        }
        stage.send({{"type", "response.cancel"}});
        stage.wait(std::chrono::seconds(5));
        stage.send({{"type", "response.cancel"}});
        stage.wait(std::chrono::seconds(5));
        for (const auto& event : std::vector(stage.events)) {
            if (text(event, "type") != "response.created") continue;
            stage.send({{"type", "response.cancel"}, {"response_id", text(event, "response.id")}});
        }
        stage.grammar.finish();
        ASSERT_EQ(stage.grammar.complaint(), "") << "seed " << seed;
    }
}

}  // namespace
}  // namespace realtime
