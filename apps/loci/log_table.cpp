#include "log_table.hpp"

#include <deque>
#include <mutex>
#include <utility>

#include "base/log.hpp"
#include "json/json.hpp"

namespace loci {
namespace {

constexpr std::size_t kMaxQueued = 5'000;

ports::LogRow to_row(const base::log::Record& record) {
    ports::LogRow row;
    row.time_ms = record.time_ms;
    row.level = base::log::to_string(record.level);
    row.category = record.category;
    row.message = record.message;
    json::Object fields;
    for (const auto& field : record.fields) {
        if (field.key == "request") row.request_id = field.value;
        fields[field.key] = field.value;
    }
    row.fields_json = json::write(fields);
    return row;
}

}  // namespace

struct LogTable::Queue {
    std::mutex mutex;
    std::deque<base::log::Record> records;
    std::size_t dropped = 0;
};

LogTable::LogTable(async::Clock& clock, ports::Store& store)
    : clock_(clock), store_(store), queue_(std::make_shared<Queue>()) {
    subscription_ = base::log::subscribe([queue = queue_](const base::log::Record& record) {
        const std::lock_guard lock(queue->mutex);
        if (queue->records.size() >= kMaxQueued) {
            queue->records.pop_front();
            ++queue->dropped;
        }
        queue->records.push_back(record);
    });
}

LogTable::~LogTable() = default;

async::Task<void> LogTable::run(std::stop_token stop) {
    bool going_on = true;
    while (going_on) {
        going_on = co_await clock_.sleep_for(std::chrono::seconds(1), stop);
        co_await flush();
    }
}

async::Task<void> LogTable::flush() {
    std::deque<base::log::Record> records;
    {
        const std::lock_guard lock(queue_->mutex);
        records.swap(queue_->records);
        if (queue_->dropped > 0) {
            records.push_front({base::log::Level::warn,
                                records.empty() ? 0 : records.front().time_ms,
                                "log",
                                "log lines were dropped",
                                {{"lines", std::exchange(queue_->dropped, 0)}}});
        }
    }
    if (records.empty()) co_return;
    std::vector<ports::LogRow> rows;
    rows.reserve(records.size());
    for (const auto& record : records) rows.push_back(to_row(record));
    auto writing = store_.append_logs(std::move(rows));
    const auto written = co_await std::move(writing);
    static_cast<void>(written);  // see above
}

}  // namespace loci
