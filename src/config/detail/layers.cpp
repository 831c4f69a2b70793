#include "config/detail/layers.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.hpp"

namespace config::detail {
namespace {

std::string join(std::string_view prefix, std::string_view name) {
    return prefix.empty() ? std::string(name) : std::string(prefix) + "." + std::string(name);
}

// Where a name is probably meant to be: beside its place, else anywhere by its last part.
std::string nearest_key(std::string_view prefix, std::string_view name) {
    const std::string lower = base::to_lower_ascii(name);
    if (const std::string beside = base::nearest(lower, children(prefix));
        !beside.empty() && beside != "*") {
        return join(prefix, beside);
    }
    std::vector<std::string> tails;
    for (const Field& field : fields()) {
        tails.push_back(field.key.substr(field.key.rfind('.') + 1));
        if (tails.back() == lower && !field.key.contains('*')) return field.key;
    }
    const std::string tail = base::nearest(lower, tails);
    const auto index = std::ranges::find(tails, tail) - tails.begin();
    if (tail.empty() || fields()[static_cast<std::size_t>(index)].key.contains('*')) return {};
    return fields()[static_cast<std::size_t>(index)].key;
}

class FileWalk {
public:
    explicit FileWalk(std::vector<Problem>& problems) : problems_(problems) {}

    void map(const Node& node, const std::string& prefix) {
        for (const Entry& entry : node.entries) visit(entry, prefix);
    }

    // Old names give way to the real ones of the same file.
    Layer take() {
        for (auto& [key, leaf] : aliased_) {
            if (const auto real = leaves_.find(key); real != leaves_.end()) {
                Problem problem = make_problem(leaf.alias, leaf.key_place,
                                               fmt::format("`{}` is an older name of `{}`, which "
                                                           "is given too and counts",
                                                           leaf.alias, key),
                                               fmt::format("remove `{}`", leaf.alias));
                problem.effect = Effect::warning;
                problems_.push_back(std::move(problem));
            } else {
                leaves_.emplace(key, std::move(leaf));
            }
        }
        return std::move(leaves_);
    }

private:
    void visit(const Entry& entry, const std::string& prefix) {
        const std::string key = join(prefix, entry.key);
        const auto names = children(prefix);
        const bool any = std::ranges::find(names, "*") != names.end();
        if (any && !is_free_name(entry.key)) {
            problems_.push_back(make_problem(
                key, entry.place,
                fmt::format("`{}` cannot be a name here", base::shorten(entry.key, 40)),
                "use letters, digits, - and _"));
        } else if (entry.key.contains('.') || entry.key.empty()) {
            unknown(entry, prefix);
        } else if (const Field* field = find_field(key)) {
            leaves_[key] = Leaf{field, entry.value, entry.place, {}};
        } else if (!children(key).empty()) {
            group(entry, key);
        } else {
            other_name(entry, prefix, key);
        }
    }

    void group(const Entry& entry, const std::string& key) {
        if (entry.value.type == Node::Type::map) return map(entry.value, key);
        if (entry.value.type == Node::Type::null) return;
        problems_.push_back(make_problem(key, entry.value.place,
                                         fmt::format("`{}` must be a group of settings", key),
                                         "put its settings below it, indented by two spaces"));
    }

    void other_name(const Entry& entry, const std::string& prefix, const std::string& key) {
        const auto alias =
            std::ranges::find(file_aliases(), std::string_view(key), &FileAlias::old_key);
        if (alias != file_aliases().end()) {
            const std::string real(alias->key);
            aliased_.emplace(real, Leaf{find_field(real), entry.value, entry.place, key});
            return;
        }
        const bool leads_to_alias = std::ranges::any_of(file_aliases(), [&](const FileAlias& item) {
            return item.old_key.starts_with(key + ".");
        });
        if (leads_to_alias && entry.value.type == Node::Type::map) return map(entry.value, key);
        if (is_unused(key)) {
            Problem problem = make_problem(key, entry.place,
                                           fmt::format("`{}` has no effect in this version", key),
                                           "it may stay for later, or be removed");
            problem.effect = Effect::warning;
            problems_.push_back(std::move(problem));
            return;
        }
        unknown(entry, prefix);
    }

    // Keys that an earlier system had, and what lies below them.
    static bool is_unused(const std::string& key) {
        return std::ranges::any_of(known_but_unused(), [&](std::string_view item) {
            return key == item || (key.starts_with(item) && key[item.size()] == '.');
        });
    }

    void unknown(const Entry& entry, const std::string& prefix) {
        const std::string key = join(prefix, base::shorten(entry.key, 60));
        const std::string near = nearest_key(prefix, entry.key);
        std::string hint = near.empty() ? "see docs/configuration.md for all settings"
                                        : fmt::format("did you mean `{}`?", near);
        if (const std::size_t dot = key.rfind('.');
            entry.key.contains('.') && find_field(key) != nullptr) {
            hint = fmt::format("put `{}` below `{}`, indented", key.substr(dot + 1),
                               key.substr(0, dot));
        }
        Problem problem = make_problem(key, entry.place, fmt::format("`{}` is not a setting", key),
                                       std::move(hint));
        // A misspelt section counts as the one that was meant: `atuh:` must not start unlocked.
        if (prefix.empty() && !near.empty()) {
            problem.section = section_of(near);
            problem.effect = effect_of(near);
        }
        problems_.push_back(std::move(problem));
    }

