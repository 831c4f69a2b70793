// The log front: levels, a category, a fixed sentence and fields. Any thread; never fails.
//
//   LOG_INFO("chat", "turn started", {"turn", id.str()}, {"model", model});
//
// Rule: the sentence and the fields hold no person's words and no secret. Ids, sizes, names of
// settings and error codes are fine. As a second net, values registered with add_secret() are
// replaced by "***" in every line before any sink sees it.
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

namespace base::log {

enum class Level { trace, debug, info, warn, error, off };
enum class Format { pretty, compact, json };

[[nodiscard]] std::string_view to_string(Level level);

struct Field {
    std::string key;
    std::string value;

    Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
    Field(std::string_view k, std::string_view v) : key(k), value(v) {}
    Field(std::string_view k, const char* v) : key(k), value(v) {}
    Field(std::string_view k, bool v) : key(k), value(v ? "true" : "false") {}
    template <class T>
        requires((std::integral<T> && !std::same_as<T, bool>) || std::floating_point<T>)
    Field(std::string_view k, T v) : key(k), value(fmt::format("{}", v)) {}
};

struct Record {
    Level level;
    long long time_ms;  // Unix time
    std::string category;
    std::string message;
    std::vector<Field> fields;
};

struct Options {
    Level level = Level::info;
    Format format = Format::pretty;
    std::string file;  // empty: stderr only
};

// Sets the sinks; may be called again to change them. Before the first call: stderr, info, pretty.
void configure(const Options& options);
[[nodiscard]] bool enabled(Level level);
void write(Level level, std::string_view category, std::string_view message,
           std::initializer_list<Field> fields);

// Registers a value that must never be shown; values shorter than 6 characters are ignored.
void add_secret(std::string secret);
[[nodiscard]] std::string redact(std::string text);

// Adds a reader of every record (the log table, a live view); it must not log. The reader is
// dropped when the returned handle is destroyed.
using Reader = std::function<void(const Record&)>;
[[nodiscard]] std::shared_ptr<void> subscribe(Reader reader);

}  // namespace base::log

#define LOCI_LOG(level, category, message, ...)                          \
    do {                                                                 \
        if (::base::log::enabled(level))                                 \
            ::base::log::write(level, category, message, {__VA_ARGS__}); \
    } while (false)
#define LOG_TRACE(...) LOCI_LOG(::base::log::Level::trace, __VA_ARGS__)
#define LOG_DEBUG(...) LOCI_LOG(::base::log::Level::debug, __VA_ARGS__)
#define LOG_INFO(...) LOCI_LOG(::base::log::Level::info, __VA_ARGS__)
#define LOG_WARN(...) LOCI_LOG(::base::log::Level::warn, __VA_ARGS__)
#define LOG_ERROR(...) LOCI_LOG(::base::log::Level::error, __VA_ARGS__)
