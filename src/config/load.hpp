// Reads all settings: command line over environment over the page's own file over the config file
// over built-in defaults, with the origin of each value. Owned by the composition root; called at
// start and on reload, on any one thread.
//
// Almost every fault becomes a Problem: it switches off its section (which then has its defaults)
// and is shown; only problems with the network, login or storage refuse the start. load() itself
// fails when the named file cannot be read at all.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/fields.hpp"
#include "config/settings.hpp"
#include "config/substitute.hpp"
#include "config/tree.hpp"
#include "json/json.hpp"

namespace config {

// A setting given on the command line; `flag` is how it was written there ("--port").
struct Override {
    std::string key;
    std::string value;
    std::string flag;
};

struct LoadRequest {
    std::filesystem::path config_path;  // of --config; empty: search
    std::vector<Override> overrides;
    Variables environment;
    std::filesystem::path working_dir;
    std::filesystem::path home;
};

enum class Effect { warning, section_off, refuses_start };

struct Problem {
    std::string section;  // "llm", or "llm.providers.work" for one provider
    std::string key;      // as written; empty when the whole file is concerned
    std::string file;     // file, variable or flag
    int line = 0;         // 1-based; 0: none
    int column = 0;
    std::string message;
    std::string hint;
    Effect effect = Effect::section_off;

    // "config.yaml:3:5: `server.prt` is not a setting (did you mean `server.port`?)"
    [[nodiscard]] std::string text() const;
};

struct Effective {
    json::Value value;  // checked; secrets in clear
    Place place;
    const Field* field = nullptr;
};

struct Loaded {
    Settings settings;
    std::map<std::string, Effective> values;  // every fixed key, and the named ones in use
    std::vector<Problem> problems;
    std::map<std::string, std::string> disabled;  // section → why it has its defaults

    std::filesystem::path config_file;    // empty: built-in settings alone
    std::filesystem::path local_file;     // what the settings page writes; may not exist
    std::filesystem::path config_folder;  // of both, and of secrets.env

    [[nodiscard]] bool refuses_start() const;
};

[[nodiscard]] base::Result<Loaded> load(const LoadRequest& request);

// The user's own config folder: $XDG_CONFIG_HOME/loci or ~/.config/loci.
[[nodiscard]] std::filesystem::path user_config_folder(const LoadRequest& request);

}  // namespace config
