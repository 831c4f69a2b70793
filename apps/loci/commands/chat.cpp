// `loci chat`: a terminal client of the running server. Ctrl-C stops the reply, not the program.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <stop_token>
#include <thread>

#include <fmt/core.h>
#include <unistd.h>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/console.hpp"
#include "http/sse.hpp"
#include "json/describe.hpp"
#include "protocol/codec.hpp"

namespace loci {
namespace {

constexpr std::string_view kHelp =
    "/new        a new conversation          /sessions   the conversations\n"
    "/load ID    goes on with another one    /clear      removes what was said here\n"
    "/stop       stops the reply (or Ctrl-C) /model [ID] shows or chooses the model\n"
    "/help       this                        /quit       ends (or Ctrl-D)\n";

std::atomic<bool> g_interrupted = false;

void on_interrupt(int) {
    g_interrupted = true;
}

// Ctrl-C must work on the next line too, so getline() may be interrupted (no SA_RESTART).
void catch_interrupts() {
    struct sigaction action{};
    action.sa_handler = on_interrupt;
    ::sigaction(SIGINT, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

// Prints the reply as it streams and keeps how it ended.
class Printer final : public http::BodySink {
public:
    explicit Printer(ServerConsole& stopper) : stopper_(stopper) {}

    bool on_head(const http::ClientResponse& head) override {
        const auto type = head.headers.get("Content-Type");
        streams_ = type && type->starts_with("text/event-stream");
        return true;
    }

    bool on_data(std::string_view bytes) override {
        if (!streams_) {
            plain_.append(bytes);
            return true;
        }
        const auto fed = parser_.feed(bytes, [this](const http::SseEvent& event) {
            handle(event);
            return true;
        });
        return fed.has_value();
    }

    // Asks the server to stop the reply, once.
    void stop_reply() {
        if (session.empty() || stopping_) return;
        stopping_ = true;
        const auto stopped = stopper_.ask("POST", "/api/sessions/" + session + "/stop", "{}");
        static_cast<void>(stopped);  // the reply goes on, which the person sees
    }

    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] const std::string& plain() const { return plain_; }
    std::string session;

private:
    void handle(const http::SseEvent& event) {
        const auto data = json::parse(event.data);
        if (!data) return;
        if (event.event == "message.accepted") {
            session = json::string_or(json::find_path(*data, "message.session_id"));
        } else if (event.event == "reply.delta") {
            fmt::print("{}", json::string_or(json::find(*data, "text")));
            std::fflush(stdout);
        } else if (event.event == "reply.reset") {
            fmt::print("\n");
        } else if (event.event == "error") {
            failed_ = true;
            const std::string hint = json::string_or(json::find(*data, "hint"));
            fmt::print("{}{}", json::string_or(json::find(*data, "message")),
                       hint.empty() ? "" : " (" + hint + ")");
        } else if (event.event == "done") {
            session = json::string_or(json::find(*data, "session_id"), session);
            const std::string badge = json::string_or(json::find_path(*data, "detail.badge"));
            if (!badge.empty() && ::isatty(1) == 1) fmt::print("  \033[2m[{}]\033[0m", badge);
        }
        if (g_interrupted.exchange(false)) stop_reply();
    }

    ServerConsole& stopper_;
    http::SseParser parser_;
    bool streams_ = false;
    bool failed_ = false;
    bool stopping_ = false;
    std::string plain_;
};

class Terminal {
public:
    explicit Terminal(const config::Settings& settings) : settings_(settings), console_(settings) {}

    // False when the reply failed.
    bool say(const std::string& text) {
        json::Object body{
            {"message", text}, {"stream", true}, {"idempotency_key", base::new_uuid()}};
        if (!session_.empty()) body["session_id"] = session_;
        if (!model_.empty()) body["model"] = model_;
        ServerConsole stopper(settings_);
        Printer printer(stopper);
        printer.session = session_;
        g_interrupted = false;
        // Ctrl-C while nothing arrives: the stream itself would not notice.
        std::jthread watch([&](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                if (g_interrupted.exchange(false)) {
                    ServerConsole own(settings_);
                    if (!printer.session.empty()) {
                        const auto stopped =
                            own.ask("POST", "/api/sessions/" + printer.session + "/stop", "{}");
                        static_cast<void>(stopped);
                    }
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
        });
        const auto status = console_.stream("/api/chat", json::write(body), printer, {});
        watch.request_stop();
        watch.join();
        fmt::print("\n");
        if (!status) {
            complain(status.error().text());
            return false;
        }
        if (!printer.session.empty()) session_ = printer.session;
        if (*status >= 400) {
            const auto error = json::parse(printer.plain());
            complain(error ? json::string_or(json::find_path(*error, "error.message"), "refused")
                           : "refused");
            return false;
        }
        return !printer.failed();
    }

    // False at the end.
    bool command(const std::string& line) {
        const auto space = line.find(' ');
        const std::string verb = line.substr(0, space);
        const std::string rest =
            space == std::string::npos ? "" : std::string(base::trim(line.substr(space)));
        if (verb == "/quit" || verb == "/exit") return false;
        if (verb == "/new" || verb == "/reset") {
            session_.clear();
            fmt::print("A new conversation.\n");
        } else if (verb == "/load") {
            session_ = rest;
        } else if (verb == "/clear") {
            if (!session_.empty()) report("POST", "/api/sessions/" + session_ + "/clear");
        } else if (verb == "/stop") {
            if (!session_.empty()) report("POST", "/api/sessions/" + session_ + "/stop");
        } else if (verb == "/sessions") {
            list_sessions();
        } else if (verb == "/model") {
            choose_model(rest);
        } else {
            fmt::print("{}", kHelp);
        }
        return true;
    }

private:
    void report(const std::string& method, const std::string& path) {
        const auto done = console_.ask(method, path, "{}");
        if (!done) complain(done.error().text());
    }

    void list_sessions() {
        const auto answer = console_.ask("GET", "/api/sessions?limit=20");
        if (!answer) {
            complain(answer.error().text());
            return;
        }
        const auto* list = json::find(*answer, "sessions");
        if (list == nullptr || !list->is_array()) return;
        for (const auto& item : list->get_array()) {
            fmt::print("{}  {}\n", json::string_or(json::find(item, "id")),
                       json::string_or(json::find(item, "title"), "untitled"));
        }
    }

    void choose_model(const std::string& id) {
        if (!id.empty()) {
            model_ = id;
            fmt::print("The next messages go to {}.\n", id);
            return;
        }
        const auto answer = console_.ask("GET", "/api/models");
        const auto* list = answer ? json::find(*answer, "models") : nullptr;
        if (list == nullptr || !list->is_array()) return;
        for (const auto& item : list->get_array()) {
            const bool usable = json::string_or(json::find(item, "state")) == "ready" &&
                                json::string_or(json::find(item, "role")) == "chat";
            if (!usable) continue;
            fmt::print("{} {}\n", json::bool_or(json::find(item, "active"), false) ? "*" : " ",
                       json::string_or(json::find(item, "id")));
        }
    }

    const config::Settings& settings_;
    ServerConsole console_;
    std::string session_;
    std::string model_;
};

}  // namespace

int run_chat(const ServeFlags& flags, const std::string& text) {
    const auto loaded = load_settings(flags);
    if (!loaded) return 1;
    catch_interrupts();
    ServerConsole console(loaded->settings);
    if (!console.is_up()) {
        const auto started = start_in_background(flags, loaded->settings);
        if (!started) {
            complain(started.error().text());
            return 1;
        }
    }
    Terminal terminal(loaded->settings);
    if (!text.empty()) return terminal.say(text) ? 0 : 1;
    const bool shows_prompt = ::isatty(0) == 1;
    if (shows_prompt) fmt::print("Talking with {}; /help lists the commands.\n", console.url());
    for (std::string line;;) {
        if (shows_prompt) {
            fmt::print("> ");
            std::fflush(stdout);
        }
        if (!std::getline(std::cin, line)) {
            if (!g_interrupted.exchange(false)) break;
            std::cin.clear();
            std::clearerr(stdin);
            fmt::print("\n");
            continue;
        }
        const std::string said(base::trim(line));
        if (said.empty()) continue;
        if (said.front() == '/') {
            if (!terminal.command(said)) break;
        } else {
            const bool good = terminal.say(said);
            static_cast<void>(good);  // it was said on the screen
        }
    }
    return 0;
}

}  // namespace loci
