// Rows: messages of a conversation in order. Shared and never changed, because a conversation is
// long and every turn hands all of it on. Plain values; any thread.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "ports/store.hpp"

namespace chat {

using Row = std::shared_ptr<const ports::MessageRow>;
using Rows = std::vector<Row>;

[[nodiscard]] inline Row to_row(ports::MessageRow row) {
    return std::make_shared<const ports::MessageRow>(std::move(row));
}

[[nodiscard]] inline Rows to_rows(std::vector<ports::MessageRow> rows) {
    Rows shared;
    shared.reserve(rows.size());
    for (auto& row : rows) shared.push_back(to_row(std::move(row)));
    return shared;
}

// Null: there is none of this id.
[[nodiscard]] inline const ports::MessageRow* find_row(const Rows& rows,
                                                       const base::MessageId& id) {
    const auto found = std::ranges::find_if(rows, [&](const Row& row) { return row->id == id; });
    return found == rows.end() ? nullptr : found->get();
}

}  // namespace chat
