#include "log_setup.hpp"

#include "base/log.hpp"

namespace loci {
namespace {

base::log::Level to_log(config::LogLevel level) {
    switch (level) {
        case config::LogLevel::trace:
            return base::log::Level::trace;
        case config::LogLevel::debug:
            return base::log::Level::debug;
        case config::LogLevel::info:
            return base::log::Level::info;
        case config::LogLevel::warn:
            return base::log::Level::warn;
        case config::LogLevel::error:
            return base::log::Level::error;
        case config::LogLevel::off:
            return base::log::Level::off;
    }
    return base::log::Level::info;
}

}  // namespace

void configure_log(const config::Logging& logging) {
    base::log::Options options;
    options.level = to_log(logging.level);
    options.format = logging.format == config::LogFormat::json      ? base::log::Format::json
                     : logging.format == config::LogFormat::compact ? base::log::Format::compact
                                                                    : base::log::Format::pretty;
    options.file = logging.file;
    base::log::configure(options);
}

}  // namespace loci
