// ServerFixture: a Server on a free loopback port in the test's own io_context, stopped and drained
// at the end of the test. Fill router_ and options_, then call start_server().
#pragma once

#include <memory>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "async/testing/run.hpp"
#include "http/server.hpp"

namespace http::testing {

class ServerFixture : public ::testing::Test {
protected:
    void SetUp() override { options_.port = 0; }

    void TearDown() override {
        if (server_) close_server();
        server_.reset();
        while (io_.poll() > 0) {
        }
    }

    void start_server() {
        server_ = std::make_unique<Server>(io_.get_executor(), std::move(router_), options_);
        const auto started = server_->start();
        ASSERT_TRUE(started) << started.error().text();
    }

    void close_server() { async::testing::run_on(io_, close_and_return(server_.get())); }

    // Runs the loop until `done` holds.
    template <class Condition>
    void run_until(Condition done) {
        while (!done() && io_.run_one() > 0) {
        }
        io_.restart();
    }

    boost::asio::io_context io_;
    Router router_;
    ServerOptions options_;
    std::unique_ptr<Server> server_;

private:
    static async::Task<int> close_and_return(Server* server) {
        auto closing = server->close();
        co_await std::move(closing);
        co_return 0;
    }
};

}  // namespace http::testing
