#include "adapters/store_sqlite/detail/rows.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/text.hpp"

namespace adapters::sqlite {

using ports::StoredRole;
using ports::StoredStatus;
using ports::StoredTurnState;

namespace {

constexpr std::size_t kPreviewChars = 120;

// In the order of the enumerations.
constexpr std::array<std::string_view, 3> kRoles{"user", "assistant", "notice"};
constexpr std::array<std::string_view, 5> kStatuses{"queued", "complete", "stopped", "interrupted",
                                                    "failed"};
constexpr std::array<std::string_view, 6> kTurnStates{"queued",  "running",     "done",
                                                      "stopped", "interrupted", "failed"};

constexpr std::array<std::string_view, 2> kSummaryBy{"model", "extract"};

template <class Enum, std::size_t N>
base::Result<Enum> value_from(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto it = std::ranges::find(names, name);
    if (it != names.end()) return static_cast<Enum>(it - names.begin());
    return base::fail(base::ErrorCode::corrupt,
                      fmt::format("the database holds the unknown value \"{}\"", name),
                      "keep a copy of the file, then restore the newest backup");
}

}  // namespace

std::string_view name_of(StoredRole role) {
    return kRoles.at(static_cast<std::size_t>(role));
}

std::string_view name_of(StoredStatus status) {
    return kStatuses.at(static_cast<std::size_t>(status));
}

std::string_view name_of(StoredTurnState state) {
    return kTurnStates.at(static_cast<std::size_t>(state));
}

base::Result<StoredRole> role_from(std::string_view name) {
    return value_from<StoredRole>(kRoles, name);
}

base::Result<StoredStatus> status_from(std::string_view name) {
    return value_from<StoredStatus>(kStatuses, name);
}

base::Result<StoredTurnState> turn_state_from(std::string_view name) {
    return value_from<StoredTurnState>(kTurnStates, name);
}

std::string_view name_of(ports::SummaryBy by) {
    return kSummaryBy.at(static_cast<std::size_t>(by));
}

base::Result<ports::SummaryBy> summary_by_from(std::string_view name) {
    return value_from<ports::SummaryBy>(kSummaryBy, name);
}

base::Result<ports::MessageRow> read_message(const Statement& row) {
    ports::MessageRow message;
    message.id = row.id<base::MessageId>(0);
    message.session = row.id<base::SessionId>(1);
    message.turn = row.id<base::TurnId>(2);
    message.seq = row.integer(3);
    TRY(role, role_from(row.text(4)));
    TRY(status, status_from(row.text(5)));
    message.role = role;
    message.status = status;
    message.content = row.text(6);
    message.reasoning = row.text(7);
    message.volatile_context = row.text(8);
    message.replaces = row.id<base::MessageId>(9);
    message.idempotency_key = row.text(10);
    message.detail_json = row.text(11);
    message.error_json = row.text(12);
    message.created_at = row.integer(13);
    message.superseded = row.integer(14) != 0;
    return message;
}

base::Result<ports::TurnRow> read_turn(const Statement& row) {
    ports::TurnRow turn;
    turn.id = row.id<base::TurnId>(0);
    turn.session = row.id<base::SessionId>(1);
    turn.message = row.id<base::MessageId>(2);
    TRY(state, turn_state_from(row.text(3)));
    turn.state = state;
    turn.model = row.text(4);
    turn.created_at = row.integer(5);
    turn.started_at = row.integer(6);
    turn.ended_at = row.integer(7);
    return turn;
}

ports::SessionRow read_session(const Statement& row) {
    ports::SessionRow session;
    session.id = row.id<base::SessionId>(0);
    session.person = row.id<base::PersonId>(1);
    session.agent = row.text(2);
    session.channel = row.text(3);
    session.scope_key = row.text(4);
    session.title = row.text(5);
    session.title_by_person = row.integer(6) != 0;
    session.created_at = row.integer(7);
    session.updated_at = row.integer(8);
    session.continues = row.id<base::SessionId>(9);
    session.continues_seq = row.integer(10);
    session.message_count = static_cast<int>(row.integer(11));
    session.preview = base::shorten(row.text(12), kPreviewChars);
    return session;
}

}  // namespace adapters::sqlite
