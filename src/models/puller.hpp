// Puller: brings a model from the hub into the models folder: asks the hub for size and hash,
// checks the disk, downloads with resume, verifies, renames. Made at the composition root; io
// thread; hashing runs on a thread of its own. A stopped or failed pull keeps its part file and
// goes on from there next time. Errors: those of hub.hpp, storage (no space, cannot write),
// corrupt (wrong hash, web page, pointer), conflict (this file is being pulled), cancelled.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <stop_token>
#include <string>

#include "async/clock.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "models/catalogue.hpp"
#include "models/hub.hpp"
#include "models/part_file.hpp"

namespace models {

enum class PullPhase { asking, downloading, verifying, done };

struct PullProgress {
    PullPhase phase = PullPhase::asking;
    long long done_bytes = 0;
    long long total_bytes = 0;  // 0: not known yet
    double bytes_per_s = 0;     // of this try
};

// Told of each phase, and of progress at most four times a second. Called on the io thread.
class PullWatcher {
public:
    virtual ~PullWatcher() = default;
    virtual void on_progress(const PullProgress& progress) = 0;
};

struct PullerOptions {
    std::filesystem::path folder;
    HubAccess hub;
    // Left free on the disk beside the model.
    std::uint64_t reserve_bytes = 500'000'000;
    // Connections that may break without a single new byte in between.
    int max_fruitless_tries = 5;
    // Free bytes at a path; replaced by tests.
    std::function<std::uint64_t(const std::filesystem::path&)> free_bytes;
};

class Puller {
public:
    // `client` and `clock` must outlive it.
    Puller(http::Client& client, async::Clock& clock, PullerOptions options);

    // From now on; a download that runs goes on there with its next connection.
    void set_hub(HubAccess hub);
    // The path of the finished file. A file that is already there with the right size is verified
    // and kept. `watcher` must outlive the call.
    [[nodiscard]] async::Task<base::Result<std::filesystem::path>> pull(CatalogueEntry entry,
                                                                        PullWatcher& watcher,
                                                                        std::stop_token stop);

private:
    [[nodiscard]] async::Task<base::Result<std::filesystem::path>> bring(CatalogueEntry entry,
                                                                         PullWatcher& watcher,
                                                                         std::stop_token stop);
    [[nodiscard]] async::Task<base::Result<void>> download(PartFile& part, HubFileFacts facts,
                                                           PullWatcher& watcher,
                                                           std::stop_token stop);
    [[nodiscard]] base::Result<void> check_space(long long missing) const;

    http::Client& client_;
    async::Clock& clock_;
    PullerOptions options_;
    std::set<std::string> active_;  // names of files being pulled
};

}  // namespace models
