// Upstream: a model server that speaks the OpenAI wire format and answers as planned. It runs in
// the bench's own loop, so that its times and the client's come from one clock. io thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "http/server.hpp"
#include "samples.hpp"

namespace bench {

// Every token of a reply is "<due>:<sent>;" in microseconds of the steady clock.
struct Plan {
    int tokens = 3;
    std::chrono::microseconds interval{0};  // zero: as fast as it goes
};

inline constexpr Plan kShortReply{3, std::chrono::microseconds(0)};
// Two seconds of the speed at which a good model writes.
inline constexpr Plan kStreamedReply{120, std::chrono::microseconds(16'667)};

struct Arrival {
    Time at;  // the whole request is here
    std::string body;
};

class Upstream {
public:
    explicit Upstream(boost::asio::io_context& io);
    ~Upstream();

    [[nodiscard]] int port() const { return server_->port(); }
    void plan(Plan plan) { plan_ = plan; }
    void forget_arrivals() { arrivals_.clear(); }
    // The first request that holds `words`; throws when none came.
    [[nodiscard]] const Arrival& arrival_with(std::string_view words) const;
    // How late the tokens left here, against their plan: the bench's own share.
    [[nodiscard]] const Samples& own_lateness() const { return own_lateness_; }
    void forget_lateness() { own_lateness_ = {}; }

private:
    [[nodiscard]] async::Task<void> answer(std::shared_ptr<http::Request> request,
                                           std::shared_ptr<http::ResponseStream> stream);

    Plan plan_ = kShortReply;
    std::vector<Arrival> arrivals_;
    Samples own_lateness_;
    std::unique_ptr<http::Server> server_;
};

// Reads the tokens out of the text that a client gets, in whichever pieces.
class TokenMeter {
public:
    void feed(std::string_view text, Time at);

    Samples added_ms;  // from leaving the upstream to here
    Samples late_ms;   // against the plan
    int tokens = 0;

private:
    std::string rest_;
};

}  // namespace bench
