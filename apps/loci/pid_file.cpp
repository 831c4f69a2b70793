#include "pid_file.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/text.hpp"

namespace loci {
namespace {

std::string path_in(const std::string& data_folder) {
    return data_folder + "/loci.pid";
}

RunningServer read_server(int fd) {
    std::array<char, 512> text{};
    const ssize_t count = ::pread(fd, text.data(), text.size(), 0);
    RunningServer server;
    if (count <= 0) return server;
    const std::string_view all(text.data(), static_cast<std::size_t>(count));
    std::from_chars(all.data(), all.data() + all.size(), server.pid);
    const auto lines = base::split(all, '\n');
    if (lines.size() > 1) server.url = std::string(lines[1]);
    return server;
}

bool write_whole(int fd, const std::string& text) {
    // Shortened last: whoever reads meanwhile still finds a process id.
    const auto size = static_cast<ssize_t>(text.size());
    return ::pwrite(fd, text.data(), text.size(), 0) == size && ::ftruncate(fd, size) == 0;
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
        const auto [pid, url] = read_server(fd);
        ::close(fd);
        return base::fail(base::ErrorCode::conflict,
                          fmt::format("a server already runs on {} as process {}{}{}", data_folder,
                                      pid, url.empty() ? "" : " at ", url),
                          "`loci stop` ends it; --data chooses another folder");
    }
    const bool written = write_whole(fd, fmt::format("{}\n", ::getpid()));
    if (!written && !is_full_or_read_only(errno)) {
        ::close(fd);
        return base::fail(base::ErrorCode::storage, fmt::format("cannot write {}", path),
                          "is the disk full?");
    }
    return PidFile(fd, std::move(path));
}

base::Result<void> PidFile::tell_url(const std::string& url) {
    if (fd_ < 0) return {};
    const bool written = write_whole(fd_, fmt::format("{}\n{}\n", ::getpid(), url));
    if (written || is_full_or_read_only(errno)) return {};
    return base::fail(base::ErrorCode::storage, fmt::format("cannot write {}", path_),
                      "is the disk full?");
}

PidFile::PidFile(PidFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

PidFile::~PidFile() {
    if (fd_ < 0) return;
    ::unlink(path_.c_str());
    ::close(fd_);
}

RunningServer running_server(const std::string& data_folder) {
    const int fd = ::open(path_in(data_folder).c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) return {};
    const bool held = ::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    RunningServer server = held ? read_server(fd) : RunningServer{};
    ::close(fd);
    return server;
}

}  // namespace loci
