// The subcommands of the program besides `serve`. Each returns the exit status: 0 good, 1 failed,
// 2 bad usage. What a person asked for goes to stdout, complaints to stderr.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "serve.hpp"

namespace loci {

// Talks with the running server, or with one that it starts for the time being.
[[nodiscard]] int run_chat(const ServeFlags& flags, const std::string& text);

// Every subsystem and the hardware: what is missing and what to do.
[[nodiscard]] int run_doctor(const ServeFlags& flags);

enum class ConfigAction { show, check, schema, docs };
[[nodiscard]] int run_config(const ServeFlags& flags, ConfigAction action);

enum class ModelsAction { list, status, pull, remove, use };
[[nodiscard]] int run_models(const ServeFlags& flags, ModelsAction action, const std::string& id);

enum class MigrateAction { status, run, rollback, create, history };
[[nodiscard]] int run_migrate(const ServeFlags& flags, MigrateAction action,
                              const std::string& argument);

struct SpeakCall {
    std::string text;
    std::string out;    // WAV file
    std::string voice;  // empty: the configured one
    std::optional<double> speed;
    bool words = false;   // also prints when each word is heard
    bool voices = false;  // only lists them
};
[[nodiscard]] int run_speak(const ServeFlags& flags, const SpeakCall& call);

struct TranscribeCall {
    std::string file;
    std::string language;  // empty: the configured one
    bool words = false;
};
[[nodiscard]] int run_transcribe(const ServeFlags& flags, const TranscribeCall& call);

[[nodiscard]] int run_start(const ServeFlags& flags);
[[nodiscard]] int run_stop(const ServeFlags& flags);
[[nodiscard]] int run_status(const ServeFlags& flags);

struct RestartOptions {
    bool yes = false;       // do not ask when a reply is being written
    bool no_start = false;  // stop alone
    int delay_s = 0;
};
[[nodiscard]] int run_restart(const ServeFlags& flags, const RestartOptions& options);

struct LogsOptions {
    int lines = 100;
    std::string id;
    std::string level;
    bool follow = false;
};
// From the log table of the running server; from the log file when none runs.
[[nodiscard]] int run_logs(const ServeFlags& flags, const LogsOptions& options);

}  // namespace loci
