#include "adapters/store_sqlite/file_lock.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

namespace adapters::sqlite {

base::Result<FileLock> FileLock::take(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return base::fail(base::ErrorCode::storage,
                          fmt::format("cannot make {}: {}", path, std::strerror(errno)),
                          "make the data folder writable for this user and check its free space");
    }
    FileLock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        std::array<char, 32> holder{};
        const auto size = ::pread(fd, holder.data(), holder.size() - 1, 0);
        const std::string pid = size > 0 ? std::string(holder.data()) : "unknown";
        auto error = base::make_error(
            base::ErrorCode::conflict,
            fmt::format("another Loci (process {}) works with this data folder", pid),
            "stop it first, or start this one with another data folder");
        return base::fail(std::move(error).with("pid", pid));
    }
    const auto pid = fmt::format("{}", ::getpid());
    // The number only serves the message above; the lock holds without it.
    if (::ftruncate(fd, 0) == 0) (void)!::pwrite(fd, pid.data(), pid.size(), 0);
    return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

FileLock::~FileLock() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace adapters::sqlite
