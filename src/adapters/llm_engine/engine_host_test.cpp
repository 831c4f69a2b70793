// The host and the ports on top of it against an engine played by the test, on the manual clock.
#include <gtest/gtest.h>

#include <csignal>
#include <list>

#include <boost/asio/io_context.hpp>

#include "adapters/llm_engine/engine_embedder.hpp"
#include "adapters/llm_engine/engine_llm.hpp"
#include "adapters/llm_engine/testing/host_fixture.hpp"

namespace adapters::llm_engine {
namespace {

using async::testing::ManualClock;
using engine::wire::FrameType;
using namespace std::chrono_literals;

class Host : public testing::HostFixture {};

TEST_F(Host, StartsWithTheFirstRequestAndStreams) {
    EXPECT_EQ(host_.status().service.state, process::ServiceState::off);
    Call& call = add_call();
    begin(call);
    EXPECT_EQ(engine_.starts, 1);
    const auto setup = engine_.take();
    ASSERT_TRUE(setup);
    EXPECT_EQ(setup->type, FrameType::setup);
    const auto request = engine_.take(FrameType::chat);
    ASSERT_TRUE(request);
    const auto chat = engine::wire::parse<engine::wire::Chat>(request->payload);
    ASSERT_TRUE(chat);
    EXPECT_EQ(chat->messages.at(0).content, "Hello");
    text(request->id, "Hi ");
    text(request->id, "you");
    EXPECT_EQ(call.sink.text, "Hi you");
    done(request->id);
    ASSERT_TRUE(call.outcome && *call.outcome);
    EXPECT_EQ((*call.outcome)->usage->cached_tokens, 4);
    EXPECT_EQ((*call.outcome)->mean_logprob, -0.5);
    EXPECT_EQ(host_.status().backend, "fake");
}

TEST_F(Host, GrantsCreditAsTextIsTaken) {
    Call& call = add_call();
    begin(call);
    const auto request = engine_.take(FrameType::chat);
    const auto chat = engine::wire::parse<engine::wire::Chat>(request->payload);
    EXPECT_EQ(chat->credit, Exchange::kWindow);
    for (std::uint32_t i = 0; i < Exchange::kWindow / 2 - 1; ++i) text(request->id, "x");
    EXPECT_FALSE(engine_.take());
    text(request->id, "x");
    const auto credit = engine_.take();
    ASSERT_TRUE(credit);
    EXPECT_EQ(credit->type, FrameType::credit);
    EXPECT_EQ(engine::wire::read_u32(credit->payload, 0), Exchange::kWindow / 2);
}

TEST_F(Host, AnEngineThatSendsMoreThanGrantedIsEnded) {
    Call& call = add_call();
    begin(call);
    const auto request = engine_.take(FrameType::chat);
    std::string flood;
    for (int i = 0; i < 5000; ++i) {
        engine::wire::append_frame(flood, FrameType::text, request->id, "x");
    }
    engine_.send_bytes(flood);
    settle();
    beat_for(2s);
    ASSERT_TRUE(call.outcome);
    EXPECT_FALSE(*call.outcome);
    EXPECT_EQ(engine_.child->killed, 1);
}

TEST_F(Host, StopReturnsAtOnceAndTellsTheEngine) {
    Call& call = add_call();
    begin(call);
    const auto request = engine_.take(FrameType::chat);
    text(request->id, "Once upon");
    call.stop.request_stop();
    settle();
    ASSERT_TRUE(call.outcome);
    EXPECT_EQ(call.outcome->error().code, base::ErrorCode::cancelled);
    const auto cancel = engine_.take(FrameType::cancel);
    ASSERT_TRUE(cancel);
    EXPECT_EQ(cancel->id, request->id);
    text(request->id, "late words are dropped");
    EXPECT_EQ(call.sink.text, "Once upon");
    EXPECT_EQ(host_.status().service.state, process::ServiceState::up);
}

TEST_F(Host, ACrashFailsTheRequestsAndTheNextOneStartsItAnew) {
    Call& first = add_call();
    begin(first);
    Call& second = add_call();
    begin(second);
    engine_.die(SIGBUS);
    settle();
    for (auto* call : {&first, &second}) {
        ASSERT_TRUE(call->outcome);
        EXPECT_EQ(call->outcome->error().code, base::ErrorCode::engine_crashed);
    }
    const auto status = host_.status().service;
    EXPECT_EQ(status.state, process::ServiceState::crashed);
    EXPECT_NE(status.reason.find("SIGBUS"), std::string::npos);
    Call& third = add_call();
    begin(third);
    EXPECT_EQ(engine_.starts, 2);
    done(engine_.take(FrameType::chat)->id);
    EXPECT_TRUE(*third.outcome);
}

TEST_F(Host, ASilentEngineIsKilledAsHung) {
    Call& call = add_call();
    begin(call);
    beat_for(60s);
    EXPECT_FALSE(call.outcome) << "a slow but living engine is left alone";
    clock_.advance(io_, 9s);
    EXPECT_EQ(engine_.child->killed, 0);
    clock_.advance(io_, 3s);
    EXPECT_EQ(engine_.child->killed, 1);
    ASSERT_TRUE(call.outcome);
    EXPECT_EQ(call.outcome->error().code, base::ErrorCode::engine_crashed);
    EXPECT_EQ(host_.status().service.state, process::ServiceState::hung);
}

TEST_F(Host, AWorkerThatHangsWhileTheProcessLivesIsNoticed) {
    Call& call = add_call();
    begin(call);
    engine_.beat(59'000);
    clock_.advance(io_, 1s);
    EXPECT_EQ(engine_.child->killed, 0);
    engine_.beat(61'000);
    clock_.advance(io_, 1s);
    EXPECT_EQ(engine_.child->killed, 1);
    EXPECT_NE(host_.status().service.reason.find("chat"), std::string::npos);
}

TEST_F(Host, AnEngineThatNeverGreetsIsGivenUp) {
    engine_.greets = false;
    Call& call = add_call();
    begin(call);
    clock_.advance(io_, 29s);
    EXPECT_FALSE(call.outcome);
    clock_.advance(io_, 2s);
    ASSERT_TRUE(call.outcome);
    EXPECT_FALSE(*call.outcome);
    EXPECT_EQ(engine_.child->killed, 1);
}

TEST_F(Host, BytesThatAreNotTheProtocolEndTheEngine) {
    engine_.greets = false;
    Call& call = add_call();
    begin(call);
    engine_.send_bytes("HTTP/1.1 200 OK\r\n\r\n");
    settle();
    ASSERT_TRUE(call.outcome);
    EXPECT_FALSE(*call.outcome);
    EXPECT_EQ(engine_.child->killed, 1);
}

// Begins a chat whose sink has enough after the first part; returns the request's id.
class EarlyEnd : public Host {
protected:
    Call& begin_and_have_enough() {
        Call& call = add_call();
        call.sink.on_part = [] { return false; };
        begin(call);
        id_ = engine_.take(FrameType::chat)->id;
        text(id_, "Hi");
        return call;
    }
    std::uint32_t id_ = 0;
};

TEST_F(EarlyEnd, TheSinkCanHaveEnoughAndStillLearnsWhatTheReplyCost) {
    Call& call = begin_and_have_enough();
    EXPECT_FALSE(call.outcome) << "the figures are still to come";
    const auto cancel = engine_.take(FrameType::cancel);
    ASSERT_TRUE(cancel);
    EXPECT_EQ(cancel->id, id_);
    text(id_, " under way");
    EXPECT_EQ(call.sink.text, "Hi");
    engine_.send(
        FrameType::done, id_,
        engine::wire::write(engine::wire::Done{engine::wire::Finish::stopped, 9, 4, 2, -2.5}));
    settle();
    ASSERT_TRUE(call.outcome && *call.outcome);
    EXPECT_EQ((*call.outcome)->finish, ports::LlmFinish::stopped);
    ASSERT_TRUE((*call.outcome)->usage);
    EXPECT_EQ((*call.outcome)->usage->completion_tokens, 2);
    EXPECT_EQ((*call.outcome)->mean_logprob, -2.5);
}

TEST_F(EarlyEnd, AReplyThatEndedByItselfMeanwhileCountsAsStopped) {
    Call& call = begin_and_have_enough();
    done(id_);
    ASSERT_TRUE(call.outcome && *call.outcome);
    EXPECT_EQ((*call.outcome)->finish, ports::LlmFinish::stopped);
    EXPECT_EQ((*call.outcome)->mean_logprob, -0.5);
}

TEST_F(EarlyEnd, StopDoesNotWaitForTheFigures) {
    Call& call = begin_and_have_enough();
    call.stop.request_stop();
    settle();
    ASSERT_TRUE(call.outcome && *call.outcome);
    EXPECT_EQ((*call.outcome)->finish, ports::LlmFinish::stopped);
    EXPECT_FALSE((*call.outcome)->usage);
}

TEST_F(EarlyEnd, ACrashMeanwhileLeavesTheReplyWhole) {
    Call& call = begin_and_have_enough();
    engine_.die(SIGSEGV);
    settle();
    ASSERT_TRUE(call.outcome && *call.outcome);
    EXPECT_EQ((*call.outcome)->finish, ports::LlmFinish::stopped);
    EXPECT_FALSE((*call.outcome)->mean_logprob);
}

TEST_F(Host, ARunningEngineIsToldOfNewModels) {
    Call& call = add_call();
    begin(call);
    done(engine_.take(FrameType::chat)->id);
    auto models = testing::fake_options().models;
    models.push_back({"new", "New", "/models/new.gguf", EngineRole::chat, 0, true, false});
    host_.set_models(models);
    settle();
    const auto told = engine_.take(FrameType::setup);
    ASSERT_TRUE(told);
    const auto setup = engine::wire::parse<engine::wire::Setup>(told->payload);
    ASSERT_TRUE(setup);
    EXPECT_EQ(setup->models.size(), 3u);
    EXPECT_NE(host_.find("new"), nullptr);
    EXPECT_EQ(engine_.starts, 1);

    // Its sandbox does not let it read this one.
    models.push_back({"far", "Far", "/elsewhere/far.gguf", EngineRole::chat, 0, true, false});
    host_.set_models(models);
    settle();
    EXPECT_EQ(engine_.child->killed, 1);
    Call& next = add_call();
    begin(next);
    EXPECT_EQ(engine_.starts, 2);
}

TEST_F(Host, EnginesErrorsArriveWithTheirCodeAndHint) {
    Call& call = add_call();
    begin(call);
    const auto request = engine_.take(FrameType::chat);
    engine_.send(FrameType::failure, request->id,
                 engine::wire::write(engine::wire::to_failure(base::make_error(
                     base::ErrorCode::out_of_memory, "does not fit", "smaller model"))));
    settle();
    ASSERT_TRUE(call.outcome);
    EXPECT_EQ(call.outcome->error().code, base::ErrorCode::out_of_memory);
    EXPECT_EQ(call.outcome->error().hint, "smaller model");
}

TEST_F(Host, AWrongNumberOfEmbeddingsIsAnError) {
    EngineEmbedder embedder(host_, "embed");
    std::optional<base::Result<std::vector<ports::Embedding>>> result;
    const auto run = [](EngineEmbedder& from, auto& out) -> async::Task<void> {
        std::vector<std::string> texts{"a", "b"};
        auto rows = co_await from.embed(std::move(texts));
        out.emplace(std::move(rows));
    };
    async::spawn_detached(io_.get_executor(), "embed", run(embedder, result));
    settle();
    const auto request = engine_.take(FrameType::embed);
    ASSERT_TRUE(request);
    engine_.send(FrameType::vectors, request->id, engine::wire::write_vectors({{1.0f, 0.0f}}));
    settle();
    ASSERT_TRUE(result);
    EXPECT_FALSE(*result);
}

TEST(EngineOff, SaysWhatIsMissing) {
    boost::asio::io_context io;
    ManualClock clock;
    EngineHost host(io.get_executor(), clock, testing::fake_options());  // no program
    EngineLlm llm(host);
    std::optional<base::Result<ports::LlmOutcome>> outcome;
    testing::CollectSink sink;
    const auto run = [](EngineLlm& from, ports::LlmSink& into,
                        std::optional<base::Result<ports::LlmOutcome>>& out) -> async::Task<void> {
        ports::LlmRequest request;
        request.model = "chat";
        request.raw_prompt = "x";
        auto result = co_await from.chat(std::move(request), into, {});
        out.emplace(std::move(result));
    };
    async::spawn_detached(io.get_executor(), "chat", run(llm, sink, outcome));
    ManualClock::settle(io);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().code, base::ErrorCode::unavailable);
    EXPECT_FALSE(outcome->error().hint.empty());
}

}  // namespace
}  // namespace adapters::llm_engine
