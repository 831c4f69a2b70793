#include "chat/starter_form.hpp"

#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "base/text.hpp"

namespace chat {

StarterForm read_starter_form(std::string_view text) {
    StarterForm form;
    std::optional<std::string> asked;
    bool in_examples = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = base::trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with(kPersonMark)) {
            in_examples = true;
            asked = std::string(base::trim(line.substr(kPersonMark.size())));
        } else if (!in_examples) {
            form.persona += form.persona.empty() ? "" : "\n";
            form.persona += line;
        } else if (const auto mark = line.find(':'); asked && mark != std::string_view::npos) {
            form.examples.push_back({*asked, std::string(base::trim(line.substr(mark + 1)))});
            asked.reset();
        }
    }
    form.persona = std::string(base::trim(form.persona));
    return form;
}

std::string transcript_line(std::string_view speaker, std::string_view words) {
    std::string line = fmt::format("{}: {}", speaker, words);
    for (char& c : line) {
        if (c == '\n' || c == '\r') c = ' ';
    }
    return line;
}

}  // namespace chat
