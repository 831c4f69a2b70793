#include "models/part_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "json/json.hpp"
#include "models/model_file.hpp"

namespace models {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

constexpr std::size_t kSlice = 1 << 20;

fs::path with_suffix(fs::path path, const char* suffix) {
    path += suffix;
    return path;
}

// A new name in a folder is only safe once the folder itself is synced.
void sync_folder(const fs::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    ::fsync(fd);
    ::close(fd);
}

base::Error storage_error(const fs::path& path, std::string_view action, int code) {
    const bool full = code == ENOSPC || code == EDQUOT;
    return base::make_error(ErrorCode::storage,
                            fmt::format("{} cannot be {}: {}", path.string(), action,
                                        std::generic_category().message(code)),
                            full ? "free some space and pull again; it goes on where it stopped"
                                 : "check data.models_folder and its permissions");
}

struct Seen {
    std::string sha256;
    std::string_view complaint;  // empty: a model
};

base::Result<Seen> look_through(int fd, const fs::path& path, const std::atomic<bool>& stop) {
    Seen seen;
    crypto::Sha256 hash;
    std::string buffer(kSlice, '\0');
    for (long long at = 0;;) {
        if (stop) return base::fail(ErrorCode::cancelled, "the check was stopped");
        const ssize_t got = ::pread(fd, buffer.data(), buffer.size(), at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return base::fail(storage_error(path, "read", errno));
        if (got == 0) break;
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
        if (at == 0) seen.complaint = complaint(kind_of_bytes(bytes));
        hash.update(bytes);
        at += got;
    }
    seen.sha256 = crypto::to_hex(hash.finish());
    return seen;
}

}  // namespace

void PartFile::Closer::operator()(int* fd) const {
    ::close(*fd);
    delete fd;
}

PartFile::PartFile(fs::path target, Wanted wanted)
    : target_(std::move(target)),
      part_(with_suffix(target_, ".part")),
      note_(with_suffix(target_, ".part.json")),
      wanted_(std::move(wanted)) {}

bool PartFile::note_fits() const {
    std::ifstream file(note_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto note = json::parse(text);
    return note && json::string_or(json::find(*note, "sha256")) == wanted_.sha256 &&
           json::int_or(json::find(*note, "bytes"), -1) == wanted_.bytes;
}

base::Result<void> PartFile::write_note() const {
    json::Object note;
    note["sha256"] = wanted_.sha256;
    note["bytes"] = wanted_.bytes;
    std::ofstream file(note_, std::ios::binary | std::ios::trunc);
    file << json::write(json::Value(std::move(note)));
    file.close();
    if (!file) return base::fail(storage_error(part_, "noted down", errno));
    return {};
}

base::Result<PartFile> PartFile::open(fs::path target, Wanted wanted) {
    PartFile part(std::move(target), std::move(wanted));
    std::error_code error;
    fs::create_directories(part.target_.parent_path(), error);
    if (error) return base::fail(storage_error(part.part_, "created", error.value()));
    const bool goes_on = part.note_fits();
    const int flags =
        O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (goes_on ? 0 : O_TRUNC);
    const int fd = ::open(part.part_.c_str(), flags, 0644);
    if (fd < 0) return base::fail(storage_error(part.part_, "opened", errno));
    part.fd_.reset(new int(fd));
    part.size_ = static_cast<long long>(::lseek(fd, 0, SEEK_END));
    if (part.size_ > part.wanted_.bytes) TRY_DO(part.restart());
    if (!goes_on) TRY_DO(part.write_note());
    return part;
}

base::Result<void> PartFile::append(std::string_view bytes) {
    if (size_ + static_cast<long long>(bytes.size()) > wanted_.bytes) {
        return base::fail(
            ErrorCode::corrupt,
            fmt::format("{}: the hub sends more than the {} it announced",
                        target_.filename().string(),
                        base::human_bytes(static_cast<unsigned long long>(wanted_.bytes))),
            "try again later");
    }
    while (!bytes.empty()) {
        const ssize_t written = ::write(*fd_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return base::fail(storage_error(part_, "written", errno));
        bytes.remove_prefix(static_cast<std::size_t>(written));
        size_ += written;
    }
    return {};
}

base::Result<void> PartFile::restart() {
    if (::ftruncate(*fd_, 0) != 0) return base::fail(storage_error(part_, "emptied", errno));
    size_ = 0;
    return {};
}

void PartFile::remove() {
    std::error_code ignored;
    fs::remove(part_, ignored);
    fs::remove(note_, ignored);
    fd_.reset();
    size_ = 0;
}

base::Result<void> PartFile::verify(const std::atomic<bool>& stop) {
    const std::string name = target_.filename().string();
    if (size_ != wanted_.bytes) {
        return base::fail(
            ErrorCode::corrupt,
            fmt::format("{} is cut short: {} of {} bytes", name, size_, wanted_.bytes),
            "pull it again; it goes on where it stopped");
    }
    if (::fsync(*fd_) != 0) return base::fail(storage_error(part_, "synced", errno));
    TRY(seen, look_through(*fd_, part_, stop));
    if (seen.sha256 == wanted_.sha256 && seen.complaint.empty()) return {};
    remove();
    if (!seen.complaint.empty()) {
        return base::fail(ErrorCode::corrupt, fmt::format("{} is {}", name, seen.complaint),
                          "choose another file of the repository");
    }
    return base::fail(ErrorCode::corrupt,
                      fmt::format("{} does not have the stated hash: {} instead of {}", name,
                                  seen.sha256, wanted_.sha256),
                      "it was removed; pull it again");
}

base::Result<bool> PartFile::is_whole(const fs::path& path, const Wanted& wanted,
                                      const std::atomic<bool>& stop) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error || size != static_cast<std::uintmax_t>(wanted.bytes)) return false;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return base::fail(storage_error(path, "opened", errno));
    const std::unique_ptr<int, Closer> closer(new int(fd));
    TRY(seen, look_through(fd, path, stop));
    return seen.sha256 == wanted.sha256;
}

base::Result<void> PartFile::commit() {
    if (::rename(part_.c_str(), target_.c_str()) != 0) {
        return base::fail(storage_error(part_, "put in place", errno));
    }
    sync_folder(target_.parent_path());
    std::error_code ignored;
    fs::remove(note_, ignored);
    return {};
}

}  // namespace models
