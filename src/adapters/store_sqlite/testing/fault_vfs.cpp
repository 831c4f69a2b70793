#include "adapters/store_sqlite/testing/fault_vfs.hpp"

#include <cstring>
#include <limits>
#include <mutex>
#include <new>

#include <sqlite3.h>

namespace adapters::testing {

struct FaultVfs::State {
    sqlite3_vfs vfs{};
    sqlite3_vfs* real = nullptr;
    std::mutex mutex;
    int writes = 0;
    int fail_at = 0;
    Fault fault = Fault::none;
    Span span = Span::once;
    bool failed = false;
    bool keeping = false;
    std::vector<Disk> disks;

    // Counts one write; the SQLite code with which it must fail, or SQLITE_OK.
    int next_write(int io_code) {
        const std::lock_guard guard(mutex);
        ++writes;
        const bool due = span == Span::once ? writes == fail_at : writes >= fail_at;
        if (fault == Fault::none || !due) return SQLITE_OK;
        failed = true;
        return fault == Fault::disk_full ? SQLITE_FULL : io_code;
    }
};

namespace {

// SQLite gives one block of memory for a file; the file of the real layer follows this one.
struct FaultFile {
    sqlite3_file base;
    FaultVfs::State* state;
    const char* path;  // kept by SQLite; null for a temporary file

    [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

FaultFile& ours(sqlite3_file* file) {
    return *reinterpret_cast<FaultFile*>(file);
}

const sqlite3_io_methods& methods(sqlite3_file* file) {
    return *ours(file).real()->pMethods;
}

std::string content_of(sqlite3_file* real) {
    sqlite3_int64 size = 0;
    if (real->pMethods->xFileSize(real, &size) != SQLITE_OK) return {};
    std::string bytes(static_cast<std::size_t>(size), '\0');
    if (size > 0) real->pMethods->xRead(real, bytes.data(), static_cast<int>(size), 0);
    return bytes;
}

int close_file(sqlite3_file* file) {
    return methods(file).xClose(ours(file).real());
}
int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
    return methods(file).xRead(ours(file).real(), to, size, at);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    const int code = ours(file).state->next_write(SQLITE_IOERR_WRITE);
    return code != SQLITE_OK ? code : methods(file).xWrite(ours(file).real(), from, size, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    const int code = ours(file).state->next_write(SQLITE_IOERR_TRUNCATE);
    return code != SQLITE_OK ? code : methods(file).xTruncate(ours(file).real(), size);
}
// Nothing is really synced: the tests look at the files of a living system.
int sync_file(sqlite3_file* file, int) {
    auto& self = ours(file);
    const int code = self.state->next_write(SQLITE_IOERR_FSYNC);
    if (code != SQLITE_OK || self.path == nullptr) return code;
    const std::lock_guard guard(self.state->mutex);
    if (self.state->keeping) {
        auto disk = self.state->disks.back();
        disk[self.path] = content_of(self.real());
        self.state->disks.push_back(std::move(disk));
    }
    return SQLITE_OK;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return methods(file).xFileSize(ours(file).real(), size);
}
int lock_file(sqlite3_file* file, int level) {
    return methods(file).xLock(ours(file).real(), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return methods(file).xUnlock(ours(file).real(), level);
}
int check_lock(sqlite3_file* file, int* taken) {
    return methods(file).xCheckReservedLock(ours(file).real(), taken);
}
int control_file(sqlite3_file* file, int what, void* argument) {
    return methods(file).xFileControl(ours(file).real(), what, argument);
}
int sector_size(sqlite3_file* file) {
    return methods(file).xSectorSize(ours(file).real());
}
int device_traits(sqlite3_file* file) {
    return methods(file).xDeviceCharacteristics(ours(file).real());
}
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** at) {
    return methods(file).xShmMap(ours(file).real(), page, size, extend, at);
}
int lock_shared(sqlite3_file* file, int offset, int n, int flags) {
    return methods(file).xShmLock(ours(file).real(), offset, n, flags);
}
void barrier_shared(sqlite3_file* file) {
    methods(file).xShmBarrier(ours(file).real());
}
int unmap_shared(sqlite3_file* file, int remove) {
    return methods(file).xShmUnmap(ours(file).real(), remove);
}

const sqlite3_io_methods kMethods = {2,
                                     close_file,
                                     read_file,
                                     write_file,
                                     truncate_file,
                                     sync_file,
                                     file_size,
                                     lock_file,
                                     unlock_file,
                                     check_lock,
                                     control_file,
                                     sector_size,
                                     device_traits,
                                     map_shared,
                                     lock_shared,
                                     barrier_shared,
                                     unmap_shared,
                                     nullptr,
                                     nullptr};

FaultVfs::State& state_of(sqlite3_vfs* vfs) {
    return *static_cast<FaultVfs::State*>(vfs->pAppData);
}

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* got) {
    auto* self = new (file) FaultFile{{nullptr}, &state_of(vfs), path};
    auto* real = state_of(vfs).real;
    const int code = real->xOpen(real, path, self->real(), flags, got);
    if (self->real()->pMethods != nullptr) self->base.pMethods = &kMethods;
    return code;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    auto& state = state_of(vfs);
    const int code = state.real->xDelete(state.real, path, sync_folder);
    const std::lock_guard guard(state.mutex);
    if (code == SQLITE_OK && state.keeping) {
        auto disk = state.disks.back();
        disk.erase(path);
        state.disks.push_back(std::move(disk));
    }
    return code;
}

}  // namespace

FaultVfs::FaultVfs() : state_(std::make_unique<State>()) {
    state_->real = sqlite3_vfs_find(nullptr);
    // Most operations of the real layer do not look at the object they are called on.
    state_->vfs = *state_->real;
    state_->vfs.iVersion = 1;
    state_->vfs.szOsFile = static_cast<int>(sizeof(FaultFile)) + state_->real->szOsFile;
    state_->vfs.zName = "loci-fault";
    state_->vfs.pAppData = state_.get();
    state_->vfs.pNext = nullptr;
    state_->vfs.xOpen = open_file;
    state_->vfs.xDelete = delete_file;
    sqlite3_vfs_register(&state_->vfs, 0);
}

FaultVfs::~FaultVfs() {
    sqlite3_vfs_unregister(&state_->vfs);
}

void FaultVfs::fail_write(int n, Fault fault, Span span) {
    const std::lock_guard guard(state_->mutex);
    state_->writes = 0;
    state_->fail_at = n;
    state_->fault = fault;
    state_->span = span;
    state_->failed = false;
}

void FaultVfs::clear() {
    fail_write(std::numeric_limits<int>::max(), Fault::none);
    const std::lock_guard guard(state_->mutex);
    state_->keeping = false;
}

int FaultVfs::writes() const {
    const std::lock_guard guard(state_->mutex);
    return state_->writes;
}

bool FaultVfs::failed() const {
    const std::lock_guard guard(state_->mutex);
    return state_->failed;
}

void FaultVfs::keep_synced() {
    const std::lock_guard guard(state_->mutex);
    state_->keeping = true;
    state_->disks.assign(1, {});
}

std::vector<FaultVfs::Disk> FaultVfs::disks() const {
    const std::lock_guard guard(state_->mutex);
    return state_->disks;
}

}  // namespace adapters::testing
