#include "serve.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fmt/core.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "config/show.hpp"
#include "house.hpp"
#include "loci_version.hpp"

extern char** environ;

namespace loci {
namespace {

void complain(const std::string& text) {
    fmt::print(stderr, "loci: {}\n", text);
}

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

void configure_log(const config::Logging& logging) {
    base::log::Options options;
    options.level = to_log(logging.level);
    options.format = logging.format == config::LogFormat::json      ? base::log::Format::json
                     : logging.format == config::LogFormat::compact ? base::log::Format::compact
                                                                    : base::log::Format::pretty;
    options.file = logging.file;
    base::log::configure(options);
}

async::Task<void> wait_for_signals(boost::asio::io_context& io, House& house) {
    boost::asio::signal_set signals(io, SIGINT, SIGTERM, SIGHUP);
    for (;;) {
        boost::system::error_code error;
        auto waiting =
            signals.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
        const int number = co_await std::move(waiting);
        if (error) co_return;
        if (number != SIGHUP) break;
        house.reload();
    }
    LOG_INFO("server", "stopping");
    co_await house.close();
    io.stop();
}

// A first start leaves an example behind, so that there is something to edit.
void write_first_example(const config::Loaded& loaded) {
    if (!loaded.config_file.empty()) return;
    const auto path = loaded.config_folder / "config.example.yaml";
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return;
    const auto written = config::write_example(path);
    if (!written) {
        LOG_WARN("config", "no example was written", {"reason", written.error().message});
    }
}

}  // namespace

std::string version() {
    return kVersion;
}

config::LoadRequest load_request(const ServeFlags& flags) {
    config::LoadRequest request;
    request.config_path = flags.config;
    request.overrides = flags.overrides;
    for (char** item = environ; *item != nullptr; ++item) {
        const std::string_view text(*item);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) {
            request.environment[std::string(text.substr(0, equals))] =
                std::string(text.substr(equals + 1));
        }
    }
    std::error_code ignored;
    request.working_dir = std::filesystem::current_path(ignored);
    const char* home = std::getenv("HOME");
    request.home = home != nullptr ? home : "/";
    return request;
}

int serve(const ServeFlags& flags) {
    // A peer that hangs up must not end the server.
    std::signal(SIGPIPE, SIG_IGN);
    auto request = load_request(flags);
    auto loaded = config::load(request);
    if (!loaded) {
        complain(loaded.error().text());
        return 1;
    }
    configure_log(loaded->settings.logging);
    if (loaded->refuses_start()) {
        for (const auto& problem : loaded->problems) complain(problem.text());
        return 1;
    }
    write_first_example(*loaded);
    boost::asio::io_context io(1);
    HouseOptions options{std::move(request), std::move(*loaded), version(),
                         flags.program.parent_path()};
    auto house = House::build(io, std::move(options));
    if (!house) {
        complain(house.error().text());
        return 1;
    }
    const auto opened = (*house)->open();
    if (!opened) {
        complain(opened.error().text());
        return 1;
    }
    fmt::print("Loci {} is ready: {}\n", version(), (*house)->url());
    std::fflush(stdout);
    LOG_INFO("server", "ready", {"version", version()}, {"url", (*house)->url()});
    async::spawn_detached(io.get_executor(), "signals", wait_for_signals(io, **house));
    io.run();
    return 0;
}

}  // namespace loci
