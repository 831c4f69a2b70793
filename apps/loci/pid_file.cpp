#include "pid_file.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

namespace loci {
namespace {

std::string path_in(const std::string& data_folder) {
    return data_folder + "/loci.pid";
}

int read_pid(int fd) {
    std::array<char, 16> text{};
    const ssize_t count = ::pread(fd, text.data(), text.size(), 0);
    int pid = 0;
    if (count > 0) std::from_chars(text.data(), text.data() + count, pid);
    return pid;
}

// A folder that is full or read-only can still be shown; the store says that nothing can be kept.
bool is_full_or_read_only(int why) {
    return why == EROFS || why == ENOSPC || why == EDQUOT;
}

}  // namespace

base::Result<PidFile> PidFile::take(const std::string& data_folder) {
    std::string path = path_in(data_folder);
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 && is_full_or_read_only(errno)) return PidFile(-1, std::move(path));
    if (fd < 0) {
        return base::fail(base::ErrorCode::storage,
                          fmt::format("cannot write {}: {}", path, std::strerror(errno)),
                          "check the folder's permissions or choose another with --data");
    }
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const int pid = read_pid(fd);
        ::close(fd);
        return base::fail(
            base::ErrorCode::conflict,
            fmt::format("a server already runs on {} as process {}", data_folder, pid),
            "`loci stop` ends it; --data chooses another folder");
    }
    const std::string text = fmt::format("{}\n", ::getpid());
    const bool written = ::ftruncate(fd, 0) == 0 && ::pwrite(fd, text.data(), text.size(), 0) ==
                                                        static_cast<ssize_t>(text.size());
    if (!written && !is_full_or_read_only(errno)) {
        ::close(fd);
        return base::fail(base::ErrorCode::storage, fmt::format("cannot write {}", path),
                          "is the disk full?");
    }
    return PidFile(fd, std::move(path));
}

PidFile::PidFile(PidFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

PidFile::~PidFile() {
    if (fd_ < 0) return;
    ::unlink(path_.c_str());
    ::close(fd_);
}

int running_pid(const std::string& data_folder) {
    const int fd = ::open(path_in(data_folder).c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) return 0;
    const bool held = ::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    const int pid = held ? read_pid(fd) : 0;
    ::close(fd);
    return pid;
}

}  // namespace loci
