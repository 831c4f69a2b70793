// What the surface needs from the composition root besides the conversation: models, settings and
// facts about the installation. Implemented in apps/loci, faked in tests; io thread only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/app/answers.hpp"
#include "async/task.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "json/json.hpp"
#include "protocol/values.hpp"

namespace app {

// A reply that is to be made again by a better model.
struct Question {
    base::PersonId person;
    base::SessionId session;
    base::MessageId reply;
};

class ModelDesk {
public:
    virtual ~ModelDesk() = default;
    [[nodiscard]] virtual std::vector<protocol::ModelCard> cards() const = 0;
    // What other programs on this machine already serve and Loci could use.
    [[nodiscard]] virtual std::vector<protocol::ModelCard> offers() const = 0;
    // Each answers when the work has begun; progress follows as models.changed.
    // Errors: not_found, conflict (already so), storage, unavailable.
    [[nodiscard]] virtual async::Task<base::Result<void>> use(std::string id) = 0;
    [[nodiscard]] virtual async::Task<base::Result<void>> pull(std::string id) = 0;
    // Answers again with this model, as soon as it is here: fetches it first when it has to. Asked
    // twice it is done once. Dropped when the conversation has moved on meanwhile, or by cancel().
    [[nodiscard]] virtual async::Task<base::Result<void>> answer(std::string id,
                                                                 Question question) = 0;
    [[nodiscard]] virtual async::Task<base::Result<void>> remove(std::string id) = 0;
    [[nodiscard]] virtual async::Task<base::Result<void>> cancel(std::string id) = 0;
};

class ConfigDesk {
public:
    virtual ~ConfigDesk() = default;
    // {values, origins, schema, restart_needed}; secrets are masked.
    [[nodiscard]] virtual json::Value show() const = 0;
    // `changes` maps dotted keys to values. Errors: invalid_argument (names the key), storage.
    [[nodiscard]] virtual base::Result<ConfigChange> patch(const json::Value& changes) = 0;
};

class HouseDesk {
public:
    virtual ~HouseDesk() = default;
    [[nodiscard]] virtual std::vector<DataPlace> data_places() const = 0;
    [[nodiscard]] virtual protocol::Welcome welcome() const = 0;
    [[nodiscard]] virtual Hardware hardware() const = 0;
    [[nodiscard]] virtual PhoneLink phone_link() const = 0;
    // Numbers for /metrics by Prometheus name, such as loci_http_requests_total.
    [[nodiscard]] virtual std::map<std::string, double> metrics() const = 0;
};

}  // namespace app
