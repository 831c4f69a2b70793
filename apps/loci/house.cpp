#include "house.hpp"

#include <array>
#include <fstream>
#include <optional>
#include <utility>

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/store_sqlite/sqlite_store.hpp"
#include "api/app/app_api.hpp"
#include "async/task_scope.hpp"
#include "base/log.hpp"
#include "chat/inbox.hpp"
#include "chat_setup.hpp"
#include "config/folders.hpp"
#include "engine_setup.hpp"
#include "house_facts.hpp"
#include "http/client.hpp"
#include "http/server.hpp"
#include "log_setup.hpp"
#include "log_table.hpp"
#include "model_registry.hpp"
#include "openai_surfaces.hpp"
#include "owner_speech.hpp"
#include "phone.hpp"
#include "pid_file.hpp"
#include "server_setup.hpp"
#include "settings_desk.hpp"

namespace loci {
namespace {

namespace fs = std::filesystem;

base::Result<void> make_private_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    struct stat info{};
    const bool is_private =
        !error && ::stat(folder.c_str(), &info) == 0 && (info.st_mode & 07777) == 0700;
    if (is_private) return {};  // asking for it again fails where nothing can be written
    if (error || ::chmod(folder.c_str(), 0700) != 0) {
        return base::fail(base::ErrorCode::storage,
                          fmt::format("cannot make the data folder {}: {}", folder.string(),
                                      error ? error.message() : "its permissions cannot be set"),
                          "choose another place with --data or data.folder");
    }
    return {};
}

chat::IntentBook built_in_book() {
    auto book = chat::parse_intents(chat::built_in_intents());
    if (!book) {
        LOG_ERROR("reflex", "the built-in reflexes are broken", {"reason", book.error().message});
        return {};
    }
    return std::move(*book);
}

// A folder that came with the program: `name` below share/loci of an installation, or `in_tree` of
// a source tree that holds the build folder; `probe` lies in it. Empty when there is none.
fs::path find_folder(const fs::path& program_folder, const char* name, const char* in_tree,
                     const char* probe) {
    std::error_code ignored;
    const fs::path installed = program_folder.parent_path() / "share/loci" / name;
    if (fs::exists(installed / probe, ignored)) return installed;
    fs::path folder = program_folder;
    for (int level = 0; level < 5 && folder.has_relative_path(); ++level) {
        folder = folder.parent_path();
        if (fs::exists(folder / in_tree / probe, ignored)) return folder / in_tree;
    }
    return {};
}

}  // namespace

struct House::State {
    State(boost::asio::io_context& context, HouseOptions given)
        : io(context), options(std::move(given)), tasks(context.get_executor()) {}

    [[nodiscard]] const config::Settings& settings() const { return options.loaded.settings; }
    [[nodiscard]] base::Result<void> build();
    void build_speech();
    void load_profile();
    void report_sections();
    void take_over(const config::Settings& changed);
    void choose_speech_again();
    // As they are now, with the phrase that a wake model brings.
    [[nodiscard]] config::Speech speech_wishes() const;
    void report_storage();
    // Disks fill up and databases are damaged while the server runs.
    [[nodiscard]] async::Task<void> watch_storage(std::stop_token stop);
    // What a crash interrupted is marked, what was accepted is answered.
    [[nodiscard]] async::Task<void> settle(base::Result<void>& settled);

    boost::asio::io_context& io;
    HouseOptions options;
    std::optional<PidFile> pid_file;
    std::unique_ptr<async::Clock> clock = async::make_system_clock();
    std::unique_ptr<adapters::SqliteStore> store;
    std::unique_ptr<LogTable> log_table;
    std::unique_ptr<chat::EventHub> hub;
    std::unique_ptr<chat::StatusBoard> status;
    std::unique_ptr<http::Client> http_client;
    std::unique_ptr<ModelShelf> shelf;
    std::unique_ptr<adapters::llm_engine::EngineHost> engine;
    std::unique_ptr<chat::Persona> persona;
    std::unique_ptr<chat::Reflex> reflex;
    std::unique_ptr<chat::NoteRecall> notes;
    std::unique_ptr<chat::ModelRouter> router;
    std::unique_ptr<chat::BodyLink> body;
    std::unique_ptr<chat::ChatServices> services;
    std::unique_ptr<chat::Inbox> inbox;
    std::unique_ptr<ModelRegistry> models;
    std::unique_ptr<SettingsDesk> settings_desk;
    std::unique_ptr<HouseFacts> facts;
    std::unique_ptr<app::Auth> auth;
    std::unique_ptr<app::Intake> intake;
    std::unique_ptr<SpeechSetup> speech;  // null: the engine is off
    std::unique_ptr<OwnerSpeech> owner_speech;
    std::unique_ptr<app::AssetShelf> assets;
    std::unique_ptr<app::AppApi> api;
    std::unique_ptr<OpenAiSurfaces> surfaces;
    std::unique_ptr<http::Server> server;
    bool is_settled = false;
    std::stop_source stop_logs;
    async::TaskScope tasks;
};

