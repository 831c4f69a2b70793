#include "upstream.hpp"

#include <cstdlib>
#include <utility>

#include <fmt/core.h>

#include "program.hpp"

namespace bench {
namespace {

long long micros(Time time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

std::string chunk(std::string_view delta, std::string_view finish) {
    return fmt::format(
        R"(data: {{"id":"bench","object":"chat.completion.chunk","created":0,"model":"bench",)"
        R"("choices":[{{"index":0,"delta":{},"finish_reason":{}}}]}})"
        "\n\n",
        delta, finish);
}

std::string token(Time due, Time sent) {
    return chunk(fmt::format(R"({{"content":"{}:{}; "}})", micros(due), micros(sent)), "null");
}

async::Task<base::Result<http::Response>> list_models(std::shared_ptr<http::Request>) {
    co_return http::json_response(
        R"({"object":"list","data":[{"id":"bench","object":"model","owned_by":"bench"}]})");
}

}  // namespace

Upstream::Upstream(boost::asio::io_context& io) {
    http::Router router;
    router.add("GET", "/v1/models", list_models);
    router.add_stream("POST", "/v1/chat/completions",
                      [this](std::shared_ptr<http::Request> request,
                             std::shared_ptr<http::ResponseStream> stream) {
                          return answer(std::move(request), std::move(stream));
                      });
    http::ServerOptions options;
    options.port = 0;
    options.requests_per_second = 0;
    server_ = std::make_unique<http::Server>(io.get_executor(), std::move(router), options);
    const auto started = server_->start();
    if (!started) throw Failure(started.error().text());
}

Upstream::~Upstream() = default;

const Arrival& Upstream::arrival_with(std::string_view words) const {
    for (const Arrival& arrival : arrivals_) {
        if (arrival.body.find(words) != std::string::npos) return arrival;
    }
    throw Failure(fmt::format("no request with \"{}\" reached the upstream", words));
}

async::Task<void> Upstream::answer(std::shared_ptr<http::Request> request,
                                   std::shared_ptr<http::ResponseStream> stream) {
    arrivals_.push_back({now(), std::move(request->body)});
    const Plan plan = plan_;
    auto beginning = stream->begin(200, {{"Content-Type", "text/event-stream"}});
    auto alive = co_await std::move(beginning);
    const Time began = now();
    for (int number = 0; number < plan.tokens && alive; ++number) {
        Time due = began + number * plan.interval;
        if (plan.interval.count() > 0) {
            auto waiting = pause_until(due);
            co_await std::move(waiting);
        } else {
            due = now();
        }
        const Time sent = now();
        own_lateness_.add(ms_between(due, sent));
        auto writing = stream->write(token(due, sent));
        alive = co_await std::move(writing);
    }
    auto ending = stream->write(chunk("{}", "\"stop\"") + "data: [DONE]\n\n");
    co_await std::move(ending);
}

void TokenMeter::feed(std::string_view text, Time at) {
    rest_ += text;
    std::size_t end = 0;
    while ((end = rest_.find(';')) != std::string::npos) {
        const auto colon = rest_.find(':');
        if (colon == std::string::npos || colon > end) throw Failure("a reply came back changed");
        const long long due = std::atoll(rest_.c_str());
        const long long sent = std::atoll(rest_.c_str() + colon + 1);
        const auto here = static_cast<double>(micros(at));
        late_ms.add((here - static_cast<double>(due)) / 1000);
        added_ms.add((here - static_cast<double>(sent)) / 1000);
        ++tokens;
        rest_.erase(0, end + 1);
    }
}

}  // namespace bench