    std::vector<Problem>& problems_;
    Layer leaves_;
    Layer aliased_;
};

Leaf text_leaf(const Field* field, std::string value, Origin origin, const std::string& source) {
    Leaf leaf;
    leaf.field = field;
    leaf.value.type = Node::Type::text;
    leaf.value.text = std::move(value);
    leaf.value.place = Place{origin, source, 0, 0};
    leaf.key_place = leaf.value.place;
    return leaf;
}

// LOCI_LLM_PROVIDERS_WORK_API_KEY → llm.providers.work.api_key; empty when nothing fits.
std::string named_key(std::string_view variable) {
    std::string key;
    std::size_t longest = 0;  // "_REFERENCE_LANGUAGE" also ends with "_LANGUAGE"
    for (const Field& field : fields()) {
        const std::size_t star = field.key.find('*');
        if (star == std::string::npos || field.key.find('*', star + 1) != std::string::npos) {
            continue;
        }
        const std::string before = environment_name(field.key.substr(0, star));
        const std::string after = environment_name(field.key.substr(star + 1)).substr(5);
        if (!variable.starts_with(before) || !variable.ends_with(after) ||
            variable.size() <= before.size() + after.size() || after.size() < longest) {
            continue;
        }
        longest = after.size();
        std::string name = base::to_lower_ascii(
            variable.substr(before.size(), variable.size() - before.size() - after.size()));
        if (after.empty()) std::ranges::replace(name, '_', '-');
        key = field.key.substr(0, star) + name + field.key.substr(star + 1);
    }
    return key;
}

}  // namespace

std::string section_of(std::string_view key) {
    const auto parts = base::split(key, '.');
    const bool named = parts.size() >= 3 && ((parts[0] == "llm" && parts[1] == "providers") ||
                                             (parts[0] == "speech" && parts[1] == "servers"));
    if (named) return fmt::format("{}.{}.{}", parts[0], parts[1], parts[2]);
    return std::string(parts[0]);
}

Effect effect_of(std::string_view key) {
    const SectionNote* section = find_section(key.substr(0, key.find('.')));
    if (section == nullptr) return Effect::warning;
    return section->failure == Failure::refuses_start ? Effect::refuses_start : Effect::section_off;
}

Problem make_problem(std::string key, const Place& place, std::string message, std::string hint) {
    Problem problem;
    problem.section = section_of(key);
    problem.effect = place.origin == Origin::command_line ? Effect::refuses_start : effect_of(key);
    problem.key = std::move(key);
    problem.file = place.source;
    problem.line = place.line;
    problem.column = place.column;
    problem.message = std::move(message);
    problem.hint = std::move(hint);
    return problem;
}

Layer file_layer(const Node& root, std::vector<Problem>& problems) {
    FileWalk walk(problems);
    walk.map(root, "");
    return walk.take();
}

Layer environment_layer(const Variables& environment, std::vector<Problem>& problems) {
    Layer layer;
    // An empty variable counts as not set, as compose files and shells make them by the dozen.
    const auto use = [&](std::string_view variable, const std::string& key) {
        const auto found = environment.find(variable);
        if (found == environment.end() || found->second.empty() || layer.contains(key)) return;
        const std::string source(variable);
        layer.emplace(key, text_leaf(find_field(key), found->second, Origin::environment, source));
    };
    std::vector<std::string> own;
    for (const Field& field : fields()) {
        if (field.key.contains('*')) continue;
        own.push_back(environment_name(field.key));
        use(own.back(), field.key);
    }
    for (const auto& [variable, value] : environment) {
        if (!variable.starts_with("LOCI_") || variable == "LOCI_CONFIG" ||
            variable == "LOCI_CACHE" || std::ranges::find(own, variable) != own.end()) {
            continue;
        }
        if (const std::string key = named_key(variable); !key.empty()) {
            use(variable, key);
        } else if (const std::string near = base::nearest(variable, own); !near.empty()) {
            Problem problem = make_problem("", Place{Origin::environment, variable, 0, 0},
                                           fmt::format("{} is not a setting", variable),
                                           fmt::format("did you mean {}?", near));
            problem.effect = Effect::warning;
            problems.push_back(std::move(problem));
        }
    }
    for (const EnvironmentAlias& alias : environment_aliases()) {
        use(alias.name, std::string(alias.key));
    }
    for (auto& [key, leaf] : layer) {
        if (!leaf.value.place.source.starts_with("LOCI_")) leaf.alias = leaf.value.place.source;
    }
    return layer;
}

Layer command_line_layer(const std::vector<Override>& overrides, std::vector<Problem>& problems) {
    Layer layer;
    for (const Override& item : overrides) {
        const std::string source = item.flag.empty() ? "--set " + item.key : item.flag;
        const Field* field = find_field(item.key);
        if (field == nullptr) {
            const std::size_t cut = item.key.rfind('.');
            const std::string prefix = cut == std::string::npos ? "" : item.key.substr(0, cut);
            const std::string near =
                nearest_key(prefix, cut == std::string::npos ? item.key : item.key.substr(cut + 1));
            problems.push_back(make_problem(item.key, Place{Origin::command_line, source, 0, 0},
                                            fmt::format("`{}` is not a setting", item.key),
                                            near.empty()
                                                ? "see docs/configuration.md"
                                                : fmt::format("did you mean `{}`?", near)));
            continue;
        }
        layer[item.key] = text_leaf(field, item.value, Origin::command_line, source);
    }
    return layer;
}

}  // namespace config::detail
