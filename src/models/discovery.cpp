#include "models/discovery.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <memory>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/core.h>
#include <boost/asio/this_coro.hpp>

#include "async/event.hpp"
#include "async/task_scope.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "json/json.hpp"

namespace models {
namespace {

constexpr std::size_t kMostModels = 200;
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kMaxAnswer = 2'000'000;

std::string_view provider_of(LocalServerKind kind) {
    switch (kind) {
        case LocalServerKind::ollama:
            return "ollama";
        case LocalServerKind::lm_studio:
            return "lm-studio";
        case LocalServerKind::llama_server:
            return "llama-server";
    }
    return "ollama";
}

std::string base_url_of(const DiscoveryTarget& target) {
    return fmt::format("http://127.0.0.1:{}", target.port);
}

// Most people run none of these servers. A call would load libcurl and all that it brings; a plain
// connection to one's own machine is refused at once.
bool is_refused(const DiscoveryTarget& target) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    const sockaddr_in address{.sin_family = AF_INET,
                              .sin_port = htons(target.port),
                              .sin_addr = {htonl(INADDR_LOOPBACK)},
                              .sin_zero = {}};
    const bool refused =
        ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
        errno == ECONNREFUSED;
    ::close(fd);
    return refused;
}

bool is_showable(std::string_view name) {
    return !name.empty() && name.size() <= kLongestName && base::is_valid_utf8(name) &&
           std::ranges::none_of(
               name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// Other programs listen on 8080 too; only llama-server signs its list this way.
bool is_from(LocalServerKind kind, const json::Value& item) {
    return kind != LocalServerKind::llama_server ||
           json::string_or(json::find(item, "owned_by")) == "llamacpp";
}

LocalOffer make_offer(const DiscoveryTarget& target, std::string model) {
    LocalOffer offer{target.kind, base_url_of(target), std::move(model), {}};
    auto& card = offer.card;
    const auto provider = provider_of(target.kind);
    card.provider = std::string(provider);
    card.id = fmt::format("{}/{}", provider, offer.model);
    // llama-server calls a model by the path of its file.
    card.name = offer.model.substr(offer.model.find_last_of("/\\") + 1);
    if (target.kind == LocalServerKind::ollama || card.name.empty()) card.name = offer.model;
    const std::string lower = base::to_lower_ascii(offer.model);
    card.role = lower.contains("embed") || lower.contains("minilm") ? "embedding" : "chat";
    card.place = protocol::Place::here;
    card.state = target.kind == LocalServerKind::llama_server ? protocol::ModelState::loaded
                                                              : protocol::ModelState::ready;
    return offer;
}

async::Task<void> end_after(async::Clock& clock, std::chrono::milliseconds patience,
                            std::stop_source limit, std::stop_token all_done) {
    const bool came = co_await clock.sleep_for(patience, all_done);
    if (came) limit.request_stop();
}

}  // namespace

struct Discovery::Probe {
    DiscoveryTarget target;
    std::vector<LocalOffer> offers;
    async::Event done;
};

std::vector<DiscoveryTarget> usual_targets() {
    return {{LocalServerKind::ollama, 11434},
            {LocalServerKind::lm_studio, 1234},
            {LocalServerKind::llama_server, 8080}};
}

bool is_passed_on(std::string_view model) {
    return model.ends_with("-cloud") || model.ends_with(":cloud");
}

std::vector<LocalOffer> read_offers(const DiscoveryTarget& target, std::string_view answer) {
    std::vector<LocalOffer> offers;
    const auto root = json::parse(answer);
    if (!root) return offers;
    const bool ollama = target.kind == LocalServerKind::ollama;
    const auto* list = json::find(*root, ollama ? "models" : "data");
    if (list == nullptr || !list->is_array()) return offers;
    for (const auto& item : list->get_array()) {
        if (offers.size() == kMostModels) break;
        auto model = json::string_or(json::find(item, ollama ? "name" : "id"));
        if (!is_showable(model) || !is_from(target.kind, item)) continue;
        // What Ollama only passes on to its cloud is not computed here.
        const bool remote =
            !json::string_or(json::find(item, "remote_host")).empty() || is_passed_on(model);
        auto offer = make_offer(target, std::move(model));
        if (remote) offer.card.place = protocol::Place::cloud;
        const long long size = json::int_or(json::find(item, "size"), 0);
        if (size > 0 && !remote) offer.card.size_bytes = size;
        offers.push_back(std::move(offer));
    }
    return offers;
}

Discovery::Discovery(http::Client& client, async::Clock& clock,
                     std::vector<DiscoveryTarget> targets, std::chrono::milliseconds patience)
    : client_(client), clock_(clock), targets_(std::move(targets)), patience_(patience) {}

async::Task<void> Discovery::ask(http::Client& client, std::shared_ptr<Probe> probe,
                                 std::stop_token stop) {
    const auto& target = probe->target;
    if (is_refused(target)) {
        probe->done.set();
        co_return;
    }
    const bool ollama = target.kind == LocalServerKind::ollama;
    http::ClientRequest request;
    request.url = base_url_of(target) + (ollama ? "/api/tags" : "/v1/models");
    request.max_body = kMaxAnswer;
    auto fetch = client.fetch(std::move(request), std::move(stop));
    const auto response = co_await std::move(fetch);
    if (response && response->status == 200) probe->offers = read_offers(target, response->body);
    if (!probe->offers.empty()) {
        LOG_INFO("models", "a model server runs here", {"provider", provider_of(target.kind)},
                 {"models", probe->offers.size()});
    }
    probe->done.set();
}

async::Task<std::vector<LocalOffer>> Discovery::look(std::stop_token stop) {
    const auto executor = co_await boost::asio::this_coro::executor;
    async::TaskScope scope(executor);
    // One limit for all: a server that drips bytes must not keep the others waiting.
    std::stop_source limit;
    const std::stop_callback forward(stop, [limit]() mutable { limit.request_stop(); });
    scope.spawn("discovery limit", end_after(clock_, patience_, limit, scope.stop_token()));
    std::vector<std::shared_ptr<Probe>> probes;
    for (const auto& target : targets_) {
        auto probe = std::make_shared<Probe>();
        probe->target = target;
        probes.push_back(probe);
        scope.spawn("discovery", ask(client_, std::move(probe), limit.get_token()));
    }
    std::vector<LocalOffer> offers;
    for (const auto& probe : probes) {
        co_await probe->done.wait();
        std::ranges::move(probe->offers, std::back_inserter(offers));
    }
    co_await scope.close();
    co_return offers;
}

}  // namespace models
