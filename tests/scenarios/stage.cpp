#include "stage.hpp"

#include <filesystem>

#include <unistd.h>

namespace scenarios {
namespace {

const base::PersonId kPerson("owner");

std::filesystem::path workspace() {
    return std::filesystem::temp_directory_path() / ("loci-scenario-" + std::to_string(::getpid()));
}

chat::IntentBook intents() {
    auto book = chat::parse_intents(chat::built_in_intents());
    return book ? std::move(*book) : chat::IntentBook{};
}

}  // namespace

Stage::Stage()
    : llm_(std::make_shared<adapters::ScriptedLlm>(clock_)),
      persona_(workspace(), chat::built_in_persona()),
      reflex_(intents(), store_, clock_),
      notes_(store_),
      body_(io_.get_executor(), clock_, hub_, store_),
      services_{
          io_.get_executor(), clock_, store_, hub_, persona_, reflex_, notes_, router_, body_, {}} {
    const auto prepared = persona_.prepare();
    static_cast<void>(prepared);  // without files the prompt is short, no scenario minds
    services_.options.reflexes = chat::ReflexPolicy::off;
    set_route(chat::ModelGrade::capable);
    subscription_ = hub_.subscribe([this](const auto& item) { events_.push_back(item); });
    open_inbox();
}

Stage::~Stage() {
    async::spawn_detached(io_.get_executor(), "close", inbox_->close());
    async::testing::ManualClock::settle(io_);
    clock_.advance(io_, std::chrono::hours(1));
    std::error_code ignored;
    std::filesystem::remove_all(workspace(), ignored);
}

void Stage::set_route(chat::ModelGrade grade) {
    chat::ModelProfile profile;
    profile.id = "scripted/test";
    profile.model = "test";
    profile.label = "Scripted";
    profile.grade = grade;
    router_.put({profile, llm_});
    router_.set_default(profile.id);
}

void Stage::use(chat::ModelProfile profile, std::shared_ptr<ports::LlmProvider> provider) {
    router_.set_default(profile.id);
    router_.put({std::move(profile), std::move(provider)});
}

void Stage::open_inbox() {
    inbox_ = std::make_unique<chat::Inbox>(services_);
    const auto recovered = run(inbox_->recover());
    static_cast<void>(recovered);
}

void Stage::crash() {
    // The old one hears nothing more: its model hangs for ever and the store has forgotten it.
    dead_.push_back(std::move(inbox_));
    llm_ = std::make_shared<adapters::ScriptedLlm>(clock_);
    set_route(chat::ModelGrade::capable);
    open_inbox();
}

void Stage::restart() {
    async::spawn_detached(io_.get_executor(), "close", inbox_->close());
    async::testing::ManualClock::settle(io_);
    dead_.push_back(std::move(inbox_));
    open_inbox();
}

base::Result<chat::Receipt> Stage::say(const std::string& text, chat::SubmitOptions options) {
    if (options.idempotency_key.empty()) options.idempotency_key = base::new_uuid();
    chat::Incoming incoming{kPerson, session_, "web", text, std::move(options)};
    auto receipt = run(inbox_->submit(std::move(incoming)));
    if (receipt) {
        session_ = receipt->message.session;
        if (!receipt->duplicate) said_.push_back(receipt->message.id);
    }
    return receipt;
}

base::Result<chat::Receipt> Stage::edit(int number, const std::string& text) {
    chat::SubmitOptions options;
    options.idempotency_key = base::new_uuid();
    auto receipt = run(inbox_->edit(kPerson, said_.at(static_cast<std::size_t>(number) - 1), text,
                                    std::move(options)));
    if (receipt) said_.push_back(receipt->message.id);
    return receipt;
}

base::Result<chat::Receipt> Stage::retry() {
    chat::SubmitOptions options;
    options.idempotency_key = base::new_uuid();
    return run(inbox_->retry(kPerson, session_.value(), std::move(options)));
}

void Stage::stop() {
    const auto stopped = run(inbox_->stop(kPerson, session_.value()));
    static_cast<void>(stopped);
}

std::vector<ports::MessageRow> Stage::stored() {
    ports::MessagePage page;
    page.session = session_.value();
    auto rows = run(store_.list_messages(std::move(page)));
    return rows ? std::move(*rows) : std::vector<ports::MessageRow>{};
}

}  // namespace scenarios
