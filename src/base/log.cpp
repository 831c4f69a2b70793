#include "base/log.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include "base/text.hpp"

namespace base::log {
namespace {

constexpr std::size_t kFileBytes = 10'000'000;
constexpr std::size_t kFiles = 3;
constexpr std::size_t kShortestSecret = 6;

struct State {
    std::mutex mutex;
    std::shared_ptr<spdlog::logger> logger;
    Format format = Format::pretty;
    std::vector<std::string> secrets;
    std::vector<std::weak_ptr<Reader>> readers;
};

std::atomic<Level> g_level = Level::info;

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::trace:
            return spdlog::level::trace;
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warn:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
        case Level::off:
            return spdlog::level::off;
    }
    return spdlog::level::info;
}

// `trouble` says why there is no log file; the program works without one.
std::shared_ptr<spdlog::logger> make_logger(const Options& options, std::string& trouble) {
    std::vector<spdlog::sink_ptr> sinks;
    sinks.push_back(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    if (!options.file.empty()) {
        try {
            sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
                options.file, kFileBytes, kFiles));
        } catch (const spdlog::spdlog_ex& error) {
            trouble = error.what();
        }
    }
    auto logger = std::make_shared<spdlog::logger>("loci", sinks.begin(), sinks.end());
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::info);
    logger->set_pattern(options.format == Format::pretty ? "%H:%M:%S.%e %^%-5l%$ %v" : "%v");
    return logger;
}

State& state() {
    std::string trouble;
    static State instance{{}, make_logger({}, trouble), Format::pretty, {}, {}};
    return instance;
}

void append_json_string(std::string& out, std::string_view text) {
    out.push_back('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

std::string render_json(const Record& record) {
    std::string line = fmt::format(
        "{{\"time_ms\":{},\"level\":\"{}\",\"category\":", record.time_ms, to_string(record.level));
    append_json_string(line, record.category);
    line += ",\"message\":";
    append_json_string(line, record.message);
    for (const auto& field : record.fields) {
        line.push_back(',');
        append_json_string(line, field.key);
        line.push_back(':');
        append_json_string(line, field.value);
    }
    line.push_back('}');
    return line;
}

std::string render_text(const Record& record, Format format) {
    std::string line;
    if (format == Format::compact) {
        line = fmt::format("{} {:.1} ", record.time_ms, to_string(record.level));
    }
    line += fmt::format("{:<8} {}", record.category, record.message);
    for (const auto& field : record.fields) line += fmt::format("  {}={}", field.key, field.value);
    for (char& c : line) {
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    return line;
}

std::string redact_locked(const State& s, std::string text) {
    for (const auto& secret : s.secrets) text = replace_all(std::move(text), secret, "***");
    return text;
}

}  // namespace

std::string_view to_string(Level level) {
    switch (level) {
        case Level::trace:
            return "trace";
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warn:
            return "warn";
        case Level::error:
            return "error";
        case Level::off:
            return "off";
    }
    return "info";
}

void configure(const Options& options) {
    std::string trouble;
    {
        auto& s = state();
        const std::lock_guard lock(s.mutex);
        s.logger = make_logger(options, trouble);
        s.format = options.format;
        g_level = options.level;
    }
    if (!trouble.empty()) LOG_ERROR("log", "the log file is off", {"reason", trouble});
}

bool enabled(Level level) {
    return level >= g_level.load(std::memory_order_relaxed);
}

void write(Level level, std::string_view category, std::string_view message,
           std::initializer_list<Field> fields) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    Record record{level, std::chrono::duration_cast<std::chrono::milliseconds>(now).count(),
                  std::string(category), std::string(message), fields};
    std::vector<std::shared_ptr<Reader>> readers;
    {
        auto& s = state();
        const std::lock_guard lock(s.mutex);
        record.message = redact_locked(s, std::move(record.message));
        for (auto& field : record.fields) field.value = redact_locked(s, std::move(field.value));
        const std::string line =
            s.format == Format::json ? render_json(record) : render_text(record, s.format);
        s.logger->log(to_spdlog(level), line);
        std::erase_if(s.readers, [](const auto& weak) { return weak.expired(); });
        for (const auto& weak : s.readers) {
            if (auto reader = weak.lock()) readers.push_back(std::move(reader));
        }
    }
    for (const auto& reader : readers) (*reader)(record);
}

void add_secret(std::string secret) {
    if (secret.size() < kShortestSecret) return;
    auto& s = state();
    const std::lock_guard lock(s.mutex);
    if (std::ranges::find(s.secrets, secret) != s.secrets.end()) return;
    s.secrets.push_back(std::move(secret));
}

std::string redact(std::string text) {
    auto& s = state();
    const std::lock_guard lock(s.mutex);
    return redact_locked(s, std::move(text));
}

std::shared_ptr<void> subscribe(Reader reader) {
    auto handle = std::make_shared<Reader>(std::move(reader));
    auto& s = state();
    const std::lock_guard lock(s.mutex);
    s.readers.push_back(handle);
    return handle;
}

}  // namespace base::log
