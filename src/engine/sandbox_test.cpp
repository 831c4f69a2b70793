// Enters the sandbox in a forked child, because there is no way back, and tries what it forbids.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/sandbox.hpp"

namespace engine {
namespace {

// Exit code of a child that enters the sandbox and then runs `check`; 77 when a part is off.
int in_sandbox(const SandboxWish& wish, const std::function<int()>& check) {
    const pid_t pid = fork();
    if (pid == 0) {
        for (const auto& line : enter_sandbox(wish)) {
            if (line.starts_with("off:")) _exit(77);
        }
        _exit(check());
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

#define SKIP_WHEN_OFF(code) \
    if ((code) == 77) GTEST_SKIP() << "this kernel lacks Landlock or seccomp filters"

bool can_open(const std::string& path, int flags) {
    const int fd = open(path.c_str(), flags, 0600);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

TEST(Sandbox, ReadsOnlyWhatItWasGiven) {
    std::string pattern = (std::filesystem::temp_directory_path() / "loci-box-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    const std::filesystem::path folder = pattern;
    std::filesystem::create_directories(folder / "models");
    std::ofstream(folder / "models" / "a.gguf") << "weights";
    std::ofstream(folder / "secret") << "secret";
    const int code = in_sandbox({{(folder / "models").string()}}, [&] {
        if (!can_open(folder / "models" / "a.gguf", O_RDONLY)) return 1;
        if (can_open(folder / "secret", O_RDONLY)) return 2;
        if (can_open(folder / "models" / "a.gguf", O_WRONLY)) return 3;
        if (can_open(folder / "models" / "new", O_WRONLY | O_CREAT)) return 4;
        if (can_open("/etc/passwd", O_RDONLY)) return 5;
        if (!can_open("/proc/meminfo", O_RDONLY)) return 6;
        return 0;
    });
    std::filesystem::remove_all(folder);
    SKIP_WHEN_OFF(code);
    EXPECT_EQ(code, 0);
}

TEST(Sandbox, HasNoNetworkAndStartsNoPrograms) {
    const int code = in_sandbox({}, [] {
        if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM) return 1;
        if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EPERM) return 2;
        const char* arguments[] = {"/bin/true", nullptr};
        execv(arguments[0], const_cast<char**>(arguments));
        return errno == EPERM || errno == EACCES ? 0 : 3;
    });
    SKIP_WHEN_OFF(code);
    EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace engine
