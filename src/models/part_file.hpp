// PartFile: a download in progress on disk: "<name>.part" and beside it a note of what it is, so
// that a later try goes on only with the same file. Made for one pull; the caller's thread, short
// calls; hashing is in verify(), which is meant for a worker thread. Errors: storage, corrupt.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace models {

class PartFile {
public:
    // What the whole file must be.
    struct Wanted {
        std::string sha256;
        long long bytes = 0;
    };

    // Opens what an earlier try left when it was of the same file, else an empty one.
    [[nodiscard]] static base::Result<PartFile> open(std::filesystem::path target, Wanted wanted);
    PartFile(PartFile&&) noexcept = default;
    PartFile& operator=(PartFile&&) noexcept = default;

    [[nodiscard]] long long size() const { return size_; }
    [[nodiscard]] const Wanted& wanted() const { return wanted_; }
    [[nodiscard]] base::Result<void> append(std::string_view bytes);
    [[nodiscard]] base::Result<void> restart();
    // True when `path` is the wanted file already; meant for a worker thread like verify().
    [[nodiscard]] static base::Result<bool> is_whole(const std::filesystem::path& path,
                                                     const Wanted& wanted,
                                                     const std::atomic<bool>& stop);
    // Syncs, then checks length, kind and hash of the whole file. `stop` is looked at every few
    // megabytes. On a mismatch the file is removed, so that the next try starts afresh.
    [[nodiscard]] base::Result<void> verify(const std::atomic<bool>& stop);
    // Puts the verified file in its place, atomically.
    [[nodiscard]] base::Result<void> commit();

private:
    struct Closer {
        void operator()(int* fd) const;
    };

    PartFile(std::filesystem::path target, Wanted wanted);
    [[nodiscard]] base::Result<void> write_note() const;
    [[nodiscard]] bool note_fits() const;
    void remove();

    std::filesystem::path target_;
    std::filesystem::path part_;
    std::filesystem::path note_;
    Wanted wanted_;
    std::unique_ptr<int, Closer> fd_;
    long long size_ = 0;
};

}  // namespace models
