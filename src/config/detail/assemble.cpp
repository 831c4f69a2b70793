#include "config/detail/assemble.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/check.hpp"
#include "base/text.hpp"
#include "config/detail/words.hpp"
#include "config/values.hpp"
#include "json/describe.hpp"

namespace config::detail {
namespace {

namespace fs = std::filesystem;

std::string text_of(const Loaded& loaded, const std::string& key) {
    const auto found = loaded.values.find(key);
    return found == loaded.values.end() ? std::string{} : json::string_or(&found->second.value);
}

bool is_path(const Field& field) {
    return field.note != nullptr && field.note->form == Form::path;
}

fs::path absolute(std::string text, const fs::path& base, const fs::path& home) {
    if (text == "~" || text.starts_with("~/")) {
        return (home / fs::path(text).lexically_relative("~")).lexically_normal();
    }
    fs::path path = (base / text).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

// Relative paths count from the file that holds them, else from the working folder.
fs::path base_of(const Place& place, const LoadRequest& request) {
    const bool in_file = place.origin == Origin::file || place.origin == Origin::local_file;
    return in_file ? fs::path(place.source).parent_path() : request.working_dir;
}

std::string database_path(std::string text, const fs::path& base, const fs::path& home) {
    if (text.starts_with("sqlite:///")) {
        text.erase(0, 10);  // a fourth slash begins an absolute path
    } else if (text.starts_with("sqlite://")) {
        text.erase(0, 9);
    } else if (text.starts_with("sqlite:")) {
        text.erase(0, 7);
    }
    return absolute(text.substr(0, text.find('?')), base, home).string();
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

bool in_section(std::string_view key, std::string_view section) {
    return key.starts_with(section) && key.size() > section.size() && key[section.size()] == '.';
}

json::Value in_cpp_words(const Field& field, const json::Value& value) {
    if (field.kind != Kind::choice) return value;
    const auto found = std::ranges::find(field.choices, json::string_or(&value));
    const auto index = static_cast<std::size_t>(found - field.choices.begin());
    return json::Value(field.enumerators.at(index));
}

// Makes the entry of "llm.providers.work.model" with its defaults, where it is not there yet.
void add_named(json::Object& root, std::string_view key, std::string_view section,
               std::string_view map, json::Value defaults) {
    const auto parts = base::split(key, '.');
    if (parts.size() < 4 || parts[0] != section || parts[1] != map) return;
    json::Object& entries = root[section].get_object()[map].get_object();
    if (!entries.contains(parts[2])) entries[parts[2]] = std::move(defaults);
}

}  // namespace

void merge(Loaded& loaded, const std::vector<Layer>& layers, const Variables& variables) {
    for (const Field& field : fields()) {
        if (field.key.contains('*')) continue;
        loaded.values[field.key] = Effective{field.default_value, Place{}, &field};
    }
    std::map<std::string, const Leaf*> winners;
    for (const Layer& layer : layers) {
        for (const auto& [key, leaf] : layer) winners[key] = &leaf;
    }
    for (const auto& [key, leaf] : winners) {
        const Place& place = leaf->value.place;
        // What the settings page wrote is meant as it stands.
        const bool with_variables = place.origin == Origin::file;
        Node node = leaf->value;
        if (!leaf->alias.empty()) node.text = adapt_alias(leaf->alias, node.text);
        auto value = read_value(*leaf->field, node, with_variables ? &variables : nullptr);
        if (!value) {
            const std::string name = leaf->alias.empty() ? key : leaf->alias;
            Problem problem =
                make_problem(key, place, fmt::format("`{}` {}", name, value.error().message),
                             value.error().hint);
            if (value.error().code == base::ErrorCode::not_found) {
                problem.message = fmt::format("`{}`: {}", name, value.error().message);
            }
            loaded.problems.push_back(std::move(problem));
            continue;
        }
        const bool unset = node.type == Node::Type::null;
        loaded.values[key] = Effective{std::move(*value), unset ? Place{} : place, leaf->field};
    }
}

void finish_paths(Loaded& loaded, const LoadRequest& request) {
    for (auto& [key, effective] : loaded.values) {
        const std::string text = json::string_or(&effective.value);
        if (text.empty()) continue;
        const fs::path base = base_of(effective.place, request);
        if (is_path(*effective.field)) {
            effective.value = absolute(text, base, request.home).string();
        } else if (key == "data.database" && text != ":memory:") {
            effective.value = database_path(text, base, request.home);
        }
    }
    const auto fill = [&](const std::string& key, const fs::path& path) {
        if (text_of(loaded, key).empty()) loaded.values[key].value = path.string();
    };
    const auto xdg = request.environment.find("XDG_DATA_HOME");
    const bool has_xdg = xdg != request.environment.end() && fs::path(xdg->second).is_absolute();
    fill("data.folder",
         (has_xdg ? fs::path(xdg->second) : request.home / ".local" / "share") / "loci");
    const fs::path folder = text_of(loaded, "data.folder");
    fill("data.models_folder", folder / "models");
    fill("data.assets_folder", folder / "assets");
    fill("data.database", folder / "loci.db");
    fill("persona.workspace", folder / "workspace");
}

void check_together(Loaded& loaded) {
    const auto complain = [&](const std::string& key, std::string message, std::string hint) {
        loaded.problems.push_back(
            make_problem(key, loaded.values[key].place, std::move(message), std::move(hint)));
    };
    const std::string host = text_of(loaded, "server.host");
    if (!is_loopback(host) && text_of(loaded, "auth.key").empty()) {
        complain("server.host",
                 fmt::format("`server.host` {} can be reached by others, but there is no "
                             "`auth.key`",
                             host),
                 "set auth.key (or LOCI_AUTH_KEY) to a long random text, or keep 127.0.0.1");
    }
    if (text_of(loaded, "server.tls.mode") == "own") {
        for (const std::string key : {"server.tls.certificate", "server.tls.key"}) {
            if (!text_of(loaded, key).empty()) continue;
            complain("server.tls.mode", fmt::format("`server.tls.mode` own needs `{}`", key),
                     "name the PEM file, or use self_signed");
        }
    }
    if (text_of(loaded, "llm.provider") == "scripted" && text_of(loaded, "llm.script").empty()) {
        complain("llm.provider", "`llm.provider` scripted needs `llm.script`",
                 "name the file of replies");
    }
}

void switch_off(Loaded& loaded) {
    for (const Problem& problem : loaded.problems) {
        if (problem.effect != Effect::section_off) continue;
        loaded.disabled.emplace(problem.section, problem.text());
    }
    for (const auto& [section, reason] : loaded.disabled) {
        std::erase_if(loaded.values, [&](const auto& item) {
            return in_section(item.first, section) && item.second.field->key.contains('*');
        });
        for (auto& [key, effective] : loaded.values) {
            if (!in_section(key, section)) continue;
            effective.value = effective.field->default_value;
            effective.place = Place{};
        }
        // What was meant is unknown, so nothing may leave the machine.
        if (section == "llm") loaded.values["llm.privacy"].value = "local_only";
    }
}

void build_settings(Loaded& loaded) {
    json::Object root = json::from(Settings{}).get_object();
    for (const auto& [key, effective] : loaded.values) {
        // What is not said about one with a name has its default.
        add_named(root, key, "llm", "providers", json::from(Provider{}));
        add_named(root, key, "speech", "servers", json::from(SpeechServer{}));
        put(root, key, in_cpp_words(*effective.field, effective.value));
    }
    auto settings = json::to<Settings>(json::Value(std::move(root)));
    BUG_CHECK(settings.has_value()) {
        loaded.problems.push_back(make_problem("server", Place{}, settings.error().message));
        return;
    }
    loaded.settings = std::move(*settings);
}

}  // namespace config::detail
