#include "config/tree.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.hpp"
#include "config/detail/builder.hpp"

namespace config {

std::string_view to_string(Origin origin) {
    switch (origin) {
        case Origin::default_value:
            return "default";
        case Origin::file:
            return "file";
        case Origin::local_file:
            return "local_file";
        case Origin::environment:
            return "environment";
        case Origin::command_line:
            return "command_line";
    }
    return "?";
}

std::string Place::text() const {
    if (origin == Origin::default_value) return "default";
    return line == 0 ? source : fmt::format("{}:{}:{}", source, line, column);
}

const Entry* Node::find(std::string_view key) const {
    const auto found = std::ranges::find(entries, key, &Entry::key);
    return found == entries.end() ? nullptr : &*found;
}

Format format_of(std::string_view path) {
    const std::string lower = base::to_lower_ascii(path);
    if (lower.ends_with(".toml")) return Format::toml;
    if (lower.ends_with(".json")) return Format::json;
    return Format::yaml;
}

std::expected<Node, SyntaxError> read_tree(std::string_view text, Format format,
                                           const Place& source, TreeLimits limits) {
    if (text.size() > limits.max_bytes) {
        return std::unexpected(SyntaxError{
            0, 0,
            fmt::format("the file of {} is over the limit of {}", base::human_bytes(text.size()),
                        base::human_bytes(limits.max_bytes)),
            "is this really a config file?"});
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (const std::size_t good = base::valid_utf8_prefix(text); good < text.size()) {
        const auto line = std::ranges::count(text.substr(0, good), '\n') + 1;
        return std::unexpected(SyntaxError{static_cast<int>(line), 0, "not valid UTF-8 text",
                                           "save the file as UTF-8"});
    }
    if (text.contains('\0')) {
        return std::unexpected(SyntaxError{0, 0, "the file holds a zero byte", "is it text?"});
    }
    Node root;
    try {
        if (!base::trim(text).empty()) {
            switch (format) {
                case Format::yaml:
                    root = detail::read_yaml(text, source, limits);
                    break;
                case Format::toml:
                    root = detail::read_toml(text, source, limits);
                    break;
                case Format::json:
                    root = detail::read_json(text, source, limits);
                    break;
            }
        }
    } catch (const detail::ReadFailure& failure) {
        return std::unexpected(failure.error);
    }
    if (root.type == Node::Type::null) {
        root.type = Node::Type::map;
        root.place = source;
    }
    if (root.type != Node::Type::map) {
        return std::unexpected(SyntaxError{root.place.line, root.place.column,
                                           "the file must hold sections with settings",
                                           "for example:  server:\n  port: 5624"});
    }
    return root;
}

}  // namespace config
