#include <algorithm>

#include "rig/browser_script.hpp"
#include "rig/program.hpp"
#include "voice_chain.hpp"

namespace bench {
namespace {

constexpr int kMost = 40;  // of twenty seconds at most, each

}  // namespace

void measure_page(Chain& bench, Report& report) {
    const auto& wishes = bench.wishes();
    if (wishes.server.empty()) throw Failure("--only page needs --server and --cache");
    const int runs = std::min(wishes.turns, kMost);
    step("speech into the page's loudspeaker", 120 + 20 * static_cast<unsigned>(runs));
    const auto found = run_browser_script("voice_page.mjs", wishes.server, wishes.cache, runs);
    if (!found.is_object()) throw Failure("the browser did not get through; why stands above");
    add_delay(report, "page_paused", "in the page: interrupting speech → silence",
              samples_of(json::find(found, "paused")), {.p95 = 200});
    report.add({"page_ignored", "  not fallen silent for", "",
                json::number_or(json::find(found, "ignored"), 0), 0});
}

}  // namespace bench
