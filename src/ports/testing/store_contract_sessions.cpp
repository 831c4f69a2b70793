// Sessions: keeping, listing, searching, forgetting.
#include "ports/testing/store_contract.hpp"

namespace ports::testing {

using base::ErrorCode;

void StoreContract::keep_session_tests() {}

TEST_P(StoreContract, SessionIsReadBackAsItWasMade) {
    SessionRow row;
    row.id = base::SessionId::make();
    row.person = base::PersonId("owner");
    row.agent = "nook";
    row.channel = "telegram";
    row.scope_key = "owner:main";
    row.title = "Ümläut \"quoted\" 'and' \0 kept";
    row.title_by_person = true;
    row.created_at = 5;
    row.updated_at = 7;
    const auto made = must(store().create_session(row));
    const auto read = must(store().get_session(row.id));
    for (const auto& got : {made, read}) {
        EXPECT_EQ(got.id, row.id);
        EXPECT_EQ(got.person, row.person);
        EXPECT_EQ(got.agent, row.agent);
        EXPECT_EQ(got.channel, row.channel);
        EXPECT_EQ(got.scope_key, row.scope_key);
        EXPECT_EQ(got.title, row.title);
        EXPECT_TRUE(got.title_by_person);
        EXPECT_EQ(got.created_at, 5);
        EXPECT_EQ(got.updated_at, 7);
        EXPECT_EQ(got.message_count, 0);
        EXPECT_EQ(got.preview, "");
    }
}

TEST_P(StoreContract, SessionNeedsAnIdAndAPersonAndIsMadeOnce) {
    auto row = new_session("first");
    refused(ErrorCode::conflict, store().create_session(row));
    row.id = {};
    refused(ErrorCode::invalid_argument, store().create_session(row));
    row.id = base::SessionId::make();
    row.person = {};
    refused(ErrorCode::invalid_argument, store().create_session(row));
    EXPECT_EQ(titles({}), "first");
}

TEST_P(StoreContract, ScopeKeyIsUniqueForAnAgentUntilItsSessionIsPurged) {
    auto row = new_session();
    row.id = base::SessionId::make();
    row.scope_key = "owner:main";
    const auto first = must(store().create_session(row));
    row.id = base::SessionId::make();
    const auto second = call(store().create_session(row));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
    ASSERT_EQ(second.error().details.size(), 1u);
    EXPECT_EQ(second.error().details[0].second, first.id.str());
    row.agent = "other";
    must(store().create_session(row));
    must(store().purge_session(first.id));
    row.id = base::SessionId::make();
    row.agent = first.agent;
    must(store().create_session(row));
}

TEST_P(StoreContract, UnknownSessionIsNotFound) {
    const auto id = base::SessionId::make();
    refused(ErrorCode::not_found, store().get_session(id));
    refused(ErrorCode::not_found, store().rename_session(id, "x", TitleBy::person));
    refused(ErrorCode::not_found, store().purge_session(id));
    refused(ErrorCode::not_found, store().clear_session(id));
}

TEST_P(StoreContract, SessionsAreListedNewestFirstAndPagedWithoutGapsAtEqualTimes) {
    for (const char* title : {"a", "b", "c", "d", "e"}) {
        SessionRow row;
        row.id = base::SessionId::make();
        row.person = base::PersonId("owner");
        row.title = title;
        row.updated_at = title[0] == 'a' ? 1 : 9;
        must(store().create_session(row));
    }
    EXPECT_EQ(titles({}), "e | d | c | b | a");
    SessionPage page;
    page.limit = 2;
    std::string seen;
    for (int i = 0; i < 3; ++i) {
        const auto rows = must(store().list_sessions(page));
        for (const auto& row : rows) seen += row.title;
        ASSERT_FALSE(rows.empty());
        page.before_updated_at = rows.back().updated_at;
        page.before = rows.back().id;
    }
    EXPECT_EQ(seen, "edcba");
    EXPECT_EQ(titles(page), "");
    page.limit = 0;
    refused(ErrorCode::invalid_argument, store().list_sessions(page));
}

TEST_P(StoreContract, ListOfAPersonHoldsNobodyElsesSessions) {
    new_session("mine");
    const auto theirs = new_session("theirs", "stranger");
    exchange(theirs, "hello secret", "hello");
    SessionPage page;
    page.person = base::PersonId("owner");
    EXPECT_EQ(titles(page), "mine");
    page.query = "secret";
    EXPECT_EQ(titles(page), "");
    page.person = base::PersonId("stranger");
    EXPECT_EQ(titles(page), "theirs");
    page.query.clear();
    EXPECT_EQ(titles(page), "theirs");
    EXPECT_EQ(titles({}), "theirs | mine");
}

TEST_P(StoreContract, MessagesMoveTheirSessionToTheTopAndGiveCountAndPreview) {
    const auto older = new_session("older");
    new_session("newer");
    exchange(older, "question", std::string(500, 'x'));
    EXPECT_EQ(titles({}), "older | newer");
    const auto row = must(store().get_session(older.id));
    EXPECT_EQ(row.message_count, 2);
    EXPECT_EQ(row.preview.substr(0, 5), "xxxxx");
    EXPECT_LT(row.preview.size(), 200u);
    EXPECT_GT(row.updated_at, older.updated_at);
}

TEST_P(StoreContract, TitleOfThePersonIsNeverReplacedByTheProduct) {
    const auto row = new_session();
    EXPECT_EQ(must(store().rename_session(row.id, "by product", TitleBy::product)).title,
              "by product");
    const auto named = must(store().rename_session(row.id, "by person", TitleBy::person));
    EXPECT_EQ(named.title, "by person");
    EXPECT_TRUE(named.title_by_person);
    EXPECT_EQ(must(store().rename_session(row.id, "again", TitleBy::product)).title, "by person");
    EXPECT_EQ(must(store().rename_session(row.id, "mine", TitleBy::person)).title, "mine");
    EXPECT_EQ(must(store().get_session(row.id)).title, "mine");
    EXPECT_EQ(must(store().get_session(row.id)).updated_at, row.updated_at);
}

TEST_P(StoreContract, SearchFindsWordsOfTitlesAndMessagesByTheirStart) {
    const auto rome = new_session("Journey to Rome");
    exchange(rome, "Book the hotel Flora-Villa", "Done, for two nights.");
    const auto cake = new_session("Cake");
    exchange(cake, "How long does it bake?", "Forty minutes.");
    EXPECT_EQ(found("rome"), "Journey to Rome");
    EXPECT_EQ(found("HOTEL"), "Journey to Rome");
    EXPECT_EQ(found("hot"), "Journey to Rome");
    EXPECT_EQ(found("otel"), "");
    EXPECT_EQ(found("flora-villa"), "Journey to Rome");
    EXPECT_EQ(found("journey nights flora"), "Journey to Rome");
    EXPECT_EQ(found("journey bake"), "");
    EXPECT_EQ(found("fo"), "Cake | Journey to Rome");
    EXPECT_EQ(found("bake"), "Cake");
}

TEST_P(StoreContract, SearchFindsWordsInsideChineseAndJapaneseSentences) {
    exchange(new_session("Weather"), "今天天气怎么样？", "今天是晴天。");
    exchange(new_session("Night"), "おやすみなさい", "东京Tower很高");
    EXPECT_EQ(found("天气"), "Weather");
    EXPECT_EQ(found("今天天气"), "Weather");
    EXPECT_EQ(found("气天"), "");
    EXPECT_EQ(found("晴"), "Weather");
    EXPECT_EQ(found("すみ"), "Night");
    EXPECT_EQ(found("tow"), "Night");
    EXPECT_EQ(found("京tower"), "Night");
    EXPECT_EQ(found("天气 晴天"), "Weather");
}

TEST_P(StoreContract, SearchFollowsRenamesEditsAndRetries) {
    const auto row = new_session("Oldname");
    must(store().rename_session(row.id, "Newname", TitleBy::person));
    EXPECT_EQ(found("oldname"), "");
    EXPECT_EQ(found("newname"), "Newname");
    const auto first = exchange(row, "misspelt", "firstanswer");
    must(store().accept_retry(first.message.id, new_turn(), {}));
    EXPECT_EQ(found("firstanswer"), "");
    auto edit = said(row, "corrected");
    edit.replaces = first.message.id;
    must(store().accept(edit, new_turn()));
    EXPECT_EQ(found("misspelt"), "");
    EXPECT_EQ(found("corrected"), "Newname");
}

TEST_P(StoreContract, SearchTakesAnyTextAndReadsNoSyntaxInIt) {
    const auto row = new_session("Plain");
    exchange(row, "alpha beta", "gamma NEAR delta");
    for (const char* query : {"\"",    "'",   "*",   "(",       ")",   "alpha OR",     "NEAR(",
                              "text:", "-",   "^",   "\"alpha", "{x}", "a\xFF\xFEz",   "%",
                              "_",     ";--", "+++", "\t\n",    "AND", "text : alpha", "rowid:1"}) {
        SessionPage page;
        page.query = query;
        EXPECT_TRUE(call(store().list_sessions(page))) << query;
    }
    EXPECT_EQ(found("\"alpha\" (beta) *"), "Plain");
    EXPECT_EQ(found("alpha OR nothere"), "");
    EXPECT_EQ(found("near"), "Plain");
    EXPECT_EQ(found("***"), "");
    EXPECT_EQ(found(std::string("alpha\0beta", 10)), "Plain");
    EXPECT_EQ(found(std::string(5000, 'a')), "");
}

TEST_P(StoreContract, SearchIsPagedLikeTheList) {
    for (const char* title : {"one word", "two word", "three word", "four"}) new_session(title);
    SessionPage page;
    page.query = "word";
    page.limit = 2;
    const auto rows = must(store().list_sessions(page));
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].title, "three word");
    page.before_updated_at = rows[1].updated_at;
    page.before = rows[1].id;
    EXPECT_EQ(titles(page), "one word");
}

