#include "config/show.hpp"

#include <fmt/core.h>

#include "base/files.hpp"
#include "base/text.hpp"
#include "config/detail/files.hpp"
#include "config/detail/words.hpp"
#include "config/values.hpp"

namespace config {
namespace {

json::Value visible(const Effective& effective) {
    if (!detail::is_secret(*effective.field)) return effective.value;
    return json::Value(mask(json::string_or(&effective.value)));
}

// The same values, whatever their origin.
bool differs(const Loaded& a, const Loaded& b, const std::string& key) {
    const auto in_a = a.values.find(key);
    const auto in_b = b.values.find(key);
    if (in_a == a.values.end() || in_b == b.values.end()) {
        return in_a != a.values.end() || in_b != b.values.end();
    }
    return in_a->second.value != in_b->second.value;
}

json::Array as_array(const std::vector<std::string>& texts) {
    json::Array out;
    for (const std::string& text : texts) out.emplace_back(text);
    return out;
}

std::string_view effect_name(Effect effect) {
    switch (effect) {
        case Effect::warning:
            return "warning";
        case Effect::section_off:
            return "section_off";
        case Effect::refuses_start:
            return "refuses_start";
    }
    return "?";
}

}  // namespace

json::Value problem_json(const Problem& problem) {
    json::Object out;
    out["section"] = problem.section;
    out["key"] = problem.key;
    out["file"] = problem.file;
    out["line"] = problem.line;
    out["column"] = problem.column;
    out["message"] = problem.message;
    out["hint"] = problem.hint;
    out["effect"] = effect_name(problem.effect);
    return out;
}

json::Value show(const Loaded& loaded, const Loaded& running) {
    json::Object values;
    json::Object origins;
    json::Object places;
    for (const auto& [key, effective] : loaded.values) {
        detail::put(values, key, visible(effective));
        origins[key] = to_string(effective.place.origin);
        places[key] = effective.place.text();
    }
    json::Array problems;
    for (const Problem& problem : loaded.problems) problems.push_back(problem_json(problem));
    json::Object disabled;
    for (const auto& [section, reason] : loaded.disabled) disabled[section] = reason;
    json::Object out;
    out["values"] = std::move(values);
    out["origins"] = std::move(origins);
    out["places"] = std::move(places);
    out["schema"] = schema();
    out["problems"] = std::move(problems);
    out["disabled"] = std::move(disabled);
    out["file"] = loaded.config_file.string();
    out["local_file"] = loaded.local_file.string();
    out["restart_needed"] = as_array(restart_keys(running, loaded));
    return out;
}

std::string show_text(const Loaded& loaded) {
    std::string out;
    std::string section;
    for (const Field& field : fields()) {
        if (field.section != section && !out.empty()) out += '\n';
        section = field.section;
        for (const auto& [key, effective] : loaded.values) {
            if (effective.field != &field) continue;
            const std::string value =
                effective.value.is_null() ? "(not set)" : detail::yaml_value(visible(effective));
            out += fmt::format("{} = {}  # {}\n", key, value, effective.place.text());
        }
    }
    for (const Problem& problem : loaded.problems) {
        switch (problem.effect) {
            case Effect::warning:
                out += "\nwarning: ";
                break;
            case Effect::section_off:
                out += fmt::format("\n{} has its defaults: ", problem.section);
                break;
            case Effect::refuses_start:
                out += "\nerror, no start: ";
                break;
        }
        out += problem.text() + "\n";
    }
    return out;
}

std::vector<std::string> changed_keys(const Loaded& before, const Loaded& after) {
    std::vector<std::string> out;
    for (const auto& [key, effective] : after.values) {
        if (differs(before, after, key)) out.push_back(key);
    }
    for (const auto& [key, effective] : before.values) {
        if (!after.values.contains(key)) out.push_back(key);
    }
    return out;
}

std::vector<std::string> restart_keys(const Loaded& running, const Loaded& now) {
    std::vector<std::string> out;
    for (std::string& key : changed_keys(running, now)) {
        if (const Field* field = find_field(key);
            field != nullptr && detail::needs_restart(*field)) {
            out.push_back(std::move(key));
        }
    }
    return out;
}

base::Result<void> write_example(const std::filesystem::path& path) {
    if (detail::is_there(path)) {
        return base::fail(base::ErrorCode::conflict,
                          fmt::format("{} exists already", path.string()),
                          "an existing config file is never overwritten");
    }
    return base::write_file(path, example());
}

}  // namespace config
