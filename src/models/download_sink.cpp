#include "models/download_sink.hpp"

#include <charconv>
#include <utility>

#include <fmt/core.h>

#include "base/text.hpp"
#include "models/model_file.hpp"

namespace models {
namespace {

using base::ErrorCode;
constexpr std::chrono::milliseconds kReportEvery{250};

std::optional<long long> to_number(std::string_view text) {
    long long value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

// "bytes 100-199/1000" → 100.
std::optional<long long> range_start(std::string_view text) {
    if (!text.starts_with("bytes ")) return std::nullopt;
    text.remove_prefix(6);
    return to_number(text.substr(0, text.find('-')));
}

}  // namespace

DownloadSink::DownloadSink(PartFile& part, const async::Clock& clock, PullWatcher& watcher,
                           std::string about)
    : part_(part),
      clock_(clock),
      watcher_(watcher),
      about_(std::move(about)),
      started_at_(part.size()),
      started_(clock.steady()),
      reported_(started_ - kReportEvery) {}

bool DownloadSink::refuse(base::Error error) {
    error_ = std::move(error);
    return false;
}

bool DownloadSink::check_range(const http::Headers& headers) {
    const auto start = range_start(headers.get("content-range").value_or(""));
    if (start == part_.size()) return true;
    return refuse(base::make_error(ErrorCode::upstream,
                                   "the model hub sends another part than asked for", "try again"));
}

bool DownloadSink::on_head(const http::ClientResponse& head) {
    if (head.status == 206) return check_range(head.headers);
    if (head.status != 200) return refuse(hub_error(head.status, head.headers, about_));
    if (base::to_lower_ascii(head.headers.get("content-type").value_or(""))
            .starts_with("text/html")) {
        return refuse(base::make_error(ErrorCode::corrupt,
                                       "the model hub sent a web page instead of a model",
                                       "check models.hub_url; a login page may be in between"));
    }
    // The server does not resume: from the start then.
    if (part_.size() > 0) {
        if (auto restarted = part_.restart(); !restarted) return refuse(restarted.error());
        started_at_ = 0;
    }
    const auto length = to_number(head.headers.get("content-length").value_or(""));
    if (length && *length != part_.wanted().bytes) {
        return refuse(base::make_error(
            ErrorCode::corrupt,
            fmt::format("the model hub sends {} bytes of a file that has {}", *length,
                        part_.wanted().bytes),
            *length < 1'000 ? "it may be a pointer to the file; choose another" : "try again"));
    }
    return true;
}

bool DownloadSink::on_data(std::string_view bytes) {
    if (part_.size() == 0 && bytes.size() >= 64) {
        if (const auto what = complaint(kind_of_bytes(bytes)); !what.empty()) {
            return refuse(base::make_error(ErrorCode::corrupt,
                                           fmt::format("the model hub sent {}", what),
                                           "choose another file of the repository"));
        }
    }
    if (auto written = part_.append(bytes); !written) return refuse(written.error());
    report();
    return true;
}

void DownloadSink::report() {
    const auto now = clock_.steady();
    if (now - reported_ < kReportEvery && part_.size() < part_.wanted().bytes) return;
    reported_ = now;
    PullProgress progress;
    progress.phase = PullPhase::downloading;
    progress.done_bytes = part_.size();
    progress.total_bytes = part_.wanted().bytes;
    const double seconds = std::chrono::duration<double>(now - started_).count();
    if (seconds > 0.5) {
        progress.bytes_per_s = static_cast<double>(part_.size() - started_at_) / seconds;
    }
    watcher_.on_progress(progress);
}

}  // namespace models