TEST_P(StoreContract, PurgeRemovesTheSessionWithEverythingThatHangsOnIt) {
    const auto gone = new_session("gone");
    const auto stays = new_session("stays");
    const auto asked = must(store().accept(said(gone, "forget this", "key"), new_turn()));
    start(asked.turn);
    must(store().save_draft(reply_to(asked.turn, "draft")));
    exchange(stays, "keep this", "kept");
    must(store().put_summary({gone.id, 1, "summary", 3, now()}));
    LogRow about_turn{
        0, 1, "info", "chat", "turn started", {}, R"({"turn":")" + asked.turn.id.str() + "\"}"};
    LogRow about_message{
        0, 2, "info", "chat", "stored", {}, R"({"m":")" + asked.message.id.str() + "\"}"};
    LogRow about_session{
        0, 3, "info", "chat", "opened", {}, R"({"n":1,"session":")" + gone.id.str() + "\"}"};
    LogRow by_request{0, 4, "info", "chat", "request", gone.id.str(), "{}"};
    LogRow other{0, 5, "info", "chat", "other", {}, R"({"session":")" + stays.id.str() + "\"}"};
    LogRow broken{0, 6, "info", "chat", "broken", {}, "{not json"};
    must(
        store().append_logs({about_turn, about_message, about_session, by_request, other, broken}));

    must(store().purge_session(gone.id));

    refused(ErrorCode::not_found, store().get_session(gone.id));
    refused(ErrorCode::not_found, store().get_message(asked.message.id));
    refused(ErrorCode::not_found, store().get_turn(asked.turn.id));
    MessagePage page;
    page.session = gone.id;
    refused(ErrorCode::not_found, store().list_messages(page));
    EXPECT_FALSE(must(store().get_summary(gone.id)));
    EXPECT_FALSE(must(store().find_accepted(base::PersonId("owner"), "key")));
    EXPECT_EQ(found("forget"), "");
    EXPECT_EQ(shown(stays), "keep this | kept");
    EXPECT_EQ(found("keep"), "stays");
    std::string left;
    for (const auto& row : must(store().list_logs({}))) left += row.message + " ";
    EXPECT_EQ(left, "other broken ");
    EXPECT_TRUE(must(store().recover(now())).empty());
    refused(ErrorCode::not_found, store().purge_session(gone.id));
}

