#include "base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

#include <fmt/core.h>

#include "base/text.hpp"

namespace base {
namespace {

namespace fs = std::filesystem;

class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const { return descriptor_; }

private:
    int descriptor_;
};

std::unexpected<Error> failed(std::string_view what, const fs::path& path) {
    const int reason = errno;
    return fail(reason == ENOENT ? ErrorCode::not_found : ErrorCode::storage,
                fmt::format("{} {}: {}", path.string(), what, std::strerror(reason)),
                reason == EACCES ? "check the permissions of the file and its folder" : "");
}

Result<void> write_all(int descriptor, std::string_view text, mode_t mode, const fs::path& path) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("cannot be written", path);
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    // The mask of the process may have taken rights away.
    if (::fchmod(descriptor, mode) != 0 || ::fsync(descriptor) != 0)
        return failed("cannot be written", path);
    return {};
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t max_bytes) {
    // Non-blocking, so that a named pipe in the file's place cannot hold up the start.
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) return failed("cannot be read", path);
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return failed("cannot be read", path);
    if (!S_ISREG(info.st_mode)) {
        return fail(ErrorCode::storage, fmt::format("{} is not a file", path.string()));
    }
    std::string text;
    char buffer[16384];
    while (true) {
        const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("cannot be read", path);
        if (count == 0) return text;
        text.append(buffer, static_cast<std::size_t>(count));
        if (text.size() > max_bytes) {
            return fail(
                ErrorCode::too_large,
                fmt::format("{} is over the limit of {}", path.string(), human_bytes(max_bytes)),
                "is this really the right file?");
        }
    }
}

Result<void> write_file(const fs::path& path, std::string_view text, mode_t mode) {
    std::error_code error;
    const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
    if (!fs::exists(parent, error)) {
        fs::create_directories(parent, error);
        if (error) {
            return fail(ErrorCode::storage,
                        fmt::format("{} cannot be made: {}", parent.string(), error.message()));
        }
    }
    // A link is followed, so that a config kept elsewhere stays where it is.
    const fs::path target = fs::is_symlink(path, error) ? fs::weakly_canonical(path, error) : path;
    const fs::path temporary = target.string() + fmt::format(".{}.tmp", ::getpid());
    ::unlink(temporary.c_str());
    {
        const File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
        if (file.get() < 0) return failed("cannot be written", temporary);
        if (auto written = write_all(file.get(), text, mode, temporary); !written) {
            ::unlink(temporary.c_str());
            return written;
        }
    }
    if (::rename(temporary.c_str(), target.c_str()) != 0) {
        const auto error_now = failed("cannot be written", target);
        ::unlink(temporary.c_str());
        return error_now;
    }
    const File folder(
        ::open((target.has_parent_path() ? target.parent_path() : fs::path(".")).c_str(),
               O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() >= 0 && ::fsync(folder.get()) != 0) return failed("cannot be synced", target);
    return {};
}

}  // namespace base
