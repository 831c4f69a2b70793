#include "http/server.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "async/event.hpp"
#include "async/testing/run.hpp"
#include "base/text.hpp"
#include "http/client.hpp"
#include "http/testing/raw_client.hpp"
#include "http/testing/server_fixture.hpp"
#include "json/json.hpp"

namespace http {
namespace {

using namespace std::chrono_literals;
using async::testing::run_on;
using base::ErrorCode;
using testing::RawClient;

async::Task<base::Result<Response>> hello(std::shared_ptr<Request> request) {
    const auto name = request->params.find("name");
    std::string text = "hello";
    if (name != request->params.end()) text += " " + name->second;
    for (const auto& [key, value] : request->query) text += " " + key + "=" + value;
    Response response;
    response.headers.set("Content-Type", "text/plain");
    response.body = text;
    co_return response;
}

async::Task<base::Result<Response>> echo(std::shared_ptr<Request> request) {
    Response response;
    response.body = request->body;
    co_return response;
}

async::Task<base::Result<Response>> broken(std::shared_ptr<Request>) {
    throw std::runtime_error("a bug with the word secret");
    co_return Response();
}

async::Task<base::Result<Response>> missing(std::shared_ptr<Request>) {
    co_return base::fail(ErrorCode::conflict, "the model is in use", "wait a moment");
}

async::Task<base::Result<Response>> forger(std::shared_ptr<Request>) {
    Response response;
    response.headers.set("X-Good", "1");
    response.headers.set("X-Bad", "a\r\nSet-Cookie: b");
    response.headers.set("Content-Length", "3");
    response.body = "whole";
    co_return response;
}

async::Task<void> count_to_three(std::shared_ptr<Request>, std::shared_ptr<ResponseStream> out) {
    auto beginning = out->begin(200, Headers{{"Content-Type", "text/event-stream"}});
    auto written = co_await std::move(beginning);
    for (int i = 1; i <= 3 && written; ++i) {
        auto writing = out->write(fmt::format("data: {}\n\n", i));
        written = co_await std::move(writing);
    }
}

async::Task<void> break_in_the_middle(std::shared_ptr<Request>,
                                      std::shared_ptr<ResponseStream> out) {
    auto beginning = out->begin(200, {});
    const auto begun = co_await std::move(beginning);
    auto writing = out->write("half");
    const auto written = co_await std::move(writing);
    if (begun && written) throw std::runtime_error("broken");
}

class ServerTest : public testing::ServerFixture {
protected:
    void start() {
        router_.add("GET", "/api/hello", &hello);
        router_.add("GET", "/api/hello/{name}", &hello);
        router_.add("POST", "/api/echo", &echo);
        router_.add("GET", "/api/broken", &broken);
        router_.add("GET", "/api/conflict", &missing);
        router_.add("GET", "/api/forger", &forger);
        router_.add_stream("GET", "/api/count", &count_to_three);
        router_.add_stream("GET", "/api/half", &break_in_the_middle);
        start_server();
    }

    ClientRequest request(std::string_view path) const {
        ClientRequest out;
        out.url = fmt::format("http://127.0.0.1:{}{}", server_->port(), path);
        return out;
    }
    ClientResponse fetch(ClientRequest out) {
        auto answer = run_on(io_, client_.fetch(std::move(out), {}));
        EXPECT_TRUE(answer) << answer.error().text();
        return answer ? *answer : ClientResponse{};
    }
    ClientResponse get(std::string_view path) { return fetch(request(path)); }
    // Sends bytes on a new connection and gives everything until the server closes.
    std::string raw(std::string_view bytes) {
        RawClient client(io_, server_->port());
        return run_on(io_, client.exchange(std::string(bytes)));
    }
    static std::string code_of(std::string_view body) {
        const auto parsed = json::parse(body);
        return parsed ? json::string_or(json::find_path(*parsed, "error.code")) : "no JSON";
    }

