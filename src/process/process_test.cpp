#include <gtest/gtest.h>

#include <csignal>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>

#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"
#include "process/supervisor.hpp"
#include "process/testing/fake_child.hpp"

namespace process {
namespace {

using async::testing::ManualClock;
using async::testing::run_on;
using namespace std::chrono_literals;

std::unique_ptr<Child> start(boost::asio::io_context& io, std::string script,
                             std::vector<Passed> descriptors = {}) {
    SpawnOptions options;
    options.program = "/bin/sh";
    options.arguments = {"-c", std::move(script)};
    options.environment = {"ONLY=this"};
    options.descriptors = std::move(descriptors);
    auto child = spawn(io.get_executor(), std::move(options));
    EXPECT_TRUE(child);
    return child ? std::move(*child) : nullptr;
}

TEST(Child, TellsHowItEnded) {
    boost::asio::io_context io;
    const auto child = start(io, "exit 7");
    const auto exit = run_on(io, child->wait());
    EXPECT_EQ(exit.code, 7);
    EXPECT_EQ(exit.text(), "exit code 7");
    EXPECT_EQ(run_on(io, child->wait()).code, 7) << "waiting again gives the same";
}

TEST(Child, CanBeKilledAndNamesTheSignal) {
    boost::asio::io_context io;
    const auto child = start(io, "while :; do sleep 1; done");
    child->kill();
    const auto exit = run_on(io, child->wait());
    EXPECT_EQ(exit.signal, SIGKILL);
    EXPECT_EQ(exit.text(), "killed by SIGKILL");
}

TEST(Child, InheritsOnlyWhatIsNamed) {
    boost::asio::io_context io;
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);  // without close-on-exec
    const auto child = start(io, "env | grep -v -e PWD= -e SHLVL= -e ^_= >&5; ls /proc/self/fd >&5",
                             {{ends[1], 5}});
    close(ends[1]);
    run_on(io, child->wait());
    char bytes[4096];
    std::string seen;
    for (ssize_t n = 0; (n = read(ends[0], bytes, sizeof bytes)) > 0;) {
        seen.append(bytes, static_cast<std::size_t>(n));
    }
    close(ends[0]);
    // 3 is `ls` reading the folder.
    EXPECT_EQ(seen, "ONLY=this\n0\n1\n2\n3\n5\n");
}

TEST(Child, KeepsTheLastLineOfItsComplaints) {
    boost::asio::io_context io;
    const auto child = start(io, "echo first >&2; echo 'ASSERT failed' >&2; exit 1");
    run_on(io, child->wait());
    for (int i = 0; i < 100 && child->last_words() != "ASSERT failed"; ++i) io.run_one();
    EXPECT_EQ(child->last_words(), "ASSERT failed");
}

TEST(Child, AMissingProgramIsAnError) {
    boost::asio::io_context io;
    SpawnOptions options;
    options.program = "/nonexistent/engine";
    const auto child = spawn(io.get_executor(), std::move(options));
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().code, base::ErrorCode::not_found);
}

TEST(Child, DestroyingItLeavesNoProcess) {
    boost::asio::io_context io;
    auto child = start(io, "while :; do sleep 1; done");
    const pid_t pid = child->pid();
    child.reset();
    EXPECT_EQ(::kill(pid, 0), -1);
    io.run();
}

TEST(Backoff, DoublesUpToTenSecondsAndForgetsAfterAGoodMinute) {
    Backoff backoff;
    std::chrono::nanoseconds now = 1h;
    const auto fail = [&] {
        backoff.note_start(now);
        now += 1s;
        backoff.note_end(now);
        const auto wait = backoff.wait(now);
        now += wait;
        return wait;
    };
    EXPECT_EQ(fail(), 0s);
    EXPECT_EQ(fail(), 100ms);
    EXPECT_EQ(fail(), 200ms);
    for (int i = 0; i < 10; ++i) fail();
    EXPECT_EQ(fail(), 10s);
    backoff.note_start(now);
    now += 1min;
    backoff.note_end(now);
    EXPECT_EQ(backoff.wait(now), 0s);
    EXPECT_EQ(fail(), 100ms);
}

// A service whose every step the test decides.
class FakeService final : public Service {
public:
    base::Result<std::unique_ptr<Child>> launch() override {
        ++launches;
        if (launch_fails) return base::fail(base::ErrorCode::not_found, "no program");
        script = std::make_shared<testing::ChildScript>();
        ready = std::make_unique<async::Event>();
        return std::make_unique<testing::FakeChild>(script);
    }
    async::Task<base::Result<void>> handshake() override {
        const bool came = co_await ready->wait();
        if (!came || broken) co_return base::fail(base::ErrorCode::timeout, "no greeting");
        co_return base::Result<void>{};
    }
    void on_end(const base::Error& why) override {
        ends.push_back(why.message);
        broken = true;
        if (ready) ready->set();
    }

