// Summaries, notes, facts, log lines.
#include "ports/testing/store_contract.hpp"

namespace ports::testing {

using base::ErrorCode;

void StoreContract::keep_shelf_tests() {}

TEST_P(StoreContract, NewestSummaryCounts) {
    const auto in = new_session();
    EXPECT_FALSE(must(store().get_summary(in.id)));
    must(store().put_summary({in.id, 4, "old", 10, 1}));
    must(store().put_summary({in.id, 9, "new", 20, 2}));
    const auto summary = must(store().get_summary(in.id));
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->session, in.id);
    EXPECT_EQ(summary->up_to_seq, 9);
    EXPECT_EQ(summary->text, "new");
    EXPECT_EQ(summary->tokens, 20);
    EXPECT_EQ(summary->created_at, 2);
    refused(ErrorCode::not_found, store().put_summary({base::SessionId::make(), 1, "x", 1, 1}));
}

TEST_P(StoreContract, SummariesSayWhoMadeThem) {
    const auto in = new_session();
    EXPECT_FALSE(must(store().get_model_summary(in.id)));
    must(store().put_summary({in.id, 4, "condensed", 10, 1, SummaryBy::model}));
    must(store().put_summary({in.id, 9, "picked", 20, 2, SummaryBy::extract}));
    EXPECT_EQ(must(store().get_summary(in.id))->by, SummaryBy::extract);
    const auto condensed = must(store().get_model_summary(in.id));
    ASSERT_TRUE(condensed);
    EXPECT_EQ(condensed->text, "condensed");
    EXPECT_EQ(condensed->by, SummaryBy::model);
}

TEST_P(StoreContract, SummaryThatCoversWhatWasReplacedIsDropped) {
    const auto in = new_session();
    exchange(in, "one", "1");
    const auto two = exchange(in, "two", "2");
    must(store().put_summary({in.id, 2, "covers one", 10, 1}));
    must(store().put_summary({in.id, 4, "covers two", 10, 2}));
    must(store().accept_retry(two.message.id, new_turn(), {}));
    auto summary = must(store().get_summary(in.id));
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->text, "covers one");
    must(store().put_summary({in.id, 3, "covers the question", 10, 3}));
    auto edit = said(in, "TWO");
    edit.replaces = two.message.id;
    must(store().accept(edit, new_turn()));
    summary = must(store().get_summary(in.id));
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->text, "covers one");
}

TEST_P(StoreContract, NotesAreListedNewestFirstForTheirPersonOnly) {
    const base::PersonId owner("owner");
    const base::PersonId stranger("stranger");
    const auto tea = must(store().add_note({0, owner, "likes tea", 1}));
    must(store().add_note({0, stranger, "is nobody's business", 2}));
    must(store().add_note({0, owner, "has a cat", 3}));
    auto notes = must(store().list_notes(owner));
    ASSERT_EQ(notes.size(), 2u);
    EXPECT_EQ(notes[0].text, "has a cat");
    EXPECT_EQ(notes[0].created_at, 3);
    EXPECT_EQ(notes[0].person, owner);
    EXPECT_EQ(notes[1].id, tea.id);
    must(store().delete_note(tea.id));
    refused(ErrorCode::not_found, store().delete_note(tea.id));
    notes = must(store().list_notes(owner));
    ASSERT_EQ(notes.size(), 1u);
    // A number is never given twice.
    const auto next = must(store().add_note({0, owner, "x", 4}));
    EXPECT_GT(next.id, notes[0].id);
    must(store().delete_note(next.id));
    EXPECT_GT(must(store().add_note({0, owner, "y", 5})).id, next.id);
    EXPECT_EQ(must(store().list_notes(stranger)).size(), 1u);
    refused(ErrorCode::invalid_argument, store().add_note({0, {}, "x", 1}));
}

