#include "browser.hpp"

#include <cstdlib>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.hpp"

namespace loci {
namespace {

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

}  // namespace

bool has_desktop() {
#ifdef __APPLE__
    return !is_set("SSH_CONNECTION");
#else
    return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
#endif
}

void open_browser(const std::string& url) {
#ifdef __APPLE__
    const char* opener = "open";
#else
    const char* opener = "xdg-open";
#endif
    // Twice forked: the opener belongs to nobody here and leaves no zombie.
    const pid_t child = ::fork();
    if (child < 0) {
        LOG_WARN("server", "no browser was opened: cannot start a process");
        return;
    }
    if (child > 0) {
        int status = 0;
        ::waitpid(child, &status, 0);
        return;
    }
    if (::fork() != 0) ::_exit(0);
    ::setsid();
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, 0);
    ::dup2(nothing, 1);
    ::dup2(nothing, 2);
    ::execlp(opener, opener, url.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
}

}  // namespace loci
