// Forgetting: after a purge, no byte of what was removed is in any file of the data folder.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "adapters/store_sqlite/database.hpp"
#include "adapters/store_sqlite/sqlite_store.hpp"
#include "adapters/store_sqlite/testing/dump.hpp"
#include "adapters/store_sqlite/testing/fault_vfs.hpp"
#include "adapters/store_sqlite/testing/temp_folder.hpp"
#include "async/testing/run.hpp"

namespace adapters {
namespace {

using testing::TempFolder;

// Words that nothing else contains. The search index cuts common beginnings off, so the tests look
// for the endings, which all start with the same rare letters.
class SecretWords {
public:
    explicit SecretWords(unsigned seed) : random_(seed) {}

    std::string next() {
        const std::string ending = "qzx" + letters(7);
        endings_.insert(ending);
        return letters(5) + ending;
    }
    // How many of the words are in the files of `folder`.
    [[nodiscard]] std::size_t found_in(const std::filesystem::path& folder) const {
        std::set<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            std::ifstream file(entry.path(), std::ios::binary);
            const std::string bytes(std::istreambuf_iterator<char>(file), {});
            for (auto at = bytes.find("qzx"); at != std::string::npos;
                 at = bytes.find("qzx", at + 1)) {
                auto word = bytes.substr(at, 10);
                if (endings_.contains(word)) found.insert(std::move(word));
            }
        }
        return found.size();
    }
    [[nodiscard]] std::size_t count() const { return endings_.size(); }

private:
    std::string letters(int count) {
        std::string text;
        for (int i = 0; i < count; ++i) text.push_back(static_cast<char>('a' + random_() % 26));
        return text;
    }

    std::mt19937 random_;
    std::set<std::string> endings_;
};

class Purge : public ::testing::Test {
protected:
    void SetUp() override {
        auto opened = SqliteStore::open(quick_paths());
        ASSERT_TRUE(opened) << opened.error().text();
        store_ = std::move(*opened);
        purged_ = new_session(purged_words_);
        kept_ = new_session(kept_words_);
        // Side by side, so that they share pages.
        for (int i = 0; i < 120; ++i) {
            exchange(purged_, purged_words_, i);
            exchange(kept_, kept_words_, i);
        }
    }

    // Through the layer that syncs nothing.
    [[nodiscard]] DataPaths quick_paths() const {
        auto paths = folder_.paths();
        paths.vfs = testing::FaultVfs::name();
        return paths;
    }

    template <class T>
    T must(ports::StoreTask<T> task) {
        auto result = async::testing::run_on(io_, std::move(task));
        EXPECT_TRUE(result) << result.error().text();
        if constexpr (!std::is_void_v<T>) return result ? *std::move(result) : T{};
    }

    ports::SessionRow new_session(SecretWords& words) {
        ports::SessionRow row;
        row.id = base::SessionId::make();
        row.person = base::PersonId("owner");
        row.title = words.next();
        return must(store_->create_session(row));
    }

    // Something of every kind that holds a person's words.
    void exchange(const ports::SessionRow& in, SecretWords& words, int round) {
        ports::MessageRow message;
        message.id = base::MessageId::make();
        message.session = in.id;
        message.idempotency_key = words.next();
        // Some lie on pages of their own.
        const auto filling = static_cast<std::size_t>(round % 10 == 0 ? 9000 : round);
        message.content = words.next() + std::string(filling, '.') + words.next();
        ports::TurnRow turn;
        turn.id = base::TurnId::make();
        const auto asked = must(store_->accept(message, turn));
        must(store_->start_turn(turn.id, 1, words.next()));
        ports::MessageRow reply;
        reply.id = base::MessageId::make();
        reply.turn = turn.id;
        reply.role = ports::StoredRole::assistant;
        reply.content = words.next();
        reply.reasoning = words.next();
        if (round % 4 == 0) must(store_->save_draft(reply));
        reply.content += " " + words.next();
        must(store_->end_turn(turn.id, ports::StoredTurnState::done, reply, 2));
        if (round % 20 == 0) must(store_->put_summary({in.id, round, words.next(), 1, 1}));
        if (round % 7 == 0) {
            ports::MessageRow edit = message;
            edit.id = base::MessageId::make();
            edit.replaces = message.id;
            edit.content = words.next();
            edit.idempotency_key.clear();
            turn.id = base::TurnId::make();
            must(store_->accept(edit, turn));
        }
    }

    testing::FaultVfs vfs_;
    TempFolder folder_;
    boost::asio::io_context io_;
    std::unique_ptr<SqliteStore> store_;
    SecretWords purged_words_{1};
    SecretWords kept_words_{2};
    ports::SessionRow purged_;
    ports::SessionRow kept_;
};

TEST_F(Purge, LeavesNoByteOfTheSessionInAnyFile) {
    ASSERT_EQ(purged_words_.found_in(folder_.path()), purged_words_.count());
    must(store_->purge_session(purged_.id));
    EXPECT_EQ(purged_words_.found_in(folder_.path()), 0u);
    EXPECT_EQ(kept_words_.found_in(folder_.path()), kept_words_.count());
    store_.reset();
    EXPECT_EQ(purged_words_.found_in(folder_.path()), 0u);
    EXPECT_EQ(testing::damage(quick_paths()), "");
}

// SQLite overwrites what it frees, but not the copies that stay behind when it moves rows between
// pages; with this many rows in disorder there are some.
TEST_F(Purge, LeavesNoByteWhereRowsWereMovedBetweenPages) {
    auto db = sqlite::Database::open(folder_.paths().database, sqlite::Database::Mode::read_write,
                                     quick_paths().vfs);
    ASSERT_TRUE(db);
    ASSERT_TRUE((*db)->script("BEGIN"));
    for (int i = 0; i < 6000; ++i) {
        const bool purged = i % 3 != 0;
        auto& words = purged ? purged_words_ : kept_words_;
        const std::string content(static_cast<std::size_t>(i * 37 % 900), '.');
        ASSERT_TRUE((*db)->run(
            "INSERT INTO messages VALUES (NULL, ?, ?, '', ?, 'notice', 'complete', ?, '', '', '',"
            " '', '', '', 1, 1)",
            words.next(), (purged ? purged_ : kept_).id, 1000 + i, words.next() + content));
    }
    ASSERT_TRUE((*db)->script("COMMIT"));
    db->reset();
    must(store_->purge_session(purged_.id));
    EXPECT_EQ(purged_words_.found_in(folder_.path()), 0u);
    EXPECT_EQ(kept_words_.found_in(folder_.path()), kept_words_.count());
}

TEST_F(Purge, ClearLeavesOnlyTheTitle) {
    must(store_->clear_session(purged_.id));
    EXPECT_EQ(purged_words_.found_in(folder_.path()), 1u) << "only the title";
    EXPECT_EQ(must(store_->get_session(purged_.id)).title, purged_.title);
}

TEST_F(Purge, AlsoRemovesTheCopiesMadeBeforeMigrations) {
    const auto copy = folder_.file("loci-before-migration-0000-1.db");
    std::ofstream(copy) << "old words";
    const auto other = folder_.file("my-backup.db");
    std::ofstream(other) << "kept by hand";
    must(store_->purge_session(purged_.id));
    EXPECT_FALSE(std::filesystem::exists(copy));
    EXPECT_TRUE(std::filesystem::exists(other));
}

}  // namespace
}  // namespace adapters
