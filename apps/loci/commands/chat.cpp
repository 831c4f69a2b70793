// `loci chat`: a terminal client of the running server. Ctrl-C stops the reply, not the program.
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <unistd.h>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/console.hpp"
#include "commands/line_reader.hpp"
#include "commands/reply_printer.hpp"
#include "json/json.hpp"
#include "pid_file.hpp"

namespace loci {
namespace {

constexpr std::string_view kHelp =
    "/new           begins a new conversation; the old one is kept\n"
    "/reset         begins a new one that knows what this one was about\n"
    "/sessions      lists the conversations; /load N goes on with one of them\n"
    "/history       shows what was said in this one\n"
    "/stats         its messages, tokens and models\n"
    "/clear         removes what was said in this one, for good\n"
    "/model [ID]    shows the models, or sends the next messages to one of them\n"
    "/stop          stops the reply, also one on another screen; Ctrl-C does the same\n"
    "/help          this\n"
    "/quit          ends, as Ctrl-D does\n";

constexpr int kSessions = 20;
constexpr int kShownOnLoad = 6;
constexpr int kShownHistory = 200;

std::atomic<bool> g_interrupted = false;

void on_interrupt(int) {
    g_interrupted = true;
}

void catch_interrupts() {
    struct sigaction action{};
    action.sa_handler = on_interrupt;
    ::sigaction(SIGINT, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

class Terminal {
public:
    explicit Terminal(const config::Settings& settings) : settings_(settings), console_(settings) {}

    // False when the reply failed.
    bool say(const std::string& text) {
        json::Object body{
            {"message", text}, {"stream", true}, {"idempotency_key", base::new_uuid()}};
        if (!session_.empty()) body["session_id"] = session_;
        if (!model_.empty()) body["model"] = model_;
        ReplyPrinter printer(session_);
        g_interrupted = false;
        std::jthread watch([&](const std::stop_token& stop) { stop_on_interrupt(printer, stop); });
        const auto status = console_.stream("/api/chat", json::write(body), printer, {});
        watch.request_stop();
        watch.join();
        fmt::print("\n");
        std::fflush(stdout);
        if (!status) {
            complain(status.error().text());
            return false;
        }
        session_ = printer.session();
        if (*status < 400) return !printer.failed();
        const auto error = json::parse(printer.plain());
        const std::string hint =
            error ? json::string_or(json::find_path(*error, "error.hint")) : "";
        complain((error ? json::string_or(json::find_path(*error, "error.message"), "refused")
                        : "refused") +
                 (hint.empty() ? "" : " (" + hint + ")"));
        return false;
    }

    // False at the end.
    bool command(const std::string& line) {
        const auto space = line.find(' ');
        const std::string verb = line.substr(0, space);
        const std::string rest =
            space == std::string::npos ? "" : std::string(base::trim(line.substr(space)));
        if (verb == "/quit" || verb == "/exit") return false;
        if (verb == "/new") {
            session_.clear();
            fmt::print("A new conversation.\n");
        } else if (verb == "/reset" || verb == "/stats") {
            say(verb);  // answered by the server; trouble was told
        } else if (verb == "/sessions") {
            list_sessions();
        } else if (verb == "/load") {
            load(rest);
        } else if (verb == "/history") {
            if (in_conversation()) show_messages(kShownHistory);
        } else if (verb == "/clear") {
            if (in_conversation() && done("clear")) fmt::print("Cleared.\n");
        } else if (verb == "/stop") {
            if (in_conversation() && done("stop")) fmt::print("Stopped.\n");
        } else if (verb == "/model") {
            choose_model(rest);
        } else if (verb == "/help") {
            fmt::print("{}", kHelp);
        } else {
            fmt::print("There is no {}; /help lists the commands.\n", verb);
        }
        std::fflush(stdout);
        return true;
    }

private:
    // While nothing arrives the stream itself would not notice Ctrl-C.
    void stop_on_interrupt(const ReplyPrinter& printer, const std::stop_token& stop) const {
        while (!stop.stop_requested()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            const std::string session = printer.session();
            // Before the message was accepted there is nothing to stop; the wish is kept.
            if (session.empty() || !g_interrupted.exchange(false)) continue;
            ServerConsole own(settings_);
            const auto stopped = own.ask("POST", "/api/sessions/" + session + "/stop", "{}");
            if (!stopped) complain(stopped.error().text());
        }
    }

    [[nodiscard]] bool in_conversation() const {
        if (session_.empty()) fmt::print("This conversation has not begun yet.\n");
        return !session_.empty();
    }

    [[nodiscard]] bool done(const std::string& verb) {
        const auto answer = console_.ask("POST", "/api/sessions/" + session_ + "/" + verb, "{}");
        if (!answer) complain(answer.error().text());
        return answer.has_value();
    }

    // The list under `key` of what a GET gives; complains and gives an empty one on failure.
    [[nodiscard]] json::Array listed(const std::string& path, const char* key) {
        const auto answer = console_.ask("GET", path);
        if (!answer) {
            complain(answer.error().text());
            return {};
        }
        const auto* list = json::find(*answer, key);
        return list != nullptr && list->is_array() ? list->get_array() : json::Array{};
    }

    void list_sessions() {
        sessions_.clear();
        for (const auto& item :
             listed(fmt::format("/api/sessions?limit={}", kSessions), "sessions")) {
            sessions_.push_back(json::string_or(json::find(item, "id")));
            const std::string title = json::string_or(json::find(item, "title"));
            fmt::print("{} {:>2}  {} ({} messages)\n", sessions_.back() == session_ ? "*" : " ",
                       sessions_.size(), title.empty() ? "untitled" : for_terminal(title),
                       json::int_or(json::find(item, "message_count"), 0));
        }
        if (sessions_.empty()) fmt::print("There are no conversations yet.\n");
    }

    void load(const std::string& which) {
        std::size_t number = 0;
        const auto* end = which.data() + which.size();
        const bool counted = std::from_chars(which.data(), end, number).ptr == end;
        if (which.empty() || (counted && (number < 1 || number > sessions_.size()))) {
            fmt::print("Say which: /load N, with a number that /sessions shows.\n");
            return;
        }
        const std::string id = counted ? sessions_[number - 1] : which;
        const auto found = console_.ask("GET", "/api/sessions/" + http::url_encode(id));
        if (!found) {
            complain(found.error().text());
            return;
        }
        session_ = id;
        const std::string title = json::string_or(json::find(*found, "title"));
        fmt::print("Going on with {}.\n", title.empty() ? "this one" : for_terminal(title));
        show_messages(kShownOnLoad);
    }

    void show_messages(int count) {
        const auto path = fmt::format("/api/messages?session_id={}&limit={}", session_, count);
        for (const auto& item : listed(path, "messages")) {
            const bool person = json::string_or(json::find(item, "role")) == "user";
            const bool cut = json::string_or(json::find(item, "status")) == "interrupted";
            fmt::print("{}{}{}\n", person ? "> " : "",
                       for_terminal(json::string_or(json::find(item, "content"))),
                       cut ? " (interrupted)" : "");
        }
    }

    void choose_model(const std::string& id) {
        bool known = false;
        for (const auto& item : listed("/api/models", "models")) {
            const bool usable = json::string_or(json::find(item, "role")) == "chat" &&
                                (json::string_or(json::find(item, "state")) == "ready" ||
                                 json::string_or(json::find(item, "state")) == "loaded");
            if (!usable) continue;
            const std::string own = json::string_or(json::find(item, "id"));
            known = known || own == id;
            const bool chosen =
                model_.empty() ? json::bool_or(json::find(item, "active"), false) : own == model_;
            if (id.empty()) fmt::print("{} {}\n", chosen ? "*" : " ", own);
        }
        if (id.empty()) return;
        if (!known) {
            fmt::print("{} is no model that could answer now; /model lists them.\n", id);
            return;
        }
        model_ = id;
        fmt::print("The next messages go to {}.\n", id);
    }

    const config::Settings& settings_;
    ServerConsole console_;
    std::string session_;
    std::string model_;
    std::vector<std::string> sessions_;  // as /sessions listed them
};

// Makes sure that a server runs; false when none could be started.
bool find_or_start(const ServeFlags& flags, const config::Settings& settings) {
    if (ServerConsole(settings).is_up()) return true;
    const auto started = start_in_background(flags, settings);
    if (!started) {
        complain(started.error().text());
        return false;
    }
    if (::isatty(2) == 1) {
        fmt::print(stderr, "Loci was started in the background; `loci stop` ends it.\n");
    }
    return true;
}

void converse(Terminal& terminal) {
    LineReader reader("> ");
    if (reader.is_terminal()) fmt::print("/help lists the commands; Ctrl-D ends.\n");
    for (std::string line;;) {
        const auto got = reader.read(line);
        if (got == LineReader::Got::end) break;
        if (got == LineReader::Got::interrupt) {
            fmt::print("\n");
            continue;
        }
        const std::string said(base::trim(line));
        if (said.empty()) continue;
        if (said.front() != '/') {
            const bool good = terminal.say(said);
            static_cast<void>(good);  // it was said on the screen
        } else if (!terminal.command(said)) {
            return;
        }
    }
    if (reader.is_terminal()) fmt::print("\n");
}

}  // namespace

int run_chat(const ServeFlags& flags, const std::string& text) {
    const auto loaded = load_settings(flags);
    if (!loaded) return loaded.error();
    catch_interrupts();
    if (!find_or_start(flags, loaded->settings)) return 1;
    Terminal terminal(loaded->settings);
    if (!text.empty()) return terminal.say(text) ? 0 : 1;
    converse(terminal);
    return 0;
}

}  // namespace loci
