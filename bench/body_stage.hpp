// The figure where people see it: the real server and page in headless Chromium, drawn in software.
// bench/stage.mjs drives them and takes the times; here they become lines of the report.
#pragma once

#include <string>

#include "rig/report.hpp"

namespace bench {

struct StageOptions {
    std::string program;  // loci; empty: not measured
    std::string cache;    // the folder of engines and models
    int runs = 20;
};

// Adds one line for each measure; where the page cannot run, lines without values that say why.
void add_stage(Report& report, const StageOptions& options);

}  // namespace bench
