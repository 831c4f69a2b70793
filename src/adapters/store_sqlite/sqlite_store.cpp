#include "adapters/store_sqlite/sqlite_store.hpp"

#include <mutex>
#include <type_traits>
#include <utility>

#include "adapters/store_sqlite/detail/connections.hpp"
#include "adapters/store_sqlite/detail/operations.hpp"
#include "adapters/store_sqlite/detail/rows.hpp"
#include "adapters/store_sqlite/detail/schema.hpp"
#include "async/offload.hpp"

namespace adapters {

using base::ErrorCode;
using ports::StoreTask;
using sqlite::Database;

namespace {

constexpr std::size_t kLogRowsAtOnce = 100;

bool is_disk_full(const base::Error& error) {
    for (const auto& [key, value] : error.details) {
        if (key == "reason" && value == "disk_full") return true;
    }
    return false;
}

// What is wrong at the moment; written by both threads.
class StoreHealth {
public:
    void set_full(std::string reason) {
        const std::lock_guard guard(mutex_);
        full_ = std::move(reason);
    }
    // Stays: what works afterwards did not touch the damaged place.
    void set_damaged(std::string reason) {
        const std::lock_guard guard(mutex_);
        damaged_ = std::move(reason);
    }
    [[nodiscard]] std::string reason() const {
        const std::lock_guard guard(mutex_);
        return damaged_.empty() ? full_ : damaged_;
    }

private:
    mutable std::mutex mutex_;
    std::string full_;
    std::string damaged_;
};

}  // namespace

struct SqliteStore::State {
    State(DataPaths where, sqlite::Connections open_files)
        : paths(std::move(where)), files(std::move(open_files)) {}

    // Runs on the writer thread.
    template <class R>
    void note_written(const base::Result<R>& result) {
        if (result) {
            health.set_full({});
        } else if (is_disk_full(result.error())) {
            health.set_full(result.error().text());
        }
        note_damage(result);
    }
    template <class R>
    void note_damage(const base::Result<R>& result) {
        if (result || result.error().code != ErrorCode::corrupt) return;
        health.set_damaged(result.error().text());
    }

    DataPaths paths;
    sqlite::Connections files;
    StoreHealth health;
    async::WorkerThread reader{"loci-db-read"};
    async::WorkerThread writer{"loci-db-write"};
};

namespace {

template <class State, class Work>
auto run_write(State* state, Work work) -> async::Task<std::invoke_result_t<Work&, Database&>> {
    if (state->files.writer == nullptr) {
        co_return base::fail(ErrorCode::storage,
                             "the database is read-only: " + state->files.read_only_reason,
                             "what is stored can still be read");
    }
    auto job = [state, work = std::move(work)]() mutable {
        auto result = work(*state->files.writer);
        state->note_written(result);
        return result;
    };
    auto running = state->writer.run(std::move(job));
    auto result = co_await std::move(running);
    co_return result;
}

template <class State, class Work>
auto run_read(State* state, Work work) -> async::Task<std::invoke_result_t<Work&, Database&>> {
    auto job = [state, work = std::move(work)]() mutable {
        auto result = work(*state->files.reader);
        state->note_damage(result);
        return result;
    };
    auto running = state->reader.run(std::move(job));
    auto result = co_await std::move(running);
    co_return result;
}

}  // namespace

template <class Work>
auto SqliteStore::write(Work work) {
    return run_write(state_.get(), std::move(work));
}

template <class Work>
auto SqliteStore::read(Work work) {
    return run_read(state_.get(), std::move(work));
}

SqliteStore::SqliteStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteStore::~SqliteStore() = default;

base::Result<std::unique_ptr<SqliteStore>> SqliteStore::open(Options options) {
    TRY(files, sqlite::open_connections(options));
    auto state = std::make_unique<State>(std::move(options), std::move(files));
    return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(state)));
}

std::string SqliteStore::read_only_reason() const {
    if (state_->files.writer == nullptr) return state_->files.read_only_reason;
    return state_->health.reason();
}

StoreTask<ports::SessionRow> SqliteStore::create_session(ports::SessionRow row) {
    return write([row = std::move(row)](Database& db) { return sqlite::create_session(db, row); });
}

StoreTask<ports::SessionRow> SqliteStore::get_session(base::SessionId id) {
    return read([id = std::move(id)](Database& db) { return sqlite::get_session(db, id); });
}

StoreTask<std::vector<ports::SessionRow>> SqliteStore::list_sessions(ports::SessionPage page) {
    return read([page = std::move(page)](Database& db) { return sqlite::list_sessions(db, page); });
}

StoreTask<ports::SessionRow> SqliteStore::rename_session(base::SessionId id, std::string title,
                                                         ports::TitleBy by) {
    return write([id = std::move(id), title = std::move(title), by](Database& db) {
        return sqlite::rename_session(db, id, title, by);
    });
}

StoreTask<void> SqliteStore::purge_session(base::SessionId id) {
    return write([id = std::move(id), state = state_.get()](Database& db) {
        return sqlite::purge(db, state->paths, id, sqlite::Forget::session);
    });
}

StoreTask<void> SqliteStore::clear_session(base::SessionId id) {
    return write([id = std::move(id), state = state_.get()](Database& db) {
        return sqlite::purge(db, state->paths, id, sqlite::Forget::content);
    });
}

