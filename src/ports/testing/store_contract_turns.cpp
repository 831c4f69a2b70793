// Turns: starting, drafts, ending, recovery.
#include "ports/testing/store_contract.hpp"

namespace ports::testing {

using base::ErrorCode;

void StoreContract::keep_turn_tests() {}

TEST_P(StoreContract, TurnGoesFromQueuedOverRunningToDone) {
    const auto in = new_session();
    const auto asked = ask(in, "question");
    must(store().start_turn(asked.turn.id, 50, "It is noon."));
    auto turn = must(store().get_turn(asked.turn.id));
    EXPECT_EQ(turn.state, StoredTurnState::running);
    EXPECT_EQ(turn.started_at, 50);
    auto message = must(store().get_message(asked.message.id));
    EXPECT_EQ(message.volatile_context, "It is noon.");
    EXPECT_EQ(message.status, StoredStatus::complete);
    auto reply = reply_to(asked.turn, "answer");
    reply.reasoning = "because";
    reply.detail_json = R"({"model":"tiny"})";
    must(store().end_turn(asked.turn.id, StoredTurnState::done, reply, 90));
    turn = must(store().get_turn(asked.turn.id));
    EXPECT_EQ(turn.state, StoredTurnState::done);
    EXPECT_EQ(turn.ended_at, 90);
    const auto stored = must(store().get_message(reply.id));
    EXPECT_EQ(stored.turn, asked.turn.id);
    EXPECT_EQ(stored.role, StoredRole::assistant);
    EXPECT_EQ(stored.reasoning, "because");
    EXPECT_EQ(stored.detail_json, reply.detail_json);
    EXPECT_EQ(shown(in), "question | answer");
}

TEST_P(StoreContract, TurnStartsAndEndsOnce) {
    const auto in = new_session();
    const auto asked = ask(in, "question");
    start(asked.turn);
    refused(ErrorCode::conflict, store().start_turn(asked.turn.id, now(), "again"));
    refused(ErrorCode::invalid_argument,
            store().end_turn(asked.turn.id, StoredTurnState::running, {}, now()));
    refused(ErrorCode::invalid_argument,
            store().end_turn(asked.turn.id, StoredTurnState::queued, {}, now()));
    end(asked.turn, "answer");
    refused(ErrorCode::conflict, store().end_turn(asked.turn.id, StoredTurnState::done,
                                                  reply_to(asked.turn, "x"), now()));
    refused(ErrorCode::conflict, store().start_turn(asked.turn.id, now(), "again"));
    const auto unknown = base::TurnId::make();
    refused(ErrorCode::not_found, store().get_turn(unknown));
    refused(ErrorCode::not_found, store().start_turn(unknown, now(), {}));
    refused(ErrorCode::not_found, store().end_turn(unknown, StoredTurnState::done, {}, now()));
    EXPECT_EQ(shown(in), "question | answer");
    EXPECT_EQ(must(store().get_message(asked.message.id)).volatile_context, "");
}

TEST_P(StoreContract, ReplyMustFitItsTurn) {
    const auto in = new_session();
    const auto asked = ask(in, "question");
    start(asked.turn);
    auto foreign = reply_to(asked.turn, "x");
    foreign.session = new_session().id;
    const auto done = StoredTurnState::done;
    refused(ErrorCode::conflict, store().end_turn(asked.turn.id, done, foreign, now()));
    auto same_id = reply_to(asked.turn, "x");
    same_id.id = asked.message.id;
    refused(ErrorCode::conflict, store().end_turn(asked.turn.id, done, same_id, now()));
    auto queued = reply_to(asked.turn, "x");
    queued.status = StoredStatus::queued;
    refused(ErrorCode::invalid_argument, store().end_turn(asked.turn.id, done, queued, now()));
    EXPECT_EQ(must(store().get_turn(asked.turn.id)).state, StoredTurnState::running);
    EXPECT_EQ(shown(in), "question");
}

TEST_P(StoreContract, WaitingMessageTakesTheStatusOfItsTurnWhenItNeverStarts) {
    const auto in = new_session();
    const auto expect_status = [&](StoredTurnState state, StoredStatus status) {
        const auto asked = ask(in, "x");
        must(store().end_turn(asked.turn.id, state, {}, now()));
        EXPECT_EQ(must(store().get_message(asked.message.id)).status, status);
    };
    expect_status(StoredTurnState::stopped, StoredStatus::stopped);
    expect_status(StoredTurnState::failed, StoredStatus::failed);
    expect_status(StoredTurnState::interrupted, StoredStatus::interrupted);
    expect_status(StoredTurnState::done, StoredStatus::complete);
}

TEST_P(StoreContract, WaitingMessageComesAfterTheReplyThatWasRunning) {
    const auto in = new_session();
    const auto one = ask(in, "one");
    start(one.turn);
    const auto two = ask(in, "two");
    const auto three = ask(in, "three");
    end(one.turn, "1");
    start(two.turn);
    end(two.turn, "2");
    must(store().end_turn(three.turn.id, StoredTurnState::stopped, {}, now()));
    EXPECT_EQ(shown(in), "one | 1 | two | 2 | three");
    EXPECT_EQ(must(store().get_message(one.message.id)).seq, 1);
}

TEST_P(StoreContract, StoppedMessageWaitsAgainWhenItIsRetried) {
    const auto in = new_session();
    const auto one = ask(in, "one");
    must(store().end_turn(one.turn.id, StoredTurnState::stopped, {}, now()));
    const auto again = must(store().accept_retry(one.message.id, new_turn(), {}));
    EXPECT_EQ(again.message.status, StoredStatus::queued);
    start(again.turn);
    end(again.turn, "1");
    EXPECT_EQ(must(store().get_message(one.message.id)).status, StoredStatus::complete);
    EXPECT_EQ(shown(in), "one | 1");
}

TEST_P(StoreContract, DraftIsHiddenUntilTheTurnEnds) {
    const auto in = new_session();
    const auto asked = ask(in, "question");
    auto reply = reply_to(asked.turn, "an");
    refused(ErrorCode::conflict, store().save_draft(reply));
    start(asked.turn);
    must(store().save_draft(reply));
    reply.content = "answ";
    must(store().save_draft(reply));
    refused(ErrorCode::not_found, store().get_message(reply.id));
    EXPECT_EQ(shown(in), "question");
    reply.content = "answer";
    must(store().end_turn(asked.turn.id, StoredTurnState::stopped, reply, now()));
    EXPECT_EQ(shown(in), "question | answer");
    refused(ErrorCode::conflict, store().save_draft(reply_to(asked.turn, "late")));
    auto unknown = reply_to(asked.turn, "x");
    unknown.turn = base::TurnId::make();
    refused(ErrorCode::not_found, store().save_draft(unknown));
}

TEST_P(StoreContract, RecoveryKeepsTheNewestDraftOfARunningTurn) {
    const auto in = new_session();
    const auto asked = ask(in, "question");
    start(asked.turn);
    auto draft = reply_to(asked.turn, "first");
    draft.created_at = 77;
    must(store().save_draft(draft));
    draft.content = "first half";
    draft.reasoning = "why";
    draft.detail_json = "{}";
    must(store().save_draft(draft));
    EXPECT_TRUE(must(store().recover(500)).empty());
    const auto turn = must(store().get_turn(asked.turn.id));
    EXPECT_EQ(turn.state, StoredTurnState::interrupted);
    EXPECT_EQ(turn.ended_at, 500);
    const auto row = must(store().get_message(draft.id));
    EXPECT_EQ(row.status, StoredStatus::interrupted);
    EXPECT_EQ(row.content, "first half");
    EXPECT_EQ(row.reasoning, "why");
    EXPECT_EQ(row.detail_json, "{}");
    EXPECT_EQ(row.turn, asked.turn.id);
    EXPECT_EQ(row.created_at, 77);
    EXPECT_EQ(shown(in), "question | first half");
    // A second recovery changes nothing.
    EXPECT_TRUE(must(store().recover(900)).empty());
    EXPECT_EQ(must(store().get_turn(asked.turn.id)).ended_at, 500);
    EXPECT_EQ(shown(in), "question | first half");
}

TEST_P(StoreContract, RecoveryLeavesAMarkWhereNothingOfTheReplyWasKept) {
    const auto in = new_session();
    const auto asked = ask(in, "question");
    start(asked.turn);
    EXPECT_TRUE(must(store().recover(500)).empty());
    MessagePage page;
    page.session = in.id;
    const auto rows = must(store().list_messages(page));
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[1].role, StoredRole::assistant);
    EXPECT_EQ(rows[1].status, StoredStatus::interrupted);
    EXPECT_EQ(rows[1].turn, asked.turn.id);
    EXPECT_EQ(rows[1].content, "");
    EXPECT_EQ(rows[1].created_at, 500);
    EXPECT_EQ(must(store().get_session(in.id)).preview, "question");
    // Another answer takes its place.
    const auto again = must(store().accept_retry(asked.message.id, new_turn(), {}));
    start(again.turn);
    end(again.turn, "answer");
    EXPECT_EQ(shown(in), "question | answer");
}

