// Settings in words, shared by the reference page, the example file and the schema.
#pragma once

#include <string>
#include <vector>

#include "config/fields.hpp"

namespace config::detail {

// "whole number, 0 to 65535", "one of off, own, self_signed".
[[nodiscard]] std::string type_words(const Field& field);
// The default as it would stand in YAML.
[[nodiscard]] std::string yaml_value(const json::Value& value);
// The environment variables that set this field, its own first.
[[nodiscard]] std::vector<std::string> environment_names(const Field& field);
// `text` in lines of at most `width`, each led by `lead`.
[[nodiscard]] std::string wrapped(std::string_view text, std::string_view lead, std::size_t width);
// Puts a value at "a.b.c" of an object of objects.
void put(json::Object& root, std::string_view key, json::Value value);
[[nodiscard]] bool is_secret(const Field& field);
[[nodiscard]] bool needs_restart(const Field& field);

}  // namespace config::detail
