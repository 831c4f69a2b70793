// SpeechCall: a speech adapter against a scripted server on loopback, with a clock that stands
// still until a test moves it. For tests of adapters/speech_http.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/speech_http/speech_server.hpp"
#include "async/testing/manual_clock.hpp"
#include "async/testing/run.hpp"
#include "http/client.hpp"
#include "http/testing/scripted_server.hpp"

namespace adapters::speech_http::testing {

using http::testing::Script;

struct SpeechCall : ::testing::Test {
    boost::asio::io_context io;
    http::testing::ScriptedServer peer{io.get_executor()};
    http::Client client{io.get_executor()};
    async::testing::ManualClock clock;
    std::stop_source stop;

    SpeechServer server(ServerKind kind = ServerKind::openai) const {
        SpeechServer out;
        out.name = "studio";
        out.kind = kind;
        out.endpoint.base_url = peer.url("");
        out.endpoint.api_key = "sk-test-0123456789";
        out.reference_audio = "ada.wav";
        out.voice = "ada";
        out.language = "en";
        return out;
    }

    template <class T>
    T run(async::Task<T> task) {
        return async::testing::run_on(io, std::move(task));
    }

    // Starts it, lets `act` do something once the request is out, and waits for the end.
    template <class T, class F>
    T during(async::Task<T> task, F act) {
        std::optional<T> outcome;
        boost::asio::co_spawn(io, std::move(task),
                              [&](std::exception_ptr, T value) { outcome = std::move(value); });
        bool arrived = false;
        boost::asio::co_spawn(io, peer.wait_requests(peer.requests().size() + 1),
                              [&](std::exception_ptr) { arrived = true; });
        while (!arrived && io.run_one() > 0) {
        }
        act();
        while (!outcome && io.run_one() > 0) {
        }
        io.restart();
        return std::move(outcome).value();
    }
};

}  // namespace adapters::speech_http::testing
