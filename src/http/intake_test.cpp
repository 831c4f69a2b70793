// What one caller may send: uploads have limits of their own, and every request leaves a line.
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "async/testing/run.hpp"
#include "base/log.hpp"
#include "http/client.hpp"
#include "http/testing/server_fixture.hpp"

namespace http {
namespace {

using async::testing::run_on;

async::Task<base::Result<Response>> take(std::shared_ptr<Request> request) {
    Response response;
    response.body = fmt::format("{}", request->body.size());
    co_return response;
}

class IntakeTest : public testing::ServerFixture {
protected:
    void start() {
        router_.add("POST", "/api/say", &take);
        router_.add("GET", "/api/read/{name}", &take);
        router_.add("POST", "/api/upload", &take, Access::guarded, Intake::uploads);
        start_server();
    }
    ClientResponse send(const std::string& method, const std::string& path, std::size_t bytes) {
        ClientRequest request;
        request.method = method;
        request.url = fmt::format("http://127.0.0.1:{}{}", server_->port(), path);
        request.body = std::string(bytes, 'x');
        auto answer = run_on(io_, client_.fetch(std::move(request), {}));
        EXPECT_TRUE(answer) << answer.error().text();
        return answer ? *answer : ClientResponse{};
    }
    Client client_{io_.get_executor()};
};

TEST_F(IntakeTest, AnUploadMayBeLargerThanAnyOtherBody) {
    options_.max_body = 1'000;
    options_.max_upload = 5'000;
    start();
    EXPECT_EQ(send("POST", "/api/say", 1'000).status, 200);
    EXPECT_EQ(send("POST", "/api/say", 1'001).status, 413);
    const auto whole = send("POST", "/api/upload", 5'000);
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.body, "5000");
    EXPECT_EQ(send("POST", "/api/upload", 5'001).status, 413);
}

TEST_F(IntakeTest, ABodyMayAlsoBeLargerThanAnUpload) {
    options_.max_body = 5'000;
    options_.max_upload = 1'000;
    start();
    EXPECT_EQ(send("POST", "/api/say", 5'000).status, 200);
    EXPECT_EQ(send("POST", "/api/upload", 1'000).status, 200);
    EXPECT_EQ(send("POST", "/api/upload", 1'001).status, 413);
}

TEST_F(IntakeTest, TooManyUploadsAreRefusedAndOtherRequestsAreNot) {
    options_.uploads_per_minute = 1;
    options_.upload_burst = 2;
    start();
    EXPECT_EQ(send("POST", "/api/upload", 1).status, 200);
    EXPECT_EQ(send("POST", "/api/upload", 1).status, 200);
    const auto refused = send("POST", "/api/upload", 1);
    EXPECT_EQ(refused.status, 429);
    EXPECT_TRUE(refused.headers.get("Retry-After"));
    EXPECT_EQ(send("POST", "/api/say", 1).status, 200);
}

TEST_F(IntakeTest, ARequestLeavesALineWithItsIdAndWithoutItsPath) {
    std::mutex mutex;
    std::vector<base::log::Record> lines;
    const auto reading = base::log::subscribe([&](const base::log::Record& record) {
        const std::lock_guard lock(mutex);
        if (record.message == "request") lines.push_back(record);
    });
    start();
    const auto read = send("GET", "/api/read/a-secret-word", 0);
    const auto said = send("POST", "/api/say?text=a-secret-word", 3);
    EXPECT_EQ(read.status, 200);
    // The line is written after the answer has left: the next one on the connection waits for it.
    EXPECT_EQ(send("GET", "/api/read/x", 0).status, 200);
    const std::lock_guard lock(mutex);
    ASSERT_EQ(lines.size(), 1u) << "what is only read is logged at level debug";
    std::map<std::string, std::string> fields;
    for (const auto& field : lines[0].fields) fields[field.key] = field.value;
    EXPECT_EQ(fields["request"], said.headers.get("X-Request-Id"));
    EXPECT_EQ(fields["method"], "POST");
    EXPECT_EQ(fields["route"], "/api/say");
    EXPECT_EQ(fields["status"], "200");
    for (const auto& [key, value] : fields) {
        EXPECT_EQ(value.find("a-secret-word"), std::string::npos) << key;
    }
}

}  // namespace
}  // namespace http
