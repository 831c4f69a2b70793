#include "config/substitute.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "base/text.hpp"

namespace config {
namespace {

using base::ErrorCode;

constexpr int kMaxNesting = 8;

bool is_name(std::string_view text) {
    return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
           std::ranges::all_of(text, [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
           });
}

base::Result<std::string> look_up(std::string_view name, const Variables& known) {
    if (!is_name(name)) {
        return base::fail(ErrorCode::invalid_argument,
                          fmt::format("`{}` cannot be the name of a variable",
                                      base::shorten(base::to_valid_utf8(name), 40)),
                          "names are letters, digits and _; write $${ for a plain ${");
    }
    const auto found = known.find(name);
    if (found == known.end()) {
        return base::fail(ErrorCode::not_found, fmt::format("the variable {} is not set", name),
                          fmt::format("set {0} in the environment or in secrets.env, or give a "
                                      "default: ${{{0}:-default}}",
                                      name));
    }
    return found->second;
}

// The brace that closes the one before `from`.
std::size_t closing_brace(std::string_view text, std::size_t from) {
    int open = 1;
    for (std::size_t i = from; i < text.size(); ++i) {
        if (text[i] == '}' && --open == 0) return i;
        if (text.substr(i).starts_with("${")) ++open;
    }
    return std::string_view::npos;
}

base::Result<std::string> expand(std::string_view text, const Variables& known, int nesting) {
    if (nesting > kMaxNesting) {
        return base::fail(ErrorCode::invalid_argument, "variables are nested too deeply");
    }
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text.substr(at).starts_with("$${")) {
            out += "${";
            at += 3;
            continue;
        }
        if (!text.substr(at).starts_with("${")) {
            out += text[at++];
            continue;
        }
        const std::size_t close = closing_brace(text, at + 2);
        if (close == std::string_view::npos) {
            return base::fail(ErrorCode::invalid_argument, "a ${ is not closed",
                              "write ${NAME}, or $${ for a plain ${");
        }
        const std::string_view inner = text.substr(at + 2, close - at - 2);
        const std::size_t cut = inner.find(":-");
        if (cut == std::string_view::npos) {
            TRY(value, look_up(inner, known));
            out += value;
        } else {
            const auto found = known.find(inner.substr(0, cut));
            if (found != known.end() && !found->second.empty()) {
                out += found->second;
            } else {
                if (!is_name(inner.substr(0, cut))) TRY_DO(look_up(inner.substr(0, cut), known));
                TRY(value, expand(inner.substr(cut + 2), known, nesting + 1));
                out += value;
            }
        }
        at = close + 1;
    }
    return out;
}

base::Result<std::string> secret_value(std::string_view raw, std::size_t line) {
    raw = base::trim(raw);
    if (raw.empty() || (raw.front() != '"' && raw.front() != '\'')) {
        const std::size_t comment = raw.find(" #");
        return std::string(base::trim(raw.substr(0, comment)));
    }
    const std::size_t end = raw.find(raw.front(), 1);
    const std::string_view rest = end == std::string_view::npos ? raw : raw.substr(end + 1);
    if (end == std::string_view::npos ||
        !(base::trim(rest).empty() || base::trim(rest).starts_with('#'))) {
        return base::fail(ErrorCode::corrupt, fmt::format("line {}: the quotes do not match", line),
                          "write NAME=\"value\"");
    }
    return std::string(raw.substr(1, end - 1));
}

}  // namespace

base::Result<std::string> substitute(std::string_view text, const Variables& known) {
    if (text.starts_with("env:")) return look_up(base::trim(text.substr(4)), known);
    return expand(text, known, 0);
}

base::Result<Variables> parse_secrets(std::string_view text) {
    Variables out;
    std::size_t number = 0;
    for (std::string_view line : base::split(text, '\n')) {
        ++number;
        line = base::trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with("export ")) line = base::trim(line.substr(7));
        const std::size_t equals = line.find('=');
        const std::string_view name = base::trim(line.substr(0, equals));
        if (equals == std::string_view::npos || !is_name(name)) {
            // The line itself may be a secret, so it is not shown.
            return base::fail(ErrorCode::corrupt, fmt::format("line {} is not NAME=value", number),
                              "one variable per line, comments begin with #");
        }
        TRY(value, secret_value(line.substr(equals + 1), number));
        out[std::string(name)] = std::move(value);
    }
    return out;
}

}  // namespace config
