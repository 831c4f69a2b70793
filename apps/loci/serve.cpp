#include "serve.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fmt/core.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "browser.hpp"
#include "config/show.hpp"
#include "house.hpp"
#include "loci_version.hpp"
#include "log_setup.hpp"
#include "phone.hpp"
#include "reload.hpp"

extern char** environ;

namespace loci {
namespace {

enum class Ending { stop, restart };

// Closes the house once, whoever asks first.
class Closing {
public:
    Closing(boost::asio::io_context& io, House& house) : io_(io), house_(house) {}

    async::Task<void> close(Ending ending) {
        if (closing_.stop_requested()) co_return;
        closing_.request_stop();
        ending_ = ending;
        LOG_INFO("server", ending == Ending::stop ? "stopping" : "restarting");
        co_await house_.close();
        io_.stop();
    }
    [[nodiscard]] Ending ending() const { return ending_; }
    [[nodiscard]] std::stop_token token() const { return closing_.get_token(); }

private:
    boost::asio::io_context& io_;
    House& house_;
    std::stop_source closing_;
    Ending ending_ = Ending::stop;
};

async::Task<void> wait_for_signals(boost::asio::signal_set& signals, House& house,
                                   Closing& closing) {
    for (;;) {
        boost::system::error_code error;
        auto waiting =
            signals.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
        const int number = co_await std::move(waiting);
        if (error) co_return;
        if (number != SIGHUP) break;
        house.reload();
    }
    auto ending = closing.close(Ending::stop);
    co_await std::move(ending);
}

async::Task<void> watch_files(House& house, ReloadWatch& watch, Closing& closing) {
    for (;;) {
        auto waiting = next_change(house.clock(), watch, closing.token());
        const Changed changed = co_await std::move(waiting);
        if (changed == Changed::nothing) co_return;
        const bool restart = changed == Changed::program || house.reload();
        if (!restart) continue;
        auto ending = closing.close(Ending::restart);
        co_await std::move(ending);
        co_return;
    }
}

ReloadWatch make_watch(const ServeFlags& flags, const config::Loaded& loaded) {
    const auto& file = loaded.config_file;
    return ReloadWatch({file.empty() ? loaded.config_folder / "config.yaml" : file,
                        loaded.local_file, loaded.config_folder / "secrets.env"},
                       {flags.program});
}

// The program as it is now on disk, with the same words; comes back only when that failed.
int start_again(const ServeFlags& flags) {
    std::vector<std::string> words{flags.program.string()};
    words.insert(words.end(), flags.words.begin(), flags.words.end());
    const bool quiet = std::ranges::find(words, "--no-browser") != words.end();
    if (!quiet) words.emplace_back("--no-browser");
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    complain(fmt::format("cannot start {} again: {}", words[0], std::strerror(errno)));
    return 1;
}

void greet(const House& house, bool open_page) {
    const std::string url = house.url();
    fmt::print("Loci {} is ready: {}\n", version(), url);
    const auto phone = house.phone_link();
    const bool shows_phone = phone.reachable && ::isatty(1) == 1;
    if (shows_phone) {
        fmt::print("On a telephone in the house: {}\n{}{}\n", phone.url, draw_qr(phone.qr),
                   phone.hint);
    }
    std::fflush(stdout);
    LOG_INFO("server", "ready", {"version", version()}, {"url", url});
    if (open_page && has_desktop()) open_browser(url);
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

void complain(const std::string& text) {
    fmt::print(stderr, "loci: {}\n", text);
}

std::expected<config::Loaded, int> load_settings(const ServeFlags& flags) {
    auto loaded = config::load(load_request(flags));
    if (!loaded) {
        complain(loaded.error().text());
        return std::unexpected(1);
    }
    bool bad_flag = false;
    for (const auto& problem : loaded->problems) {
        if (!problem.file.starts_with("--")) continue;
        complain(problem.text());
        bad_flag = true;
    }
    if (bad_flag) return std::unexpected(2);
    return std::move(*loaded);
}

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
    auto loaded = load_settings(flags);
    if (!loaded) return loaded.error();
    configure_log(loaded->settings.logging);
    if (loaded->refuses_start()) {
        for (const auto& problem : loaded->problems) complain(problem.text());
        return 1;
    }
    write_first_example(*loaded);
    const bool open_page = loaded->settings.server.open_browser;
    auto watch = make_watch(flags, *loaded);
    boost::asio::io_context io(1);
    HouseOptions options{load_request(flags), std::move(*loaded), version(),
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
    // Before anybody learns that the server runs: from here on a signal ends it properly.
    boost::asio::signal_set signals(io, SIGINT, SIGTERM, SIGHUP);
    greet(**house, open_page);
    Closing closing(io, **house);
    async::spawn_detached(io.get_executor(), "signals",
                          wait_for_signals(signals, **house, closing));
    if (flags.reload) {
        async::spawn_detached(io.get_executor(), "reload", watch_files(**house, watch, closing));
    }
    io.run();
    if (closing.ending() == Ending::stop) return 0;
    house->reset();
    return start_again(flags);
}

}  // namespace loci
