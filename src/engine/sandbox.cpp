#include "engine/sandbox.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fmt/core.h>

namespace engine {
namespace {

// Rights of newer kernels that older headers do not name (landlock(7)).
constexpr std::uint64_t kTruncate = 1ull << 14;     // ABI 3
constexpr std::uint64_t kIoctlDevice = 1ull << 15;  // ABI 5
constexpr std::uint64_t kBindTcp = 1ull << 0;       // ABI 4, network rights
constexpr std::uint64_t kConnectTcp = 1ull << 1;
constexpr std::uint64_t kScopeAll = 3;  // ABI 6: abstract sockets and signals

struct RulesetV6 {
    std::uint64_t files;
    std::uint64_t network;
    std::uint64_t scope;
};

// What the process needs besides its models: the C library's and kernel's own descriptions.
constexpr std::array kSystemPaths{
    "/usr",          "/lib",          "/lib64",        "/etc/ld.so.cache", "/proc/meminfo",
    "/proc/self",    "/proc/cpuinfo", "/proc/loadavg", "/proc/stat",       "/sys/devices/system",
    "/sys/fs/cgroup"};

std::uint64_t file_rights(long abi) {
    std::uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // ABI 1: bits 0 to 12
    if (abi >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3) rights |= kTruncate;
    if (abi >= 5) rights |= kIoctlDevice;
    return rights;
}

// Lets the ruleset read below `path`; a path that does not exist needs no right.
void allow_read(int ruleset, const char* path) {
    const int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return;
    struct stat info{};
    landlock_path_beneath_attr rule{};
    rule.parent_fd = fd;
    rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
    }
    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
}

std::string apply_landlock(const SandboxWish& wish) {
    const long abi =
        syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) return "off: the kernel has no Landlock, files are not restricted";
    RulesetV6 wanted{file_rights(abi), abi >= 4 ? kBindTcp | kConnectTcp : 0,
                     abi >= 6 ? kScopeAll : 0};
    std::size_t size = sizeof(std::uint64_t);
    if (abi >= 4) size = 2 * sizeof(std::uint64_t);
    if (abi >= 6) size = sizeof wanted;
    const auto ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &wanted, size, 0));
    if (ruleset < 0) return fmt::format("off: Landlock refused: {}", std::strerror(errno));
    for (const char* path : kSystemPaths) allow_read(ruleset, path);
    for (const auto& path : wish.readable) allow_read(ruleset, path.c_str());
    const long applied = syscall(SYS_landlock_restrict_self, ruleset, 0);
    const int error = errno;
    close(ruleset);
    if (applied != 0) return fmt::format("off: Landlock refused: {}", std::strerror(error));
    return fmt::format("on: Landlock {}: reads models and libraries only{}", abi,
                       abi >= 4 ? ", no TCP" : "");
}

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;
#endif

// Calls that inference never makes and that would matter if it were taken over: network, other
// programs and processes, mounts, kernel doors. Everything else stays allowed, because what a C
// library or ggml calls changes between versions.
constexpr std::array kRefused{SYS_socket,
                              SYS_socketpair,
                              SYS_connect,
                              SYS_bind,
                              SYS_listen,
                              SYS_accept,
                              SYS_accept4,
                              SYS_execve,
                              SYS_execveat,
                              SYS_ptrace,
                              SYS_process_vm_readv,
                              SYS_process_vm_writev,
                              SYS_mount,
                              SYS_umount2,
                              SYS_pivot_root,
                              SYS_chroot,
                              SYS_setns,
                              SYS_unshare,
                              SYS_bpf,
                              SYS_perf_event_open,
                              SYS_keyctl,
                              SYS_add_key,
                              SYS_request_key,
                              SYS_init_module,
                              SYS_finit_module,
                              SYS_delete_module,
                              SYS_kexec_load,
                              SYS_reboot,
                              SYS_swapon,
                              SYS_swapoff,
                              SYS_io_uring_setup,
                              SYS_userfaultfd,
                              SYS_open_by_handle_at,
                              SYS_pidfd_getfd,
                              SYS_settimeofday,
                              SYS_clock_settime};

std::string apply_seccomp() {
    if (kArchitecture == 0) return "off: no system-call filter for this processor";
    constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EPERM;
    std::vector<sock_filter> program;
    const auto statement = [&](unsigned code, std::uint32_t value) {
        program.push_back(BPF_STMT(static_cast<std::uint16_t>(code), value));
    };
    const auto refuse_if = [&](unsigned test, std::uint32_t value) {
        program.push_back(
            BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), value, 0, 1));
        statement(BPF_RET | BPF_K, kRefuse);
    };
    statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
    statement(BPF_RET | BPF_K, kRefuse);
    statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
#if defined(__x86_64__)
    constexpr std::uint32_t kX32 = 0x40000000;  // the 32-bit-pointer variant of every call
    refuse_if(BPF_JGE, kX32);
#endif
    for (const auto call : kRefused) refuse_if(BPF_JEQ, static_cast<std::uint32_t>(call));
    statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
        return fmt::format("off: the system-call filter was refused: {}", std::strerror(errno));
    }
    return "on: system-call filter: no network, no other programs";
}

}  // namespace

std::vector<std::string> enter_sandbox(const SandboxWish& wish) {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);  // a core file would hold people's words
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return {"off: the kernel refused PR_SET_NO_NEW_PRIVS, nothing else can be applied"};
    }
    return {apply_landlock(wish), apply_seccomp()};
}

}  // namespace engine
