// What a benchmark found: lines with their targets, as a table for people (standard error) and as
// JSON for scripts (standard output). Filled by one bench program; main thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "json/json.hpp"
#include "samples.hpp"

namespace bench {

enum class Bound { at_most, at_least };

struct Line {
    std::string key;   // in the JSON
    std::string what;  // in the table
    std::string unit;
    std::optional<double> value;   // none: not measured here, `note` says why
    std::optional<double> target;  // none: stated for comparison
    Bound bound = Bound::at_most;
    std::string note{};
    std::optional<double> peer{};  // the same of the peer
};

class Report {
public:
    // Notes the machine, the load and the time at the start.
    explicit Report(std::string name);

    void add(Line line) { lines_.push_back(std::move(line)); }
    // Everything that is known beside the line's one number.
    void detail(std::string key, json::Value value);
    // The number of `peer` beside the line `key`; a line of its own when there is none.
    void add_peer(const std::string& key, double value);
    void name_peer(std::string name) { peer_ = std::move(name); }

    void print() const;

private:
    void print_table() const;
    [[nodiscard]] json::Value as_json() const;

    std::string name_;
    std::string peer_;
    std::string load_at_start_;
    std::vector<Line> lines_;
    json::Object details_;
};

// Says on standard error what is measured now, and ends the program with a failure when the step
// takes longer than `seconds`: a bench must not hang.
void step(const std::string& what, unsigned seconds = 300);

}  // namespace bench
