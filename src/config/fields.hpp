// The settings as a list: for each key its type, default and choices (taken from the structs in
// settings.hpp) joined with the words, limits and environment names of notes.cpp.
// Built once, constant afterwards; any thread. A setting without a note is a bug that the tests
// catch.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.hpp"

namespace config {

enum class Kind { text, boolean, integer, number, choice, text_list };
// What a text must look like.
enum class Form { plain, host, url, path, time_of_day, database };
enum class Secrecy { open, secret };
enum class Applies { at_once, after_restart };

struct Note {
    std::string_view key;
    std::string_view doc;
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
    Form form = Form::plain;
    Secrecy secrecy = Secrecy::open;
    Applies applies = Applies::at_once;
};

// What a problem in a section does.
enum class Failure { section_off, refuses_start };

struct SectionNote {
    std::string_view name;
    std::string_view doc;
    Failure failure = Failure::section_off;
};

struct Field {
    std::string key;      // "server.tls.mode"; "*" stands for a name: "llm.providers.*.api_key"
    std::string section;  // "server"
    Kind kind = Kind::text;
    bool optional = false;                 // null is a value of its own: "not set"
    std::vector<std::string> choices;      // as people write them
    std::vector<std::string> enumerators;  // the same in C++
    json::Value default_value;
    const Note* note = nullptr;
};

// Other names of a setting: environment variables, and keys of older config files.
struct EnvironmentAlias {
    std::string_view name;
    std::string_view key;
    std::string_view note;
};
struct FileAlias {
    std::string_view old_key;
    std::string_view key;
};

[[nodiscard]] const std::vector<Note>& notes();
[[nodiscard]] const std::vector<SectionNote>& sections();
[[nodiscard]] const std::vector<EnvironmentAlias>& environment_aliases();
[[nodiscard]] const std::vector<FileAlias>& file_aliases();
// Keys of earlier systems that have no counterpart yet: named as such instead of as misspelt.
[[nodiscard]] const std::vector<std::string_view>& known_but_unused();

[[nodiscard]] const std::vector<Field>& fields();
// The field of a real key ("llm.providers.work.api_key" finds "llm.providers.*.api_key").
[[nodiscard]] const Field* find_field(std::string_view key);
[[nodiscard]] const SectionNote* find_section(std::string_view name);
// Names that may follow `prefix` ("" for the sections); "*" where any name may.
[[nodiscard]] std::vector<std::string> children(std::string_view prefix);
// True for a name that may stand for "*": a provider or an HTTP header.
[[nodiscard]] bool is_free_name(std::string_view name);
// "LOCI_SERVER_TLS_MODE"
[[nodiscard]] std::string environment_name(std::string_view key);

}  // namespace config
