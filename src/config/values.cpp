#include "config/values.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include <fmt/core.h>

#include "base/text.hpp"

namespace config {
namespace {

using base::ErrorCode;

std::string list_words(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

// "must be …, not `x`"; a secret is not repeated.
std::unexpected<base::Error> must_be(const Field& field, std::string_view wanted,
                                     std::string_view given, std::string hint = {}) {
    std::string message = fmt::format("must be {}", wanted);
    if (field.note == nullptr || field.note->secrecy == Secrecy::open) {
        message += fmt::format(", not `{}`", base::shorten(base::to_valid_utf8(given), 60));
    }
    return base::fail(ErrorCode::invalid_argument, std::move(message), std::move(hint));
}

template <class T>
bool parse_number(std::string_view text, T& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

std::string range_words(const Note& note) {
    const bool low = std::isfinite(note.min);
    const bool high = std::isfinite(note.max);
    if (low && high) return fmt::format(" from {:.0f} to {:.0f}", note.min, note.max);
    if (low) return fmt::format(" of at least {:.0f}", note.min);
    return high ? fmt::format(" of at most {:.0f}", note.max) : std::string{};
}

base::Result<json::Value> number_value(const Field& field, std::string_view text) {
    const bool whole = field.kind == Kind::integer;
    const std::string wanted = (whole ? "a whole number" : "a number") +
                               (field.note == nullptr ? "" : range_words(*field.note));
    const std::string_view trimmed = base::trim(text);
    long long integer = 0;
    double number = 0;
    if (whole) {
        std::string digits(trimmed);
        std::erase(digits, '_');
        if (!parse_number(std::string_view(digits), integer)) return must_be(field, wanted, text);
        number = static_cast<double>(integer);
    } else if (!parse_number(trimmed, number) || !std::isfinite(number)) {
        return must_be(field, wanted, text);
    }
    if (field.note != nullptr && (number < field.note->min || number > field.note->max)) {
        return must_be(field, wanted, text);
    }
    return whole ? json::Value(integer) : json::Value(number);
}

base::Result<json::Value> boolean_value(const Field& field, std::string_view text) {
    const std::string word = base::to_lower_ascii(base::trim(text));
    if (word == "true" || word == "yes" || word == "on" || word == "1") return json::Value(true);
    if (word == "false" || word == "no" || word == "off" || word == "0") return json::Value(false);
    return must_be(field, "true or false", text);
}

base::Result<json::Value> choice_value(const Field& field, std::string_view text) {
    std::string word = base::to_lower_ascii(base::trim(text));
    std::ranges::replace(word, '-', '_');
    const auto is_choice = [&](std::string_view name) {
        return std::ranges::find(field.choices, name) != field.choices.end();
    };
    // `off` in YAML and false in JSON are the same wish.
    if (word == "false" && is_choice("off")) word = "off";
    if (word == "true" && is_choice("on")) word = "on";
    if (is_choice(word)) return json::Value(word);
    const std::string near = base::nearest(word, field.choices);
    return must_be(field, "one of " + list_words(field.choices), text,
                   near.empty() ? std::string{} : fmt::format("did you mean {}?", near));
}

bool is_url(std::string_view text) {
    std::string_view rest = text;
    if (rest.starts_with("http://")) {
        rest.remove_prefix(7);
    } else if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
    } else {
        return false;
    }
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    return !authority.empty() && !authority.starts_with(':') &&
           std::ranges::none_of(text, [](unsigned char c) { return c <= 0x20 || c == 0x7F; });
}

// "HH:MM" of 4:00, 04:00 or TOML's 04:00:00; empty when it is no time of day.
std::string time_of_day(std::string_view text) {
    if (text.size() > 5 && text.ends_with(":00")) text.remove_suffix(3);
    const auto parts = base::split(text, ':');
    int hour = 0;
    int minute = 0;
    const bool valid = parts.size() == 2 && parts[1].size() == 2 && parse_number(parts[0], hour) &&
                       parse_number(parts[1], minute) && hour >= 0 && hour < 24 && minute >= 0 &&
                       minute < 60;
    return valid ? fmt::format("{:02}:{:02}", hour, minute) : std::string{};
}

base::Result<json::Value> text_value(const Field& field, std::string text) {
    const Form form = field.note == nullptr ? Form::plain : field.note->form;
    if (text.contains('\0')) return must_be(field, "a text without zero bytes", "");
    if (text.empty() && form != Form::host && form != Form::time_of_day) return json::Value(text);
    switch (form) {
        case Form::plain:
            break;
        case Form::path:
            break;
        case Form::host:
            if (text.empty() || text.find_first_of(" /\t\n") != std::string::npos) {
                return must_be(field, "an address such as 127.0.0.1 or a host name", text);
            }
            break;
        case Form::url:
            if (text.substr(0, text.find_first_of("/?#", 8)).contains('@')) {
                return base::fail(ErrorCode::invalid_argument,
                                  "must not hold a user name or password",
                                  "put the secret into api_key or headers");
            }
            if (!is_url(text)) {
                return must_be(field, "an address that begins with http:// or https://", text);
            }
            break;
        case Form::time_of_day:
            if (text == "false") text = "off";
            if (text == "off") break;
            if (std::string time = time_of_day(text); !time.empty()) return json::Value(time);
            return must_be(field, "a time of day such as 04:00, or off", text);
        case Form::database:
            if (const auto scheme = text.find(':');
                text.find("://") != std::string::npos && !text.starts_with("sqlite:")) {
                return base::fail(
                    ErrorCode::invalid_argument,
                    fmt::format("must be an SQLite database, not {}",
                                base::shorten(base::to_valid_utf8(text.substr(0, scheme)), 20)),
                    "give a path or sqlite:///path, or leave it out");
            }
            break;
    }
    return json::Value(text);
}

base::Result<json::Value> from_text(const Field& field, std::string text) {
    switch (field.kind) {
        case Kind::boolean:
            return boolean_value(field, text);
        case Kind::integer:
        case Kind::number:
            return number_value(field, text);
        case Kind::choice:
            return choice_value(field, text);
        case Kind::text:
            return text_value(field, std::move(text));
        case Kind::text_list:
            break;
    }
    json::Array list;
    for (const std::string_view part : base::split(text, ',')) {
        if (!base::trim(part).empty()) list.emplace_back(base::trim(part));
    }
    return json::Value(std::move(list));
}

base::Result<std::string> scalar_text(const Field& field, const Node& node,
                                      const Variables* variables) {
    if (node.type == Node::Type::boolean && field.kind == Kind::text &&
        (field.note == nullptr || field.note->form != Form::time_of_day)) {
        return must_be(field, "a text", node.text, "put it in quotes");
    }
    if (node.type == Node::Type::text && variables != nullptr) {
        return substitute(node.text, *variables);
    }
    return node.text;
}

base::Result<json::Value> list_value(const Field& field, const Node& node,
                                     const Variables* variables) {
    json::Array list;
    for (const Node& item : node.items) {
        if (item.type != Node::Type::text && item.type != Node::Type::number) {
            return must_be(field, "a list of texts", item.text);
        }
        TRY(text, scalar_text(field, item, variables));
        list.emplace_back(text);
    }
    return json::Value(std::move(list));
}

}  // namespace

base::Result<json::Value> read_value(const Field& field, const Node& node,
                                     const Variables* variables) {
    switch (node.type) {
        case Node::Type::null:
            return field.default_value;
        case Node::Type::map:
            return must_be(field, "a single value", "a group of settings");
        case Node::Type::list:
            if (field.kind == Kind::text_list) return list_value(field, node, variables);
            return must_be(field, "a single value", "a list");
        case Node::Type::text:
        case Node::Type::boolean:
        case Node::Type::number:
            break;
    }
    TRY(text, scalar_text(field, node, variables));
    if (field.optional && base::trim(text).empty()) return json::Value(nullptr);
    return from_text(field, std::move(text));
}

base::Result<json::Value> check_value(const Field& field, const json::Value& value) {
    Node node;
    if (value.is_null()) return field.default_value;
    if (const auto* list = value.if_array()) {
        node.type = Node::Type::list;
        for (const json::Value& item : *list) {
            Node child;
            child.type = item.is_string() ? Node::Type::text : Node::Type::map;
            child.text = json::string_or(&item);
            node.items.push_back(std::move(child));
        }
    } else if (value.is_object()) {
        node.type = Node::Type::map;
    } else if (value.is_string()) {
        node.type = Node::Type::text;
        node.text = json::string_or(&value);
    } else {
        node.type = value.is_bool() ? Node::Type::boolean : Node::Type::number;
        node.text = json::write(value);
    }
    return read_value(field, node, nullptr);
}

std::string adapt_alias(std::string_view alias, std::string_view value) {
    if (alias == "LOG_LEVEL" || alias == "RUST_LOG") {
        for (const std::string_view part : base::split(value, ',')) {
            if (part.contains('=')) continue;
            const std::string level = base::to_lower_ascii(base::trim(part));
            if (level == "warning") return "warn";
            if (level == "critical" || level == "fatal") return "error";
            return level;
        }
        return "info";  // only filters for single modules of another program
    }
    if (alias == "SKIP_PROFILE_LOAD") {
        const std::string word = base::to_lower_ascii(base::trim(value));
        if (word == "true" || word == "1" || word == "yes" || word == "on") return "false";
        if (word == "false" || word == "0" || word == "no" || word == "off") return "true";
    }
    return std::string(value);
}

std::string mask(std::string_view secret) {
    if (secret.empty()) return "";
    std::string out = secret.size() >= 20 && secret.starts_with("sk-") ? "sk-…" : "…";
    if (secret.size() < 12) return "…";
    std::size_t from = secret.size() - 4;
    while (from < secret.size() && (static_cast<unsigned char>(secret[from]) & 0xC0) == 0x80) {
        ++from;
    }
    return out + std::string(secret.substr(from));
}

bool is_mask(std::string_view text) {
    return text.starts_with("…") || text.starts_with("sk-…");
}

}  // namespace config
