#include "config/detail/words.hpp"

#include <cmath>

#include <fmt/core.h>

#include "base/text.hpp"

namespace config::detail {
namespace {

std::string range(const Note& note) {
    const bool low = std::isfinite(note.min);
    const bool high = std::isfinite(note.max);
    if (low && high) return fmt::format(", {:.0f} to {:.0f}", note.min, note.max);
    if (low) return fmt::format(", at least {:.0f}", note.min);
    return high ? fmt::format(", at most {:.0f}", note.max) : std::string{};
}

std::string form_words(Form form) {
    switch (form) {
        case Form::plain:
            return "text";
        case Form::host:
            return "address or host name";
        case Form::url:
            return "web address";
        case Form::path:
            return "path";
        case Form::time_of_day:
            return "HH:MM or off";
        case Form::database:
            return "path or sqlite:///path";
    }
    return "text";
}

}  // namespace

std::string type_words(const Field& field) {
    switch (field.kind) {
        case Kind::boolean:
            return "true or false";
        case Kind::integer:
            return "whole number" + range(*field.note);
        case Kind::number:
            return "number" + range(*field.note);
        case Kind::text_list:
            return "list of texts";
        case Kind::text:
            return is_secret(field) ? "secret text" : form_words(field.note->form);
        case Kind::choice:
            break;
    }
    std::string out;
    for (const std::string& choice : field.choices) out += (out.empty() ? "" : ", ") + choice;
    return "one of " + out;
}

std::string yaml_value(const json::Value& value) {
    if (value.is_null()) return "";
    if (const auto* list = value.if_array()) {
        std::string out;
        for (const json::Value& item : *list) out += (out.empty() ? "" : ", ") + json::write(item);
        return "[" + out + "]";
    }
    if (value.is_string()) {
        // Quotes always, so that `off`, `04:00` and numbers stay texts.
        return json::write(value);
    }
    return value.is_double() ? fmt::format("{}", value.get_double()) : json::write(value);
}

std::vector<std::string> environment_names(const Field& field) {
    std::string shown;
    std::size_t part = 0;
    for (const std::string_view name : base::split(field.key, '.')) {
        shown += part++ == 0 ? "LOCI_" : "_";
        shown += name == "*" ? "<NAME>" : environment_name(name).substr(5);
    }
    std::vector<std::string> out = {shown};
    for (const EnvironmentAlias& alias : environment_aliases()) {
        if (find_field(alias.key) == &field) out.emplace_back(alias.name);
    }
    return out;
}

std::string wrapped(std::string_view text, std::string_view lead, std::size_t width) {
    std::string out;
    std::string line;
    for (const std::string_view word : base::split(text, ' ')) {
        if (!line.empty() && lead.size() + line.size() + 1 + word.size() > width) {
            out += std::string(lead) + line + "\n";
            line.clear();
        }
        line += (line.empty() ? "" : " ") + std::string(word);
    }
    return out + std::string(lead) + line + "\n";
}

void put(json::Object& root, std::string_view key, json::Value value) {
    json::Object* object = &root;
    const auto parts = base::split(key, '.');
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        json::Value& next = (*object)[parts[i]];
        if (!next.is_object()) next = json::Object{};
        object = &next.get_object();
    }
    (*object)[parts.back()] = std::move(value);
}

bool is_secret(const Field& field) {
    return field.note->secrecy == Secrecy::secret;
}

bool needs_restart(const Field& field) {
    return field.note->applies == Applies::after_restart;
}

}  // namespace config::detail
