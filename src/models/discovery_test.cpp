#include <gtest/gtest.h>

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"
#include "http/testing/scripted_server.hpp"
#include "models/discovery.hpp"

namespace models {
namespace {

using http::testing::Script;
using Offers = std::vector<LocalOffer>;

struct Look : testing::Test {
    boost::asio::io_context io;
    http::testing::ScriptedServer ollama{io.get_executor()};
    http::testing::ScriptedServer studio{io.get_executor()};
    http::testing::ScriptedServer llama{io.get_executor()};
    http::Client client{io.get_executor()};
    async::testing::ManualClock clock;

    static std::uint16_t port_of(const http::testing::ScriptedServer& server) {
        return static_cast<std::uint16_t>(server.port());
    }
    Discovery make() {
        return Discovery(client, clock,
                         {{LocalServerKind::ollama, port_of(ollama)},
                          {LocalServerKind::lm_studio, port_of(studio)},
                          {LocalServerKind::llama_server, port_of(llama)}});
    }
};

TEST_F(Look, OffersTheModelsOfEachServer) {
    ollama.enqueue(Script::reply(200, R"({"models":[{"name":"qwen3:4b","size":2600000000},
        {"name":"nomic-embed-text"},{"name":"kimi:cloud"}]})"));
    studio.enqueue(Script::reply(200, R"({"object":"list","data":[{"id":"gemma-3-4b"}]})"));
    llama.enqueue(Script::reply(200, R"({"object":"list","data":[
        {"id":"/home/x/models/tiny.gguf","owned_by":"llamacpp"}]})"));
    auto discovery = make();
    const auto offers = async::testing::run_on(io, discovery.look({}));
    ASSERT_EQ(offers.size(), 5u);
    EXPECT_EQ(offers[0].card.id, "ollama/qwen3:4b");
    EXPECT_EQ(offers[0].card.size_bytes, 2'600'000'000);
    EXPECT_EQ(offers[0].card.state, protocol::ModelState::ready);
    EXPECT_EQ(offers[1].card.role, "embedding");
    EXPECT_EQ(offers[2].card.place, protocol::Place::cloud);
    EXPECT_EQ(offers[3].card.provider, "lm-studio");
    EXPECT_EQ(offers[4].card.name, "tiny.gguf");
    EXPECT_EQ(offers[4].card.state, protocol::ModelState::loaded);
}

TEST_F(Look, TakesNothingFromStrangersAndNonsense) {
    ollama.enqueue(Script::reply(200, R"({"models":[{"name":7},{"name":"a\nb"},{"name":""},5]})"));
    studio.enqueue(Script::reply(200, "<html>", "text/html"));
    llama.enqueue(Script::reply(200, R"({"data":[{"id":"x","owned_by":"someone"}]})"));
    auto discovery = make();
    EXPECT_TRUE(async::testing::run_on(io, discovery.look({})).empty());
    ollama.enqueue(Script::reply(500, "{}"));
    studio.enqueue(Script::head(200, {{"Connection", "close"}}).repeat("[", 10'000'000).close());
    llama.enqueue(Script().bytes("SSH-2.0-OpenSSH\r\n").close());
    EXPECT_TRUE(async::testing::run_on(io, discovery.look({})).empty());
}

TEST_F(Look, EndsInTimeWhenAServerNeverAnswers) {
    ollama.enqueue(Script::reply(200, R"({"models":[{"name":"a"}]})"));
    studio.enqueue(Script().hang());
    llama.enqueue(Script::head(200, {}).bytes("{").hang());
    auto discovery = make();
    std::optional<Offers> offers;
    boost::asio::co_spawn(io, discovery.look({}),
                          [&](std::exception_ptr, Offers found) { offers = std::move(found); });
    async::testing::run_on(io, [](Look& look) -> async::Task<int> {
        co_await look.studio.wait_requests(1);
        co_await look.llama.wait_requests(1);
        co_await look.ollama.wait_requests(1);
        co_return 0;
    }(*this));
    io.poll();
    EXPECT_FALSE(offers);
    clock.advance(io, std::chrono::milliseconds(1'500));
    while (!offers && io.run_one() > 0) {
    }
    ASSERT_TRUE(offers);
    EXPECT_EQ(offers->size(), 1u);
}

TEST_F(Look, AnswersAtOnceWhenNobodyListens) {
    Discovery discovery(client, clock, {{LocalServerKind::ollama, 1}});
    EXPECT_TRUE(async::testing::run_on(io, discovery.look({})).empty());
}

TEST(Offers, HoldNoMoreThanAListForPeople) {
    std::string many = R"({"models":[)";
    for (int i = 0; i < 5'000; ++i) {
        many += (i == 0 ? "" : ",");
        many += R"({"name":"m)" + std::to_string(i) + "\"}";
    }
    EXPECT_EQ(read_offers({LocalServerKind::ollama, 1}, many + "]}").size(), 200u);
}

}  // namespace
}  // namespace models
