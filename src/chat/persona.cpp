#include "chat/persona.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/text.hpp"

namespace chat {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = 65'536;
constexpr std::string_view kShortFile = "SHORT.md";
constexpr std::string_view kUserFile = "USER.md";
constexpr std::string_view kStandardName = "Nook";
constexpr std::size_t kShortChars = 400;

bool is_safe_name(std::string_view name) {
    if (name.size() < 4 || name.size() > 64 || !name.ends_with(".md") || name.front() == '.') {
        return false;
    }
    return std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    });
}

// "# Nook" and more gives "Nook"; empty without a heading.
std::string heading_of(std::string_view text) {
    if (!text.starts_with("# ")) return "";
    return std::string(base::trim(text.substr(2, text.find('\n') - 2)));
}

base::Result<std::string> read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return base::fail(base::ErrorCode::not_found,
                          fmt::format("there is no file {}", path.filename().string()));
    }
    std::string text(kMaxFileBytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxFileBytes) {
        return base::fail(base::ErrorCode::too_large,
                          fmt::format("{} is over 64 KB", path.filename().string()),
                          "move parts of it into a file of another folder");
    }
    return base::to_valid_utf8(text);
}

base::Result<void> write_file(const fs::path& path, std::string_view content) {
    const fs::path temporary = path.string() + ".new";
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0;
    if (good) {
        good = ::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size());
        good = ::fsync(fd) == 0 && good;
        ::close(fd);
    }
    good = good && ::rename(temporary.c_str(), path.c_str()) == 0;
    if (!good) {
        const std::error_code reason(errno, std::generic_category());
        return base::fail(base::ErrorCode::storage,
                          fmt::format("cannot write {}: {}", path.string(), reason.message()),
                          "check the folder's permissions and the free space");
    }
    return {};
}

std::vector<fs::path> markdown_files(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        if (entry.is_regular_file(ignored) && is_safe_name(entry.path().filename().string())) {
            paths.push_back(entry.path());
        }
    }
    std::ranges::sort(paths);
    return paths;
}

}  // namespace

Persona::Persona(fs::path folder, std::vector<WorkspaceFile> defaults)
    : folder_(std::move(folder)), defaults_(std::move(defaults)) {}

base::Result<void> Persona::prepare() {
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) {
        return base::fail(
            base::ErrorCode::storage,
            fmt::format("cannot make the folder {}: {}", folder_.string(), error.message()),
            "check its permissions or set data.folder");
    }
    ::chmod(folder_.c_str(), 0700);
    for (const auto& file : defaults_) {
        if (fs::exists(folder_ / file.name, error)) continue;
        TRY_DO(write_file(folder_ / file.name, file.content));
    }
    return {};
}

void Persona::set_personality(Personality personality) {
    given_ = std::move(personality);
    fingerprint_.clear();
}

base::Result<Taken> Persona::take_profile(const fs::path& file) {
    TRY(profile, read_file(file));
    const auto standard = std::ranges::find(defaults_, kUserFile, &WorkspaceFile::name);
    const auto now = read_file(folder_ / kUserFile);
    const bool untouched =
        !now || (standard != defaults_.end() && base::trim(*now) == base::trim(standard->content));
    if (!untouched || base::trim(profile).empty()) return Taken::no;
    TRY_DO(write_file(folder_ / kUserFile, profile));
    return Taken::yes;
}

std::string Persona::given_text() const {
    if (given_.file.empty()) return std::string(base::trim(given_.text));
    const auto text = read_file(given_.file);
    if (text) return std::string(base::trim(*text));
    LOG_WARN("persona", "the personality file was left out", {"reason", text.error().message});
    return std::string(base::trim(given_.text));
}

