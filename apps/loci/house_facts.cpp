#include "house_facts.hpp"

#include <filesystem>
#include <fstream>
#include <utility>

#include <fmt/core.h>
#include <unistd.h>
#include <boost/asio/this_coro.hpp>

#include "hardware.hpp"
#include "phone.hpp"

namespace loci {
namespace {

namespace fs = std::filesystem;

long long bytes_below(const fs::path& path) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) return static_cast<long long>(fs::file_size(path, error));
    long long sum = 0;
    for (auto it = fs::recursive_directory_iterator(
             path, fs::directory_options::skip_permission_denied, error);
         !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
        if (it->is_regular_file(error)) sum += static_cast<long long>(it->file_size(error));
    }
    return sum;
}

async::Task<void> read_name(ports::Store& store, std::string& name) {
    auto reading = store.get_fact("person_name");
    const auto fact = co_await std::move(reading);
    if (fact && *fact) name = **fact;
}

double resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    double pages = 0;
    double resident = 0;
    statm >> pages >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

HouseFacts::HouseFacts(ports::Store& store, chat::Persona& persona, config::Settings settings,
                       chat::EventHub& hub)
    : store_(store), persona_(persona), settings_(std::move(settings)), hub_(hub) {}

async::Task<void> HouseFacts::start() {
    executor_ = co_await boost::asio::this_coro::executor;
    co_await read_name(store_, person_name_);
    subscription_ = hub_.subscribe([this](const auto& item) {
        if (const auto* ended = std::get_if<protocol::TurnEnded>(&item->event)) {
            ++turns_;
            if (ended->state == protocol::TurnState::failed) ++failed_turns_;
            const bool named = ended->message && ended->message->detail &&
                               ended->message->detail->model == "my_name_is";
            if (named) {
                async::spawn_detached(executor_, "name", read_name(store_, person_name_));
            }
        } else if (std::holds_alternative<protocol::ReplyDelta>(item->event)) {
            ++deltas_;
        }
    });
}

std::vector<app::DataPlace> HouseFacts::data_places() const {
    const auto& data = settings_.data;
    std::vector<app::DataPlace> places = {
        {"Conversations and notes", data.database, 0},
        {"Persona", settings_.persona.workspace, 0},
        {"Models you added", data.models_folder, 0},
        {"Everything of Loci", data.folder, 0},
    };
    for (auto& place : places) place.bytes = bytes_below(place.path);
    return places;
}

protocol::Welcome HouseFacts::welcome() const {
    protocol::Welcome welcome;
    const std::string companion = persona_.name();
    welcome.person_name = person_name_;
    welcome.ask_name = person_name_.empty();
    welcome.greeting =
        person_name_.empty()
            ? fmt::format(
                  "Hello, I am {}. I live on this computer, and what you tell me stays "
                  "here. What shall I call you?",
                  companion)
            : fmt::format("Hello {}. It is good to see you again.", person_name_);
    welcome.suggestions = {"What can you do?", "What time is it?",
                           "Remember that I like my tea strong."};
    return welcome;
}

app::Hardware HouseFacts::hardware() const {
    return look_at_hardware(settings_.data.folder);
}

app::PhoneLink HouseFacts::phone_link() const {
    return loci::phone_link(settings_.server,
                            server_ == nullptr ? settings_.server.port : server_->port(),
                            own_names());
}

std::map<std::string, double> HouseFacts::metrics() const {
    std::map<std::string, double> numbers{
        {"loci_turns_total", static_cast<double>(turns_)},
        {"loci_turns_failed_total", static_cast<double>(failed_turns_)},
        {"loci_reply_deltas_total", static_cast<double>(deltas_)},
        {"loci_events_total", static_cast<double>(hub_.last_seq())},
        {"loci_resident_memory_bytes", resident_bytes()},
    };
    if (server_ != nullptr) {
        const auto stats = server_->stats();
        numbers["loci_http_requests_total"] = static_cast<double>(stats.requests);
        numbers["loci_http_refused_total"] = static_cast<double>(stats.refused);
        numbers["loci_http_connections"] = static_cast<double>(stats.connections);
        numbers["loci_websockets"] = static_cast<double>(stats.websockets);
    }
    return numbers;
}

}  // namespace loci
