#include "ports/testing/store_contract.hpp"

namespace ports::testing {

StoreMaker whole_suite(StoreMaker make) {
    StoreContract::keep_session_tests();
    StoreContract::keep_message_tests();
    StoreContract::keep_turn_tests();
    StoreContract::keep_shelf_tests();
    return make;
}

void StoreContract::SetUp() {
    store_ = GetParam()();
    ASSERT_TRUE(store_);
    ASSERT_EQ(store_->read_only_reason(), "");
}

void StoreContract::must(StoreTask<void> task) {
    const auto result = call(std::move(task));
    EXPECT_TRUE(result) << result.error().text();
}

SessionRow StoreContract::new_session(const std::string& title, const std::string& person) {
    SessionRow row;
    row.id = base::SessionId::make();
    row.person = base::PersonId(person);
    row.title = title;
    row.created_at = row.updated_at = now();
    return must(store().create_session(row));
}

MessageRow StoreContract::said(const SessionRow& in, const std::string& text,
                               const std::string& key) {
    MessageRow row;
    row.id = base::MessageId::make();
    row.session = in.id;
    row.content = text;
    row.idempotency_key = key;
    row.created_at = now();
    return row;
}

TurnRow StoreContract::new_turn() {
    TurnRow row;
    row.id = base::TurnId::make();
    row.created_at = now();
    return row;
}

MessageRow StoreContract::reply_to(const TurnRow& turn, const std::string& text) {
    MessageRow row;
    row.id = base::MessageId::make();
    row.session = turn.session;
    row.turn = turn.id;
    row.role = StoredRole::assistant;
    row.content = text;
    row.created_at = now();
    return row;
}

Accepted StoreContract::ask(const SessionRow& in, const std::string& text) {
    return must(store().accept(said(in, text), new_turn()));
}

void StoreContract::start(const TurnRow& turn) {
    must(store().start_turn(turn.id, now(), {}));
}

void StoreContract::end(const TurnRow& turn, const std::string& answer) {
    must(store().end_turn(turn.id, StoredTurnState::done, reply_to(turn, answer), now()));
}

Accepted StoreContract::exchange(const SessionRow& in, const std::string& text,
                                 const std::string& answer) {
    auto accepted = ask(in, text);
    start(accepted.turn);
    end(accepted.turn, answer);
    return accepted;
}

std::string StoreContract::shown(const SessionRow& in) {
    MessagePage page;
    page.session = in.id;
    std::string text;
    for (const auto& row : must(store().list_messages(page))) {
        if (!text.empty()) text += " | ";
        text += row.content;
    }
    return text;
}

std::string StoreContract::titles(const SessionPage& page) {
    std::string text;
    for (const auto& row : must(store().list_sessions(page))) {
        if (!text.empty()) text += " | ";
        text += row.title;
    }
    return text;
}

std::string StoreContract::found(const std::string& query) {
    SessionPage page;
    page.query = query;
    return titles(page);
}

}  // namespace ports::testing
