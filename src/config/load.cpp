#include "config/load.hpp"

#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "base/files.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "config/detail/assemble.hpp"
#include "config/detail/files.hpp"
#include "config/detail/layers.hpp"
#include "config/detail/load_with.hpp"

namespace config {
namespace {

namespace fs = std::filesystem;
struct Sources {
    fs::path config_file;
    fs::path config_folder;
    std::vector<fs::path> shadowed;  // present, but not read
};

Sources find_sources(const LoadRequest& request) {
    fs::path named = request.config_path;
    if (const auto found = request.environment.find("LOCI_CONFIG");
        named.empty() && found != request.environment.end()) {
        named = found->second;
    }
    if (!named.empty()) {
        const fs::path path = (request.working_dir / named).lexically_normal();
        return {path, path.parent_path(), {}};
    }
    const fs::path user = user_config_folder(request);
    auto files = detail::config_files(user);
    if (!files.empty()) {
        const fs::path first = files.front();
        files.erase(files.begin());
        return {first, user, std::move(files)};
    }
    const fs::path project = request.working_dir / "config" / "default.yaml";
    if (detail::is_there(project)) return {project, project.parent_path(), {}};
    return {{}, user, {}};
}

void warn(Loaded& loaded, const fs::path& file, std::string message, std::string hint) {
    Problem problem;
    problem.file = file.string();
    problem.message = std::move(message);
    problem.hint = std::move(hint);
    problem.effect = Effect::warning;
    loaded.problems.push_back(std::move(problem));
}

// The environment joined with secrets.env; the environment wins.
Variables read_variables(Loaded& loaded, const LoadRequest& request) {
    Variables variables = request.environment;
    const fs::path path = loaded.config_folder / "secrets.env";
    if (!detail::is_there(path)) return variables;
    const auto privacy = detail::make_private(path);
    if (privacy == detail::Tightened::made_private) {
        warn(loaded, path, "the file could be read by others; its mode is now 0600", "");
    } else if (privacy == detail::Tightened::still_open) {
        warn(loaded, path, "the file can be read by others", "run: chmod 600 " + path.string());
    }
    const auto complain = [&](const base::Error& error) {
        Problem problem;
        problem.file = path.string();
        problem.message = error.message;
        problem.hint = error.hint;
        problem.effect = Effect::refuses_start;
        loaded.problems.push_back(std::move(problem));
    };
    const auto text = base::read_file(path, detail::kMaxFileBytes);
    if (!text) {
        complain(text.error());
        return variables;
    }
    const auto secrets = parse_secrets(*text);
    if (!secrets) {
        complain(secrets.error());
        return variables;
    }
    for (const auto& [name, value] : *secrets) {
        base::log::add_secret(value);
        variables.emplace(name, value);
    }
    return variables;
}

detail::Layer read_layer(Loaded& loaded, std::string_view text, const fs::path& path,
                         Origin origin) {
    const Place source{origin, path.string(), 0, 0};
    const auto tree = read_tree(text, format_of(path.string()), source);
    if (tree) return detail::file_layer(*tree, loaded.problems);
    Problem problem;
    problem.file = path.string();
    problem.line = tree.error().line;
    problem.column = tree.error().column;
    problem.message = tree.error().message;
    problem.hint = tree.error().hint;
    // What it says about network, login and storage is unknown.
    problem.effect = Effect::refuses_start;
    loaded.problems.push_back(std::move(problem));
    return {};
}

base::Result<Loaded> load_all(const LoadRequest& request,
                              const std::optional<std::string>& local_text) {
    Loaded loaded;
    const Sources sources = find_sources(request);
    loaded.config_file = sources.config_file;
    loaded.config_folder = sources.config_folder;
    loaded.local_file =
        sources.config_folder / (sources.config_file.empty()
                                     ? "config.local.yaml"
                                     : sources.config_file.stem().string() + ".local.yaml");
    for (const fs::path& path : sources.shadowed) {
        warn(loaded, path,
             fmt::format("the file is not read, because {} is there too",
                         sources.config_file.filename().string()),
             "keep one of them");
    }
    const Variables variables = read_variables(loaded, request);
    std::vector<detail::Layer> layers;
    if (!sources.config_file.empty()) {
        TRY(text, base::read_file(sources.config_file, detail::kMaxFileBytes));
        layers.push_back(read_layer(loaded, text, sources.config_file, Origin::file));
    }
    if (local_text) {
        layers.push_back(read_layer(loaded, *local_text, loaded.local_file, Origin::local_file));
    } else if (detail::is_there(loaded.local_file)) {
        TRY(text, base::read_file(loaded.local_file, detail::kMaxFileBytes));
        layers.push_back(read_layer(loaded, text, loaded.local_file, Origin::local_file));
    }
    layers.push_back(detail::environment_layer(variables, loaded.problems));
    layers.push_back(detail::command_line_layer(request.overrides, loaded.problems));

    detail::merge(loaded, layers, variables);
    detail::check_together(loaded);
    detail::switch_off(loaded);
    detail::finish_paths(loaded, request);
    detail::build_settings(loaded);
    for (const auto& [key, effective] : loaded.values) {
        if (effective.field->note != nullptr && effective.field->note->secrecy == Secrecy::secret) {
            base::log::add_secret(json::string_or(&effective.value));
        }
    }
    return loaded;
}

}  // namespace

std::string Problem::text() const {
    std::string out;
    if (!file.empty()) {
        out = line == 0 ? file : fmt::format("{}:{}:{}", file, line, column);
        out += ": ";
    }
    out += message;
    if (!hint.empty()) out += " (" + hint + ")";
    return out;
}

bool Loaded::refuses_start() const {
    return std::ranges::find(problems, Effect::refuses_start, &Problem::effect) != problems.end();
}

fs::path user_config_folder(const LoadRequest& request) {
    const auto xdg = request.environment.find("XDG_CONFIG_HOME");
    if (xdg != request.environment.end() && fs::path(xdg->second).is_absolute()) {
        return fs::path(xdg->second) / "loci";
    }
    return request.home / ".config" / "loci";
}

base::Result<Loaded> load(const LoadRequest& request) {
    return load_all(request, std::nullopt);
}

base::Result<Loaded> detail::load_with_local(const LoadRequest& request,
                                             const std::string& local_text) {
    return load_all(request, local_text);
}

}  // namespace config
