// The pid file of a running server, <data>/loci.pid: process id and URL, held under a lock for as
// long as the process lives, so a stale number is never believed. A full or read-only disk goes
// without. Any thread.
#pragma once

#include <string>

#include "base/result.hpp"

namespace loci {

class PidFile {
public:
    // Errors: conflict (another server runs on this data), storage.
    [[nodiscard]] static base::Result<PidFile> take(const std::string& data_folder);
    // Where the server can be reached, once it listens. Errors: storage.
    [[nodiscard]] base::Result<void> tell_url(const std::string& url);
    PidFile(PidFile&& other) noexcept;
    PidFile& operator=(PidFile&&) = delete;
    ~PidFile();

private:
    PidFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
    int fd_;
    std::string path_;
};

struct RunningServer {
    int pid = 0;      // 0: none
    std::string url;  // empty: it does not listen yet
};

// The process that serves this data.
[[nodiscard]] RunningServer running_server(const std::string& data_folder);

}  // namespace loci
