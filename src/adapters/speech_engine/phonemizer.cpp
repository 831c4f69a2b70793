#include "adapters/speech_engine/phonemizer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/text.hpp"
#include "process/child.hpp"

namespace adapters::speech_engine {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;  // it takes milliseconds; a machine may be very busy
constexpr off_t kMaxAnswer = 1 << 20;
constexpr std::size_t kMaxVoiceBytes = 32;

// A file in memory, shared with one child.
class MemoryFile {
public:
    explicit MemoryFile(const char* name) : fd_(memfd_create(name, MFD_CLOEXEC)) {}
    ~MemoryFile() {
        if (fd_ >= 0) close(fd_);
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] bool fill(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto count = write(fd_, bytes.data(), bytes.size());
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return lseek(fd_, 0, SEEK_SET) == 0;
    }
    [[nodiscard]] base::Result<std::string> read_all() const {
        struct stat facts{};
        if (fstat(fd_, &facts) != 0 || facts.st_size > kMaxAnswer) {
            return base::fail(base::ErrorCode::upstream, "espeak-ng answered too much");
        }
        std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
        const auto count = pread(fd_, bytes.data(), bytes.size(), 0);
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        return bytes;
    }

private:
    int fd_;
};

bool is_voice_name(std::string_view name) {
    return !name.empty() && name.size() <= kMaxVoiceBytes && name[0] != '-' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
           });
}

async::Task<void> kill_later(async::Clock& clock, std::shared_ptr<process::Child> child,
                             std::shared_ptr<bool> late, std::stop_token stop) {
    const bool came = co_await clock.sleep_for(kPatience, stop);
    if (came) {
        *late = true;
        child->kill();
    }
}

}  // namespace

std::string find_espeak() {
    for (const char* path : {"/usr/bin/espeak-ng", "/usr/local/bin/espeak-ng"}) {
        if (access(path, X_OK) == 0) return path;
    }
    return {};
}

std::vector<std::string> read_ipa_lines(std::string_view answer) {
    std::vector<std::string> lines;
    const std::string valid = base::to_valid_utf8(answer);
    for (const auto& raw : base::split(valid, '\n')) {
        std::string line;
        bool aside = false;  // inside "(de)", the mark of a word of another language
        for (const char c : raw) {
            if (c == '(') aside = true;
            const auto byte = static_cast<unsigned char>(c);
            const bool fits = byte > 127 || std::islower(byte) != 0 || c == ' ';
            const bool doubled = c == ' ' && (line.empty() || line.back() == ' ');
            if (!aside && fits && !doubled) line.push_back(c);
            if (c == ')') aside = false;
        }
        while (!line.empty() && line.back() == ' ') line.pop_back();
        if (!line.empty()) lines.push_back(std::move(line));
    }
    return lines;
}

EspeakPhonemizer::EspeakPhonemizer(async::Executor executor, async::Clock& clock,
                                   std::string program)
    : executor_(std::move(executor)), clock_(clock), program_(std::move(program)) {}

async::Task<base::Result<std::vector<std::string>>> EspeakPhonemizer::phonemes(
    std::vector<std::string> pieces, std::string voice, std::stop_token stop) {
    if (program_.empty()) {
        co_return base::fail(base::ErrorCode::unavailable,
                             "this voice needs espeak-ng, which is not installed",
                             "install Debian's espeak-ng, or set speech.voice to flite");
    }
    if (!is_voice_name(voice)) {
        co_return base::fail(base::ErrorCode::invalid_argument,
                             "the voice names no language of espeak-ng",
                             "bring the voice again, both files of it");
    }
    std::string text;
    for (const auto& piece : pieces) text += piece + "\n";
    auto asking = ask(std::move(text), voice, stop);
    auto lines = co_await std::move(asking);
    if (!lines || lines->size() == pieces.size()) co_return lines;
    // A line was split or had nothing to say: then one by one.
    std::vector<std::string> all;
    for (const auto& piece : pieces) {
        auto asking_one = ask(piece + "\n", voice, stop);
        auto parts = co_await std::move(asking_one);
        if (!parts) co_return base::fail(std::move(parts.error()));
        std::string joined;
        for (const auto& part : *parts) joined += (joined.empty() ? "" : " ") + part;
        all.push_back(std::move(joined));
    }
    co_return all;
}

async::Task<base::Result<std::vector<std::string>>> EspeakPhonemizer::ask(std::string text,
                                                                          std::string voice,
                                                                          std::stop_token stop) {
    const MemoryFile question("loci-words");
    const MemoryFile answer("loci-phonemes");
    if (question.fd() < 0 || answer.fd() < 0 || !question.fill(text)) {
        co_return base::fail(base::ErrorCode::unavailable,
                             fmt::format("no memory file: {}", std::strerror(errno)));
    }
    process::SpawnOptions options;
    options.program = program_;
    options.arguments = {"-q", "--ipa", "-b", "1", "-v", voice};
    options.environment = {"LANG=C.UTF-8"};
    options.descriptors = {{question.fd(), 0}, {answer.fd(), 1}};
    auto spawned = process::spawn(executor_, std::move(options));
    if (!spawned) co_return base::fail(std::move(spawned.error()));
    const std::shared_ptr<process::Child> child = std::move(*spawned);
    const auto late = std::make_shared<bool>(false);
    std::stop_source ended;
    async::spawn_detached(executor_, "espeak.patience",
                          kill_later(clock_, child, late, ended.get_token()));
    process::Exit exit;
    {
        const std::stop_callback on_stop(stop, [child] { child->kill(); });
        exit = co_await child->wait();
    }
    ended.request_stop();
    if (stop.stop_requested()) co_return base::fail(base::ErrorCode::cancelled, "stopped");
    if (*late) co_return base::fail(base::ErrorCode::timeout, "espeak-ng did not answer");
    if (!exit.ok()) {
        co_return base::fail(base::ErrorCode::upstream,
                             fmt::format("espeak-ng failed: {}", exit.text()),
                             "check the language of the voice");
    }
    CO_TRY(bytes, answer.read_all());
    co_return read_ipa_lines(bytes);
}

}  // namespace adapters::speech_engine