TEST_P(StoreContract, FactsAreOverwrittenByTheirKey) {
    EXPECT_FALSE(must(store().get_fact("owner.name")));
    must(store().put_fact("owner.name", "Ada"));
    must(store().put_fact("model", ""));
    must(store().put_fact("owner.name", "Grace"));
    EXPECT_EQ(must(store().get_fact("owner.name")), "Grace");
    EXPECT_EQ(must(store().get_fact("model")), "");
    refused(ErrorCode::invalid_argument, store().put_fact("", "x"));
}

TEST_P(StoreContract, LogLinesAreFilteredByLevelAndRequestOldestFirst) {
    const auto line = [](const char* level, const char* message, const char* request) {
        return LogRow{0, 5, level, "chat", message, request, R"({"k":"v"})"};
    };
    must(store().append_logs({line("trace", "a", "r1"), line("debug", "b", ""),
                              line("info", "c", "r1"), line("warn", "d", ""),
                              line("error", "e", "r1")}));
    const auto messages = [&](const LogQuery& query) {
        std::string text;
        for (const auto& row : must(store().list_logs(query))) text += row.message;
        return text;
    };
    EXPECT_EQ(messages({}), "abcde");
    EXPECT_EQ(messages({"info", "", 200}), "cde");
    EXPECT_EQ(messages({"error", "", 200}), "e");
    EXPECT_EQ(messages({"debug", "r1", 200}), "ce");
    EXPECT_EQ(messages({"trace", "", 2}), "de");
    EXPECT_EQ(messages({"trace", "unknown", 2}), "");
    const auto rows = must(store().list_logs({"error", "", 1}));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].time_ms, 5);
    EXPECT_EQ(rows[0].level, "error");
    EXPECT_EQ(rows[0].category, "chat");
    EXPECT_EQ(rows[0].request_id, "r1");
    EXPECT_EQ(rows[0].fields_json, R"({"k":"v"})");
    EXPECT_GT(rows[0].id, 0);
    refused(ErrorCode::invalid_argument, store().list_logs({"loud", "", 1}));
    refused(ErrorCode::invalid_argument, store().list_logs({"info", "", 0}));
    refused(ErrorCode::invalid_argument, store().append_logs({line("loud", "x", "")}));
    must(store().append_logs({}));
    EXPECT_EQ(messages({}), "abcde");
}

TEST_P(StoreContract, LogLinesOfAllRequestsThatNameAnIdAreFound) {
    const auto line = [](const char* message, const char* request, const char* fields) {
        return LogRow{0, 5, "info", "chat", message, request, fields};
    };
    must(
        store().append_logs({line("a", "r1", "{}"), line("b", "r1", R"({"turn":"t1"})"),
                             line("c", "r2", R"({"turn":"t2"})"), line("d", "", R"({"turn":"t1"})"),
                             line("e", "r1", R"({"turn":"t11"})")}));
    const auto messages = [&](const char* id) {
        std::string text;
        for (const auto& row : must(store().list_logs({"trace", id, 200}))) text += row.message;
        return text;
    };
    EXPECT_EQ(messages("r1"), "abe");
    EXPECT_EQ(messages("t1"), "abe");
    EXPECT_EQ(messages("t2"), "c");
    EXPECT_EQ(messages("\"; DROP TABLE logs"), "");
}

TEST_P(StoreContract, OnlyTheNewestLogLinesAreKept) {
    LogRow row{0, 1, "info", "test", "line", {}, "{}"};
    must(store().append_logs(std::vector<LogRow>(kMaxLogRows - 1, row)));
    row.message = "newer";
    must(store().append_logs(std::vector<LogRow>(150, row)));
    const auto rows = must(store().list_logs({"trace", "", kMaxLogRows * 2}));
    ASSERT_EQ(rows.size(), static_cast<std::size_t>(kMaxLogRows));
    EXPECT_EQ(rows.front().message, "line");
    EXPECT_EQ(rows.back().message, "newer");
    EXPECT_EQ(rows[rows.size() - 150].message, "newer");
    EXPECT_EQ(rows[rows.size() - 151].message, "line");
}

}  // namespace ports::testing