base::Result<void> House::State::build() {
    const auto executor = io.get_executor();
    TRY(catalogue, models::Catalogue::builtin());
    shelf = std::make_unique<ModelShelf>(std::move(catalogue), model_folders(settings()),
                                         settings().speech.families);
    engine = make_engine(executor, *clock, settings(), options.program_folder, *shelf);
    hub = std::make_unique<chat::EventHub>();
    status = std::make_unique<chat::StatusBoard>(*hub);
    log_table = std::make_unique<LogTable>(*clock, *store);
    http_client = std::make_unique<http::Client>(executor);
    persona =
        std::make_unique<chat::Persona>(settings().persona.workspace, chat::built_in_persona());
    const auto prepared = persona->prepare();
    if (!prepared) {
        status->set("persona", protocol::Health::degraded, prepared.error().message,
                    prepared.error().hint);
    }
    persona->set_personality(personality(settings()));
    if (settings().persona.load_profile) load_profile();
    reflex = std::make_unique<chat::Reflex>(built_in_book(), *store, *clock);
    notes = std::make_unique<chat::NoteRecall>(*store);
    router = std::make_unique<chat::ModelRouter>();
    router->set_privacy(privacy(settings()));
    body = std::make_unique<chat::BodyLink>(executor, *clock, *hub, *store);
    body->use_folder(std::filesystem::path(settings().persona.workspace) / chat::kBodyFolder);
    services = std::make_unique<chat::ChatServices>(
        chat::ChatServices{executor, *clock, *store, *hub, *persona, *reflex, *notes, *router,
                           *body, chat_options(settings())});
    inbox = std::make_unique<chat::Inbox>(*services);
    RegistryParts parts{executor, *clock,  *http_client, *store, *hub,   *status,
                        *router,  *reflex, *notes,       *shelf, *inbox, engine.get()};
    parts.on_models = [this] { choose_speech_again(); };
    models = std::make_unique<ModelRegistry>(std::move(parts), settings());
    settings_desk = std::make_unique<SettingsDesk>(
        options.request, options.loaded,
        [this](const config::Settings& changed) { take_over(changed); });
    facts = std::make_unique<HouseFacts>(*store, *persona, settings(), *hub);
    auth = std::make_unique<app::Auth>(settings().auth.key);
    intake = std::make_unique<app::Intake>(*clock, intake_options(settings().limits));
    if (engine) build_speech();
    report_speech(*status, owner_speech.get());
    assets = std::make_unique<app::AssetShelf>(
        settings().data.assets_folder,
        find_folder(options.program_folder, "characters", "characters", "nook"));
    api = std::make_unique<app::AppApi>(
        app::AppContext{*services, *inbox, *status, *models, *settings_desk, *facts, *auth, *intake,
                        *assets, options.version, owner_speech.get()});
    surfaces = std::make_unique<OpenAiSurfaces>(
        SurfaceParts{executor, *clock, *services, *inbox, speech.get(),
                     [this](std::string_view key) { return auth->accepts(key); },
                     [this] { return speech_wishes(); }},
        settings().server.realtime_port);
    return {};
}

void House::State::build_speech() {
    auto choice = choose_speech(*shelf, settings());
    speech = std::make_unique<SpeechSetup>(
        SpeechParts{io.get_executor(), *clock, *http_client, *engine}, choice,
        [this](const std::string& name, const base::Error* failure) {
            owner_speech->note(name, failure);
            report_speech(*status, owner_speech.get());
        });
    owner_speech = std::make_unique<OwnerSpeech>(*speech, std::move(choice), *settings_desk,
                                                 options.program_folder);
}

// What holds without a restart.
void House::State::take_over(const config::Settings& changed) {
    services->options = chat_options(changed);
    intake->configure(intake_options(changed.limits));
    configure_log(changed.logging);
    persona->set_personality(personality(changed));
    router->set_privacy(privacy(changed));
    models->configure(changed);
    choose_speech_again();
    if (owner_speech) owner_speech->settings_changed();
}

config::Speech House::State::speech_wishes() const {
    config::Speech now = settings_desk->current().settings.speech;
    if (owner_speech) now.wake_phrase = owner_speech->wake().phrase;
    return now;
}

void House::State::choose_speech_again() {
    if (!owner_speech) return;
    owner_speech->take(choose_speech(*shelf, settings_desk->current().settings));
    report_speech(*status, owner_speech.get());
    tasks.spawn("speech servers", speech->ask_servers(stop_logs.get_token()));
}

void House::State::report_storage() {
    const std::string reason = store->read_only_reason();
    status->set("storage", reason.empty() ? protocol::Health::up : protocol::Health::degraded,
                reason, reason.empty() ? "" : "nothing new can be kept until this is mended");
}

async::Task<void> House::State::watch_storage(std::stop_token stop) {
    bool going_on = true;
    while (going_on) {
        going_on = co_await clock->sleep_for(std::chrono::seconds(1), stop);
        report_storage();
    }
}

