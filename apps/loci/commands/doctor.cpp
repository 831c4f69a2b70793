// `loci doctor`: looks at everything a conversation needs and says what is missing and what to do.
// Ends with 1 when something that was asked for cannot work.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/core.h>

#include "adapters/store_sqlite/migrations.hpp"
#include "base/text.hpp"
#include "chat/body_book.hpp"
#include "commands/commands.hpp"
#include "commands/console.hpp"
#include "engine_setup.hpp"
#include "hardware.hpp"
#include "house.hpp"
#include "models/advice.hpp"
#include "models/discovery.hpp"
#include "pid_file.hpp"
#include "speech_servers.hpp"
#include "speech_setup.hpp"

namespace loci {
namespace {

namespace fs = std::filesystem;

class Report {
public:
    void good(const std::string& what, const std::string& detail) { line("ok", what, detail, ""); }
    void note(const std::string& what, const std::string& detail, const std::string& hint) {
        line("--", what, detail, hint);
    }
    void bad(const std::string& what, const std::string& detail, const std::string& hint) {
        line("!!", what, detail, hint);
        failed_ = true;
    }
    [[nodiscard]] bool failed() const { return failed_; }

private:
    static void line(const char* mark, const std::string& what, const std::string& detail,
                     const std::string& hint) {
        fmt::print("{} {:<14} {}\n", mark, what, detail);
        if (!hint.empty()) fmt::print("   {:<14} → {}\n", "", hint);
    }
    bool failed_ = false;
};

std::string human(unsigned long long bytes) {
    return base::human_bytes(bytes);
}

void look_at_machine(Report& report, const config::Settings& settings) {
    const auto found = look_at_hardware(settings.data.folder);
    report.good("machine",
                fmt::format("{}, {} cores, {} memory",
                            found.processor.empty() ? "processor" : found.processor, found.cores,
                            human(static_cast<unsigned long long>(found.memory_bytes))));
    report.good("system", found.system);
    const auto free = static_cast<unsigned long long>(found.disk_free_bytes);
    if (free < 500'000'000) {
        report.bad("disk", human(free) + " free", "make room: 500 MB at least");
    } else {
        report.good("disk", human(free) + " free for " + settings.data.folder);
    }
    report.note("gpu", found.gpu.empty() ? "none found" : found.gpu, "");
}

void look_at_config(Report& report, const config::Loaded& loaded) {
    for (const auto& problem : loaded.problems) {
        report.bad("config", problem.text(), "`loci config check` lists them all");
    }
    if (loaded.problems.empty()) {
        report.good("config",
                    loaded.config_file.empty() ? "built-in settings" : loaded.config_file.string());
    }
}

// The owner's own words for the body.
void look_at_words(Report& report, const config::Settings& settings) {
    const fs::path folder = fs::path(settings.persona.workspace) / chat::kBodyFolder;
    const auto own = chat::read_body_folder(folder);
    for (const auto& fault : own.faults) {
        report.bad("body words", fault.message + "; this file is left out, the others are used",
                   fault.hint.empty() ? "mend it in " + folder.string() : fault.hint);
    }
    if (!own.files.empty()) {
        report.good("body words", fmt::format("{} files in {}", own.files.size(), folder.string()));
    }
}

void look_at_data(Report& report, const config::Settings& settings) {
    std::error_code error;
    if (!fs::exists(settings.data.database, error)) {
        report.note("database", settings.data.database + " is made at the first start", "");
        return;
    }
    adapters::DataPaths paths;
    paths.database = settings.data.database;
    const auto status = adapters::migration_status(paths);
    if (!status) {
        report.bad("database", status.error().message, status.error().hint);
    } else if (!status->pending.empty()) {
        report.note("database", fmt::format("{} migrations wait", status->pending.size()),
                    "they run at the next start");
    } else {
        report.good("database",
                    fmt::format("{}, schema {}", settings.data.database, status->current));
    }
}

void look_at_engine(Report& report, const config::Settings& settings, const fs::path& folder) {
    auto catalogue = models::Catalogue::builtin();
    if (!catalogue) {
        report.bad("models", catalogue.error().message, "");
        return;
    }
    const ModelShelf shelf(std::move(*catalogue), model_folders(settings),
                           settings.speech.families);
    if (settings.engine.mode == config::EngineMode::off) {
        report.note("engine", "switched off by engine.mode", "");
    } else if (find_engine_program(folder).empty()) {
        report.bad("engine", "loci-engine is not built", "run ./loci up");
    } else {
        report.good("engine", find_engine_program(folder));
    }
    bool any_chat = false;
    bool only_starters = true;
    for (const auto& entry : shelf.entries()) {
        if (!shelf.state(entry.id).present) continue;
        any_chat = any_chat || entry.role == "chat";
        only_starters = only_starters && (entry.role != "chat" || entry.starter);
        report.good("model", fmt::format("{} ({})", entry.name, entry.role));
    }
    const auto machine = models::look_at_memory();
    const auto* better = models::recommend(shelf.entries(), machine, [&](const auto& entry) {
        return !shelf.state(entry.id).present;
    });
    const std::string pull = better == nullptr ? "" : "`loci models pull " + better->id + "`";
    if (!any_chat) {
        report.note("model", "no chat model lies on this machine",
                    better == nullptr ? "./loci up brings the starter"
                                      : "./loci up brings the starter, " + pull + " a real one");
    } else if (better != nullptr && only_starters) {
        const auto advice = models::advise(*better, machine);
        report.note(
            "better model",
            fmt::format("{}, {}, {}", better->name,
                        human(static_cast<unsigned long long>(better->bytes)), better->licence),
            pull + (advice.memory_note.empty() ? "" : "; it " + advice.memory_note));
    }
}

// Whether a chosen server has what it needs, and answers.
void look_at_speech_server(Report& report, const char* what,
                           const adapters::speech_http::SpeechServer& server,
                           adapters::speech_http::Use use) {
    const auto known = adapters::speech_http::completed(server);
    const auto answered = ask_server(server, use);
    if (answered) {
        report.good(what, fmt::format("{} ({})", who(known), title(known.kind)));
    } else {
        report.bad(what, answered.error().message, answered.error().hint);
    }
}

void look_at_hearing(Report& report, const ModelShelf& shelf, const SpeechChoice& choice) {
    if (const auto* server = server_of(choice.servers, choice.hearing_server)) {
        look_at_speech_server(report, "hearing", *server, adapters::speech_http::Use::hearing);
    } else if (choice.recogniser.empty()) {
        report.note("hearing", "no speech recogniser lies on this machine",
                    "./loci up brings the starter");
    } else if (!shelf.state(choice.recogniser).present) {
        report.bad("hearing", choice.recogniser + " is chosen, and not there",
                   "bring it, describe it below speech.servers, or set speech.recogniser to auto");
    } else if (const auto& state = shelf.state(choice.recogniser); !state.broken.empty()) {
        report.bad("hearing", choice.recogniser + ": " + state.broken, "bring it again");
    } else {
        report.good("hearing", choice.recogniser);
    }
}

// Models that are folders: what each is, or lacks.
void look_at_folders(Report& report, const ModelShelf& shelf, const std::string& libraries) {
    bool any = false;
    for (const auto& entry : shelf.entries()) {
        if (entry.family.empty()) continue;
        any = true;
        const auto& state = shelf.state(entry.id);
        if (state.broken.empty()) {
            report.good("speech model",
                        fmt::format("{}: a {}, {}", entry.id, entry.role, entry.family));
        } else {
            report.bad("speech model", fmt::format("{}: {}", entry.id, state.broken),
                       "bring its folder again (docs/speech-models.md), or remove it");
        }
    }
    std::error_code ignored;
    if (any && !fs::exists(fs::path(libraries) / "libsherpa-onnx-c-api.so", ignored)) {
        report.bad("speech model", "sherpa-onnx, which runs models that are folders, is missing",
                   "run ./loci set-up");
    }
}

void look_at_voice(Report& report, const SpeechChoice& choice) {
    if (const auto* server = server_of(choice.servers, choice.voice)) {
        look_at_speech_server(report, "voice", *server, adapters::speech_http::Use::speaking);
        return;
    }
    const auto mine = std::ranges::find(choice.voices, choice.voice,
                                        [](const auto& voice) { return voice.voice.id; });
    if (mine == choice.voices.end()) {
        report.bad("voice", choice.voice + " is chosen, and not there",
                   "bring it, or set speech.voice to flite");
    } else if (!mine->voice.lacks.empty()) {
        report.bad("voice", choice.voice + ": " + mine->voice.lacks,
                   "set speech.voice to flite until that is mended");
    } else {
        report.good("voice", choice.voice);
    }
}

void look_at_speech(Report& report, const config::Settings& settings, const fs::path& folder) {
    auto catalogue = models::Catalogue::builtin();
    if (!catalogue) return;  // said above
    const ModelShelf shelf(std::move(*catalogue), model_folders(settings),
                           settings.speech.families);
    const auto choice = choose_speech(shelf, settings);
    look_at_hearing(report, shelf, choice);
    look_at_voice(report, choice);
    look_at_folders(report, shelf, find_speech_folder(folder));
    if (find_speech_folder(folder).empty()) {
        report.note("turn taking", "ONNX Runtime is missing: no voice activity, no Piper voices",
                    "run ./loci set-up");
    } else if (choice.activity.empty() || choice.turn.empty()) {
        report.note("turn taking", "its two small models are missing", "./loci up brings them");
    } else {
        report.good("turn taking", choice.activity + ", " + choice.turn);
    }
    if (!choice.wake.lack.empty()) {
        report.note("wake phrase", choice.wake.lack, "");
    } else if (!choice.wake.phrase.empty()) {
        report.good("wake phrase",
                    fmt::format("\"{}\", heard by {}", choice.wake.phrase,
                                choice.wake.model.empty() ? "the recogniser" : choice.wake.model));
    }
}

void look_at_neighbours(Report& report, const config::Settings& settings) {
    if (!settings.models.discover) return;
    const auto offers = look_around();
    for (const auto& offer : offers) {
        report.note("found", fmt::format("{} at {}", offer.card.id, offer.base_url),
                    "choose it on the page Models");
    }
    if (offers.empty()) report.note("found", "no other model server on this machine", "");
}

void look_at_server(Report& report, const config::Settings& settings) {
    const int pid = running_server(settings.data.folder).pid;
    if (pid == 0) {
        report.note("server", "not running", "`loci start`, or ./loci up");
        return;
    }
    ServerConsole console(settings);
    const auto answer = console.ask("GET", "/readyz");
    if (!answer) {
        report.bad("server", fmt::format("process {} does not answer at {}", pid, console.url()),
                   answer.error().message);
        return;
    }
    report.good("server", fmt::format("process {} at {}", pid, console.url()));
    const auto* subsystems = json::find(*answer, "subsystems");
    if (subsystems == nullptr || !subsystems->is_array()) return;
    for (const auto& item : subsystems->get_array()) {
        const std::string health = json::string_or(json::find(item, "health"));
        const std::string name = "  " + json::string_or(json::find(item, "name"));
        const std::string detail = json::string_or(json::find(item, "detail"));
        if (health == "up") {
            report.good(name, detail);
        } else {
            report.note(name, fmt::format("{}: {}", health, detail),
                        json::string_or(json::find(item, "hint")));
        }
    }
}

}  // namespace

int run_doctor(const ServeFlags& flags) {
    const auto loaded = load_settings(flags);
    if (!loaded) return loaded.error();
    Report report;
    fmt::print("Loci {}\n", version());
    const fs::path folder = flags.program.parent_path();
    look_at_machine(report, loaded->settings);
    look_at_config(report, *loaded);
    look_at_data(report, loaded->settings);
    look_at_words(report, loaded->settings);
    look_at_engine(report, loaded->settings, folder);
    look_at_speech(report, loaded->settings, folder);
    const fs::path page = find_page(folder);
    if (page.empty()) {
        report.bad("page", "not built", "run ./loci up");
    } else {
        report.good("page", page.string());
    }
    look_at_neighbours(report, loaded->settings);
    look_at_server(report, loaded->settings);
    return report.failed() ? 1 : 0;
}

}  // namespace loci
