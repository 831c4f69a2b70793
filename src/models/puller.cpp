#include "models/puller.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

#include <fmt/core.h>

#include "async/offload.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "models/download_sink.hpp"

namespace models {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using std::chrono::milliseconds;

constexpr std::size_t kSlack = 1'000'000;
constexpr milliseconds kFirstPause{1'000};
constexpr milliseconds kLongestPause{30'000};

std::uint64_t free_bytes_at(const fs::path& folder) {
    std::error_code error;
    const auto space = fs::space(folder, error);
    // Unknown is not full: the write itself will tell.
    return error ? UINT64_MAX : space.available;
}

bool may_pass(ErrorCode code) {
    return code == ErrorCode::upstream || code == ErrorCode::timeout ||
           code == ErrorCode::unavailable || code == ErrorCode::rate_limited;
}

base::Error stopped() {
    return base::make_error(ErrorCode::cancelled, "the pull was stopped",
                            "pull again to go on from here");
}

// What the catalogue promises must be what the hub has.
base::Result<void> check_promise(const CatalogueEntry& entry, const HubFileFacts& facts) {
    if (entry.sha256.empty() || entry.sha256 == facts.sha256) return {};
    return base::fail(
        ErrorCode::corrupt,
        fmt::format("{} on the model hub is not the file that the catalogue means", entry.file),
        "it was changed there; wait for an update of Loci");
}

// Runs `check(const std::atomic<bool>& stop)` on a thread of its own; hashing takes seconds.
template <class Check>
auto on_worker(Check check, std::stop_token stop)
    -> async::Task<std::invoke_result_t<Check&, const std::atomic<bool>&>> {
    auto stopping = std::make_shared<std::atomic<bool>>(false);
    const std::stop_callback on_stop(stop, [stopping] { *stopping = true; });
    async::WorkerThread worker("model check", 1);
    auto running = worker.run([check, stopping]() mutable { return check(*stopping); });
    auto result = co_await std::move(running);
    if (!result && result.error().code == ErrorCode::cancelled) co_return base::fail(stopped());
    co_return result;
}

base::Error why_it_ended(const DownloadSink& sink,
                         const base::Result<http::ClientResponse>& response) {
    if (sink.error()) return *sink.error();
    if (!response) return response.error();
    return base::make_error(ErrorCode::upstream, "the model hub ended too soon",
                            "pull again to go on from here");
}

}  // namespace

Puller::Puller(http::Client& client, async::Clock& clock, PullerOptions options)
    : client_(client), clock_(clock), options_(std::move(options)) {
    set_hub(options_.hub);
    if (!options_.free_bytes) options_.free_bytes = free_bytes_at;
}

void Puller::set_hub(HubAccess hub) {
    base::log::add_secret(hub.token);
    options_.hub = std::move(hub);
}

base::Result<void> Puller::check_space(long long missing) const {
    const std::uint64_t free = options_.free_bytes(options_.folder);
    const std::uint64_t needed = static_cast<std::uint64_t>(missing) + options_.reserve_bytes;
    if (free >= needed) return {};
    return base::fail(base::make_error(
        ErrorCode::storage,
        fmt::format("not enough room in {}: {} are free, {} are needed", options_.folder.string(),
                    base::human_bytes(free), base::human_bytes(needed)),
        "free some space, or set data.models_folder to another disk"));
}

async::Task<base::Result<fs::path>> Puller::pull(CatalogueEntry entry, PullWatcher& watcher,
                                                 std::stop_token stop) {
    if (!entry.hub || !is_model_file_name(entry.file)) {
        co_return base::fail(ErrorCode::invalid_argument,
                             fmt::format("the model `{}` names no file on the hub", entry.id));
    }
    const std::string name = entry.file;
    if (!active_.insert(name).second) {
        co_return base::fail(ErrorCode::conflict, fmt::format("{} is being pulled already", name));
    }
    auto bringing = bring(std::move(entry), watcher, std::move(stop));
    auto path = co_await std::move(bringing);
    active_.erase(name);
    if (path) {
        LOG_INFO("models", "model brought", {"file", name});
    } else {
        LOG_WARN("models", "model not brought", {"file", name},
                 {"code", base::to_string(path.error().code)});
    }
    co_return path;
}

async::Task<base::Result<fs::path>> Puller::bring(CatalogueEntry entry, PullWatcher& watcher,
                                                  std::stop_token stop) {
    watcher.on_progress({PullPhase::asking, 0, entry.bytes_exact ? entry.bytes : 0, 0});
    auto asking = ask_hub(client_, options_.hub, *entry.hub, stop);
    CO_TRY(facts, co_await std::move(asking));
    CO_TRY_DO(check_promise(entry, facts));
    const fs::path target = options_.folder / entry.file;
    watcher.on_progress({PullPhase::verifying, 0, facts.bytes, 0});
    const PartFile::Wanted wanted{facts.sha256, facts.bytes};
    auto looking = on_worker(
        [target, wanted](const std::atomic<bool>& end) {
            return PartFile::is_whole(target, wanted, end);
        },
        stop);
    CO_TRY(present, co_await std::move(looking));
    if (present) co_return target;
    CO_TRY(part, PartFile::open(target, wanted));
    CO_TRY_DO(check_space(facts.bytes - part.size()));
    auto downloading = download(part, facts, watcher, stop);
    CO_TRY_DO(co_await std::move(downloading));
    watcher.on_progress({PullPhase::verifying, facts.bytes, facts.bytes, 0});
    auto verifying =
        on_worker([&part](const std::atomic<bool>& end) { return part.verify(end); }, stop);
    CO_TRY_DO(co_await std::move(verifying));
    CO_TRY_DO(part.commit());
    watcher.on_progress({PullPhase::done, facts.bytes, facts.bytes, 0});
    co_return target;
}

async::Task<base::Result<void>> Puller::download(PartFile& part, HubFileFacts facts,
                                                 PullWatcher& watcher, std::stop_token stop) {
    int fruitless = 0;
    milliseconds pause = kFirstPause;
    while (part.size() < facts.bytes) {
        const long long before = part.size();
        http::ClientRequest request;
        request.url = facts.url;
        request.headers = hub_headers(options_.hub);
        // The part file refuses a byte too many; this is only the last net.
        request.max_body = static_cast<std::size_t>(facts.bytes) + kSlack;
        request.headers.set("Accept-Encoding", "identity");  // the hash is of the file itself
        if (before > 0) request.headers.set("Range", fmt::format("bytes={}-", before));
        DownloadSink sink(part, clock_, watcher, facts.url);
        auto transfer = client_.stream(std::move(request), sink, stop);
        const auto response = co_await std::move(transfer);
        if (stop.stop_requested()) co_return base::fail(stopped());
        if (part.size() == facts.bytes) break;
        base::Error error = why_it_ended(sink, response);
        if (part.size() > before) {
            fruitless = 0;
            pause = kFirstPause;
        }
        if (!may_pass(error.code) || ++fruitless > options_.max_fruitless_tries) {
            co_return base::fail(std::move(error));
        }
        LOG_INFO("models", "download broken, going on", {"done", part.size()},
                 {"total", facts.bytes}, {"code", base::to_string(error.code)});
        const bool came = co_await clock_.sleep_for(pause, stop);
        if (!came) co_return base::fail(stopped());
        pause = std::min(pause * 2, kLongestPause);
    }
    co_return base::Result<void>();
}

}  // namespace models
