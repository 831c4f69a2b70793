// Advice: what a model of the catalogue would be like on this machine (time to fetch it, speed,
// memory), and which one suits it best. Pure; any thread; never fails. What was not measured is
// assumed and said so, or left out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/catalogue.hpp"

namespace models {

// What is known of this machine; zero and empty mean unknown.
struct Machine {
    long long memory_bytes = 0;       // all of it, or what a container may take
    long long free_memory_bytes = 0;  // now
    double download_bytes_per_s = 0;  // of the last download
    // A model that has been measured here: its speed stands for others in proportion to their size,
    // because each token reads every weight once.
    double tokens_per_s = 0;
    long long measured_bytes = 0;
    std::string measured_name;
};

enum class MemoryFit { unknown, fits, tight, too_large };

struct Advice {
    std::optional<long long> download_s;
    std::string download_basis;
    std::optional<double> tokens_per_s;
    std::string speed_basis;
    MemoryFit fit = MemoryFit::unknown;
    std::string memory_note;  // empty when it fits
};

// `done_bytes`: what an earlier try has left on the disk.
[[nodiscard]] Advice advise(const CatalogueEntry& entry, const Machine& machine,
                            long long done_bytes = 0);

// The chat model to offer among those that `may_take` lets pass: the catalogue's own choice when it
// fits and answers at a bearable pace, else the largest that does; nullptr when none fits.
[[nodiscard]] const CatalogueEntry* recommend(
    const std::vector<CatalogueEntry>& entries, const Machine& machine,
    const std::function<bool(const CatalogueEntry&)>& may_take);

// How much memory this machine has, and how much of it is free; a container's limit counts.
[[nodiscard]] Machine look_at_memory();

}  // namespace models
