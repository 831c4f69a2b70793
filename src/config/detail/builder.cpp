#include "config/detail/builder.hpp"

#include <utility>

#include <fmt/core.h>

namespace config::detail {
namespace {

std::size_t size_of(const Node& node) {
    std::size_t size = 1;
    for (const Node& item : node.items) size += size_of(item);
    for (const Entry& entry : node.entries) size += size_of(entry.value);
    return size;
}

std::size_t depth_of(const Node& node) {
    std::size_t depth = 0;
    for (const Node& item : node.items) depth = std::max(depth, depth_of(item));
    for (const Entry& entry : node.entries) depth = std::max(depth, depth_of(entry.value));
    return depth + 1;
}

}  // namespace

void fail(int line, int column, std::string message, std::string hint) {
    throw ReadFailure{SyntaxError{line, column, std::move(message), std::move(hint)}};
}

Place Builder::place(int line, int column) const {
    Place place = source_;
    place.line = line;
    place.column = column;
    return place;
}

bool Builder::wants_key() const {
    return !open_.empty() && open_.back().node.type == Node::Type::map && !open_.back().has_key;
}

void Builder::count(int line, int column) {
    if (++nodes_ > limits_.max_nodes) {
        fail(line, column, fmt::format("more than {} values", limits_.max_nodes));
    }
}

void Builder::key(std::string name, int line, int column) {
    count(line, column);
    Open& top = open_.back();
    if (const Entry* first = top.node.find(name)) {
        fail(line, column,
             fmt::format("`{}` is given twice, first in line {}", name, first->place.line),
             "remove one of the two");
    }
    top.pending = Entry{std::move(name), place(line, column), {}};
    top.has_key = true;
}

void Builder::scalar(Node::Type type, std::string text, int line, int column) {
    count(line, column);
    Node node;
    node.type = type;
    node.text = std::move(text);
    node.place = place(line, column);
    add(std::move(node));
}

void Builder::begin(Node::Type type, int line, int column) {
    count(line, column);
    if (open_.size() >= limits_.max_depth) {
        fail(line, column, fmt::format("nested deeper than {} levels", limits_.max_depth));
    }
    Open open;
    open.node.type = type;
    open.node.place = place(line, column);
    open_.push_back(std::move(open));
}

void Builder::end() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
}

void Builder::copy(const Node& node, int line, int column) {
    nodes_ += size_of(node);
    count(line, column);
    if (open_.size() + depth_of(node) > limits_.max_depth) {
        fail(line, column, fmt::format("nested deeper than {} levels", limits_.max_depth));
    }
    add(node);
}

void Builder::add(Node node) {
    last_ = node;
    if (open_.empty()) {
        root_ = std::move(node);
        return;
    }
    Open& top = open_.back();
    if (top.node.type == Node::Type::list) {
        top.node.items.push_back(std::move(node));
    } else {
        top.pending.value = std::move(node);
        top.node.entries.push_back(std::move(top.pending));
        top.has_key = false;
    }
}

}  // namespace config::detail
