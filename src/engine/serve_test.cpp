// The frame loop and the model threads over a real socket pair, with a backend written by hand.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <list>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

#include "engine/model_thread.hpp"
#include "engine/serve.hpp"
#include "engine/wire/frame.hpp"

namespace engine {
namespace {

using wire::Frame;
using wire::FrameType;

// Answers a chat with max_tokens times "x", one per step and credit.
class FakeWork final : public ModelWork {
public:
    void accept(Job job) override {
        loaded_ = 100;
        if (auto* chat = std::get_if<wire::Chat>(&job.what)) {
            if (chat->raw_prompt == "throw") throw std::runtime_error("broken library");
            running_.push_back({job.ticket, chat->max_tokens});
        } else {
            job.ticket->done({});
        }
    }
    Step step() override {
        if (running_.empty()) return Step::idle;
        bool moved = false;
        for (auto it = running_.begin(); it != running_.end();) {
            if (it->ticket->cancelled()) {
                it->ticket->fail(base::make_error(base::ErrorCode::cancelled, "stopped"));
                it = running_.erase(it);
                moved = true;
            } else if (it->left == 0) {
                it->ticket->done({wire::Finish::stop, 1, 0, 0, {}});
                it = running_.erase(it);
                moved = true;
            } else {
                if (it->ticket->has_credit()) {
                    it->ticket->text("x");
                    --it->left;
                    moved = true;
                }
                ++it;
            }
        }
        return moved ? Step::worked : Step::paused;
    }
    void unload() override { loaded_ = 0; }
    void fail_all(const base::Error& error) override {
        for (auto& item : running_) item.ticket->fail(error);
        running_.clear();
    }
    int loaded_context() const override { return loaded_; }
    void interrupt() override {}

private:
    struct Item {
        std::shared_ptr<Ticket> ticket;
        int left;
    };
    std::list<Item> running_;
    std::atomic<int> loaded_ = 0;
};

class FakeBackend final : public Backend {
public:
    explicit FakeBackend(std::chrono::milliseconds idle) : idle_(idle) {}
    wire::Hello hello() const override { return {{}, "fake", false, 1, {}, {}}; }
    std::unique_ptr<Worker> make_worker(wire::ModelSpec spec, WorkerOptions) override {
        return std::make_unique<ModelThread>(spec.id, std::make_shared<Pulse>(),
                                             std::make_unique<FakeWork>(), idle_);
    }

private:
    std::chrono::milliseconds idle_;
};

class Serve : public ::testing::Test {
protected:
    void SetUp() override { start(std::chrono::milliseconds(0)); }
    void start(std::chrono::milliseconds idle) {
        stop();
        std::array<int, 2> ends{};
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
        fd_ = ends[0];
        engine_ = std::thread([this, idle, fd = ends[1]] {
            FakeBackend backend(idle);
            result_ = serve(fd, backend, {"1.0", {"off: test"}, std::chrono::milliseconds(5)});
            ::close(fd);
        });
        decoder_ = {};
        out_ = wire::preamble();
        wire::Setup setup;
        setup.models = {{"m", "/m", wire::ModelRole::chat, 0},
                        {"e", "/e", wire::ModelRole::embed, 0}};
        put(FrameType::setup, 0, wire::write(setup));
        ASSERT_EQ(next().type, FrameType::hello);
    }
    void TearDown() override { stop(); }
    void stop() {
        if (fd_ >= 0) shutdown(fd_, SHUT_RDWR);
        if (engine_.joinable()) engine_.join();
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    void put(FrameType type, std::uint32_t id, std::string_view payload) {
        wire::append_frame(out_, type, id, payload);
        ASSERT_EQ(::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(out_.size()));
        out_.clear();
    }
    void chat(std::uint32_t id, int tokens, std::uint32_t credit, std::string prompt = "p") {
        wire::Chat request;
        request.model = "m";
        request.raw_prompt = std::move(prompt);
        request.max_tokens = tokens;
        request.credit = credit;
        put(FrameType::chat, id, wire::write(request));
    }
    // The next frame; an empty type-0 frame when the engine closed.
    Frame next(bool with_heartbeats = false) {
        for (;;) {
            auto frame = decoder_.next();
            EXPECT_TRUE(frame);
            if (*frame) {
                if ((*frame)->type == FrameType::heartbeat && !with_heartbeats) continue;
                return **frame;
            }
            std::array<char, 4096> bytes{};
            const auto count = recv(fd_, bytes.data(), bytes.size(), 0);
            if (count <= 0) return {FrameType{}, 0, {}};
            decoder_.feed({bytes.data(), static_cast<std::size_t>(count)});
        }
    }
    wire::Heartbeat beat() {
        for (;;) {
            const auto frame = next(true);
            if (frame.type != FrameType::heartbeat) continue;
            return *wire::parse<wire::Heartbeat>(frame.payload);
        }
    }
    base::ErrorCode failure() {
        const auto frame = next();
        EXPECT_EQ(frame.type, FrameType::failure);
        return wire::to_error(*wire::parse<wire::Failure>(frame.payload)).code;
    }

    int fd_ = -1;
    std::thread engine_;
    base::Result<void> result_;
    wire::Decoder decoder_;
    std::string out_;
};

TEST_F(Serve, AnswersAChat) {
    chat(1, 3, 10);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(next().payload, "x");
    EXPECT_EQ(next().type, FrameType::done);
    stop();
    EXPECT_TRUE(result_);
}

TEST_F(Serve, APromptThatIsOnlyReadEndsWithoutText) {
    chat(1, wire::kOnlyRead, 1);
    const auto frame = next();
    EXPECT_EQ(frame.type, FrameType::done);
    EXPECT_EQ(frame.id, 1u);
}

TEST_F(Serve, TextWaitsForCredit) {
    chat(1, 5, 2);
    EXPECT_EQ(next().type, FrameType::text);
    EXPECT_EQ(next().type, FrameType::text);
    // A second request gets through while the first one waits.
    chat(2, 1, 1);
    auto frame = next();
    EXPECT_EQ(frame.id, 2u);
    EXPECT_EQ(next().type, FrameType::done);
    std::string grant;
    wire::append_u32(grant, 3);
    put(FrameType::credit, 1, grant);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(next().id, 1u);
    EXPECT_EQ(next().type, FrameType::done);
}

TEST_F(Serve, CancelEndsEvenAPausedRequest) {
    chat(1, 1000, 1);
    EXPECT_EQ(next().type, FrameType::text);
    put(FrameType::cancel, 1, {});
    EXPECT_EQ(failure(), base::ErrorCode::cancelled);
    put(FrameType::cancel, 77, {});  // unknown: ignored
    chat(2, 0 + 1, 1);
    EXPECT_EQ(next().id, 2u);
}

TEST_F(Serve, AReplyThatWaitsForCreditDoesNotCountAsSilent) {
    chat(1, 2, 1);
    EXPECT_EQ(next().type, FrameType::text);
    // Long after the last work: a worker that is only waiting would look hung by now.
    constexpr int kLongAfter = 40;
    int not_silent = 0;
    for (int i = 0; i < kLongAfter + 20; ++i) {
        const auto workers = beat().workers;
        if (workers.empty()) continue;
        EXPECT_TRUE(workers[0].busy);
        if (i >= kLongAfter && workers[0].silent_ms == 0) ++not_silent;
    }
    EXPECT_GT(not_silent, 0);
}

TEST_F(Serve, BadRequestsFailAloneAndBadFramesEndTheConnection) {
    put(FrameType::chat, 1, "{\"model\":");
    EXPECT_EQ(failure(), base::ErrorCode::corrupt);
    chat(2, -1, 1);
    EXPECT_EQ(failure(), base::ErrorCode::invalid_argument);
    wire::Load load{"nobody"};
    put(FrameType::load, 3, wire::write(load));
    EXPECT_EQ(failure(), base::ErrorCode::not_found);
    put(FrameType::embed, 4, wire::write(wire::Embed{"m", {"a"}}));
    EXPECT_EQ(failure(), base::ErrorCode::unsupported);
    chat(5, 1, 1, "throw");
    EXPECT_EQ(failure(), base::ErrorCode::internal);
    chat(6, 1, 1);
    EXPECT_EQ(next().type, FrameType::text);
    EXPECT_EQ(next().type, FrameType::done);
    put(FrameType::done, 7, "{}");  // a frame that only the engine sends
    EXPECT_EQ(next().type, FrameType{});
    engine_.join();
    EXPECT_FALSE(result_);
}

TEST_F(Serve, ANewListOfModelsEndsOnlyWhatChanged) {
    chat(1, 2, 1);
    EXPECT_EQ(next().type, FrameType::text);
    wire::Setup setup;
    setup.models = {{"m", "/m", wire::ModelRole::chat, 0}, {"n", "/n", wire::ModelRole::chat, 0}};
    put(FrameType::setup, 0, wire::write(setup));
    std::string grant;
    wire::append_u32(grant, 1);
    put(FrameType::credit, 1, grant);
    EXPECT_EQ(next().type, FrameType::text);
    EXPECT_EQ(next().type, FrameType::done);

    chat(2, 2, 1);
    EXPECT_EQ(next().type, FrameType::text);
    setup.models[0].path = "/other";
    put(FrameType::setup, 0, wire::write(setup));
    put(FrameType::load, 3, wire::write(wire::Load{"n"}));
    // The request of the changed model is still held; it ends when its worker does.
    put(FrameType::cancel, 2, {});
    bool loaded = false;
    bool ended = false;
    while (!loaded || !ended) {
        const auto frame = next();
        loaded = loaded || (frame.id == 3 && frame.type == FrameType::done);
        ended = ended || (frame.id == 2 && frame.type == FrameType::failure);
        ASSERT_NE(frame.type, FrameType{});
    }
}

TEST_F(Serve, HeartbeatsShowBusyWorkersAndIdleModelsAreUnloaded) {
    start(std::chrono::milliseconds(1));
    chat(1, 2, 1);
    wire::Heartbeat busy = beat();
    while (busy.workers.empty() || !busy.workers[0].loaded) busy = beat();
    EXPECT_TRUE(busy.workers[0].busy);
    std::string grant;
    wire::append_u32(grant, 5);
    put(FrameType::credit, 1, grant);
    wire::Heartbeat idle = beat();
    while (idle.workers[0].loaded) idle = beat();
    EXPECT_FALSE(idle.workers[0].busy);
    EXPECT_GT(idle.rss_bytes, 0);
    chat(2, 1, 1);  // loads it again
    EXPECT_EQ(next().type, FrameType::text);
}

}  // namespace
}  // namespace engine
