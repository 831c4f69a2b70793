// The schema, the reference page and the example file: three views of fields().
#include <cmath>

#include <fmt/core.h>

#include "base/text.hpp"
#include "config/detail/words.hpp"
#include "config/show.hpp"

namespace config {
namespace {

std::string below(const std::string& prefix, const std::string& name) {
    return prefix.empty() ? name : fmt::format("{}.{}", prefix, name);
}

constexpr std::string_view kPageHead = R"(# Configuration

<!-- Written from src/config by the program config_docs; do not edit. -->

Loci runs without any configuration. What you want different goes into one file, as YAML, TOML or
JSON. The first of these that exists is read:

1. the file named by `--config` or the variable `LOCI_CONFIG`
2. `$XDG_CONFIG_HOME/loci/config.yaml` (usually `~/.config/loci/config.yaml`), or there
   `config.yml`, `config.toml`, `config.json`
3. `./config/default.yaml`

The settings page never edits your file: it writes `config.local.yaml` beside it (for a file `x.yaml`,
`x.local.yaml`), which outranks it. Environment variables outrank both files, the command line outranks
everything. `loci config show` prints every value in force and where it came from; secrets are masked.

**Variables.** Any value in your file may hold `${NAME}`, `${NAME:-default}`, or be `env:NAME`; `$${`
stands for a plain `${`. They are looked up in the environment, then in the file `secrets.env` beside
the config file (lines `NAME=value`, mode 0600). An older name in `secrets.env`, such as
`OPENAI_API_KEY`, works as in the environment.

**Mistakes.** A misspelt name or an invalid value is reported with file, line and column. It switches
off the section it stands in, which then has its defaults, and the page says so; a mistake in one named
provider or speech server switches off that one alone. After a mistake in `llm` nothing is sent to the cloud. Mistakes in
`server`, `auth` and `data` refuse the start, and so does a file that cannot be read at all. Relative
paths in a file count from the file's folder.

**Environment.** Every setting has a variable of its own; further names are accepted where they are
listed. An empty variable counts as not set. Lists are written `a, b`.
)";

json::Value leaf_schema(const Field& field) {
    json::Object out;
    switch (field.kind) {
        case Kind::boolean:
            out["type"] = "boolean";
            break;
        case Kind::integer:
            out["type"] = "integer";
            break;
        case Kind::number:
            out["type"] = "number";
            break;
        case Kind::text:
            out["type"] = "string";
            break;
        case Kind::choice: {
            out["type"] = "string";
            json::Array choices;
            for (const std::string& choice : field.choices) choices.emplace_back(choice);
            out["enum"] = std::move(choices);
            break;
        }
        case Kind::text_list:
            out["type"] = "array";
            out["items"] = json::Object{{"type", "string"}};
            break;
    }
    if (field.optional) out["type"] = json::Array{out["type"], "null"};
    out["description"] = field.note->doc;
    out["default"] = field.default_value;
    const auto limit = [&](const char* name, double number) {
        if (!std::isfinite(number)) return;
        out[name] = static_cast<long long>(number);  // all limits are whole numbers
    };
    limit("minimum", field.note->min);
    limit("maximum", field.note->max);
    out["x-secret"] = detail::is_secret(field);
    out["x-applies"] = detail::needs_restart(field) ? "after_restart" : "at_once";
    json::Array names;
    for (const std::string& name : detail::environment_names(field)) names.emplace_back(name);
    out["x-environment"] = std::move(names);
    return out;
}

json::Value group_schema(const std::string& prefix) {
    json::Object out{{"type", "object"}, {"additionalProperties", false}};
    json::Object properties;
    for (const std::string& name : children(prefix)) {
        const std::string key = below(prefix, name);
        const Field* field = find_field(key);
        json::Value child = field == nullptr ? group_schema(key) : leaf_schema(*field);
        if (const SectionNote* section = find_section(key); section != nullptr) {
            child.get_object()["description"] = section->doc;
        }
        if (name == "*") {
            out["additionalProperties"] = std::move(child);
        } else {
            properties[name] = std::move(child);
        }
    }
    if (!properties.empty()) out["properties"] = std::move(properties);
    return out;
}

std::string shown_key(std::string_view key) {
    return base::replace_all(std::string(key), "*", "&lt;name&gt;");
}

void append_field(std::string& out, const Field& field) {
    const std::string value = detail::yaml_value(field.default_value);
    out += fmt::format("### {}\n\n{}\n", shown_key(field.key),
                       detail::wrapped(field.note->doc, "", 100));
    out += fmt::format("- Value: {}; default {}\n", detail::type_words(field),
                       value.empty() ? "not set" : "`" + value + "`");
    std::string names;
    for (const std::string& name : detail::environment_names(field)) {
        names += (names.empty() ? "`" : ", `") + name + "`";
    }
    out += fmt::format("- Environment: {}\n", names);
    if (detail::needs_restart(field)) out += "- Takes effect after a restart\n";
    out += '\n';
}

// "llm.providers.*.model" in the example is written for a provider called "work".
std::string sample_name(std::string_view prefix) {
    if (prefix.ends_with("fields")) return "temperature";
    return prefix.ends_with("headers") ? "X-Example" : "work";
}

void append_example(std::string& out, const std::string& prefix, std::size_t depth) {
    const std::string indent(depth * 2, ' ');
    for (const std::string& name : children(prefix)) {
        const std::string key = below(prefix, name);
        const std::string shown = name == "*" ? sample_name(prefix) : name;
        if (const Field* field = find_field(key)) {
            out += detail::wrapped(field->note->doc, "#" + indent + "# ", 98);
            const std::string value = detail::yaml_value(field->default_value);
            out += fmt::format("#{}{}:{}\n", indent, shown, value.empty() ? "" : " " + value);
            continue;
        }
        if (const SectionNote* section = find_section(key)) {
            out += fmt::format("\n# {}\n", section->doc);
        }
        out += fmt::format("#{}{}:\n", indent, shown);
        append_example(out, key, depth + 1);
    }
}

}  // namespace

json::Value schema() {
    json::Value out = group_schema("");
    out.get_object()["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    out.get_object()["title"] = "Loci configuration";
    return out;
}

std::string reference_page() {
    std::string out(kPageHead);
    std::string section;
    for (const Field& field : fields()) {
        if (field.section != section) {
            section = field.section;
            out += fmt::format("\n## {}\n\n{}\n\n", section, find_section(section)->doc);
        }
        append_field(out, field);
    }
    out +=
        "\n## Names from earlier systems\n\n| in the environment | sets | note |\n|---|---|---|\n";
    for (const EnvironmentAlias& alias : environment_aliases()) {
        out += fmt::format("| `{}` | `{}` | {} |\n", alias.name, alias.key, alias.note);
    }
    out += "\n| in a file | sets |\n|---|---|\n";
    for (const FileAlias& alias : file_aliases()) {
        out += fmt::format("| `{}` | `{}` |\n", alias.old_key, alias.key);
    }
    return out;
}

std::string example() {
    std::string out =
        "# Settings of Loci. Every line is commented out and shows its default: remove the # of a\n"
        "# setting and of the group it stands in to change it. docs/configuration.md has it all.\n"
        "# Values may hold ${NAME}, ${NAME:-default} or be env:NAME; secrets go into "
        "secrets.env.\n";
    append_example(out, "", 0);
    return out;
}

}  // namespace config
