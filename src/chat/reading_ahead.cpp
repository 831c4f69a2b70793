#include "chat/reading_ahead.hpp"

#include <utility>

#include "base/log.hpp"
#include "chat/inbox.hpp"

namespace chat {
namespace {

// As many as a first piece of speech is cut from; the rest comes while that is said.
constexpr int kForeseen = 16;

}  // namespace

std::optional<ModelRoute> route_that_reads_ahead(const ChatServices& services) {
    auto route = services.router.choose({});
    if (!route || !route->provider->reads_ahead()) return std::nullopt;
    return std::move(*route);
}

async::Task<void> read_ahead(ChatServices& services, AheadOf ahead, PromptWindow& window,
                             std::stop_token stop) {
    const ModelRoute route = std::move(ahead.route);
    if (!ahead.newest.content.empty()) {
        auto judging = needs_model(services, ahead.newest.content, route);
        const bool needed = co_await std::move(judging);
        if (!needed) co_return;
    }
    if (stop.stop_requested()) co_return;
    const auto began = services.clock.steady();
    const bool toy = route.profile.grade == ModelGrade::toy;
    const std::string gestures =
        toy ? "" : window.gestures_to_be(route, services.body.vocabulary());
    auto gathering =
        gather_prompt(services,
                      {services.persona.current(), std::move(ahead.past), std::move(ahead.newest),
                       std::move(ahead.person), route.profile.grade, gestures},
                      window.head_seq());
    PromptInput input = co_await std::move(gathering);
    auto rehearsing = window.rehearse(std::move(input), route);
    Prompt prompt = co_await std::move(rehearsing);
    if (prompt.too_long || stop.stop_requested()) co_return;
    prompt.request.foresee = ahead.whole ? kForeseen : 0;
    auto reading = route.provider->prepare(std::move(prompt.request), stop);
    const auto read = co_await std::move(reading);
    const std::chrono::duration<double, std::milli> took = services.clock.steady() - began;
    if (read) {
        LOG_DEBUG("chat", "a prompt was read ahead", {"model", route.profile.id},
                  {"prompt_tokens", read->prompt_tokens}, {"cached_tokens", read->cached_tokens},
                  {"ms", took.count()});
    } else if (read.error().code != base::ErrorCode::cancelled) {
        LOG_INFO("chat", "no prompt was read ahead", {"model", route.profile.id},
                 {"code", base::to_string(read.error().code)}, {"reason", read.error().message});
    }
}

async::Task<void> Session::prepare(Saying saying, std::stop_token stop) {
    const auto self = shared_from_this();
    auto route = route_that_reads_ahead(services_);
    if (!route || running()) co_return;
    stop_preparing_.request_stop();
    stop_preparing_ = std::stop_source();
    const std::stop_callback withdrawn(stop,
                                       [mine = stop_preparing_]() mutable { mine.request_stop(); });
    const std::stop_token over = stop_preparing_.get_token();
    TurnJob job;
    {
        // Whoever reads the history finds nobody else reading it.
        const auto guard = co_await writing_.lock();
        const auto loaded = co_await load_history();
        if (!loaded || running() || over.stop_requested()) co_return;
    }
    job.message.id = base::MessageId::make();
    job.message.session = row_.id;
    job.message.role = ports::StoredRole::user;
    job.message.content = std::move(saying.text);
    job.message.created_at = services_.clock.wall_ms();
    job.message.seq = next_seq();
    AheadOf ahead{past_of(job), job.message, row_.person, std::move(*route), saying.whole};
    auto reading = read_ahead(services_, std::move(ahead), window_, over);
    co_await std::move(reading);
}

async::Task<void> Inbox::prepare(base::PersonId person, std::optional<base::SessionId> id,
                                 Saying saying, std::stop_token stop) {
    if (!id) {
        auto route = route_that_reads_ahead(services_);
        if (!route || closing_) co_return;
        ports::MessageRow newest;
        newest.role = ports::StoredRole::user;
        newest.content = std::move(saying.text);
        newest.seq = 1;
        PromptWindow window;
        AheadOf ahead{{}, std::move(newest), person, std::move(*route), saying.whole};
        auto reading = read_ahead(services_, std::move(ahead), window, std::move(stop));
        co_await std::move(reading);
        co_return;
    }
    auto finding = find(person, std::move(*id));
    auto session = co_await std::move(finding);
    if (!session) co_return;
    auto looking = standing_of(person, *session);
    const auto standing = co_await std::move(looking);
    // The next words begin another conversation, whose beginning is not made before.
    if (standing.cause != ResetCause::none || standing.moved) co_return;
    if (stop.stop_requested()) co_return;
    if (!saying.text.empty()) make_way();
    auto preparing = (*session)->prepare(std::move(saying), std::move(stop));
    co_await std::move(preparing);
}

}  // namespace chat
