#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "api/app/endpoint.hpp"
#include "api/app/intake.hpp"
#include "async/testing/manual_clock.hpp"
#include "json/json.hpp"

namespace app {
namespace {

TEST(Intake, ForgivesWithTimeAndKeepsPersonsAndChannelsApart) {
    boost::asio::io_context io;
    async::testing::ManualClock clock;
    Intake intake(clock, {.messages_per_minute = 6, .message_burst = 2});
    const base::PersonId ada("ada");
    EXPECT_TRUE(intake.take_message(ada, "web"));
    EXPECT_TRUE(intake.take_message(ada, "web"));
    const auto refused = intake.take_message(ada, "web");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::rate_limited);
    EXPECT_EQ(refused.error().details.at(0).second, "10");
    EXPECT_TRUE(intake.take_message(ada, "api"));
    EXPECT_TRUE(intake.take_message(base::PersonId("grace"), "web"));
    clock.advance(io, std::chrono::seconds(10));
    EXPECT_TRUE(intake.take_message(ada, "web"));
    EXPECT_FALSE(intake.take_message(ada, "web"));
}

TEST(Intake, NoLimitWhenItIsZero) {
    async::testing::ManualClock clock;
    Intake intake(clock, {.messages_per_minute = 0, .message_burst = 1});
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(intake.take_message(base::PersonId("ada"), "web"));
}

TEST(Endpoint, QueriesAreCheckedAgainstTheirDeclaration) {
    const IntQuery limit{"limit", "", 100, 1, 500};
    const TextQuery format{"format", "", {"markdown", "json"}};
    const TextQuery session{"session_id", "which", {}, true};
    http::Request request;
    EXPECT_EQ(*query_of(request, limit), 100);
    EXPECT_EQ(*query_of(request, format), "");
    EXPECT_EQ(query_of(request, session).error().message, "`session_id` is missing");
    request.query = {{"limit", "501"}, {"format", "pdf"}};
    EXPECT_EQ(query_of(request, limit).error().message,
              "`limit` must be a whole number from 1 to 500");
    EXPECT_EQ(query_of(request, format).error().message, "`format` must be one of markdown, json");
    request.query = {{"limit", "500"}, {"format", "json"}};
    EXPECT_EQ(*query_of(request, limit), 500);
    EXPECT_EQ(*query_of(request, format), "json");
}

TEST(Endpoint, TheDocumentSaysWhatTheRowSays) {
    Endpoint row;
    row.about = {.method = "PATCH",
                 .path = "/api/sessions/{id}",
                 .summary = "Gives it a title",
                 .also = {"/old/{id}"}};
    row.body = schema_of<Rename>();
    row.answer = schema_of<Done>();
    const auto document = json::parse(openapi_document({row}, "1"));
    ASSERT_TRUE(document);
    const auto* paths = json::find(*document, "paths");
    const auto* path = json::find(*paths, "/api/sessions/{id}");
    ASSERT_NE(path, nullptr);
    EXPECT_EQ(json::string_or(json::find_path(*path, "patch.parameters.0.name")), "id");
    EXPECT_EQ(json::string_or(
                  json::find_path(*path, "patch.requestBody.content.application/json.schema.$ref")),
              "#/components/schemas/Rename");
    for (const char* status : {"200", "400", "401", "403", "404", "413", "429", "default"}) {
        EXPECT_NE(json::find(*json::find_path(*path, "patch.responses"), status), nullptr)
            << status;
    }
    EXPECT_TRUE(json::bool_or(json::find_path(*json::find(*paths, "/old/{id}"), "patch.deprecated"),
                              false));
}

}  // namespace
}  // namespace app
