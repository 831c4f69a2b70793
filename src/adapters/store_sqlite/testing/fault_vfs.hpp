// FaultVfs: an SQLite file layer over the default one that fails on purpose. For tests.
//
//  - fail_write(n): the n-th write, sync or truncation from now on reports an I/O error, once.
//  - power cut: from keep_synced() on, disks() has what the disk is sure to hold after each sync:
//    the bytes of every file at its own last sync. What was written after it is thrown away.
//
// One per process, registered under name() while it lives; calls may come from any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace adapters::testing {

class FaultVfs {
public:
    enum class Fault { none, io_error, disk_full };

    FaultVfs();
    ~FaultVfs();
    FaultVfs(const FaultVfs&) = delete;
    FaultVfs& operator=(const FaultVfs&) = delete;

    [[nodiscard]] static std::string name() { return "loci-fault"; }

    // `n` counts from 1. With `lasting`, every later one fails too, until clear().
    enum class Span { once, lasting };
    void fail_write(int n, Fault fault = Fault::io_error, Span span = Span::once);
    // No faults from now on, and no more pictures of the disk.
    void clear();
    // Writes, syncs and truncations since the last fail_write() or clear().
    [[nodiscard]] int writes() const;
    [[nodiscard]] bool failed() const;

    // What the disk is sure to hold: the bytes of each file (by path) at its last sync.
    using Disk = std::map<std::string, std::string>;
    void keep_synced();
    // The disk after the n-th sync since keep_synced(), n from 0 on; the last is the present one.
    [[nodiscard]] std::vector<Disk> disks() const;

    struct State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace adapters::testing