StoreTask<ports::Accepted> SqliteStore::accept(ports::MessageRow message, ports::TurnRow turn) {
    return write([message = std::move(message), turn = std::move(turn)](Database& db) {
        return sqlite::accept(db, message, turn);
    });
}

StoreTask<std::optional<ports::Accepted>> SqliteStore::find_accepted(base::PersonId person,
                                                                     std::string key) {
    return read([person = std::move(person), key = std::move(key)](Database& db) {
        return sqlite::find_accepted(db, person, key);
    });
}

StoreTask<ports::Accepted> SqliteStore::accept_retry(base::MessageId message, ports::TurnRow turn,
                                                     std::string key) {
    return write([message = std::move(message), turn = std::move(turn), key = std::move(key)](
                     Database& db) { return sqlite::accept_retry(db, message, turn, key); });
}

StoreTask<void> SqliteStore::start_turn(base::TurnId turn, long long now_ms,
                                        std::string volatile_context) {
    return write([turn = std::move(turn), now_ms, context = std::move(volatile_context)](
                     Database& db) { return sqlite::start_turn(db, turn, now_ms, context); });
}

StoreTask<void> SqliteStore::save_draft(ports::MessageRow reply) {
    return write(
        [reply = std::move(reply)](Database& db) { return sqlite::save_draft(db, reply); });
}

StoreTask<void> SqliteStore::end_turn(base::TurnId turn, ports::StoredTurnState state,
                                      std::optional<ports::MessageRow> reply, long long now_ms) {
    return write([turn = std::move(turn), state, reply = std::move(reply), now_ms](Database& db) {
        return sqlite::end_turn(db, turn, state, reply, now_ms);
    });
}

StoreTask<std::vector<ports::TurnRow>> SqliteStore::recover(long long now_ms) {
    return write([now_ms](Database& db) { return sqlite::recover(db, now_ms); });
}

StoreTask<ports::TurnRow> SqliteStore::get_turn(base::TurnId id) {
    return read([id = std::move(id)](Database& db) { return sqlite::get_turn(db, id); });
}

StoreTask<std::vector<ports::MessageRow>> SqliteStore::list_messages(ports::MessagePage page) {
    return read([page = std::move(page)](Database& db) { return sqlite::list_messages(db, page); });
}

StoreTask<ports::MessageRow> SqliteStore::get_message(base::MessageId id) {
    return read([id = std::move(id)](Database& db) { return sqlite::get_message(db, id); });
}

StoreTask<ports::MessageRow> SqliteStore::add_message(ports::MessageRow message) {
    return write(
        [message = std::move(message)](Database& db) { return sqlite::add_message(db, message); });
}

StoreTask<void> SqliteStore::put_summary(ports::SummaryRow summary) {
    return write(
        [summary = std::move(summary)](Database& db) { return sqlite::put_summary(db, summary); });
}

StoreTask<std::optional<ports::SummaryRow>> SqliteStore::get_summary(base::SessionId id) {
    return read([id = std::move(id)](Database& db) { return sqlite::get_summary(db, id); });
}

StoreTask<std::optional<ports::SummaryRow>> SqliteStore::get_model_summary(base::SessionId id) {
    return read([id = std::move(id)](Database& db) {
        return sqlite::get_summary(db, id, sqlite::name_of(ports::SummaryBy::model));
    });
}

StoreTask<ports::NoteRow> SqliteStore::add_note(ports::NoteRow note) {
    return write([note = std::move(note)](Database& db) { return sqlite::add_note(db, note); });
}

StoreTask<std::vector<ports::NoteRow>> SqliteStore::list_notes(base::PersonId person) {
    return read(
        [person = std::move(person)](Database& db) { return sqlite::list_notes(db, person); });
}

StoreTask<void> SqliteStore::delete_note(long long id) {
    return write([id](Database& db) { return sqlite::delete_note(db, id); });
}

StoreTask<std::optional<std::string>> SqliteStore::get_fact(std::string key) {
    return read([key = std::move(key)](Database& db) { return sqlite::get_fact(db, key); });
}

StoreTask<void> SqliteStore::put_fact(std::string key, std::string value) {
    return write([key = std::move(key), value = std::move(value)](Database& db) {
        return sqlite::put_fact(db, key, value);
    });
}

StoreTask<void> SqliteStore::append_logs(std::vector<ports::LogRow> rows) {
    CO_TRY_DO(sqlite::check_levels(rows));
    // In portions, so that an accept waits for one of them at most.
    for (std::size_t first = 0; first < rows.size(); first += kLogRowsAtOnce) {
        const auto last = std::min(first + kLogRowsAtOnce, rows.size());
        std::vector<ports::LogRow> portion(rows.begin() + static_cast<std::ptrdiff_t>(first),
                                           rows.begin() + static_cast<std::ptrdiff_t>(last));
        auto job = [portion = std::move(portion)](Database& db) {
            return sqlite::append_logs(db, portion);
        };
        auto running = write(std::move(job));
        const auto written = co_await std::move(running);
        if (!written) co_return written;
    }
    co_return base::Result<void>{};
}

StoreTask<std::vector<ports::LogRow>> SqliteStore::list_logs(ports::LogQuery query) {
    return read([query = std::move(query)](Database& db) { return sqlite::list_logs(db, query); });
}

}  // namespace adapters
