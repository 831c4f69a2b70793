// Messages: accepting, idempotency, edits, paging.
#include "ports/testing/store_contract.hpp"

namespace ports::testing {

using base::ErrorCode;

void StoreContract::keep_message_tests() {}

TEST_P(StoreContract, AcceptedMessageWaitsWithItsTurn) {
    const auto in = new_session();
    auto message = said(in, "hello", "key");
    message.detail_json = "{}";
    auto turn = new_turn();
    turn.model = "tiny";
    const auto accepted = must(store().accept(message, turn));
    EXPECT_FALSE(accepted.duplicate);
    const auto row = must(store().get_message(message.id));
    EXPECT_EQ(row.session, in.id);
    EXPECT_EQ(row.turn, turn.id);
    EXPECT_EQ(row.seq, 1);
    EXPECT_EQ(row.role, StoredRole::user);
    EXPECT_EQ(row.status, StoredStatus::queued);
    EXPECT_EQ(row.content, "hello");
    EXPECT_EQ(row.idempotency_key, "key");
    EXPECT_EQ(row.detail_json, "{}");
    EXPECT_EQ(row.created_at, message.created_at);
    EXPECT_FALSE(row.superseded);
    EXPECT_EQ(accepted.message.seq, row.seq);
    EXPECT_EQ(accepted.message.status, row.status);
    const auto stored = must(store().get_turn(turn.id));
    EXPECT_EQ(stored.session, in.id);
    EXPECT_EQ(stored.message, message.id);
    EXPECT_EQ(stored.state, StoredTurnState::queued);
    EXPECT_EQ(stored.model, "tiny");
    EXPECT_EQ(stored.created_at, turn.created_at);
}

TEST_P(StoreContract, AcceptRefusesWhatDoesNotFitAndLeavesNothingBehind) {
    const auto in = new_session();
    const auto first = ask(in, "first");
    auto nowhere = said(in, "x");
    nowhere.session = base::SessionId::make();
    refused(ErrorCode::not_found, store().accept(nowhere, new_turn()));
    auto same_id = said(in, "x");
    same_id.id = first.message.id;
    refused(ErrorCode::conflict, store().accept(same_id, new_turn()));
    auto same_turn = new_turn();
    same_turn.id = first.turn.id;
    refused(ErrorCode::conflict, store().accept(said(in, "x", "k"), same_turn));
    auto no_id = said(in, "x");
    no_id.id = {};
    refused(ErrorCode::invalid_argument, store().accept(no_id, new_turn()));
    refused(ErrorCode::invalid_argument, store().accept(said(in, "x"), TurnRow{}));
    auto reply = said(in, "x");
    reply.role = StoredRole::assistant;
    refused(ErrorCode::invalid_argument, store().accept(reply, new_turn()));
    EXPECT_EQ(shown(in), "first");
    EXPECT_FALSE(must(store().find_accepted(in.person, "k")));
}

TEST_P(StoreContract, SameKeyGivesTheFirstRowsAgain) {
    const auto in = new_session();
    const auto first = must(store().accept(said(in, "once", "key"), new_turn()));
    start(first.turn);
    const auto second = must(store().accept(said(in, "twice", "key"), new_turn()));
    EXPECT_TRUE(second.duplicate);
    EXPECT_EQ(second.message.id, first.message.id);
    EXPECT_EQ(second.message.content, "once");
    EXPECT_EQ(second.turn.id, first.turn.id);
    EXPECT_EQ(second.turn.state, StoredTurnState::running);
    EXPECT_EQ(shown(in), "once");
    const auto known = must(store().find_accepted(in.person, "key"));
    ASSERT_TRUE(known);
    EXPECT_EQ(known->message.session, in.id);
    EXPECT_EQ(known->turn.id, first.turn.id);
    EXPECT_FALSE(must(store().find_accepted(in.person, "other")));
    EXPECT_FALSE(must(store().find_accepted(base::PersonId("stranger"), "key")));
}

TEST_P(StoreContract, KeyOfAnotherSessionOrPurposeIsAConflict) {
    const auto in = new_session();
    const auto first = must(store().accept(said(in, "once", "key"), new_turn()));
    const auto elsewhere = new_session();
    refused(ErrorCode::conflict, store().accept(said(elsewhere, "x", "key"), new_turn()));
    EXPECT_EQ(shown(elsewhere), "");
    start(first.turn);
    end(first.turn, "answer");
    refused(ErrorCode::conflict, store().accept_retry(first.message.id, new_turn(), "key"));
    // Two people may use the same key.
    const auto theirs = new_session({}, "stranger");
    EXPECT_FALSE(must(store().accept(said(theirs, "x", "key"), new_turn())).duplicate);
}

TEST_P(StoreContract, MessagesWithoutAKeyAreAllAccepted) {
    const auto in = new_session();
    ask(in, "same");
    EXPECT_FALSE(ask(in, "same").duplicate);
    EXPECT_EQ(shown(in), "same | same");
}

TEST_P(StoreContract, EditSupersedesTheMessageAndEverythingAfterIt) {
    const auto in = new_session();
    exchange(in, "one", "1");
    const auto two = exchange(in, "two", "2");
    exchange(in, "three", "3");
    auto edit = said(in, "TWO", "edit");
    edit.replaces = two.message.id;
    const auto accepted = must(store().accept(edit, new_turn()));
    EXPECT_EQ(shown(in), "one | 1 | TWO");
    EXPECT_EQ(must(store().get_session(in.id)).message_count, 3);
    EXPECT_EQ(accepted.message.replaces, two.message.id);
    EXPECT_TRUE(must(store().get_message(two.message.id)).superseded);
    MessagePage page;
    page.session = in.id;
    page.include_superseded = true;
    const auto all = must(store().list_messages(page));
    ASSERT_EQ(all.size(), 7u);
    EXPECT_EQ(all[2].content, "two");
    EXPECT_EQ(all[6].content, "TWO");
    // Sent twice, it still is one edit.
    EXPECT_TRUE(must(store().accept(edit, new_turn())).duplicate);
    edit.id = base::MessageId::make();
    edit.idempotency_key = "edit again";
    refused(ErrorCode::conflict, store().accept(edit, new_turn()));
    EXPECT_EQ(shown(in), "one | 1 | TWO");
}

TEST_P(StoreContract, EditStopsTurnsThatWaitedBehindIt) {
    const auto in = new_session();
    const auto one = ask(in, "one");
    start(one.turn);
    const auto two = ask(in, "two");
    auto edit = said(in, "ONE");
    edit.replaces = one.message.id;
    const auto edited = must(store().accept(edit, new_turn()));
    EXPECT_EQ(must(store().get_turn(two.turn.id)).state, StoredTurnState::stopped);
    EXPECT_EQ(must(store().get_message(two.message.id)).status, StoredStatus::stopped);
    EXPECT_EQ(must(store().get_turn(one.turn.id)).state, StoredTurnState::running);
    // The reply that was running belongs to what was edited away.
    end(one.turn, "late answer");
    EXPECT_EQ(shown(in), "ONE");
    const auto queued = must(store().recover(now()));
    ASSERT_EQ(queued.size(), 1u);
    EXPECT_EQ(queued[0].id, edited.turn.id);
}

TEST_P(StoreContract, EditRefusesForeignUnknownAndOthersMessages) {
    const auto in = new_session();
    exchange(in, "one", "1");
    const auto elsewhere = new_session();
    const auto foreign = ask(elsewhere, "there");
    auto edit = said(in, "x");
    edit.replaces = foreign.message.id;
    refused(ErrorCode::conflict, store().accept(edit, new_turn()));
    edit.replaces = base::MessageId::make();
    refused(ErrorCode::not_found, store().accept(edit, new_turn()));
    MessagePage page;
    page.session = in.id;
    edit.replaces = must(store().list_messages(page)).back().id;
    refused(ErrorCode::invalid_argument, store().accept(edit, new_turn()));
    EXPECT_EQ(shown(in), "one | 1");
    EXPECT_EQ(shown(elsewhere), "there");
}

TEST_P(StoreContract, RetrySupersedesTheEarlierReply) {
    const auto in = new_session();
    const auto one = exchange(in, "one", "first answer");
    const auto again = must(store().accept_retry(one.message.id, new_turn(), "retry"));
    EXPECT_FALSE(again.duplicate);
    EXPECT_EQ(again.message.id, one.message.id);
    EXPECT_EQ(again.message.status, StoredStatus::complete);
    EXPECT_EQ(shown(in), "one");
    EXPECT_TRUE(must(store().accept_retry(one.message.id, new_turn(), "retry")).duplicate);
    start(again.turn);
    end(again.turn, "second answer");
    EXPECT_EQ(shown(in), "one | second answer");
    MessagePage page;
    page.session = in.id;
    page.include_superseded = true;
    EXPECT_EQ(must(store().list_messages(page)).size(), 3u);
}

TEST_P(StoreContract, RetryRefusesWhatCannotBeAnsweredAgain) {
    const auto in = new_session();
    refused(ErrorCode::not_found, store().accept_retry(base::MessageId::make(), new_turn(), {}));
    const auto one = ask(in, "one");
    refused(ErrorCode::conflict, store().accept_retry(one.message.id, new_turn(), {}));
    start(one.turn);
    refused(ErrorCode::conflict, store().accept_retry(one.message.id, new_turn(), {}));
    const auto reply = reply_to(one.turn, "1");
    must(store().end_turn(one.turn.id, StoredTurnState::done, reply, now()));
    refused(ErrorCode::invalid_argument, store().accept_retry(reply.id, new_turn(), {}));
    refused(ErrorCode::invalid_argument, store().accept_retry(one.message.id, {}, {}));
    refused(ErrorCode::conflict, store().accept_retry(one.message.id, one.turn, {}));
    EXPECT_EQ(shown(in), "one | 1");
    auto edit = said(in, "ONE");
    edit.replaces = one.message.id;
    must(store().accept(edit, new_turn()));
    refused(ErrorCode::conflict, store().accept_retry(one.message.id, new_turn(), {}));
}

TEST_P(StoreContract, MessagesArePagedOldestFirstFromTheNewestPage) {
    const auto in = new_session();
    for (int i = 1; i <= 5; ++i) ask(in, std::to_string(i));
    MessagePage page;
    page.session = in.id;
    page.limit = 2;
    std::string seen;
    for (;;) {
        const auto rows = must(store().list_messages(page));
        if (rows.empty()) break;
        for (const auto& row : rows) seen += row.content;
        seen += " ";
        page.before = rows.front().id;
    }
    EXPECT_EQ(seen, "45 23 1 ");
}

TEST_P(StoreContract, PagesOfMessagesRefuseWhatIsNotThere) {
    const auto in = new_session();
    const auto foreign = ask(new_session(), "x");
    MessagePage page;
    page.session = in.id;
    page.limit = 0;
    refused(ErrorCode::invalid_argument, store().list_messages(page));
    page.limit = 10;
    page.before = base::MessageId::make();
    refused(ErrorCode::not_found, store().list_messages(page));
    page.before = foreign.message.id;
    refused(ErrorCode::conflict, store().list_messages(page));
    page.before = {};
    page.session = base::SessionId::make();
    refused(ErrorCode::not_found, store().list_messages(page));
}

TEST_P(StoreContract, AddedMessageStandsWithoutATurnAndReplacesWhatItNames) {
    const auto in = new_session();
    auto notice = said(in, "model changed");
    notice.role = StoredRole::notice;
    notice.error_json = R"({"code":"x"})";
    const auto first = must(store().add_message(notice));
    EXPECT_EQ(first.seq, 1);
    EXPECT_EQ(first.error_json, notice.error_json);
    refused(ErrorCode::conflict, store().add_message(notice));
    auto second = said(in, "model changed twice");
    second.role = StoredRole::notice;
    second.replaces = notice.id;
    must(store().add_message(second));
    EXPECT_EQ(shown(in), "model changed twice");
    auto queued = said(in, "x");
    queued.status = StoredStatus::queued;
    refused(ErrorCode::invalid_argument, store().add_message(queued));
    auto nowhere = said(in, "x");
    nowhere.session = base::SessionId::make();
    refused(ErrorCode::not_found, store().add_message(nowhere));
    EXPECT_EQ(shown(in), "model changed twice");
}

TEST_P(StoreContract, TextIsKeptByteForByte) {
    const auto in = new_session();
    const std::string odd =
        std::string("zero\0inside ", 12) + "\xF0\x9F\x98\x80 '; DROP TABLE x; --\r\n\t";
    auto message = said(in, odd);
    message.reasoning = odd;
    const auto accepted = must(store().accept(message, new_turn()));
    must(store().start_turn(accepted.turn.id, now(), odd));
    const auto row = must(store().get_message(message.id));
    EXPECT_EQ(row.content, odd);
    EXPECT_EQ(row.reasoning, odd);
    EXPECT_EQ(row.volatile_context, odd);
    const std::string large(2'000'000, 'y');
    const auto big = ask(in, large);
    EXPECT_EQ(must(store().get_message(big.message.id)).content, large);
}

}  // namespace ports::testing
