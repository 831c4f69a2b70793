// Session: what is done after a reply and while nobody waits: title, summaries, rest.
#include <utility>

#include "chat/session.hpp"
#include "chat/summary.hpp"
#include "chat/titles.hpp"

namespace chat {
namespace {

// Without a rule for silence (a reset by the time of day alone) this long counts as a rest.
constexpr std::chrono::minutes kRest{30};

}  // namespace

async::Task<void> Session::after_turn(std::optional<long long> summarise_before,
                                      std::optional<ModelRoute> route, base::RequestId request) {
    const auto self = shared_from_this();
    auto titling = make_title(services_, row_, history_);
    auto title = co_await std::move(titling);
    if (title) row_.title = std::move(*title);
    co_await announce();
    if (tasks_.stop_token().stop_requested()) co_return;
    const bool capable = route && route->profile.grade == ModelGrade::capable;
    const bool busy = current_ != nullptr || !queue_.empty();
    if (capable && !tidying_ && !busy) {
        auto condensing = condense(summarise_before, *route, request.str());
        co_await std::move(condensing);
    }
    if (!services_.options.reset.any() || current_ || !queue_.empty()) co_return;
    if (tasks_.stop_token().stop_requested()) co_return;
    stop_resting_.request_stop();
    stop_resting_ = std::stop_source();
    tasks_.spawn("rest", rest(std::move(route), request.str(), stop_resting_.get_token()));
}

async::Task<void> Session::name_late(Rows first) {
    const auto self = shared_from_this();
    auto titling = make_title(services_, row_, std::move(first));
    const auto title = co_await std::move(titling);
    if (title) co_await announce();
}

async::Task<void> Session::condense(std::optional<long long> summarise_before, ModelRoute route,
                                    std::string trace) {
    const std::stop_token stop = begin_tidying(route);
    Condensing work{std::move(route), std::move(trace), stop};
    if (!row_.continues.empty()) {
        // What was picked out when the conversation before was left is worth a real summary.
        auto looking = services_.store.get_summary(row_.continues);
        const auto before = co_await std::move(looking);
        if (before && *before && (**before).by == ports::SummaryBy::extract) {
            auto all = summarise_all(services_, row_.continues, work);
            co_await std::move(all);
        }
    }
    if (summarise_before && !stop.stop_requested()) {
        std::vector<ports::MessageRow> rows;
        for (const Rows* part : {&carried_, &history_}) {
            for (const auto& row : *part) {
                if (row->seq < *summarise_before) rows.push_back(*row);
            }
        }
        auto making = make_summary(services_, row_, std::move(rows), std::move(work));
        co_await std::move(making);
    }
    tidying_.reset();
}

async::Task<void> Session::rest(std::optional<ModelRoute> route, std::string trace,
                                std::stop_token stop) {
    const auto self = shared_from_this();
    const auto& rule = services_.options.reset;
    const auto silence = rule.idle.count() > 0 ? rule.idle : kRest;
    auto sleeping = services_.clock.sleep_for(silence, stop);
    const bool rested = co_await std::move(sleeping);
    if (!rested || running() || tidying_) co_return;
    if (route && route->profile.grade == ModelGrade::capable) {
        const std::stop_token interrupted = begin_tidying(*route);
        auto all =
            summarise_all(services_, row_.id, {std::move(*route), std::move(trace), interrupted});
        co_await std::move(all);
        tidying_.reset();
    }
    if (running()) co_return;
    // Whatever the model left out, and all of it where only a toy answers.
    auto settling = settle_summary(services_, row_);
    co_await std::move(settling);
}

std::stop_token Session::begin_tidying(const ModelRoute& route) {
    tidying_ = route.profile.place;
    stop_tidying_ = std::stop_source();
    return stop_tidying_.get_token();
}

void Session::make_way() {
    if (tidying_ == ports::LlmPlace::here) stop_tidying_.request_stop();
}

}  // namespace chat
