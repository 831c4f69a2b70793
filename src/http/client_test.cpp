#include "http/client.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "async/testing/run.hpp"
#include "http/sse.hpp"
#include "http/testing/scripted_server.hpp"

namespace http {
namespace {

using namespace std::chrono_literals;
using async::testing::run_on;
using base::ErrorCode;
using testing::Script;
using testing::ScriptedServer;

using Fetched = base::Result<ClientResponse>;

class ClientTest : public ::testing::Test {
protected:
    Fetched fetch(ClientRequest request, std::stop_token stop = {}) {
        return run_on(io_, client_.fetch(std::move(request), std::move(stop)));
    }
    Fetched stream(ClientRequest request, BodySink& sink, std::stop_token stop = {}) {
        return run_on(io_, client_.stream(std::move(request), sink, std::move(stop)));
    }
    ClientRequest get(std::string_view path = "/") {
        ClientRequest request;
        request.url = server_.url(path);
        return request;
    }

    boost::asio::io_context io_;
    ScriptedServer server_{io_.get_executor()};
    Client client_{io_.get_executor()};
};

// Calls a function at each piece, to drive the script or to stop in the middle of a callback.
class Sink final : public BodySink {
public:
    bool on_head(const ClientResponse& head) override {
        ++heads;
        status = head.status;
        return take_head;
    }
    bool on_data(std::string_view bytes) override {
        ++pieces;
        body += bytes;
        return !each || each(bytes);
    }
    std::function<bool(std::string_view)> each;
    bool take_head = true;
    int heads = 0;
    int pieces = 0;
    int status = 0;
    std::string body;
};

TEST_F(ClientTest, FetchesABodyAndKeepsTheConnection) {
    server_.enqueue(Script::reply(200, "one", "text/plain", {{"X-Extra", "yes"}}));
    server_.enqueue(Script::reply(404, "two"));
    const auto first = fetch(get("/a?b=c"));
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_EQ(first->status, 200);
    EXPECT_EQ(first->body, "one");
    EXPECT_EQ(first->headers.get("x-extra"), "yes");
    const auto second = fetch(get());
    ASSERT_TRUE(second);
    EXPECT_EQ(second->status, 404);
    EXPECT_EQ(server_.requests().at(0).target, "/a?b=c");
    EXPECT_EQ(server_.connections(), 1U);
}

TEST_F(ClientTest, SendsMethodHeadersAndBodyAsGiven) {
    server_.enqueue(Script::reply(200, ""));
    ClientRequest request = get();
    request.method = "POST";
    request.headers = {{"Authorization", "Bearer abc"}, {"X-Empty", ""}};
    request.body = std::string(3'000'000, 'b');
    ASSERT_TRUE(fetch(request));
    const auto& seen = server_.requests().at(0);
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.headers.get("Authorization"), "Bearer abc");
    EXPECT_EQ(seen.headers.get("X-Empty"), "");
    EXPECT_FALSE(seen.headers.get("Content-Type"));
    EXPECT_FALSE(seen.headers.get("Expect"));
    EXPECT_EQ(seen.body, request.body);
}

TEST_F(ClientTest, AHeadRequestHasNoBody) {
    server_.enqueue(Script::head(200, {{"Content-Length", "999999999999"}}));
    ClientRequest request = get();
    request.method = "HEAD";
    const auto answer = fetch(request);
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->headers.get("content-length"), "999999999999");
}

TEST_F(ClientTest, RefusesHeadersThatWouldSmuggleALine) {
    ClientRequest request = get();
    request.headers = {{"X-Bad", "a\r\nX-Forged: b"}};
    EXPECT_EQ(fetch(request).error().code, ErrorCode::invalid_argument);
    request.headers = {{"X Bad", "a"}};
    EXPECT_EQ(fetch(request).error().code, ErrorCode::invalid_argument);
    EXPECT_TRUE(server_.requests().empty());
}

TEST_F(ClientTest, RefusesOtherSchemesAndBrokenAddresses) {
    for (const char* url : {"file:///etc/passwd", "gopher://host/", "not an address", ""}) {
        ClientRequest request;
        request.url = url;
        const auto answer = fetch(request);
        ASSERT_FALSE(answer) << url;
        EXPECT_EQ(answer.error().code, ErrorCode::invalid_argument) << url;
    }
}

TEST_F(ClientTest, StreamsPieceByPiece) {
    server_.enqueue(
        Script::sse_head().sse("", "one").await_step().sse("", "two").await_step().end_chunks());
    Sink sink;
    SseParser parser;
    std::vector<std::string> events;
    sink.each = [&](std::string_view bytes) {
        const auto fed = parser.feed(bytes, [&](const SseEvent& event) {
            events.push_back(event.data);
            server_.step();  // the next event is only sent once this one was read
            return true;
        });
        return fed.has_value();
    };
    const auto answer = stream(get(), sink);
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_TRUE(answer->body.empty());
    EXPECT_EQ(sink.heads, 1);
    EXPECT_EQ(sink.status, 200);
    EXPECT_EQ(events, (std::vector<std::string>{"one", "two"}));
}