    Client client_{io_.get_executor()};
};

TEST_F(ServerTest, AnswersRoutesWithParametersAndQuery) {
    start();
    EXPECT_EQ(get("/api/hello").body, "hello");
    EXPECT_EQ(get("/api/hello/w%C3%B6rld%2Fx?a=1&b=c+d&c").body, "hello wörld/x a=1 b=c d c=");
    const auto answer = get("/api/hello");
    EXPECT_EQ(answer.headers.get("Content-Type"), "text/plain");
    EXPECT_EQ(answer.headers.get("X-Content-Type-Options"), "nosniff");
    EXPECT_TRUE(base::is_uuid(answer.headers.get("X-Request-Id").value_or("")));
}

TEST_F(ServerTest, KeepsTheConnectionAndAnswersHead) {
    start();
    const std::string answers =
        raw("GET /api/hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
            "HEAD /api/hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
            "GET /api/hello/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answers.find("\r\n\r\nhelloHTTP/1.1 200 OK"), std::string::npos) << answers;
    EXPECT_NE(answers.find("\r\n\r\nHTTP/1.1 200 OK"), std::string::npos) << answers;
    EXPECT_TRUE(answers.ends_with("hello x"));
    EXPECT_EQ(server_->stats().requests, 3U);
}

TEST_F(ServerTest, TakesBodiesWholeChunkedAndAfterContinue) {
    start();
    ClientRequest post = request("/api/echo");
    post.method = "POST";
    post.body = std::string(2'000'000, 'z');
    EXPECT_EQ(fetch(post).body, post.body);
    EXPECT_TRUE(raw("POST /api/echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
                    .ends_with("\r\n\r\nabcde"));
    RawClient slow(io_, server_->port());
    run_on(io_, slow.send("POST /api/echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                          "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
    EXPECT_EQ(run_on(io_, slow.read_until("\r\n\r\n")), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_TRUE(run_on(io_, slow.exchange("abc")).ends_with("\r\n\r\nabc"));
}

TEST_F(ServerTest, StreamsInChunksAndCutsTheConnectionWhenTheHandlerFails) {
    start();
    const auto whole = get("/api/count");
    EXPECT_EQ(whole.body, "data: 1\n\ndata: 2\n\ndata: 3\n\n");
    EXPECT_EQ(whole.headers.get("Transfer-Encoding"), "chunked");
    const auto half = run_on(io_, client_.fetch(request("/api/half"), {}));
    ASSERT_FALSE(half);
    EXPECT_EQ(half.error().code, ErrorCode::upstream);
    const std::string old = raw("GET /api/count HTTP/1.0\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(old.ends_with("\r\n\r\ndata: 1\n\ndata: 2\n\ndata: 3\n\n")) << old;
}

TEST_F(ServerTest, TurnsErrorsAndExceptionsIntoJson) {
    start();
    const auto conflict = get("/api/conflict");
    EXPECT_EQ(conflict.status, 409);
    EXPECT_EQ(code_of(conflict.body), "conflict");
    const auto bug = get("/api/broken");
    EXPECT_EQ(bug.status, 500);
    EXPECT_EQ(code_of(bug.body), "internal");
    EXPECT_EQ(bug.body.find("secret"), std::string::npos);
}

TEST_F(ServerTest, NamesTheNearestRouteAndTheAllowedMethods) {
    start();
    const auto unknown = get("/api/helo");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_NE(unknown.body.find("/api/hello"), std::string::npos);
    ClientRequest wrong = request("/api/echo");
    wrong.method = "DELETE";
    const auto answer = fetch(wrong);
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.headers.get("Allow"), "POST, OPTIONS");
}

TEST_F(ServerTest, LeavesOutHeadersThatWouldForgeAnother) {
    start();
    const auto answer = get("/api/forger");
    EXPECT_EQ(answer.body, "whole");
    EXPECT_EQ(answer.headers.get("X-Good"), "1");
    EXPECT_FALSE(answer.headers.get("Set-Cookie"));
}

TEST_F(ServerTest, RefusesForeignHostsAndOrigins) {
    options_.allowed_hosts = {"loci.example"};
    start();
    const auto status = [&](const std::string& headers) {
        const std::string answer =
            raw("GET /api/hello HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n");
        return answer.substr(9, 3);
    };
    EXPECT_EQ(status("Host: localhost:1\r\n"), "200");
    EXPECT_EQ(status("Host: [::1]:5624\r\n"), "200");
    EXPECT_EQ(status("Host: LOCI.example\r\n"), "200");
    EXPECT_EQ(status("Host: evil.example\r\n"), "403");
    EXPECT_EQ(status("Host: localhost.evil.example\r\n"), "403");
    EXPECT_EQ(status("Host: localhost\r\nOrigin: https://evil.example\r\n"), "403");
    EXPECT_EQ(status("Host: localhost\r\nOrigin: null\r\n"), "403");
    EXPECT_EQ(status("Host: localhost\r\nOrigin: http://loci.example:8080\r\n"), "200");
    EXPECT_EQ(status(""), "400");
    EXPECT_EQ(status("Host: localhost\r\nHost: evil.example\r\n"), "400");
    EXPECT_EQ(raw("GET http://evil.example/api/hello HTTP/1.1\r\nHost: localhost\r\n"
                  "Connection: close\r\n\r\n")
                  .substr(9, 3),
              "403");
    EXPECT_EQ(server_->stats().refused, 7U);
}

TEST_F(ServerTest, AnswersPreflightsOfAllowedOriginsAlone) {
    start();
    const std::string answer =
        raw("OPTIONS /api/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            "Origin: http://localhost:5173\r\nAccess-Control-Request-Method: POST\r\n"
            "Access-Control-Request-Headers: authorization, x-thing\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 204")) << answer;
    EXPECT_NE(answer.find("Access-Control-Allow-Origin: http://localhost:5173\r\n"),
              std::string::npos);
    EXPECT_NE(answer.find("Access-Control-Allow-Methods: POST, OPTIONS\r\n"), std::string::npos);
    EXPECT_NE(answer.find("Access-Control-Allow-Headers: authorization, x-thing\r\n"),
              std::string::npos);
    const std::string same = raw(fmt::format(
        "GET /api/hello HTTP/1.1\r\nHost: localhost:{0}\r\nOrigin: http://localhost:{0}\r\n"
        "Connection: close\r\n\r\n",
        server_->port()));
    EXPECT_TRUE(same.starts_with("HTTP/1.1 200"));
    EXPECT_EQ(same.find("Access-Control"), std::string::npos);
}

TEST_F(ServerTest, TheGuardRefusesAllButOpenRoutesBeforeTheBody) {
    router_.set_guard([](const Request& request) -> base::Result<void> {
        if (request.headers.get("Authorization") == "Bearer key") return {};
        return base::fail(ErrorCode::unauthorized, "no key was given", "send it as a bearer token");
    });
    router_.add("GET", "/api/health", &hello, Access::open);
    start();
    EXPECT_EQ(get("/api/health").status, 200);
    EXPECT_EQ(get("/api/hello").status, 401);
    ClientRequest with_key = request("/api/hello");
    with_key.headers.set("Authorization", "Bearer key");
    EXPECT_EQ(fetch(with_key).status, 200);
    // The answer comes although the body never does.
    EXPECT_TRUE(raw("POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")
                    .starts_with("HTTP/1.1 401"));
}

TEST_F(ServerTest, LimitsBodyHeaderAndAddress) {
    options_.max_body = 1'000;
    start();
    const std::string host = "Host: localhost\r\n";
    EXPECT_TRUE(raw("POST /api/echo HTTP/1.1\r\n" + host + "Content-Length: 1001\r\n\r\n")
                    .starts_with("HTTP/1.1 413"));
    EXPECT_TRUE(raw("POST /api/echo HTTP/1.1\r\n" + host +
                    "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1'001, 'x'))
                    .starts_with("HTTP/1.1 413"));
    EXPECT_TRUE(raw("GET /api/hello HTTP/1.1\r\n" + host + "X: " + std::string(20'000, 'x'))
                    .starts_with("HTTP/1.1 431"));
    EXPECT_TRUE(raw("GET /" + std::string(20'000, 'x')).starts_with("HTTP/1.1 414"));
    EXPECT_TRUE(raw("GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\n" + host + "\r\n")
                    .starts_with("HTTP/1.1 414"));
    EXPECT_EQ(server_->stats().refused, 5U);
}

TEST_F(ServerTest, RefusesWhatIsNoProperRequest) {
    start();
    for (const std::string bad :
         {"\x16\x03\x01\x02\x00\x01\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
          "POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
          "POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
          "Content-Length: 2\r\n\r\nab",
          "POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "GET /../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
          "GET /api/%2e%2e/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
          "GET /api/a%00b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"}) {
        const std::string answer = raw(bad);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << bad << "\n->" << answer;
        EXPECT_EQ(code_of(answer.substr(answer.find("\r\n\r\n") + 4)), "invalid_argument");
    }
    EXPECT_TRUE(raw("GET / HTTP/3.0\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 505"));
}

TEST_F(ServerTest, TooManyRequestsAreToldWhenToComeBack) {
    options_.requests_per_second = 0.5;
    options_.request_burst = 2;
    start();
    EXPECT_EQ(get("/api/hello").status, 200);
    EXPECT_EQ(get("/api/hello").status, 200);
    const auto refused = get("/api/hello");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.headers.get("Retry-After"), "2");
    EXPECT_EQ(code_of(refused.body), "rate_limited");
}

TEST_F(ServerTest, ASlowHeaderIsAnsweredWith408) {
    options_.header_timeout = 50ms;
    start();
    const std::string answer = raw("GET /api/hello HTTP/1.1\r\nHost: loc");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 408")) << answer;
}

TEST_F(ServerTest, AnIdleConnectionIsClosedSilently) {
    options_.idle_timeout = 50ms;
    start();
    EXPECT_EQ(raw(""), "");
}

TEST_F(ServerTest, AConnectionTooManyIsRefusedPolitely) {
    options_.max_connections = 2;
    start();
    RawClient first(io_, server_->port());
    RawClient second(io_, server_->port());
    const std::string ask = "GET /api/hello HTTP/1.1\r\nHost: localhost\r\n\r\n";
    run_on(io_, first.send(ask));
    run_on(io_, second.send(ask));
    EXPECT_NE(run_on(io_, second.read_until("hello")), "");
    EXPECT_TRUE(raw(ask).starts_with("HTTP/1.1 503"));
    first.close();
    run_until([&] { return server_->stats().connections == 1; });
    EXPECT_TRUE(raw("GET /api/hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .starts_with("HTTP/1.1 200"));
}

async::Task<base::Result<Response>> wait_for_stop(std::shared_ptr<Request> request) {
    async::Event never;
    const bool woken = co_await never.wait(request->stop);
    Response response;
    response.body = woken ? "woken" : "stopped";
    co_return response;
}

TEST_F(ServerTest, AHandlerLearnsThatItsPeerHasLeft) {
    bool stopped = false;
    router_.add("GET", "/api/wait", [&](std::shared_ptr<Request> request) {
        return std::invoke(
            [](std::shared_ptr<Request> inner, bool& flag) -> async::Task<base::Result<Response>> {
                auto waiting = wait_for_stop(inner);
                auto answer = co_await std::move(waiting);
                flag = true;
                co_return answer;
            },
            std::move(request), stopped);
    });
    start();
    RawClient client(io_, server_->port());
    run_on(io_, client.send("GET /api/wait HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    run_until([&] { return server_->stats().requests == 1; });
    client.close();
    run_until([&] { return stopped; });
    EXPECT_TRUE(stopped);
}

TEST_F(ServerTest, ClosingStopsHandlersAndWaitsForTheirAnswers) {
    router_.add("GET", "/api/wait", &wait_for_stop);
    start();
    RawClient client(io_, server_->port());
    run_on(io_, client.send("GET /api/wait HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    run_until([&] { return server_->stats().requests == 1; });
    close_server();
    EXPECT_TRUE(run_on(io_, client.exchange("")).ends_with("stopped"));
    EXPECT_EQ(server_->stats().connections, 0U);
}

TEST_F(ServerTest, AUsedPortIsAConflictThatSaysWhatToDo) {
    start();
    ServerOptions same;
    same.port = server_->port();
    Server second(io_.get_executor(), Router(), same);
    const auto started = second.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, ErrorCode::conflict);
    EXPECT_NE(started.error().message.find(std::to_string(same.port)), std::string::npos);
}

TEST_F(ServerTest, BadAddressesAndCertificatesAreRefused) {
    ServerOptions bad;
    bad.host = "192.0.2.1";
    bad.port = 0;
    Server elsewhere(io_.get_executor(), Router(), bad);
    EXPECT_EQ(elsewhere.start().error().code, ErrorCode::invalid_argument);
    ServerOptions tls;
    tls.port = 0;
    tls.tls_certificate = "/nowhere/tls.crt";
    Server half(io_.get_executor(), Router(), tls);
    EXPECT_EQ(half.start().error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace http