TEST_P(StoreContract, RecoveryGivesWaitingTurnsOldestFirst) {
    const auto in = new_session();
    const auto other = new_session();
    const auto running = ask(in, "running");
    start(running.turn);
    const auto first = ask(in, "first");
    const auto second = ask(other, "second");
    const auto third = ask(in, "third");
    const auto queued = must(store().recover(now()));
    ASSERT_EQ(queued.size(), 3u);
    EXPECT_EQ(queued[0].id, first.turn.id);
    EXPECT_EQ(queued[1].id, second.turn.id);
    EXPECT_EQ(queued[2].id, third.turn.id);
    EXPECT_EQ(queued[0].message, first.message.id);
    EXPECT_EQ(queued[0].session, in.id);
    start(queued[0]);
    end(queued[0], "1");
    EXPECT_EQ(shown(in), "running | third |  | first | 1");
}

TEST_P(StoreContract, DraftOfAnEditedMessageStaysHiddenAfterRecovery) {
    const auto in = new_session();
    const auto asked = ask(in, "question");
    start(asked.turn);
    must(store().save_draft(reply_to(asked.turn, "half")));
    auto edit = said(in, "better question");
    edit.replaces = asked.message.id;
    must(store().accept(edit, new_turn()));
    EXPECT_EQ(must(store().recover(now())).size(), 1u);
    EXPECT_EQ(shown(in), "better question");
}

}  // namespace ports::testing