    int launches = 0;
    bool launch_fails = false;
    bool broken = false;
    std::shared_ptr<testing::ChildScript> script;
    std::unique_ptr<async::Event> ready;
    std::vector<std::string> ends;
};

class SupervisorTest : public ::testing::Test {
protected:
    // Asks for the service; the answer lands in `answers`.
    void ask() { async::spawn_detached(io_.get_executor(), "ask", ask_one()); }
    async::Task<void> ask_one() {
        auto result = co_await supervisor_.ensure_up({});
        answers_.push_back(result ? "up" : std::string(to_string(result.error().code)));
    }
    void settle() { ManualClock::settle(io_); }
    void bring_up() {
        service_.broken = false;
        ask();
        settle();
        service_.ready->set();
        settle();
    }
    void TearDown() override {
        async::spawn_detached(io_.get_executor(), "close", supervisor_.shut_down(2s));
        clock_.advance(io_, 10s);
    }

    boost::asio::io_context io_;
    ManualClock clock_;
    FakeService service_;
    Supervisor supervisor_{io_.get_executor(), clock_, service_};
    std::vector<std::string> answers_;
};

TEST_F(SupervisorTest, StartsOnceForAllWhoAsk) {
    EXPECT_EQ(supervisor_.status().state, ServiceState::off);
    ask();
    ask();
    settle();
    EXPECT_EQ(supervisor_.status().state, ServiceState::starting);
    EXPECT_TRUE(answers_.empty());
    service_.ready->set();
    settle();
    EXPECT_EQ(answers_, (std::vector<std::string>{"up", "up"}));
    EXPECT_EQ(service_.launches, 1);
}

TEST_F(SupervisorTest, SaysWhyItCrashedAndStartsAnewOnTheNextNeed) {
    bring_up();
    service_.script->words = "GGML_ASSERT failed";
    service_.script->end({0, SIGABRT});
    settle();
    EXPECT_EQ(supervisor_.status().state, ServiceState::crashed);
    EXPECT_NE(supervisor_.status().reason.find("SIGABRT"), std::string::npos);
    EXPECT_NE(supervisor_.status().reason.find("GGML_ASSERT"), std::string::npos);
    ASSERT_EQ(service_.ends.size(), 1u);
    EXPECT_EQ(service_.launches, 1) << "nothing starts without need";
    bring_up();
    EXPECT_EQ(supervisor_.status().state, ServiceState::up);
    EXPECT_EQ(supervisor_.status().starts, 2);
}

TEST_F(SupervisorTest, WaitsLongerAndLongerWhenItKeepsCrashing) {
    bring_up();
    for (int i = 0; i < 2; ++i) {
        service_.script->end({1, 0});
        settle();
        if (i == 0) bring_up();
    }
    EXPECT_EQ(service_.launches, 2);
    service_.broken = false;
    ask();
    settle();
    EXPECT_EQ(service_.launches, 2) << "the third start is put off";
    EXPECT_EQ(supervisor_.status().state, ServiceState::starting);
    clock_.advance(io_, 100ms);
    EXPECT_EQ(service_.launches, 3);
}

TEST_F(SupervisorTest, AHungServiceIsKilledAndNamedSo) {
    bring_up();
    supervisor_.give_up_on("no heartbeat for 11 s");
    settle();
    EXPECT_EQ(service_.script->killed, 1);
    EXPECT_EQ(supervisor_.status().state, ServiceState::hung);
    EXPECT_NE(supervisor_.status().reason.find("no heartbeat"), std::string::npos);
    bring_up();
    EXPECT_EQ(supervisor_.status().state, ServiceState::up);
}

TEST_F(SupervisorTest, AFailedStartIsAnErrorForThoseWhoWait) {
    service_.launch_fails = true;
    ask();
    settle();
    EXPECT_EQ(answers_, std::vector<std::string>{"not_found"});
    EXPECT_EQ(supervisor_.status().state, ServiceState::crashed);
}

TEST_F(SupervisorTest, ShuttingDownAsksThenKills) {
    bring_up();
    service_.script->ends_on_terminate = false;
    async::spawn_detached(io_.get_executor(), "close", supervisor_.shut_down(2s));
    settle();
    EXPECT_EQ(service_.script->terminated, 1);
    EXPECT_EQ(service_.script->killed, 0);
    clock_.advance(io_, 2s);
    EXPECT_EQ(service_.script->killed, 1);
    EXPECT_EQ(supervisor_.status().state, ServiceState::off);
    ask();
    settle();
    EXPECT_EQ(answers_.back(), "unavailable");
}

}  // namespace
}  // namespace process
