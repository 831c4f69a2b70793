// HouseFacts: what the page and monitoring ask about the installation: data folders, the authored
// welcome, numbers. Owned by House; io thread only.
#pragma once

#include "api/app/desks.hpp"
#include "chat/event_hub.hpp"
#include "chat/persona.hpp"
#include "config/settings.hpp"
#include "http/server.hpp"
#include "ports/store.hpp"

namespace loci {

class HouseFacts final : public app::HouseDesk {
public:
    HouseFacts(ports::Store& store, chat::Persona& persona, config::Settings settings,
               chat::EventHub& hub);

    // Reads the person's name, and follows the events that may change it.
    [[nodiscard]] async::Task<void> start();
    void set_server(const http::Server* server) { server_ = server; }

    [[nodiscard]] std::vector<app::DataPlace> data_places() const override;
    [[nodiscard]] protocol::Welcome welcome() const override;
    [[nodiscard]] app::Hardware hardware() const override;
    [[nodiscard]] app::PhoneLink phone_link() const override;
    [[nodiscard]] std::map<std::string, double> metrics() const override;

private:
    ports::Store& store_;
    chat::Persona& persona_;
    config::Settings settings_;
    chat::EventHub& hub_;
    const http::Server* server_ = nullptr;
    std::string person_name_;
    // Counted from the event stream.
    unsigned long long turns_ = 0;
    unsigned long long failed_turns_ = 0;
    unsigned long long deltas_ = 0;
    std::shared_ptr<void> subscription_;
    async::Executor executor_;
};

}  // namespace loci