TEST_P(StoreContract, ASessionThatContinuesAnotherForgetsItWithItsWords) {
    for (const bool purged : {true, false}) {
        const auto first = new_session("first");
        exchange(first, "one", purged ? "1" : "2");
        SessionRow next;
        next.id = base::SessionId::make();
        next.person = first.person;
        next.continues = first.id;
        next.continues_seq = 2;
        must(store().create_session(next));
        const auto kept = must(store().get_session(next.id));
        EXPECT_EQ(kept.continues, first.id);
        EXPECT_EQ(kept.continues_seq, 2);
        if (purged) {
            must(store().purge_session(first.id));
        } else {
            must(store().clear_session(first.id));
        }
        const auto alone = must(store().get_session(next.id));
        EXPECT_TRUE(alone.continues.empty());
        EXPECT_EQ(alone.continues_seq, 0);
    }
}

TEST_P(StoreContract, ClearKeepsTheSessionAndItsTitleOnly) {
    const auto row = new_session("kept title");
    const auto asked = must(store().accept(said(row, "forget this", "key"), new_turn()));
    must(store().put_summary({row.id, 1, "summary", 3, now()}));
    must(store().clear_session(row.id));
    EXPECT_EQ(must(store().get_session(row.id)).message_count, 0);
    EXPECT_EQ(found("kept"), "kept title");
    EXPECT_EQ(found("forget"), "");
    EXPECT_EQ(shown(row), "");
    EXPECT_FALSE(must(store().get_summary(row.id)));
    refused(ErrorCode::not_found, store().get_turn(asked.turn.id));
    const auto again = must(store().accept(said(row, "new start", "key"), new_turn()));
    EXPECT_FALSE(again.duplicate);
    EXPECT_EQ(again.message.seq, 1);
}

}  // namespace ports::testing
