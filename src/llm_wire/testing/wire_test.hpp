// WireTest: a provider adapter against a scripted server on loopback, and the hostile behaviour
// that every adapter must survive. For tests of adapters/llm_*.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"
#include "http/client.hpp"
#include "http/testing/scripted_server.hpp"
#include "json/json.hpp"
#include "llm_wire/reply_stream.hpp"
#include "llm_wire/testing/recording_sink.hpp"
#include "ports/llm.hpp"

namespace llm_wire::testing {

using http::testing::Script;
using Outcome = base::Result<ports::LlmOutcome>;

// A good reply as the provider sends it.
struct GoodReply {
    std::string content_type;
    std::string body;
    std::string text;  // what the person sees of it
    std::string reasoning;
    std::size_t whole_at;  // bytes after which a lost connection does no harm
};

class WireTest : public ::testing::Test {
protected:
    boost::asio::io_context io;
    http::testing::ScriptedServer server{io.get_executor()};
    http::Client client{io.get_executor()};
    async::testing::ManualClock clock;
    RecordingSink sink;
    std::stop_source stop;

    static ports::LlmRequest hello() {
        ports::LlmRequest request;
        request.model = "small";
        ports::LlmMessage message;
        message.content = "hello";
        request.messages.push_back(std::move(message));
        return request;
    }

    Outcome chat(ports::LlmProvider& llm, ports::LlmRequest request = hello()) {
        return async::testing::run_on(io, llm.chat(std::move(request), sink, stop.get_token()));
    }

    // The JSON of the newest request the server saw.
    json::Value sent() const {
        return json::parse(server.requests().back().body).value_or(json::Value());
    }

    static Script good(const GoodReply& reply) {
        return Script::head(200, {{"Content-Type", reply.content_type}, {"Connection", "close"}});
    }

    // The server ends in the middle, at each byte, in order (FIN) or not (RST).
    void expect_every_cut_is_noticed(ports::LlmProvider& llm, const GoodReply& reply) {
        for (const bool in_order : {true, false}) {
            for (std::size_t n = 0; n <= reply.body.size(); ++n) {
                Script script = good(reply);
                script.bytes(reply.body.substr(0, n));
                server.enqueue(in_order ? script.close() : script.cut());
                sink = {};
                const auto outcome = chat(llm);
                ASSERT_TRUE(reply.text.starts_with(sink.text())) << n;
                ASSERT_TRUE(reply.reasoning.starts_with(sink.reasoning())) << n;
                if (outcome) {
                    ASSERT_GE(n, reply.whole_at);
                    ASSERT_EQ(sink.text(), reply.text) << n;
                } else {
                    ASSERT_EQ(outcome.error().code, base::ErrorCode::upstream)
                        << n << outcome.error().text();
                    // Bytes may be lost in a disorderly end, so that one may fail later too.
                    if (in_order) ASSERT_LT(n, reply.whole_at);
                }
            }
        }
    }

    // Every byte on its own, and the next only after what came before was taken in: the first
    // words must arrive while the rest is still unsent.
    void expect_words_arrive_as_they_are_sent(ports::LlmProvider& llm, const GoodReply& reply) {
        Script script = good(reply);
        const std::size_t head = reply.whole_at / 2;
        for (std::size_t n = 0; n < head; ++n) script.bytes(reply.body.substr(n, 1));
        script.await_step().bytes(reply.body.substr(head)).close();
        server.enqueue(std::move(script));
        bool released = false;
        sink.after_event = [&] {
            if (!std::exchange(released, true)) server.step();
        };
        const auto outcome = chat(llm);
        ASSERT_TRUE(outcome) << outcome.error().text();
        EXPECT_TRUE(released);
        EXPECT_EQ(sink.text(), reply.text);
    }

    static Script chunked(const GoodReply& reply) {
        return Script::head(
            200, {{"Content-Type", reply.content_type}, {"Transfer-Encoding", "chunked"}});
    }

    // The end of the body comes only after the reply was understood.
    void expect_connection_is_kept(ports::LlmProvider& llm, const GoodReply& reply) {
        for (int turn = 0; turn < 2; ++turn) {
            server.enqueue(chunked(reply).chunk(reply.body).await_step().end_chunks());
            sink = {};
            bool released = false;
            sink.after_event = [&] {
                if (!std::exchange(released, true)) server.step();
            };
            const auto outcome = chat(llm);
            ASSERT_TRUE(outcome) << outcome.error().text();
            EXPECT_EQ(sink.text(), reply.text);
        }
        EXPECT_EQ(server.connections(), 1U);
    }

    void expect_body_without_end_does_no_harm(ports::LlmProvider& llm, const GoodReply& reply) {
        server.enqueue(chunked(reply).chunk(reply.body).hang());
        const auto silent = chat(llm);
        ASSERT_TRUE(silent) << silent.error().text();
        EXPECT_EQ(sink.text(), reply.text);
        sink = {};
        server.enqueue(chunked(reply).chunk(reply.body).repeat("a\r\n0123456789\r\n", 100'000'000));
        const auto endless = chat(llm);
        ASSERT_TRUE(endless) << endless.error().text();
        EXPECT_EQ(sink.text(), reply.text);
    }

    void expect_stop_ends_a_hanging_reply(ports::LlmProvider& llm, const GoodReply& reply) {
        server.enqueue(good(reply).bytes(reply.body.substr(0, reply.whole_at / 2)).hang());
        sink.after_event = [&] { stop.request_stop(); };
        const auto outcome = chat(llm);  // the server never ends, and the clock stands still
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, base::ErrorCode::cancelled);
    }

