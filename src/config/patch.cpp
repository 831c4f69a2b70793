#include "config/patch.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/files.hpp"
#include "base/text.hpp"
#include "config/detail/files.hpp"
#include "config/detail/layers.hpp"
#include "config/detail/load_with.hpp"
#include "config/detail/words.hpp"
#include "config/show.hpp"
#include "config/values.hpp"

namespace config {
namespace {

using base::ErrorCode;
using Changes = std::map<std::string, json::Value>;  // null: take back

constexpr int kMaxPatchNesting = 8;
constexpr std::string_view kFileHead =
    "# Written by the settings page of Loci; it outranks the config file beside it.\n";

base::Result<void> flatten(const json::Value& value, const std::string& prefix, int nesting,
                           Changes& out) {
    const auto* object = value.if_object();
    if (object == nullptr || nesting > kMaxPatchNesting) {
        return base::fail(ErrorCode::invalid_argument,
                          prefix.empty() ? "a change must be a JSON object"
                                         : fmt::format("`{}` is a group of settings", prefix),
                          "send {\"section.name\": value}");
    }
    for (const auto& [name, item] : *object) {
        const std::string key =
            prefix.empty() ? std::string(name) : prefix + "." + std::string(name);
        const bool is_group = !children(key).empty();
        if (find_field(key) != nullptr || (is_group && item.is_null())) {
            out[key] = item;
        } else if (!is_group) {
            return base::fail(
                base::make_error(ErrorCode::invalid_argument,
                                 fmt::format("`{}` is not a setting", base::shorten(key, 60)),
                                 "see docs/configuration.md")
                    .with("key", base::shorten(key, 60)));
        } else {
            TRY_DO(flatten(item, key, nesting + 1, out));
        }
    }
    return {};
}

// What stands in the page's file now, as far as the change does not replace it.
base::Result<Changes> kept_entries(const Loaded& current, const Changes& changes) {
    Changes out;
    if (!detail::is_there(current.local_file)) return out;
    const auto broken = [&](std::string_view problem) {
        return base::fail(ErrorCode::conflict,
                          fmt::format("{} has a problem: {}", current.local_file.string(), problem),
                          "mend or remove that file, then try again");
    };
    TRY(text, base::read_file(current.local_file, detail::kMaxFileBytes));
    const auto tree =
        read_tree(text, Format::yaml, Place{Origin::local_file, current.local_file.string(), 0, 0});
    if (!tree) return broken(fmt::format("line {}: {}", tree.error().line, tree.error().message));
    std::vector<Problem> problems;
    const detail::Layer layer = detail::file_layer(*tree, problems);
    if (!problems.empty()) return broken(problems.front().message);
    for (const auto& [key, leaf] : layer) {
        if (changes.contains(key)) continue;
        auto value = read_value(*leaf.field, leaf.value, nullptr);
        if (!value) return broken(fmt::format("`{}` {}", key, value.error().message));
        out[key] = std::move(*value);
    }
    return out;
}

// A change of one key; nullopt when there is nothing to do.
base::Result<std::optional<json::Value>> accepted(const Loaded& current, const std::string& key,
                                                  const json::Value& value) {
    const Field& field = *find_field(key);
    const auto refuse = [&](ErrorCode code, std::string message, std::string hint = {}) {
        return base::fail(
            base::make_error(code, fmt::format("`{}` {}", key, message), std::move(hint))
                .with("key", key));
    };
    if (const auto now = current.values.find(key); now != current.values.end()) {
        const Origin origin = now->second.place.origin;
        const std::string given = json::string_or(&value);
        if (detail::is_secret(field) && !given.empty() &&
            given == mask(json::string_or(&now->second.value))) {
            return std::nullopt;
        }
        if (origin == Origin::environment || origin == Origin::command_line) {
            return refuse(
                ErrorCode::conflict,
                fmt::format("is set by {}, which outranks this page", now->second.place.source),
                "change it there");
        }
    }
    if (detail::is_secret(field) && is_mask(json::string_or(&value))) {
        return refuse(ErrorCode::invalid_argument, "is a masked value, not a secret",
                      "enter the whole secret");
    }
    auto checked = check_value(field, value);
    if (!checked) {
        return refuse(ErrorCode::invalid_argument, checked.error().message, checked.error().hint);
    }
    return std::optional(std::move(*checked));
}

std::string yaml_key(std::string_view name) {
    const bool plain = name != "null" && std::ranges::all_of(name, [](char c) {
                           return (c >= 'a' && c <= 'z') || c == '_';
                       });
    return plain ? std::string(name) : "\"" + std::string(name) + "\"";
}

void write_yaml(std::string& out, const json::Object& object, std::size_t depth) {
    for (const auto& [name, value] : object) {
        out += std::string(depth * 2, ' ') + yaml_key(name) + ":";
        if (const auto* group = value.if_object()) {
            out += "\n";
            write_yaml(out, *group, depth + 1);
        } else {
            const std::string text = detail::yaml_value(value);
            out += text.empty() ? "\n" : " " + text + "\n";
        }
    }
}

std::string file_text(const Changes& entries) {
    json::Object root;
    for (const auto& [key, value] : entries) detail::put(root, key, value);
    std::string out(kFileHead);
    write_yaml(out, root, 0);
    return out;
}

// The first problem that the change brings.
const Problem* new_problem(const Loaded& before, const Loaded& after) {
    for (const Problem& problem : after.problems) {
        if (problem.effect == Effect::warning) continue;
        const bool old = std::ranges::any_of(before.problems, [&](const Problem& item) {
            return item.message == problem.message && item.key == problem.key;
        });
        if (!old) return &problem;
    }
    return nullptr;
}

// null for a group ("llm.providers.work") takes back everything below it.
Changes spread_groups(const Loaded& current, const Changes& changes) {
    Changes out;
    for (const auto& [key, value] : changes) {
        if (find_field(key) != nullptr) {
            out[key] = value;
            continue;
        }
        for (const auto& [other, effective] : current.values) {
            if (other.starts_with(key + ".")) out[other] = nullptr;
        }
    }
    return out;
}

}  // namespace

base::Result<Patched> apply_patch(const LoadRequest& request, const Loaded& current,
                                  const json::Value& patch) {
    Changes asked;
    TRY_DO(flatten(patch, "", 0, asked));
    const Changes changes = spread_groups(current, asked);
    TRY(entries, kept_entries(current, changes));
    for (const auto& [key, value] : changes) {
        if (value.is_null()) continue;
        TRY(change, accepted(current, key, value));
        if (change) {
            entries[key] = std::move(*change);
        } else if (const auto now = current.values.find(key);
                   now->second.place.origin == Origin::local_file) {
            entries[key] = now->second.value;
        }
    }
    const std::string text = file_text(entries);
    TRY(after, detail::load_with_local(request, text));
    if (const Problem* problem = new_problem(current, after)) {
        return base::fail(
            base::make_error(ErrorCode::invalid_argument, problem->message, problem->hint)
                .with("key", problem->key));
    }
    TRY_DO(base::write_file(current.local_file, text));
    Patched out;
    out.changed = changed_keys(current, after);
    out.restart = restart_keys(current, after);
    out.loaded = std::move(after);
    return out;
}

}  // namespace config
