// FileLock: holds "<database>.lock" for as long as a process works with the database, so that a
// second server on the same data is refused. The kernel drops it when the process ends, however it
// ends. Values that move; any thread.
#pragma once

#include <string>

#include "base/result.hpp"

namespace adapters::sqlite {

class FileLock {
public:
    // Errors: conflict when another process holds it (with its process id), storage when the lock
    // file cannot be made (read-only folder, full disk).
    [[nodiscard]] static base::Result<FileLock> take(const std::string& path);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

private:
    explicit FileLock(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace adapters::sqlite
