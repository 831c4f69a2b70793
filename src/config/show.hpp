// What people see of the settings: effective values with origins, the JSON Schema, the reference
// page and the commented example file. Secrets are masked in every one of them.
// Pure functions but for write_example(); any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/load.hpp"
#include "json/json.hpp"

namespace config {

// {values: tree, origins: {"server.port": "file", …}, places: {"server.port": "config.yaml:3:5"},
//  schema, problems: […], disabled: {"llm": reason}, file, local_file, restart_needed: […]}.
// `restart_needed` are the keys whose value differs from `running`, the settings of the start, and
// only counts after one.
[[nodiscard]] json::Value show(const Loaded& loaded, const Loaded& running);
[[nodiscard]] json::Value problem_json(const Problem& problem);
// One line per setting, "server.port = 5624  # default", and the problems below.
[[nodiscard]] std::string show_text(const Loaded& loaded);
// Keys that differ, and of those the ones that a running server does not take over.
[[nodiscard]] std::vector<std::string> changed_keys(const Loaded& before, const Loaded& after);
[[nodiscard]] std::vector<std::string> restart_keys(const Loaded& running, const Loaded& now);

// JSON Schema (2020-12) of a config file, with x-secret, x-applies and x-environment per setting.
[[nodiscard]] json::Value schema();
// docs/configuration.md
[[nodiscard]] std::string reference_page();
// A YAML file with every setting, all of them commented out.
[[nodiscard]] std::string example();
// Writes the example, mode 0600. Errors: conflict when the file exists, storage.
[[nodiscard]] base::Result<void> write_example(const std::filesystem::path& path);

}  // namespace config
