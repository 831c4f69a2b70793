// Routes, rate limits and the Host check without a network.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "http/detail/access_check.hpp"
#include "http/detail/content_type.hpp"
#include "http/detail/response_head.hpp"
#include "http/detail/route_table.hpp"
#include "http/rate_limit.hpp"
#include "json/json.hpp"

namespace http::detail {
namespace {

using namespace std::chrono_literals;

// Adds a route that can be told apart by its number of names and its pattern.
void add(RouteTable& table, const std::string& method, const std::string& pattern) {
    table.add(method, pattern, Route{Handler(), {}, Access::open, Intake::requests, pattern});
}

RouteMatch find(const RouteTable& table, std::string_view method, std::string_view path) {
    const auto parts = split_path(path);
    return parts ? table.find(method, *parts) : RouteMatch{};
}

TEST(RouteTable, ExactPartsWinOverNamedOnesAndThoseOverTheRest) {
    RouteTable table;
    add(table, "GET", "/api/{kind}/{id}");
    add(table, "GET", "/api/files/{path...}");
    add(table, "GET", "/api/models/active");
    EXPECT_TRUE(find(table, "GET", "/api/models/active").params.empty());
    const auto named = find(table, "GET", "/api/models/other");
    EXPECT_EQ(named.params.at("kind"), "models");
    EXPECT_EQ(named.params.at("id"), "other");
    EXPECT_EQ(find(table, "GET", "/api/files/a/b%20c/d").params.at("path"), "a/b c/d");
    // The first try ends in a dead end below "models": the search must come back.
    add(table, "GET", "/api/{kind}/{id}/notes");
    EXPECT_EQ(find(table, "GET", "/api/models/active/notes").params.at("id"), "active");
}

TEST(RouteTable, KeepsTheNamesOfEachRouteApart) {
    RouteTable table;
    add(table, "GET", "/a/{first}/x");
    add(table, "GET", "/a/{second}/y");
    EXPECT_EQ(find(table, "GET", "/a/1/x").params.at("first"), "1");
    EXPECT_EQ(find(table, "GET", "/a/1/y").params.at("second"), "1");
}

TEST(RouteTable, TellsAMissingPathFromAMissingMethod) {
    RouteTable table;
    add(table, "GET", "/a/{x}");
    add(table, "DELETE", "/a/{x}");
    EXPECT_EQ(find(table, "POST", "/a/1").methods, (std::vector<std::string>{"DELETE", "GET"}));
    EXPECT_EQ(find(table, "POST", "/a/1").route, nullptr);
    EXPECT_TRUE(find(table, "GET", "/b").methods.empty());
    EXPECT_TRUE(find(table, "GET", "/a/").methods.empty());
    EXPECT_TRUE(find(table, "GET", "/a").methods.empty());
    EXPECT_NE(find(table, "HEAD", "/a/1").route, nullptr);
    EXPECT_EQ(table.nearest("/a/{y}"), "/a/{x}");
}

TEST(SplitPath, RefusesWhatCouldLeaveAFolderOrALine) {
    EXPECT_EQ(split_path("/a//b%2Fc"), (std::vector<std::string>{"a", "", "b/c"}));
    for (const char* path : {"", "a", "/a/../b", "/..", "/%2e%2E/x", "/.", "/a%0Ab", "/a%00",
                             "/%7F", "/%FF", "/%C0%AE%C0%AE"}) {
        EXPECT_FALSE(split_path(path)) << path;
    }
}

TEST(RateLimit, RefillsWithTimeAndKeepsPeersApart) {
    RateLimit limit(2, 3);
    const RateLimit::Time start{};
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(limit.refuse("a", start));
    EXPECT_EQ(limit.refuse("a", start), 1s);
    EXPECT_FALSE(limit.refuse("b", start));
    EXPECT_FALSE(limit.refuse("a", start + 500ms));
    EXPECT_TRUE(limit.refuse("a", start + 500ms));
    EXPECT_FALSE(limit.refuse("a", start + 1h));
}

TEST(RateLimit, ForgetsPeersThatHaveTheirTokensBack) {
    RateLimit limit(1, 2);
    RateLimit::Time now{};
    for (int i = 0; i < 100'000; ++i) {
        now += 10ms;
        EXPECT_FALSE(limit.refuse(std::to_string(i), now));
    }
    EXPECT_LE(limit.size(), 2'048U);
}

TEST(RateLimit, OfZeroIsNone) {
    RateLimit limit(0, 0);
    for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(limit.refuse("a", {}));
}

TEST(HostOf, ReadsNamesAddressesAndPorts) {
    EXPECT_EQ(host_of("Example.COM:8080"), "example.com");
    EXPECT_EQ(host_of("example.com."), "example.com");
    EXPECT_EQ(host_of("[::1]:80"), "::1");
    EXPECT_EQ(host_of("[::1]"), "::1");
    for (const char* bad : {"", "[::1", "a:b", "a:1:2", "user@host", "a/b", "[::1]x", "a:123456"}) {
        EXPECT_EQ(host_of(bad), "") << bad;
    }
}

TEST(AccessCheck, AllowsLoopbackTheOwnHostAndListedNamesAlone) {
    const AccessCheck check("192.168.1.5", {"host.docker.internal", "fd00::5", "Box.lan:5624"});
    const auto allows = [&](const std::string& host, const std::string& origin = {}) {
        Headers headers{{"Host", host}};
        if (!origin.empty()) headers.set("Origin", origin);
        return check.check(headers).has_value();
    };
    for (const char* host : {"localhost", "127.0.0.1:5624", "127.8.9.1", "[::1]:1", "192.168.1.5",
                             "host.docker.internal:5624", "[fd00::5]:80", "box.lan"}) {
        EXPECT_TRUE(allows(host)) << host;
    }
    for (const char* host : {"", "evil.example", "192.168.1.6", "localhost.evil.example",
                             "127.0.0.1.evil.example", "127.1", "2130706433", "0.0.0.0"}) {
        EXPECT_FALSE(allows(host)) << host;
    }
    EXPECT_TRUE(allows("localhost", "http://localhost:5173"));
    EXPECT_TRUE(allows("localhost", "https://box.lan"));
    EXPECT_FALSE(allows("localhost", "null"));
    EXPECT_FALSE(allows("localhost", "file://localhost"));
    EXPECT_FALSE(allows("localhost", "http://localhost@evil.example"));
}

TEST(StatusOf, IsTheTableOfTheProtocol) {
    std::ostringstream text;
    text << std::ifstream(LOCI_ERRORS_FILE).rdbuf();
    const auto table = json::parse(text.str());
    ASSERT_TRUE(table) << table.error().text();
    int checked = 0;
    for (const auto& [name, status] : table->as_object()) {
        if (name == "$comment") continue;
        const auto code = base::error_code_from(name);
        EXPECT_EQ(base::to_string(code), std::string_view(name));
        EXPECT_EQ(status_of(code), json::int_or(&status, 0)) << name;
        ++checked;
    }
    EXPECT_EQ(checked, 17);
}

TEST(ErrorResponse, HoldsCodeMessageHintAndDetails) {
    const auto response =
        error_response(base::make_error(base::ErrorCode::not_found, "no \"model\"", "list them")
                           .with("model", "tiny"));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
    const auto body = json::parse(response.body);
    ASSERT_TRUE(body);
    EXPECT_EQ(json::string_or(json::find_path(*body, "error.code")), "not_found");
    EXPECT_EQ(json::string_or(json::find_path(*body, "error.message")), "no \"model\"");
    EXPECT_EQ(json::string_or(json::find_path(*body, "error.hint")), "list them");
    EXPECT_EQ(json::string_or(json::find_path(*body, "error.details.model")), "tiny");
}

TEST(ContentType, IsKnownForWhatThePageNeeds) {
    EXPECT_EQ(content_type_of("body.WASM"), "application/wasm");
    EXPECT_EQ(content_type_of("a.b.mjs"), "text/javascript; charset=utf-8");
    EXPECT_EQ(content_type_of("site.webmanifest"), "application/manifest+json");
    EXPECT_EQ(content_type_of("nook.vrm"), "model/gltf-binary");
    EXPECT_EQ(content_type_of("no-ending"), "application/octet-stream");
}

TEST(HttpDate, HasTheFixedForm) {
    EXPECT_EQ(format_http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(format_http_date(1'709'164'800), "Thu, 29 Feb 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace http::detail