    void expect_stop_ends_a_silent_server(ports::LlmProvider& llm) {
        server.enqueue(Script().hang());
        std::optional<Outcome> outcome;
        boost::asio::co_spawn(io, llm.chat(hello(), sink, stop.get_token()),
                              [&](std::exception_ptr, Outcome o) { outcome = std::move(o); });
        wait_for_requests(1);
        EXPECT_FALSE(outcome);
        stop.request_stop();
        while (!outcome && io.run_one() > 0) {
        }
        ASSERT_TRUE(outcome);
        EXPECT_EQ(outcome->error().code, base::ErrorCode::cancelled);
    }

    void expect_sink_can_end_the_reply(ports::LlmProvider& llm, const GoodReply& reply) {
        server.enqueue(good(reply).bytes(reply.body).hang());
        sink.enough_after = 1;
        const auto outcome = chat(llm);
        ASSERT_TRUE(outcome) << outcome.error().text();
        EXPECT_EQ(outcome->finish, ports::LlmFinish::stopped);
        EXPECT_EQ(sink.events.size(), 1u);
    }

    void expect_junk_is_refused(ports::LlmProvider& llm, const std::string& content_type) {
        constexpr std::size_t kJunk = 100'000'000;
        const std::string pad(60'000, 'x');
        for (const std::string& piece :
             {std::string("x"), "data: {\"pad\":\"" + pad + "\"}\n\n",
              "{\"pad\":\"" + pad + "\"}\n", std::string("{\"a\":"), ": " + pad + "\n\n"}) {
            server.enqueue(
                Script::head(200, {{"Content-Type", content_type}, {"Connection", "close"}})
                    .repeat(piece, kJunk)
                    .close());
            sink = {};
            const auto outcome = chat(llm);
            const auto what = piece.substr(0, 10);
            ASSERT_FALSE(outcome) << what;
            EXPECT_EQ(outcome.error().code, base::ErrorCode::upstream)
                << what << outcome.error().text();
            EXPECT_EQ(sink.events.size(), 0u) << what;
        }
        server.enqueue(
            Script::head(500, {{"Content-Length", std::to_string(kJunk)}}).repeat("<html>", kJunk));
        EXPECT_EQ(chat(llm).error().code, base::ErrorCode::upstream);
    }

    // A length that promises more than comes.
    void expect_wrong_length_does_no_harm(ports::LlmProvider& llm, const GoodReply& reply) {
        const auto length = std::to_string(reply.body.size() + 100);
        server.enqueue(
            Script::head(200, {{"Content-Type", reply.content_type}, {"Content-Length", length}})
                .bytes(reply.body)
                .close());
        sink = {};
        const auto outcome = chat(llm);
        ASSERT_TRUE(outcome) << outcome.error().text();
        EXPECT_EQ(sink.text(), reply.text);
    }

    void expect_typed_status_errors(ports::LlmProvider& llm) {
        const auto status = [&](int code, std::string_view body, const http::Headers& headers) {
            server.enqueue(Script::reply(code, body, "application/json", headers));
            return chat(llm).error();
        };
        const auto limited =
            status(429, R"({"error":{"message":"slow down"}})", {{"Retry-After", "12"}});
        EXPECT_EQ(limited.code, base::ErrorCode::rate_limited);
        ASSERT_FALSE(limited.details.empty());
        EXPECT_EQ(limited.details[0], (std::pair<std::string, std::string>("retry_after_s", "12")));
        EXPECT_EQ(status(529, "{}", {}).code, base::ErrorCode::rate_limited);
        EXPECT_EQ(status(500, "{}", {}).code, base::ErrorCode::upstream);
        EXPECT_EQ(status(502, "<html>bad gateway</html>", {}).code, base::ErrorCode::upstream);
        EXPECT_EQ(status(503, "", {}).code, base::ErrorCode::unavailable);
        EXPECT_EQ(status(401, "{}", {}).code, base::ErrorCode::unauthorized);
        EXPECT_EQ(status(403, "{}", {}).code, base::ErrorCode::unauthorized);
        EXPECT_EQ(sink.events.size(), 0u);
    }

    void wait_for_requests(std::size_t count) {
        bool arrived = false;
        boost::asio::co_spawn(io, server.wait_requests(count),
                              [&](std::exception_ptr) { arrived = true; });
        while (!arrived && io.run_one() > 0) {
        }
    }
};

// A decoder must give the same reply however the bytes are cut: every pair of cuts is too many,
// so every single cut, and every byte on its own.
inline void expect_same_reply_in_every_split(
    const std::function<std::unique_ptr<ReplyDecoder>(ports::LlmSink&)>& make,
    const GoodReply& reply) {
    const auto feed = [&](const std::vector<std::string_view>& pieces) {
        RecordingSink sink;
        const auto decoder = make(sink);
        for (const auto piece : pieces) {
            const auto flow = decoder->on_bytes(piece);
            ASSERT_TRUE(flow) << flow.error().text();
            if (*flow == Flow::enough) break;
        }
        const auto outcome = decoder->finish();
        ASSERT_TRUE(outcome) << outcome.error().text();
        ASSERT_EQ(sink.text(), reply.text);
        ASSERT_EQ(sink.reasoning(), reply.reasoning);
    };
    const std::string_view body = reply.body;
    for (std::size_t n = 0; n <= body.size(); ++n) feed({body.substr(0, n), body.substr(n)});
    std::vector<std::string_view> bytes;
    for (std::size_t n = 0; n < body.size(); ++n) bytes.push_back(body.substr(n, 1));
    feed(bytes);
}

}  // namespace llm_wire::testing