std::string Persona::fingerprint() const {
    auto paths = markdown_files(folder_);
    if (!given_.file.empty()) paths.push_back(given_.file);
    std::string text;
    for (const auto& path : paths) {
        struct stat info{};
        if (::stat(path.c_str(), &info) != 0) continue;
        text += fmt::format("{}:{}:{}.{};", path.filename().string(), info.st_size,
                            info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    }
    return text;
}

void Persona::refresh() {
    std::string now = fingerprint();
    if (now == fingerprint_ && !now.empty()) return;
    fingerprint_ = std::move(now);
    const std::string given = given_text();
    prompt_ = given;
    short_prompt_ = base::shorten(given, kShortChars);
    name_ = heading_of(given);
    for (const auto& path : markdown_files(folder_)) {
        const std::string file = path.filename().string();
        auto text = read_file(path);
        if (!text) {
            LOG_WARN("persona", "a workspace file was left out", {"file", file},
                     {"reason", text.error().message});
            continue;
        }
        const std::string body(base::trim(*text));
        if (file == "IDENTITY.md" && name_.empty()) name_ = heading_of(body);
        const bool replaced =
            !given.empty() && (file == "IDENTITY.md" || file == "SOUL.md" || file == kShortFile);
        if (replaced || body.empty()) continue;
        if (file == kShortFile) {
            short_prompt_ = body;
        } else if (base::to_lower_ascii(file) != "heartbeat.md") {
            prompt_ += prompt_.empty() ? body : "\n\n" + body;
        }
    }
    if (!given_.name.empty()) {
        name_ = given_.name;
        const std::string line = fmt::format("Your name is {}.", name_);
        prompt_ = line + "\n\n" + prompt_;
        short_prompt_ = line + " " + short_prompt_;
    }
    if (name_.empty()) name_ = kStandardName;
    LOG_INFO("persona", "workspace read", {"bytes", prompt_.size()});
}

PersonaText Persona::current() {
    refresh();
    return {prompt_, short_prompt_.empty() ? prompt_ : short_prompt_, name_};
}

const std::string& Persona::prompt() {
    refresh();
    return prompt_;
}

const std::string& Persona::short_prompt() {
    refresh();
    return short_prompt_.empty() ? prompt_ : short_prompt_;
}

std::string Persona::name() {
    refresh();
    return name_;
}

std::vector<WorkspaceFile> Persona::files() {
    std::vector<WorkspaceFile> list;
    for (const auto& path : markdown_files(folder_)) {
        WorkspaceFile file{path.filename().string(), {}, {}};
        const auto text = read_file(path);
        file.content = text ? *text : "";
        for (const auto& known : defaults_) {
            if (known.name == file.name) file.description = known.description;
        }
        list.push_back(std::move(file));
    }
    return list;
}

base::Result<WorkspaceFile> Persona::read(const std::string& name) {
    if (!is_safe_name(name)) {
        return base::fail(base::ErrorCode::invalid_argument,
                          "this is not the name of a persona file",
                          "use letters, digits, - and _, ending in .md");
    }
    TRY(text, read_file(folder_ / name));
    WorkspaceFile file{name, std::move(text), {}};
    for (const auto& known : defaults_) {
        if (known.name == name) file.description = known.description;
    }
    return file;
}

base::Result<void> Persona::write(const std::string& name, const std::string& content) {
    if (!is_safe_name(name)) {
        return base::fail(base::ErrorCode::invalid_argument,
                          "this is not the name of a persona file",
                          "use letters, digits, - and _, ending in .md");
    }
    if (content.size() > kMaxFileBytes) {
        return base::fail(base::ErrorCode::too_large, name + " would be over 64 KB");
    }
    if (!base::is_valid_utf8(content)) {
        return base::fail(base::ErrorCode::invalid_argument, "the text is not valid UTF-8");
    }
    return write_file(folder_ / name, content);
}

base::Result<void> Persona::remove(const std::string& name) {
    TRY(file, read(name));
    if (::unlink((folder_ / file.name).c_str()) != 0) {
        return base::fail(base::ErrorCode::storage, "cannot remove " + name);
    }
    return {};
}

}  // namespace chat
