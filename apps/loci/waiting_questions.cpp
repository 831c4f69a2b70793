// Questions that wait for a better model: kept over a restart, asked again once when it is here.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/log.hpp"
#include "json/describe.hpp"
#include "registry_state.hpp"

namespace loci {
namespace {

constexpr const char* kWaitingFact = "waiting_questions";
constexpr const char* kMeasuredFact = "measured_speeds";
constexpr auto kProgressInterval = std::chrono::seconds(1);
// A share of the speed; less is not news.
constexpr double kNews = 0.1;

struct Measured {
    std::map<std::string, double> tokens_per_s;
    double download_bytes_per_s = 0;
};
BOOST_DESCRIBE_STRUCT(Measured, (), (tokens_per_s, download_bytes_per_s))

// A fact that cannot be read counts as absent: it only holds what can be found out again.
template <class T>
async::Task<T> recall(ports::Store& store, std::string name) {
    auto reading = store.get_fact(std::move(name));
    const auto fact = co_await std::move(reading);
    if (!fact || !*fact) co_return T{};
    const auto value = json::parse(**fact);
    if (!value) co_return T{};
    auto parsed = json::to<T>(*value);
    if (!parsed) co_return T{};
    co_return std::move(*parsed);
}

}  // namespace

bool ModelRegistry::State::is_served(const std::string& id) const {
    return std::ranges::any_of(parts.router.routes(),
                               [&](const auto& route) { return route.profile.id == id; });
}

async::Task<base::Result<void>> ModelRegistry::answer(std::string id, app::Question question) {
    State& s = *state_;
    const auto& found = s.found;
    const bool is_offer =
        std::ranges::any_of(found, [&](const auto& offer) { return offer.card.id == id; });
    std::optional<models::CatalogueEntry> wanted;
    if (is_offer || s.is_served(id)) {
        auto taking = s.take_into_use(std::move(id));
        CO_TRY(taken, co_await std::move(taking));
        id = taken;
    } else {
        if (s.parts.engine == nullptr) {
            co_return base::fail(base::ErrorCode::unavailable,
                                 "the local engine, which would run that model, is switched off",
                                 "set engine.mode, or choose a provider");
        }
        CO_TRY(entry, s.parts.shelf.catalogue().resolve(id));
        id = entry.id;
        wanted = std::move(entry);
    }
    std::erase_if(s.waiting,
                  [&](const auto& other) { return other.reply == question.reply.str(); });
    s.waiting.push_back({id, question.person.str(), question.session.str(), question.reply.str()});
    auto keeping = s.keep_waiting();
    CO_TRY_DO(co_await std::move(keeping));
    const auto pull = s.pulls.find(id);
    const bool on_its_way = pull != s.pulls.end() && pull->second->running;
    if (wanted && !on_its_way) {
        s.begin_pull(std::move(*wanted));
    } else {
        s.publish();
        co_await s.answer_waiting();
    }
    co_return base::Result<void>{};
}

async::Task<void> ModelRegistry::State::answer_waiting() {
    // A copy, because others may come while this waits.
    const auto questions = waiting;
    for (const auto& question : questions) {
        if (!is_served(question.model)) continue;
        auto asking = answer_again(question);
        co_await std::move(asking);
    }
    std::set<std::string> missing;
    for (const auto& question : waiting) {
        if (!is_served(question.model) && !pulls.contains(question.model)) {
            missing.insert(question.model);
        }
    }
    for (const auto& model : missing) {
        auto entry = parts.shelf.catalogue().resolve(model);
        // Here and still not served: the engine has been switched off meanwhile.
        if (entry && !parts.shelf.state(model).present) {
            begin_pull(std::move(*entry));
        } else {
            drop_waiting(model);
        }
    }
}

async::Task<void> ModelRegistry::State::answer_again(WaitingQuestion question) {
    chat::SubmitOptions options;
    options.model = question.model;
    // One reply is made again once, however often this is tried.
    options.idempotency_key = "again-" + question.reply;
    options.instead_of = base::MessageId(question.reply);
    auto retrying = parts.inbox.retry(base::PersonId(question.person),
                                      base::SessionId(question.session), std::move(options));
    const auto receipt = co_await std::move(retrying);
    if (!receipt) {
        LOG_INFO("models", "a question was not asked again", {"reply", question.reply},
                 {"reason", receipt.error().message});
        // Unreadable data may be readable after the next start; all else stays as it is.
        if (receipt.error().code == base::ErrorCode::storage) co_return;
    }
    std::erase_if(waiting, [&](const auto& other) { return other.reply == question.reply; });
    publish();
    auto keeping = keep_waiting();
    const auto kept = co_await std::move(keeping);
    if (!kept) LOG_WARN("models", "not kept", {"reason", kept.error().message});
}

void ModelRegistry::State::drop_waiting(const std::string& model) {
    std::erase_if(waiting, [&](const auto& question) { return question.model == model; });
}

async::Task<base::Result<void>> ModelRegistry::State::keep_waiting() {
    auto storing = parts.store.put_fact(kWaitingFact, json::write(json::from(waiting)));
    co_return co_await std::move(storing);
}

async::Task<void> ModelRegistry::State::resume_waiting() {
    auto recalling = recall<std::vector<WaitingQuestion>>(parts.store, kWaitingFact);
    waiting = co_await std::move(recalling);
    auto measuring = recall<Measured>(parts.store, kMeasuredFact);
    const auto measured = co_await std::move(measuring);
    for (const auto& [id, speed] : measured.tokens_per_s) {
        if (speed > 0) parts.router.note_speed(id, speed);
    }
    told_speeds = parts.router.speeds();
    download_bytes_per_s = std::max(0.0, measured.download_bytes_per_s);
}

async::Task<void> ModelRegistry::State::keep_speeds() {
    const auto& speeds = parts.router.speeds();
    const bool news = std::ranges::any_of(speeds, [&](const auto& item) {
        const auto told = told_speeds.find(item.first);
        return told == told_speeds.end() ||
               std::abs(item.second - told->second) > kNews * told->second;
    });
    if (!news) co_return;
    told_speeds = speeds;
    publish();
    co_await store_measured();
}

async::Task<void> ModelRegistry::State::store_measured() {
    auto storing = parts.store.put_fact(
        kMeasuredFact, json::write(json::from(Measured{told_speeds, download_bytes_per_s})));
    const auto stored = co_await std::move(storing);
    if (!stored) LOG_WARN("models", "not kept", {"reason", stored.error().message});
}

void ModelRegistry::State::on_pull_progress(Pull& pull, const models::PullProgress& progress) {
    const bool moved_on = pull.progress.phase != progress.phase;
    const long long done = pull.progress.done_bytes;
    pull.progress = progress;
    // Before the first byte of this try, what an earlier one left is what is there.
    if (progress.phase == models::PullPhase::asking) pull.progress.done_bytes = done;
    if (progress.bytes_per_s > 0) download_bytes_per_s = progress.bytes_per_s;
    // Every event is kept for clients that come back: a long download must not crowd out the rest.
    untold_progress = true;
    if (moved_on || parts.clock.steady() - published >= kProgressInterval) publish();
}

}  // namespace loci
