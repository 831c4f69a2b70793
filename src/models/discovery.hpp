// Discovery: looks on this machine's loopback for model servers that already run (Ollama,
// LM Studio, llama-server) and offers their models. Made at the composition root; io thread. Never
// fails: who does not answer soon, or answers nonsense, offers nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "async/clock.hpp"
#include "async/task.hpp"
#include "http/client.hpp"
#include "protocol/values.hpp"

namespace models {

enum class LocalServerKind { ollama, lm_studio, llama_server };

struct DiscoveryTarget {
    LocalServerKind kind;
    std::uint16_t port;  // on this machine's loopback
};

// The ports that these servers use when nobody changes them.
[[nodiscard]] std::vector<DiscoveryTarget> usual_targets();

struct LocalOffer {
    LocalServerKind kind;
    std::string base_url;      // without /v1
    std::string model;         // the server's own id
    protocol::ModelCard card;  // id is "provider/model"
};

class Discovery {
public:
    // `client` and `clock` must outlive it.
    Discovery(http::Client& client, async::Clock& clock,
              std::vector<DiscoveryTarget> targets = usual_targets(),
              std::chrono::milliseconds patience = std::chrono::milliseconds(1'500));

    // All targets at the same time, in their order; ends when `patience` has passed.
    [[nodiscard]] async::Task<std::vector<LocalOffer>> look(std::stop_token stop);

private:
    struct Probe;
    static async::Task<void> ask(http::Client& client, std::shared_ptr<Probe> probe,
                                 std::stop_token stop);

    http::Client& client_;
    async::Clock& clock_;
    std::vector<DiscoveryTarget> targets_;
    std::chrono::milliseconds patience_;
};

// Whether a model that a local server names is only passed on by it to a cloud.
[[nodiscard]] bool is_passed_on(std::string_view model);

// Offers in one server's answer; hostile until parsed.
[[nodiscard]] std::vector<LocalOffer> read_offers(const DiscoveryTarget& target,
                                                  std::string_view answer);

}  // namespace models
