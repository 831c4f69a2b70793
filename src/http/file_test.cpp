// Static files and files named by handlers, over a real connection.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "http/client.hpp"
#include "http/detail/file_response.hpp"
#include "http/testing/raw_client.hpp"
#include "http/testing/server_fixture.hpp"

namespace http {
namespace {

using async::testing::run_on;
namespace fs = std::filesystem;

class FileTest : public testing::ServerFixture {
protected:
    FileTest() {
        std::string name = fs::temp_directory_path() / "loci-http-XXXXXX";
        root_ = ::mkdtemp(name.data());
        write("outside.txt", "secret");
        write("site/index.html", "<p>page</p>");
        write("site/stage.html", "<p>stage</p>");
        write("site/assets/app-1a2b.js", std::string(200'000, 'j'));
        write("site/assets/app-1a2b.js.br", "brotli");
        write("site/assets/app-1a2b.js.gz", "gzip");
        write("site/digits.bin", "0123456789");
        write("site/.hidden", "secret");
        write("site/.well/known", "secret");
        write("site/empty.txt", "");
        fs::create_symlink(root_ / "outside.txt", root_ / "site/link.txt");
        fs::create_directory_symlink(root_, root_ / "site/up");
    }
    ~FileTest() override { fs::remove_all(root_); }

    void write(const std::string& path, const std::string& text) const {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path, std::ios::binary) << text;
    }
    void start() {
        router_.add_static((root_ / "site").string());
        start_server();
    }
    ClientResponse get(std::string_view path, Headers headers = {}, std::string method = "GET") {
        ClientRequest request;
        request.url = fmt::format("http://127.0.0.1:{}{}", server_->port(), path);
        request.headers = std::move(headers);
        request.method = std::move(method);
        Sink sink;  // unlike fetch(), a stream leaves the coding of the body alone
        auto answer = run_on(io_, client_.stream(request, sink, {}));
        EXPECT_TRUE(answer) << answer.error().text();
        if (!answer) return {};
        answer->body = sink.body;
        return *answer;
    }
    // The status for a path as it is, which a proper client would clean up first.
    std::string raw_status(const std::string& path) {
        testing::RawClient client(io_, server_->port());
        const std::string answer = run_on(io_, client.exchange("GET " + path +
                                                               " HTTP/1.1\r\nHost: localhost\r\n"
                                                               "Connection: close\r\n\r\n"));
        EXPECT_EQ(answer.find("secret"), std::string::npos) << path;
        return answer.substr(9, 3);
    }

    class Sink final : public BodySink {
    public:
        bool on_head(const ClientResponse&) override { return true; }
        bool on_data(std::string_view bytes) override {
            body += bytes;
            return true;
        }
        std::string body;
    };
    fs::path root_;
    Client client_{io_.get_executor()};
};

TEST_F(FileTest, ServesThePageWithItsPolicy) {
    start();
    const auto page = get("/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body, "<p>page</p>");
    EXPECT_EQ(page.headers.get("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.headers.get("Cache-Control"), "no-cache");
    const std::string policy(page.headers.get("Content-Security-Policy").value_or(""));
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_NE(policy.find("'wasm-unsafe-eval'"), std::string::npos);
    EXPECT_EQ(policy.find("script-src 'self' 'unsafe-inline'"), std::string::npos);
    EXPECT_EQ(get("/empty.txt").body, "");
    EXPECT_EQ(get("/stage?transparent=1").body, "<p>stage</p>");
    EXPECT_EQ(get("/stage").headers.get("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(get("/nothing").status, 404);
    EXPECT_EQ(get("/nothing.txt").status, 404);
    EXPECT_EQ(get("/", {}, "HEAD").headers.get("Content-Length"), "11");
    EXPECT_EQ(get("/", {}, "POST").status, 404);
}

TEST_F(FileTest, PrefersCompressedSiblingsThatTheClientAccepts) {
    start();
    const std::string path = "/assets/app-1a2b.js";
    const auto plain = get(path);
    EXPECT_EQ(plain.body.size(), 200'000U);
    EXPECT_EQ(plain.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(plain.headers.get("Vary"), "Accept-Encoding");
    const auto brotli = get(path, {{"Accept-Encoding", "gzip, deflate, br"}});
    EXPECT_EQ(brotli.body, "brotli");
    EXPECT_EQ(brotli.headers.get("Content-Encoding"), "br");
    EXPECT_EQ(brotli.headers.get("Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(get(path, {{"Accept-Encoding", "gzip, br;q=0"}}).body, "gzip");
    EXPECT_NE(brotli.headers.get("ETag"), plain.headers.get("ETag"));
    EXPECT_EQ(get("/digits.bin", {{"Accept-Encoding", "br"}}).body, "0123456789");
}

TEST_F(FileTest, AnswersConditionalRequests) {
    start();
    const std::string etag(get("/digits.bin").headers.get("ETag").value_or(""));
    ASSERT_FALSE(etag.empty());
    const auto same = get("/digits.bin", {{"If-None-Match", "\"other\", W/" + etag}});
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.body, "");
    EXPECT_EQ(same.headers.get("ETag"), etag);
    EXPECT_EQ(get("/digits.bin", {{"If-None-Match", "*"}}).status, 304);
    write("site/digits.bin", "changed");
    EXPECT_EQ(get("/digits.bin", {{"If-None-Match", etag}}).body, "changed");
}

TEST_F(FileTest, SendsRanges) {
    start();
    const auto part = get("/digits.bin", {{"Range", "bytes=2-4"}});
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, "234");
    EXPECT_EQ(part.headers.get("Content-Range"), "bytes 2-4/10");
    EXPECT_EQ(get("/digits.bin", {{"Range", "bytes=7-"}}).body, "789");
    EXPECT_EQ(get("/digits.bin", {{"Range", "bytes=-2"}}).body, "89");
    EXPECT_EQ(get("/digits.bin", {{"Range", "bytes=5-999"}}).body, "56789");
    EXPECT_EQ(get("/digits.bin", {{"Range", "bytes=0-1,3-4"}}).status, 200);
    const auto beyond = get("/digits.bin", {{"Range", "bytes=10-"}});
    EXPECT_EQ(beyond.status, 416);
    EXPECT_EQ(beyond.headers.get("Content-Range"), "bytes */10");
    EXPECT_EQ(get("/digits.bin", {{"Range", "bytes=2-4"}, {"If-Range", "\"old\""}}).status, 200);
}

TEST_F(FileTest, NeverLeavesTheFolder) {
    start();
    for (const char* path :
         {"/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/%2e%2e%2foutside.txt",
          "/assets/../../outside.txt", "/assets/..%5c..%5coutside.txt", "//etc/passwd", "/link.txt",
          "/up/outside.txt", "/up/site/digits.bin", "/.hidden", "/.well/known", "/assets",
          "/assets/", "/digits.bin/", "/digits.bin%00.html", "/%2Fetc%2Fpasswd",
          "/....//outside.txt"}) {
        const std::string status = raw_status(path);
        EXPECT_TRUE(status == "404" || status == "400") << path << " " << status;
    }
    EXPECT_EQ(raw_status("/digits.bin?x=../"), "200");
}

TEST_F(FileTest, SendsTheFileThatAHandlerNames) {
    router_.add("GET", "/api/export", [this](std::shared_ptr<Request>) {
        return std::invoke(
            [](std::string path) -> async::Task<base::Result<Response>> {
                Response response;
                response.file = path;
                response.headers.set("Content-Disposition", "attachment; filename=\"digits.bin\"");
                co_return response;
            },
            (root_ / "site/digits.bin").string());
    });
    router_.add("GET", "/api/gone", [](std::shared_ptr<Request>) {
        return std::invoke([]() -> async::Task<base::Result<Response>> {
            Response response;
            response.file = "/nowhere/file";
            co_return response;
        });
    });
    start();
    const auto answer = get("/api/export", {{"Range", "bytes=1-2"}});
    EXPECT_EQ(answer.status, 206);
    EXPECT_EQ(answer.body, "12");
    EXPECT_EQ(answer.headers.get("Content-Disposition"), "attachment; filename=\"digits.bin\"");
    EXPECT_EQ(get("/api/gone").status, 404);
}

TEST(ParseRange, ReadsOneRangeAndLeavesTheRest) {
    using detail::ByteRange;
    using detail::RangeKind;
    ByteRange range;
    for (const char* whole : {"", "items=0-1", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2",
                              "bytes=0-1,2-3", "bytes=1--2", "bytes=99999999999999999999-"}) {
        EXPECT_EQ(detail::parse_range(whole, 10, range), RangeKind::whole) << whole;
    }
    EXPECT_EQ(detail::parse_range("bytes=-0", 10, range), RangeKind::unsatisfiable);
    EXPECT_EQ(detail::parse_range("bytes=-5", 0, range), RangeKind::unsatisfiable);
    EXPECT_EQ(detail::parse_range("bytes=-50", 10, range), RangeKind::part);
    EXPECT_EQ(range.first, 0U);
    EXPECT_EQ(range.length, 10U);
    EXPECT_EQ(detail::parse_range("bytes=9-18446744073709551615", 10, range), RangeKind::part);
    EXPECT_EQ(range.length, 1U);
}

TEST(AcceptsCoding, HeedsWeightsAndWholeNames) {
    EXPECT_TRUE(detail::accepts_coding("gzip, BR", "br"));
    EXPECT_TRUE(detail::accepts_coding("br;q=0.1", "br"));
    EXPECT_FALSE(detail::accepts_coding("br; q=0", "br"));
    EXPECT_FALSE(detail::accepts_coding("br;q=0.000", "br"));
    EXPECT_FALSE(detail::accepts_coding("brotli", "br"));
    EXPECT_FALSE(detail::accepts_coding("", "br"));
}

}  // namespace
}  // namespace http
