// A parsed config file before anything is known about its meaning: names, scalars as written, and
// for each the place it came from. Values; any thread.
//
// read_tree() is the border to hostile files: YAML, TOML and JSON all end here, under the same
// limits on size, depth and number of values. Duplicate names and YAML aliases that grow are
// errors.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace config {

enum class Origin { default_value, file, local_file, environment, command_line };
[[nodiscard]] std::string_view to_string(Origin origin);

struct Place {
    Origin origin = Origin::default_value;
    std::string source;  // path of the file, name of the variable or of the flag
    int line = 0;        // 1-based; 0: not from a file
    int column = 0;
    // "config.yaml:3:5", "LOCI_SERVER_PORT" or "default".
    [[nodiscard]] std::string text() const;
};

struct Entry;

struct Node {
    enum class Type { null, text, boolean, number, list, map };
    Type type = Type::null;
    std::string text;            // scalars, as written
    std::vector<Node> items;     // list
    std::vector<Entry> entries;  // map, in order
    Place place;

    [[nodiscard]] const Entry* find(std::string_view key) const;
};

struct Entry {
    std::string key;
    Place place;  // of the key
    Node value;
};

enum class Format { yaml, toml, json };
// By the ending of the name; unknown endings are read as YAML.
[[nodiscard]] Format format_of(std::string_view path);

struct SyntaxError {
    int line = 0;
    int column = 0;
    std::string message;
    std::string hint;
};

struct TreeLimits {
    std::size_t max_bytes = 1'000'000;
    std::size_t max_depth = 32;
    std::size_t max_nodes = 20'000;
};

// `source` is what places name; every place gets `origin`. An empty file is an empty map.
[[nodiscard]] std::expected<Node, SyntaxError> read_tree(std::string_view text, Format format,
                                                         const Place& source,
                                                         TreeLimits limits = {});

}  // namespace config
