#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/testing/run.hpp"
#include "base/ids.hpp"
#include "crypto/sha256.hpp"
#include "http/testing/scripted_server.hpp"
#include "models/puller.hpp"

namespace models {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using http::testing::Script;
using Pulled = base::Result<fs::path>;

std::string model_bytes() {
    std::string bytes = "GGUF";
    for (int i = 0; bytes.size() < 100'000; ++i) bytes += "weight " + std::to_string(i) + "; ";
    return bytes;
}

// Pauses pass in no time, so that only the network is waited for.
class HurriedClock final : public async::Clock {
public:
    long long wall_ms() const override { return 0; }
    async::Duration steady() const override { return now_; }
    async::Task<bool> sleep_for(async::Duration duration, std::stop_token stop) override {
        now_ += duration;
        auto yield = boost::asio::post(co_await boost::asio::this_coro::executor,
                                       boost::asio::use_awaitable);
        co_await std::move(yield);
        co_return !stop.stop_requested();
    }

private:
    async::Duration now_{0};
};

struct Watcher final : PullWatcher {
    std::vector<PullProgress> seen;
    std::function<void(const PullProgress&)> then;
    void on_progress(const PullProgress& progress) override {
        seen.push_back(progress);
        if (then) then(progress);
    }
};

struct Pull : testing::Test {
    boost::asio::io_context io;
    http::testing::ScriptedServer server{io.get_executor()};
    http::Client client{io.get_executor()};
    HurriedClock clock;
    Watcher watcher;
    std::stop_source stop;
    fs::path folder = fs::temp_directory_path() / ("loci-pull-" + base::new_uuid());
    std::string bytes = model_bytes();
    std::string sha256 = crypto::sha256_hex(bytes);
    PullerOptions options;

    Pull() {
        options.folder = folder;
        options.hub.url = server.url("");
        options.hub.token = "hub-token-123456";
        options.free_bytes = [](const fs::path&) { return std::uint64_t{1} << 40; };
    }
    ~Pull() override { fs::remove_all(folder); }

    static CatalogueEntry entry() {
        CatalogueEntry out;
        out.id = "tiny";
        out.file = "tiny.gguf";
        out.hub = HubFile{"org/tiny-GGUF", "q4/tiny.gguf", "main"};
        return out;
    }

    void list(const std::string& hash, std::size_t size) {
        server.enqueue(Script::reply(
            200,
            R"([{"type":"directory","path":"x"},{"type":"file","path":"q4/tiny.gguf","size":)" +
                std::to_string(size) + R"(,"oid":"abc","lfs":{"oid":")" + hash + R"(","size":)" +
                std::to_string(size) + R"(,"pointerSize":134}}])"));
    }
    Script part(std::size_t from, std::size_t to) {
        const auto size = std::to_string(bytes.size());
        Script script =
            from == 0
                ? Script::head(200, {{"Content-Length", size}})
                : Script::head(
                      206, {{"Content-Length", std::to_string(bytes.size() - from)},
                            {"Content-Range", "bytes " + std::to_string(from) + "-" +
                                                  std::to_string(bytes.size() - 1) + "/" + size}});
        script.bytes(bytes.substr(from, to - from));
        return script;
    }
    Pulled run(Puller& puller, CatalogueEntry what = entry()) {
        return async::testing::run_on(io, puller.pull(std::move(what), watcher, stop.get_token()));
    }
    Pulled run() {
        Puller puller(client, clock, options);
        return run(puller);
    }
    std::string read(const std::string& name) const {
        std::ifstream file(folder / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
};

TEST_F(Pull, BringsVerifiesAndPutsInPlace) {
    list("sha256:" + sha256, bytes.size());
    server.enqueue(part(0, bytes.size()));
    const auto path = run();
    ASSERT_TRUE(path) << path.error().text();
    EXPECT_EQ(*path, folder / "tiny.gguf");
    EXPECT_EQ(read("tiny.gguf"), bytes);
    EXPECT_FALSE(fs::exists(folder / "tiny.gguf.part"));
    EXPECT_FALSE(fs::exists(folder / "tiny.gguf.part.json"));
    EXPECT_EQ(server.requests().at(0).target, "/api/models/org/tiny-GGUF/tree/main/q4");
    EXPECT_EQ(server.requests().at(1).target, "/org/tiny-GGUF/resolve/main/q4/tiny.gguf");
    EXPECT_EQ(server.requests().at(1).headers.get("authorization").value(),
              "Bearer hub-token-123456");
    EXPECT_EQ(watcher.seen.back().phase, PullPhase::done);
    EXPECT_EQ(watcher.seen.back().done_bytes, static_cast<long long>(bytes.size()));
}

TEST_F(Pull, GoesOnAfterEveryBrokenConnection) {
    list(sha256, bytes.size());
    server.enqueue(part(0, 30'000).close());
    server.enqueue(part(30'000, 30'001).close());
    server.enqueue(part(30'001, 30'001).close());  // nothing at all
    server.enqueue(Script::reply(503, "busy"));
    server.enqueue(part(30'001, bytes.size()));
    const auto path = run();
    ASSERT_TRUE(path) << path.error().text();
    EXPECT_EQ(read("tiny.gguf"), bytes);
    EXPECT_EQ(server.requests().at(2).headers.get("range").value(), "bytes=30000-");
    EXPECT_EQ(server.requests().back().headers.get("range").value(), "bytes=30001-");
}

TEST_F(Pull, StartsAfreshWhenTheServerDoesNotResume) {
    list(sha256, bytes.size());
    server.enqueue(part(0, 10'000).close());
    server.enqueue(part(0, bytes.size()));
    ASSERT_TRUE(run());
    EXPECT_EQ(read("tiny.gguf"), bytes);
}

TEST_F(Pull, RefusesAnotherPartThanAskedFor) {
    list(sha256, bytes.size());
    server.enqueue(part(0, 10'000).close());
    for (int i = 0; i <= options.max_fruitless_tries; ++i)
        server.enqueue(part(5'000, 6'000).close());
    const auto path = run();
    ASSERT_FALSE(path);
    EXPECT_EQ(path.error().code, ErrorCode::upstream);
    EXPECT_EQ(fs::file_size(folder / "tiny.gguf.part"), 10'000u);
}

TEST_F(Pull, AStoppedPullKeepsItsPartAndGoesOnLater) {
    list(sha256, bytes.size());
    server.enqueue(part(0, 40'000).hang());
    watcher.then = [&](const PullProgress& progress) {
        if (progress.phase == PullPhase::downloading) stop.request_stop();
    };
    Puller puller(client, clock, options);
    const auto stopped = run(puller);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
    const auto left = fs::file_size(folder / "tiny.gguf.part");
    EXPECT_GT(left, 0u);
    watcher.then = nullptr;
    stop = std::stop_source();
    list(sha256, bytes.size());
    server.enqueue(part(left, bytes.size()));
    ASSERT_TRUE(run(puller));
    EXPECT_EQ(read("tiny.gguf"), bytes);
}

TEST_F(Pull, DoesNotGoOnWithAPartOfAnotherFile) {
    fs::create_directories(folder);
    std::ofstream(folder / "tiny.gguf.part") << "GGUF of something else";
    std::ofstream(folder / "tiny.gguf.part.json") << R"({"sha256":"00","bytes":22})";
    list(sha256, bytes.size());
    server.enqueue(part(0, bytes.size()));
    ASSERT_TRUE(run());
    EXPECT_FALSE(server.requests().at(1).headers.get("range"));
    EXPECT_EQ(read("tiny.gguf"), bytes);
}

TEST_F(Pull, RefusesAWrongHashAndLeavesNothingBehind) {
    const std::string other(64, 'a');
    list(other, bytes.size());
    server.enqueue(part(0, bytes.size()));
    const auto path = run();
    ASSERT_FALSE(path);
    EXPECT_EQ(path.error().code, ErrorCode::corrupt);
    EXPECT_NE(path.error().message.find("hash"), std::string::npos);
    EXPECT_FALSE(fs::exists(folder / "tiny.gguf"));
    EXPECT_FALSE(fs::exists(folder / "tiny.gguf.part"));
}

TEST_F(Pull, NamesWebPagesPointersAndWrongLengths) {
    list(sha256, bytes.size());
    server.enqueue(Script::reply(200, "<html>log in</html>", "text/html; charset=utf-8"));
    EXPECT_NE(run().error().message.find("web page"), std::string::npos);

    list(sha256, bytes.size());
    server.enqueue(Script::reply(200, "version https://git-lfs.github.com/spec/v1\n",
                                 "application/octet-stream"));
    EXPECT_NE(run().error().hint.find("pointer"), std::string::npos);

    list(sha256, bytes.size());
    server.enqueue(Script::head(200, {{"Connection", "close"}})
                       .bytes(std::string(200, ' ') + std::string(200, 'x'))
                       .close());
    EXPECT_NE(run().error().message.find("not a GGUF"), std::string::npos);

    list(sha256, bytes.size());
    server.enqueue(Script::head(200, {{"Connection", "close"}}).bytes(bytes + "and more").close());
    EXPECT_NE(run().error().message.find("more than"), std::string::npos);
}

TEST_F(Pull, RefusesBeforeTheDiskIsFull) {
    options.free_bytes = [](const fs::path&) { return std::uint64_t{1'000}; };
    list(sha256, bytes.size());
    const auto path = run();
    ASSERT_FALSE(path);
    EXPECT_EQ(path.error().code, ErrorCode::storage);
    EXPECT_NE(path.error().message.find("1.0 KB are free"), std::string::npos)
        << path.error().message;
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(Pull, AsksForAHashAndHoldsTheHubToTheCatalogue) {
    server.enqueue(Script::reply(200, R"([{"type":"file","path":"q4/tiny.gguf","size":9}])"));
    EXPECT_EQ(run().error().code, ErrorCode::unsupported);
    server.enqueue(Script::reply(200, R"([{"type":"file","path":"q4/other.gguf","size":9}])"));
    EXPECT_EQ(run().error().code, ErrorCode::not_found);
    server.enqueue(Script::reply(200, "<html>", "text/html"));
    EXPECT_EQ(run().error().code, ErrorCode::upstream);
    list(sha256, bytes.size());
    auto promised = entry();
    promised.sha256 = std::string(64, 'b');
    Puller puller(client, clock, options);
    EXPECT_EQ(run(puller, promised).error().code, ErrorCode::corrupt);
    server.enqueue(Script::reply(401, "{}"));
    const auto gated = run();
    EXPECT_EQ(gated.error().code, ErrorCode::unauthorized);
    EXPECT_NE(gated.error().hint.find("licence"), std::string::npos);
}

TEST_F(Pull, KeepsAGoodFileAndReplacesABadOne) {
    fs::create_directories(folder);
    std::ofstream(folder / "tiny.gguf", std::ios::binary) << bytes;
    list(sha256, bytes.size());
    ASSERT_TRUE(run());
    EXPECT_EQ(server.requests().size(), 1u);
    std::string broken = bytes;
    broken[50'000] ^= 1;
    std::ofstream(folder / "tiny.gguf", std::ios::binary) << broken;
    list(sha256, bytes.size());
    server.enqueue(part(0, bytes.size()));
    ASSERT_TRUE(run());
    EXPECT_EQ(read("tiny.gguf"), bytes);
}

TEST_F(Pull, OnlyOneAtATimeOfTheSameFile) {
    Puller puller(client, clock, options);
    list(sha256, bytes.size());
    server.enqueue(part(0, 10'000).hang());
    std::optional<Pulled> first;
    boost::asio::co_spawn(io, puller.pull(entry(), watcher, stop.get_token()),
                          [&](std::exception_ptr, Pulled p) { first = std::move(p); });
    io.poll();
    Watcher other;
    EXPECT_EQ(async::testing::run_on(io, puller.pull(entry(), other, {})).error().code,
              ErrorCode::conflict);
    stop.request_stop();
    while (!first && io.run_one() > 0) {
    }
    EXPECT_EQ(first.value().error().code, ErrorCode::cancelled);
}

TEST_F(Pull, NamesAFolderThatCannotBeWritten) {
    options.folder = "/proc/loci-models";
    list(sha256, bytes.size());
    const auto path = run();
    ASSERT_FALSE(path);
    EXPECT_EQ(path.error().code, ErrorCode::storage);
    EXPECT_NE(path.error().hint.find("models_folder"), std::string::npos);
}

}  // namespace
}  // namespace models