void House::State::load_profile() {
    const fs::path given = settings().persona.profile_file;
    const fs::path file = given.empty() ? fs::path(settings().data.folder) / "profile.md" : given;
    const auto taken = persona->take_profile(file);
    if (taken) {
        LOG_INFO("persona", "profile", {"taken", *taken == chat::Taken::yes});
    } else {
        LOG_WARN("persona", "the profile was not taken over", {"reason", taken.error().text()});
        status->set("persona", protocol::Health::degraded, taken.error().message,
                    taken.error().hint);
    }
}

void House::State::report_sections() {
    status->set("server", protocol::Health::up, "");
    report_storage();
    std::string faults;
    for (const auto& problem : options.loaded.problems) {
        LOG_WARN("config", "a setting is not in force", {"problem", problem.text()});
        faults += (faults.empty() ? "" : "; ") + problem.text();
    }
    status->set("config", faults.empty() ? protocol::Health::up : protocol::Health::degraded,
                faults, faults.empty() ? "" : "`loci config check` lists them");
}

async::Task<void> House::State::settle(base::Result<void>& settled) {
    co_await models->prepare();
    auto recovering = inbox->recover();
    settled = co_await std::move(recovering);
    is_settled = true;
}

House::House(std::unique_ptr<State> state) : state_(std::move(state)) {}
House::~House() = default;

base::Result<std::unique_ptr<House>> House::build(boost::asio::io_context& io,
                                                  HouseOptions options) {
    const auto& settings = options.loaded.settings;
    TRY_DO(check_exposure(settings));
    const fs::path folder = settings.data.folder;
    TRY_DO(make_private_folder(folder));
    TRY(pid_file, PidFile::take(folder.string()));
    TRY(moved, config::follow_folders(options.loaded));
    for (const auto& line : moved) LOG_INFO("data", line);
    auto state = std::make_unique<State>(io, std::move(options));
    state->pid_file.emplace(std::move(pid_file));
    adapters::SqliteStore::Options paths;
    paths.database = state->settings().data.database;
    paths.backup_folder = (folder / "backups").string();
    auto store = adapters::SqliteStore::open(std::move(paths));
    if (!store) {
        return base::fail(std::move(store.error()).within(state->settings().data.database));
    }
    state->store = std::move(*store);
    TRY_DO(state->build());
    return std::unique_ptr<House>(new House(std::move(state)));
}

base::Result<void> House::open() {
    State& s = *state_;
    http::Router router;
    s.api->add_routes(router);
    s.surfaces->add_routes(router);
    const fs::path page = find_page(s.options.program_folder);
    if (!page.empty()) router.add_static(page.string());
    TRY(options, server_options(s.settings(), s.settings().data.folder));
    s.server = std::make_unique<http::Server>(s.io.get_executor(), std::move(router), options);
    // Before anyone can be heard: a turn that starts now must not be taken for one of before.
    base::Result<void> settled;
    async::spawn_detached(s.io.get_executor(), "settle", s.settle(settled));
    while (!s.is_settled && s.io.run_one() > 0) {
    }
    s.io.restart();
    if (!settled && s.store->read_only_reason().empty()) return settled;
    TRY_DO(s.server->start());
    TRY_DO(s.surfaces->open_port(options, s.auth->guard()));
    TRY_DO(s.pid_file->tell_url(url()));
    s.facts->set_server(s.server.get());
    s.report_sections();
    s.status->set("page", page.empty() ? protocol::Health::off : protocol::Health::up,
                  page.empty() ? "the page is not built" : "",
                  page.empty() ? "run ./loci up once" : "");
    s.tasks.spawn("log table", s.log_table->run(s.stop_logs.get_token()));
    s.tasks.spawn("storage", s.watch_storage(s.stop_logs.get_token()));
    s.tasks.spawn("models", s.models->start());
    s.tasks.spawn("facts", s.facts->start());
    if (s.speech) {
        s.tasks.spawn("speech servers", s.speech->ask_servers(s.stop_logs.get_token()));
    }
    return {};
}

std::string House::url() const {
    const auto& server = state_->settings().server;
    const bool tls = server.tls.mode != config::TlsMode::off;
    return fmt::format("{}://{}:{}", tls ? "https" : "http",
                       listens_everywhere(server.host) ? "127.0.0.1" : url_host(server.host),
                       state_->server ? state_->server->port() : server.port);
}

app::PhoneLink House::phone_link() const {
    return state_->facts->phone_link();
}

async::Clock& House::clock() {
    return *state_->clock;
}

bool House::reload() {
    const auto reloaded = state_->settings_desk->reload();
    if (reloaded) return *reloaded;
    LOG_WARN("config", "the configuration was not taken over", {"reason", reloaded.error().text()});
    return false;
}

async::Task<void> House::close() {
    State& s = *state_;
    co_await s.inbox->close();
    co_await s.surfaces->close();
    if (s.server) co_await s.server->close();
    co_await s.models->close();
    LOG_INFO("server", "closed");
    s.stop_logs.request_stop();
    co_await s.tasks.close();
}

fs::path find_page(const fs::path& program_folder) {
    return find_folder(program_folder, "web", "web/dist", "index.html");
}

}  // namespace loci
