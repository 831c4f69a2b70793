// Puts a tree together while a reader walks its file, and enforces the limits. Used by one reader
// at a time; a broken limit is thrown as ReadFailure and caught in read_tree().
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/tree.hpp"

namespace config::detail {

struct ReadFailure {
    SyntaxError error;
};
[[noreturn]] void fail(int line, int column, std::string message, std::string hint = {});

class Builder {
public:
    Builder(const Place& source, const TreeLimits& limits) : source_(source), limits_(limits) {}

    // Inside a map, key() comes before each value.
    void key(std::string name, int line, int column);
    void scalar(Node::Type type, std::string text, int line, int column);
    void begin(Node::Type type, int line, int column);
    void end();
    void copy(const Node& node, int line, int column);

    [[nodiscard]] bool wants_key() const;
    [[nodiscard]] std::size_t depth() const { return open_.size(); }
    // The value that was finished last; valid until the next call.
    [[nodiscard]] const Node& last() const { return last_; }
    [[nodiscard]] Node take() { return std::move(root_); }

private:
    struct Open {
        Node node;
        Entry pending;  // key waiting for its value
        bool has_key = false;
    };

    Place place(int line, int column) const;
    void count(int line, int column);
    void add(Node node);

    Place source_;
    TreeLimits limits_;
    std::vector<Open> open_;
    Node root_;
    Node last_;
    std::size_t nodes_ = 0;
};

// Each throws ReadFailure.
Node read_yaml(std::string_view text, const Place& source, const TreeLimits& limits);
Node read_toml(std::string_view text, const Place& source, const TreeLimits& limits);
Node read_json(std::string_view text, const Place& source, const TreeLimits& limits);

}  // namespace config::detail