TEST_F(ClientTest, ABodyCutByTheServerIsAnUpstreamError) {
    server_.enqueue(Script::sse_head().sse("", "one").close());
    server_.enqueue(Script::head(200, {{"Content-Length", "100"}}).bytes("short").close());
    server_.enqueue(Script::head(200, {{"Content-Length", "100"}}).bytes("short").cut());
    for (int i = 0; i < 3; ++i) {
        const auto answer = fetch(get());
        ASSERT_FALSE(answer) << i;
        EXPECT_EQ(answer.error().code, ErrorCode::upstream) << answer.error().text();
    }
}

TEST_F(ClientTest, NonsenseInsteadOfHttpIsAnUpstreamError) {
    server_.enqueue(Script().bytes("SSH-2.0-OpenSSH_9.2\r\n").close());
    server_.enqueue(Script().close());
    for (int i = 0; i < 2; ++i) {
        const auto answer = fetch(get());
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, ErrorCode::upstream) << answer.error().text();
    }
}

TEST_F(ClientTest, EndsABodyOverTheLimitAndDropsTheConnection) {
    ClientRequest request = get();
    request.max_body = 1'000'000;
    server_.enqueue(Script::head(200, {{"Content-Length", "100000000"}}).repeat("x", 100'000'000));
    auto answer = fetch(request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::too_large);
    // Without a length the limit is found while reading.
    server_.enqueue(Script::head(200, {}).repeat("x", 100'000'000).close());
    answer = fetch(request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::too_large);
    EXPECT_LT(server_.bytes_sent(), 50'000'000U);
}

TEST_F(ClientTest, StreamsAHundredMegabytesWithoutKeepingThem) {
    server_.enqueue(
        Script::head(200, {{"Content-Length", "100000000"}}).repeat("0123456789", 100'000'000));
    ClientRequest request = get();
    request.max_body = 200'000'000;
    std::size_t total = 0;
    Sink sink;
    sink.each = [&](std::string_view bytes) {
        total += bytes.size();
        sink.body.clear();
        return true;
    };
    const auto answer = stream(request, sink);
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(total, 100'000'000U);
}

TEST_F(ClientTest, ASilentServerRunsIntoTheIdleTimeout) {
    server_.enqueue(Script().hang());
    server_.enqueue(Script::sse_head().sse("", "one").hang());
    ClientRequest request = get();
    request.idle_timeout = 40ms;
    for (int i = 0; i < 2; ++i) {
        const auto answer = fetch(request);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, ErrorCode::timeout);
    }
    run_on(io_, [](ScriptedServer& server) -> async::Task<int> {
        auto left = server.wait_peer_left(2);
        co_await std::move(left);
        co_return 0;
    }(server_));
}

TEST_F(ClientTest, AStopFromOutsideEndsTheCallAndTheConnection) {
    server_.enqueue(Script().hang());
    std::stop_source stop;
    async::spawn_detached(
        io_.get_executor(), "stop",
        [](ScriptedServer& server, std::stop_source& source) -> async::Task<void> {
            auto arrived = server.wait_requests(1);
            co_await std::move(arrived);
            source.request_stop();
        }(server_, stop));
    const auto answer = fetch(get(), stop.get_token());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::cancelled);
    run_on(io_, [](ScriptedServer& server) -> async::Task<int> {
        auto left = server.wait_peer_left(1);
        co_await std::move(left);
        co_return 0;
    }(server_));
}

TEST_F(ClientTest, AStopFromInsideACallbackEndsTheCallAtThatPiece) {
    server_.enqueue(Script::head(200, {}).repeat("x", 10'000'000).close());
    std::stop_source stop;
    Sink sink;
    sink.each = [&](std::string_view) {
        stop.request_stop();
        return true;
    };
    const auto answer = stream(get(), sink, stop.get_token());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::cancelled);
    EXPECT_EQ(sink.pieces, 1);
}

TEST_F(ClientTest, ASinkThatRefusesEndsTheCall) {
    server_.enqueue(Script::reply(500, "long story"));
    Sink at_head;
    at_head.take_head = false;
    EXPECT_EQ(stream(get(), at_head).error().code, ErrorCode::cancelled);
    EXPECT_EQ(at_head.pieces, 0);
    server_.enqueue(Script::reply(200, "long story"));
    Sink at_data;
    at_data.each = [](std::string_view) { return false; };
    EXPECT_EQ(stream(get(), at_data).error().code, ErrorCode::cancelled);
    EXPECT_EQ(at_data.pieces, 1);
}

TEST_F(ClientTest, AStopRequestedBeforeTheCallSendsNothing) {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(fetch(get(), stop.get_token()).error().code, ErrorCode::cancelled);
    EXPECT_EQ(server_.connections(), 0U);
}

