// The program `loci`: server and command line in one binary. CLI11 is named only here.
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "commands/commands.hpp"
#include "serve.hpp"

namespace {

// Adds a flag that overrides one setting.
void add_override(CLI::App& app, std::vector<config::Override>& overrides, const std::string& flag,
                  const std::string& key, const std::string& help) {
    app.add_option_function<std::string>(
        flag,
        [&overrides, key, flag](const std::string& value) {
            overrides.push_back({key, value, flag});
        },
        help);
}

void add_serve_options(CLI::App& app, loci::ServeFlags& flags) {
    app.add_option("--config", flags.config, "configuration file (YAML, TOML or JSON)");
    auto& overrides = flags.overrides;
    add_override(app, overrides, "--host", "server.host", "address to listen on");
    add_override(app, overrides, "--port", "server.port", "port to listen on (0: any)");
    add_override(app, overrides, "--data", "data.folder", "folder of all data");
    add_override(app, overrides, "--log-level", "logging.level", "trace, debug, info, warn, error");
    add_override(app, overrides, "--log-format", "logging.format", "pretty, compact or json");
    add_override(app, overrides, "--logfile", "logging.file", "also write the log to this file");
    add_override(app, overrides, "--engine", "engine.mode", "child, inline or off");
    app.add_flag_function(
        "--no-browser",
        [&overrides](std::int64_t) {
            overrides.push_back({"server.open_browser", "false", "--no-browser"});
        },
        "do not open a browser");
    app.add_flag(
        "--reload", flags.reload,
        "for development: take changed settings over, and start again when a setting needs "
        "it or the program was rebuilt; persona and page are always read fresh");
}

std::filesystem::path program_path(const char* argv0) {
    std::error_code error;
    auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::filesystem::absolute(argv0) : path;
}

// What a subcommand takes besides its name.
enum class Takes { nothing, maybe_argument, argument };

// One subcommand with an action: `loci models pull qwen3-4b`.
template <class Action>
struct Choice {
    const char* name;
    Action action;
    const char* help;
    Takes takes = Takes::nothing;
    const char* argument = "";  // what it is
};

template <class Action, std::size_t N, class Run>
void add_actions(CLI::App& parent, const std::array<Choice<Action>, N>& choices,
                 std::string* argument, Run run) {
    parent.require_subcommand(1);
    for (const auto& choice : choices) {
        CLI::App* sub = parent.add_subcommand(choice.name, choice.help);
        if (choice.takes != Takes::nothing) {
            sub->add_option("ARGUMENT", *argument, choice.argument)
                ->required(choice.takes == Takes::argument);
        }
        sub->callback([run, action = choice.action] { run(action); });
    }
}

struct Invocation {
    loci::ServeFlags flags;
    std::string text;
    std::string argument;
    loci::LogsOptions logs;
    loci::RestartOptions restart;
    int (*daemon)(const loci::ServeFlags&) = nullptr;  // of --daemon, --stop, --status
    loci::SpeakCall speak;
    loci::TranscribeCall transcribe;
    int status = 0;
    bool handled = false;
};

void add_config(CLI::App& app, Invocation& call) {
    using loci::ConfigAction;
    CLI::App* sub = app.add_subcommand("config", "the settings in force");
    constexpr std::array<Choice<ConfigAction>, 4> kChoices = {{
        {"show", ConfigAction::show, "every setting, where it comes from; secrets masked"},
        {"check", ConfigAction::check, "what is wrong with the configuration"},
        {"schema", ConfigAction::schema, "JSON Schema of the configuration file"},
        {"docs", ConfigAction::docs, "the reference page in Markdown"},
    }};
    add_actions(*sub, kChoices, nullptr, [&call](ConfigAction action) {
        call.handled = true;
        call.status = loci::run_config(call.flags, action);
    });
}

void add_models(CLI::App& app, Invocation& call) {
    using loci::ModelsAction;
    CLI::App* sub = app.add_subcommand("models", "models on this machine and in the catalogue");
    constexpr const char* kModel = "the id, as `loci models list` shows it";
    constexpr std::array<Choice<ModelsAction>, 5> kChoices = {{
        {"list", ModelsAction::list, "all models"},
        {"status", ModelsAction::status, "the same, with progress"},
        {"pull", ModelsAction::pull, "brings a model", Takes::argument, kModel},
        {"remove", ModelsAction::remove, "removes a model that you added", Takes::argument, kModel},
        {"use", ModelsAction::use, "answers with this model from now on", Takes::argument, kModel},
    }};
    add_actions(*sub, kChoices, &call.argument, [&call](ModelsAction action) {
        call.handled = true;
        call.status = loci::run_models(call.flags, action, call.argument);
    });
}

void add_speech(CLI::App& app, Invocation& call) {
    CLI::App* speak = app.add_subcommand("speak", "speaks a text into a WAV file");
    speak->add_option("text", call.speak.text, "what to say");
    speak->add_option("-o,--out", call.speak.out, "the WAV file to write");
    speak->add_option("--voice", call.speak.voice, "the voice, instead of the configured one");
    speak->add_option("--speed", call.speak.speed, "0.5 to 2")->check(CLI::Range(0.5, 2.0));
    speak->add_flag("--words", call.speak.words, "also print when each word is heard (ms)");
    speak->add_flag("--voices", call.speak.voices, "list the voices");
    speak->callback([&call] {
        call.handled = true;
        call.status = loci::run_speak(call.flags, call.speak);
    });
    CLI::App* hear = app.add_subcommand("transcribe", "writes down the speech of a WAV file");
    hear->add_option("file", call.transcribe.file, "the WAV file")->required();
    hear->add_option("--language", call.transcribe.language, "its language, for example de");
    hear->add_flag("--words", call.transcribe.words, "one word per line, with times (ms)");
    hear->callback([&call] {
        call.handled = true;
        call.status = loci::run_transcribe(call.flags, call.transcribe);
    });
}

void add_migrate(CLI::App& app, Invocation& call) {
    using loci::MigrateAction;
    CLI::App* sub = app.add_subcommand("migrate", "the schema of the database");
    constexpr std::array<Choice<MigrateAction>, 5> kChoices = {{
        {"status", MigrateAction::status, "which schema the database has"},
        {"run", MigrateAction::run, "brings it to the newest; also done at every start"},
        {"rollback", MigrateAction::rollback, "undoes the newest migrations", Takes::maybe_argument,
         "how many; 1 when left out"},
        {"create", MigrateAction::create, "writes an empty migration into the source",
         Takes::argument, "its name, such as add_mood"},
        {"history", MigrateAction::history, "what was applied when"},
    }};
    add_actions(*sub, kChoices, &call.argument, [&call](MigrateAction action) {
        call.handled = true;
        call.status = loci::run_migrate(call.flags, action, call.argument);
    });
}

using Plain = int (*)(const loci::ServeFlags&);

void add_simple(CLI::App& app, Invocation& call, const char* name, const char* help, Plain run) {
    app.add_subcommand(name, help)->callback([&call, run] {
        call.handled = true;
        call.status = run(call.flags);
    });
}

void add_chat(CLI::App& app, Invocation& call) {
    CLI::App* chat = app.add_subcommand("chat", "talk in the terminal");
    chat->add_option("text", call.text, "one message; without it, a conversation");
    chat->callback([&call] {
        call.handled = true;
        call.status = loci::run_chat(call.flags, call.text);
    });
}

void add_daemon(CLI::App& app, Invocation& call) {
    add_simple(app, call, "start", "start in the background", loci::run_start);
    add_simple(app, call, "stop", "stop, after a clean end", loci::run_stop);
    add_simple(app, call, "status", "whether it runs, and how it is", loci::run_status);
    CLI::App* restart = app.add_subcommand("restart", "stop, and start in the background");
    restart->add_flag("-y,--yes", call.restart.yes, "do not ask when a reply is being written");
    restart->add_option("-d,--delay", call.restart.delay_s, "wait so many seconds before")
        ->check(CLI::Range(0, 86'400));
    restart->add_flag("--no-start", call.restart.no_start, "stop, and leave it at that");
    restart->callback([&call] {
        call.handled = true;
        call.status = loci::run_restart(call.flags, call.restart);
    });
    CLI::App* logs = app.add_subcommand("logs", "the newest lines of the log");
    logs->add_option("-n,--lines", call.logs.lines, "how many lines")->check(CLI::Range(1, 5'000));
    logs->add_option("--id", call.logs.id,
                     "everything done for this request, turn, conversation or socket");
    logs->add_option("--level", call.logs.level, "least important level")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));
    logs->add_flag("-f,--follow", call.logs.follow, "go on with what is written from now on");
    logs->callback([&call] {
        call.handled = true;
        call.status = loci::run_logs(call.flags, call.logs);
    });
    // Names of earlier systems.
    const auto alias = [&](const char* flag, Plain run, const char* help) {
        app.add_flag_callback(flag, [&call, run] { call.daemon = run; }, help);
    };
    alias("--daemon", loci::run_start, "the same as `loci start`");
    alias("--stop", loci::run_stop, "the same as `loci stop`");
    alias("--status", loci::run_status, "the same as `loci status`");
}

int run(const Invocation& call) {
    if (call.handled) return call.status;
    if (call.daemon != nullptr) return call.daemon(call.flags);
    return loci::serve(call.flags);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Loci, a companion that lives on this machine.", "loci");
    app.set_version_flag("--version", "loci " + loci::version());
    Invocation call;
    call.flags.program = program_path(argv[0]);
    call.flags.words.assign(argv + 1, argv + argc);
    add_serve_options(app, call.flags);
    app.fallthrough();  // `loci chat --port 5700` works like `loci --port 5700 chat`
    app.require_subcommand(0, 1);
    app.add_subcommand("serve", "run the server (the default)");
    add_chat(app, call);
    add_config(app, call);
    add_models(app, call);
    add_speech(app, call);
    add_migrate(app, call);
    add_simple(app, call, "doctor", "what is missing, and what to do", loci::run_doctor);
    add_daemon(app, call);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return run(call);
}
