#include "console.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>

#include "json/describe.hpp"
#include "phone.hpp"
#include "pid_file.hpp"
#include "protocol/codec.hpp"

namespace loci {
namespace {

constexpr auto kStartPatience = std::chrono::seconds(20);

template <class T>
T drive(boost::asio::io_context& io, async::Task<T> task) {
    std::optional<T> out;
    boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr error, T value) {
        if (error) {
            out = base::fail(base::ErrorCode::internal, "the request broke");
        } else {
            out = std::move(value);
        }
    });
    while (!out && io.run_one() > 0) {
    }
    io.restart();
    return out ? std::move(*out) : T(base::fail(base::ErrorCode::internal, "no answer came"));
}

base::Error stated_error(const http::ClientResponse& response) {
    const auto body = json::parse(response.body);
    const auto* error = body ? json::find(*body, "error") : nullptr;
    if (error != nullptr) {
        const auto info = json::to<protocol::ErrorInfo>(*error);
        if (info) return protocol::from_error_info(*info);
    }
    return base::make_error(base::ErrorCode::upstream,
                            fmt::format("the server answered with status {}", response.status));
}

}  // namespace

ServerConsole::ServerConsole(const config::Settings& settings)
    : client_(io_.get_executor()),
      url_(running_server(settings.data.folder).url),
      key_(settings.auth.key) {
    const auto& server = settings.server;
    if (server.tls.mode == config::TlsMode::own) certificate_ = server.tls.certificate;
    if (server.tls.mode == config::TlsMode::self_signed) {
        certificate_ = settings.data.folder + "/tls/tls.crt";
    }
    if (!url_.empty()) return;
    url_ = fmt::format("{}://{}:{}", server.tls.mode == config::TlsMode::off ? "http" : "https",
                       listens_everywhere(server.host) ? "127.0.0.1" : url_host(server.host),
                       server.port);
}

http::ClientRequest ServerConsole::request(std::string method, std::string path,
                                           std::string body) const {
    http::ClientRequest request;
    request.method = std::move(method);
    request.url = url_ + path;
    request.only_certificate = certificate_;
    if (!key_.empty()) request.headers.set("Authorization", "Bearer " + key_);
    if (!body.empty()) request.headers.set("Content-Type", "application/json");
    request.body = std::move(body);
    request.connect_timeout = std::chrono::milliseconds(2'000);
    request.idle_timeout = std::chrono::milliseconds(600'000);
    return request;
}

bool ServerConsole::is_up() {
    auto asking = request("GET", "/healthz", {});
    // Something else may sit at this port and say nothing.
    asking.idle_timeout = std::chrono::milliseconds(5'000);
    const auto response = drive(io_, client_.fetch(std::move(asking), {}));
    return response && response->status == 200;
}

base::Result<json::Value> ServerConsole::ask(std::string method, std::string path,
                                             std::string body) {
    const auto response =
        drive(io_, client_.fetch(request(std::move(method), std::move(path), std::move(body)), {}));
    if (!response) return base::fail(response.error());
    if (response->status >= 400) return base::fail(stated_error(*response));
    return json::parse(response->body);
}

base::Result<int> ServerConsole::stream(std::string path, std::string body, http::BodySink& sink,
                                        std::stop_token stop) {
    const auto response =
        drive(io_, client_.stream(request("POST", std::move(path), std::move(body)), sink, stop));
    if (!response) return base::fail(response.error());
    return response->status;
}

namespace {

async::Task<base::Result<std::vector<models::LocalOffer>>> discover(http::Client& client,
                                                                    async::Clock& clock) {
    models::Discovery discovery(client, clock);
    auto looking = discovery.look({});
    co_return co_await std::move(looking);
}

}  // namespace

namespace {

// The newest complaint of the server in its log; log lines begin with the time.
std::string last_words(const std::filesystem::path& log, std::uintmax_t from) {
    std::ifstream file(log);
    file.seekg(static_cast<std::streamoff>(from));
    std::string words = "it said nothing";
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("loci: ")) words = line.substr(6);
    }
    return words;
}

}  // namespace

std::vector<models::LocalOffer> look_around() {
    boost::asio::io_context io;
    http::Client client(io.get_executor());
    const auto clock = async::make_system_clock();
    auto offers = drive(io, discover(client, *clock));
    return offers ? std::move(*offers) : std::vector<models::LocalOffer>{};
}

base::Result<void> start_in_background(const ServeFlags& flags, const config::Settings& settings) {
    const std::filesystem::path log = std::filesystem::path(settings.data.folder) / "server.log";
    std::error_code ignored;
    std::filesystem::create_directories(settings.data.folder, ignored);
    const auto log_begin =
        std::filesystem::exists(log, ignored) ? std::filesystem::file_size(log, ignored) : 0;
    std::vector<std::string> words{flags.program.string(), "serve", "--no-browser"};
    if (!flags.config.empty()) words.insert(words.end(), {"--config", flags.config.string()});
    for (const auto& item : flags.overrides) {
        words.push_back(item.flag);
        if (item.flag != "--no-browser") words.push_back(item.value);
    }
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child < 0) return base::fail(base::ErrorCode::unavailable, "cannot start a process");
    if (child == 0) {
        ::setsid();
        const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        const int in = ::open("/dev/null", O_RDONLY);
        ::dup2(in, 0);
        ::dup2(out, 1);
        ::dup2(out, 2);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    const auto end = std::chrono::steady_clock::now() + kStartPatience;
    while (std::chrono::steady_clock::now() < end) {
        int status = 0;
        if (::waitpid(child, &status, WNOHANG) == child) {
            return base::fail(base::ErrorCode::unavailable,
                              "the server ended at once: " + last_words(log, log_begin),
                              "all of its words are in " + log.string());
        }
        const auto running = running_server(settings.data.folder);
        const bool listens =
            running.pid == child && !running.url.empty() && ServerConsole(settings).is_up();
        if (listens) return {};
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return base::fail(base::ErrorCode::timeout, "the server did not become ready",
                      "its words are in " + log.string());
}

}  // namespace loci