TEST_F(ClientTest, NobodyListeningIsUnavailable) {
    int port = 0;
    {
        const ScriptedServer closed(io_.get_executor());
        port = closed.port();
    }
    ClientRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(port) + "/?key=secret";
    const auto answer = fetch(request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_EQ(answer.error().text().find("secret"), std::string::npos);
}

TEST_F(ClientTest, FollowsARedirectOnTheSameHostWithItsHeaders) {
    server_.enqueue(Script::reply(302, "moved", "text/plain", {{"Location", "/there"}}));
    server_.enqueue(Script::reply(200, "here"));
    ClientRequest request = get("/here");
    request.headers = {{"Authorization", "Bearer abc"}};
    Sink sink;
    const auto answer = stream(request, sink);
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(sink.heads, 1);
    EXPECT_EQ(sink.body, "here");
    EXPECT_EQ(server_.requests().at(1).target, "/there");
    EXPECT_EQ(server_.requests().at(1).headers.get("authorization"), "Bearer abc");
}

TEST_F(ClientTest, TakesNoCredentialToAnotherHost) {
    ScriptedServer other(io_.get_executor());
    other.enqueue(Script::reply(200, "cdn"));
    server_.enqueue(Script::reply(307, "", "text/plain", {{"Location", other.url("/file")}}));
    ClientRequest request = get();
    request.headers = {
        {"Authorization", "Bearer abc"}, {"X-Api-Key", "abc"}, {"Range", "bytes=0-"}};
    const auto answer = fetch(request);
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->body, "cdn");
    const auto& seen = other.requests().at(0);
    EXPECT_FALSE(seen.headers.get("Authorization"));
    EXPECT_FALSE(seen.headers.get("X-Api-Key"));
    EXPECT_EQ(seen.headers.get("Range"), "bytes=0-");
}

TEST_F(ClientTest, APostIsNeverRedirected) {
    server_.enqueue(Script::reply(308, "moved", "text/plain", {{"Location", "/there"}}));
    ClientRequest request = get();
    request.method = "POST";
    const auto answer = fetch(request);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 308);
    EXPECT_EQ(answer->body, "moved");
    EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(ClientTest, ARedirectCanBeRefused) {
    server_.enqueue(Script::reply(302, "moved", "text/plain", {{"Location", "/there"}}));
    ClientRequest request = get();
    request.redirects = Redirects::refuse;
    const auto answer = fetch(request);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 302);
    EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(ClientTest, EndsARedirectLoopAndRefusesOtherSchemes) {
    for (int i = 0; i < 10; ++i) {
        server_.enqueue(Script::reply(302, "", "text/plain", {{"Location", "/again"}}));
    }
    EXPECT_EQ(fetch(get()).error().code, ErrorCode::upstream);
    ScriptedServer other(io_.get_executor());
    other.enqueue(Script::reply(302, "", "text/plain", {{"Location", "file:///etc/passwd"}}));
    ClientRequest request;
    request.url = other.url();
    EXPECT_EQ(fetch(request).error().code, ErrorCode::upstream);
}

async::Task<void> fetch_and_count(Client& client, ClientRequest request, std::stop_token stop,
                                  std::vector<ErrorCode>& codes) {
    auto fetching = client.fetch(std::move(request), stop);
    const auto answer = co_await std::move(fetching);
    codes.push_back(answer ? ErrorCode::internal : answer.error().code);
}

TEST_F(ClientTest, ManyCallsRunAtOnceAndTheClientsEndCancelsThem) {
    std::vector<ErrorCode> codes;
    {
        Client client(io_.get_executor());
        for (int i = 0; i < 20; ++i) {
            server_.enqueue(Script().hang());
            async::spawn_detached(io_.get_executor(), "fetch",
                                  fetch_and_count(client, get(), {}, codes));
        }
        run_on(io_, [](ScriptedServer& server) -> async::Task<int> {
            auto arrived = server.wait_requests(20);
            co_await std::move(arrived);
            co_return 0;
        }(server_));
    }
    while (codes.size() < 20 && io_.run_one() > 0) {
    }
    EXPECT_EQ(codes, std::vector<ErrorCode>(20, ErrorCode::cancelled));
}

TEST_F(ClientTest, ReadsCompressedBodiesWithinTheLimit) {
    // gzip of 100 times "a"
    const std::string packed(
        "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x4c\xa4\x3d\x00\x00\x64\x7a\x70\xaf\x64\x00"
        "\x00\x00",
        24);
    const Headers gzip{{"Content-Encoding", "gzip"}};
    server_.enqueue(Script::reply(200, packed, "text/plain", gzip));
    const auto answer = fetch(get());
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->body, std::string(100, 'a'));
    server_.enqueue(Script::reply(200, packed, "text/plain", gzip));
    ClientRequest small = get();
    small.max_body = 50;
    EXPECT_EQ(fetch(small).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace http
