#include "commands/line_reader.hpp"

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <utility>

#include <histedit.h>
#include <unistd.h>

namespace loci {

struct LineReader::State {
    std::string prompt;
    EditLine* edit = nullptr;
    History* history = nullptr;
    HistEvent event{};
    bool interrupted = false;

    static State& of(EditLine* edit) {
        void* state = nullptr;
        ::el_get(edit, EL_CLIENTDATA, &state);
        return *static_cast<State*>(state);
    }
    static char* give_prompt(EditLine* edit) { return of(edit).prompt.data(); }
    static unsigned char on_interrupt(EditLine* edit, int) {
        of(edit).interrupted = true;
        return CC_EOF;
    }
};

LineReader::LineReader(std::string prompt) {
    if (::isatty(0) != 1 || ::isatty(1) != 1) return;
    // The editor counts characters by the locale; without one, what is typed is still UTF-8.
    std::setlocale(LC_CTYPE, "");
    if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
    auto state = std::make_unique<State>();
    state->prompt = std::move(prompt);
    state->edit = ::el_init("loci", stdin, stdout, stderr);
    if (state->edit == nullptr) return;
    constexpr int kLines = 500;
    EditLine* edit = state->edit;
    state->history = ::history_init();
    ::history(state->history, &state->event, H_SETSIZE, kLines);
    ::history(state->history, &state->event, H_SETUNIQUE, 1);
    ::el_set(edit, EL_CLIENTDATA, state.get());
    ::el_set(edit, EL_PROMPT, &State::give_prompt);
    ::el_set(edit, EL_EDITOR, "emacs");
    ::el_set(edit, EL_HIST, &::history, state->history);
    // While a line is typed Ctrl-C is a key like others; while a reply is written it is a signal.
    ::el_set(edit, EL_SETTY, "-d", "-isig", nullptr);
    ::el_set(edit, EL_ADDFN, "loci-interrupt", "drops the line", &State::on_interrupt);
    ::el_set(edit, EL_BIND, "^C", "loci-interrupt", nullptr);
    ::el_set(edit, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    state_ = std::move(state);
}

LineReader::~LineReader() {
    if (!state_) return;
    ::el_end(state_->edit);
    ::history_end(state_->history);
}

LineReader::Got LineReader::read(std::string& line) {
    if (!state_) return std::getline(std::cin, line) ? Got::line : Got::end;
    state_->interrupted = false;
    int count = 0;
    const char* text = ::el_gets(state_->edit, &count);
    if (state_->interrupted) {
        ::el_reset(state_->edit);
        return Got::interrupt;
    }
    if (text == nullptr || count <= 0) return Got::end;
    line.assign(text, static_cast<std::size_t>(count));
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    if (!line.empty()) ::history(state_->history, &state_->event, H_ENTER, line.c_str());
    return Got::line;
}

}  // namespace loci
