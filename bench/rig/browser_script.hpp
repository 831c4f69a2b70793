// Runs one of the scripts of bench/ that measure in a browser, and takes what it printed. Blocks;
// main thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "json/json.hpp"
#include "samples.hpp"

namespace bench {

// `script`: a file of bench/, which is given the server's program, the cache folder and how often.
// An empty value where it could not run; it has said why itself.
[[nodiscard]] json::Value run_browser_script(std::string_view script, const std::string& program,
                                             const std::filesystem::path& cache, int runs);

// A list of numbers, or one; without samples where there is nothing.
[[nodiscard]] Samples samples_of(const json::Value* value);

}  // namespace bench
