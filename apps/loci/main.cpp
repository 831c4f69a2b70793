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
}

std::filesystem::path program_path(const char* argv0) {
    std::error_code error;
    auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::filesystem::absolute(argv0) : path;
}

// One subcommand with an action and maybe an argument: `loci models pull qwen3-4b`.
template <class Action>
struct Choice {
    const char* name;
    Action action;
    const char* help;
};

template <class Action, std::size_t N, class Run>
void add_actions(CLI::App& parent, const std::array<Choice<Action>, N>& choices,
                 std::string* argument, Run run) {
    parent.require_subcommand(1);
    for (const auto& choice : choices) {
        CLI::App* sub = parent.add_subcommand(choice.name, choice.help);
        if (argument != nullptr) sub->add_option("argument", *argument, "name, id or number");
        sub->callback([run, action = choice.action] { run(action); });
    }
}

struct Invocation {
    loci::ServeFlags flags;
    std::string text;
    std::string argument;
    int lines = 100;
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
    constexpr std::array<Choice<ModelsAction>, 5> kChoices = {{
        {"list", ModelsAction::list, "all models"},
        {"status", ModelsAction::status, "the same, with progress"},
        {"pull", ModelsAction::pull, "brings a model"},
        {"remove", ModelsAction::remove, "removes a model that you added"},
        {"use", ModelsAction::use, "answers with this model from now on"},
    }};
    add_actions(*sub, kChoices, &call.argument, [&call](ModelsAction action) {
        call.handled = true;
        call.status = loci::run_models(call.flags, action, call.argument);
    });
}

void add_migrate(CLI::App& app, Invocation& call) {
    using loci::MigrateAction;
    CLI::App* sub = app.add_subcommand("migrate", "the schema of the database");
    constexpr std::array<Choice<MigrateAction>, 5> kChoices = {{
        {"status", MigrateAction::status, "which schema the database has"},
        {"run", MigrateAction::run, "brings it to the newest; also done at every start"},
        {"rollback", MigrateAction::rollback, "undoes the newest migrations"},
        {"create", MigrateAction::create, "writes an empty migration into the source"},
        {"history", MigrateAction::history, "what was applied when"},
    }};
    add_actions(*sub, kChoices, &call.argument, [&call](MigrateAction action) {
        call.handled = true;
        call.status = loci::run_migrate(call.flags, action, call.argument);
    });
}

void add_simple(CLI::App& app, Invocation& call, const char* name, const char* help,
                int (*run)(const loci::ServeFlags&)) {
    app.add_subcommand(name, help)->callback([&call, run] {
        call.handled = true;
        call.status = run(call.flags);
    });
}

int run_restart(const loci::ServeFlags& flags) {
    const int stopped = loci::run_stop(flags);
    return stopped != 0 ? stopped : loci::run_start(flags);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Loci, a companion that lives on this machine.", "loci");
    app.set_version_flag("--version", "loci " + loci::version());
    Invocation call;
    call.flags.program = program_path(argv[0]);
    add_serve_options(app, call.flags);
    app.fallthrough();  // `loci chat --port 5700` works like `loci --port 5700 chat`
    app.require_subcommand(0, 1);
    app.add_subcommand("serve", "run the server (the default)");
    CLI::App* chat = app.add_subcommand("chat", "talk in the terminal");
    chat->add_option("text", call.text, "one message; without it, a conversation");
    chat->callback([&call] {
        call.handled = true;
        call.status = loci::run_chat(call.flags, call.text);
    });
    add_config(app, call);
    add_models(app, call);
    add_migrate(app, call);
    add_simple(app, call, "doctor", "what is missing, and what to do", loci::run_doctor);
    add_simple(app, call, "start", "start in the background", loci::run_start);
    add_simple(app, call, "stop", "stop, after a clean end", loci::run_stop);
    add_simple(app, call, "restart", "stop and start", run_restart);
    add_simple(app, call, "status", "whether it runs, and how it is", loci::run_status);
    CLI::App* logs = app.add_subcommand("logs", "the newest lines of the background server's log");
    logs->add_option("-n,--lines", call.lines, "how many lines")->check(CLI::Range(1, 100'000));
    logs->callback([&call] {
        call.handled = true;
        call.status = loci::run_logs(call.flags, call.lines);
    });
    CLI11_PARSE(app, argc, argv);
    return call.handled ? call.status : loci::serve(call.flags);
}
