// The TOML reader: toml++ parses, this walks its result.
//
// toml++ 3.3 takes some malformed files (such as "[" and a line break) past its own checks: its
// assertions then end the program, and in release builds become assumptions, that is undefined
// behaviour. So its assertions are kept in every build here and throw instead.
#include <sstream>
#include <stdexcept>

#include <fmt/core.h>

#include "config/detail/builder.hpp"

namespace {

struct TomlBroken : std::runtime_error {
    TomlBroken() : std::runtime_error("malformed") {}
};

}  // namespace

#undef NDEBUG
#define TOML_ASSERT(condition) \
    do {                       \
        if (!(condition)) throw TomlBroken(); \
    } while (false)
#define TOML_EXCEPTIONS 1
#define TOML_MAX_NESTED_VALUES 64
#include <toml++/toml.h>

namespace config::detail {
namespace {

int line(const toml::source_region& region) { return static_cast<int>(region.begin.line); }
int column(const toml::source_region& region) { return static_cast<int>(region.begin.column); }

void walk(Builder& builder, const toml::node& node);

void walk_table(Builder& builder, const toml::table& table) {
    builder.begin(Node::Type::map, line(table.source()), column(table.source()));
    for (const auto& [key, value] : table) {
        builder.key(std::string(key.str()), line(key.source()), column(key.source()));
        walk(builder, value);
    }
    builder.end();
}

void walk(Builder& builder, const toml::node& node) {
    const int at_line = line(node.source());
    const int at_column = column(node.source());
    if (const auto* table = node.as_table()) {
        walk_table(builder, *table);
    } else if (const auto* array = node.as_array()) {
        builder.begin(Node::Type::list, at_line, at_column);
        for (const toml::node& item : *array) walk(builder, item);
        builder.end();
    } else if (const auto* text = node.as_string()) {
        builder.scalar(Node::Type::text, text->get(), at_line, at_column);
    } else if (const auto* flag = node.as_boolean()) {
        builder.scalar(Node::Type::boolean, flag->get() ? "true" : "false", at_line, at_column);
    } else if (const auto* whole = node.as_integer()) {
        builder.scalar(Node::Type::number, fmt::format("{}", whole->get()), at_line, at_column);
    } else if (const auto* number = node.as_floating_point()) {
        builder.scalar(Node::Type::number, fmt::format("{}", number->get()), at_line, at_column);
    } else {
        // A time such as 04:00 without quotes: settings take times as text.
        std::ostringstream out;
        out << toml::node_view<const toml::node>(node);
        builder.scalar(Node::Type::text, out.str(), at_line, at_column);
    }
}

}  // namespace

Node read_toml(std::string_view text, const Place& source, const TreeLimits& limits) {
    toml::table table;
    try {
        table = toml::parse(text);
    } catch (const toml::parse_error& error) {
        fail(line(error.source()), column(error.source()),
             fmt::format("not valid TOML: {}", error.description()));
    } catch (const TomlBroken&) {
        fail(0, 0, "not valid TOML", "look for a bracket or a quote that is not closed");
    }
    Builder builder(source, limits);
    walk_table(builder, table);
    return builder.take();
}

}  // namespace config::detail
