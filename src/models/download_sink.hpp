// DownloadSink: one HTTP answer going into a PartFile. Checks that the server sends the asked
// range, no web page and no wrong length, and tells the watcher now and then. Lives for one
// request; io thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "async/clock.hpp"
#include "http/client.hpp"
#include "models/part_file.hpp"
#include "models/puller.hpp"

namespace models {

class DownloadSink final : public http::BodySink {
public:
    DownloadSink(PartFile& part, const async::Clock& clock, PullWatcher& watcher,
                 std::string about);

    [[nodiscard]] bool on_head(const http::ClientResponse& head) override;
    [[nodiscard]] bool on_data(std::string_view bytes) override;

    // Why the transfer was ended from here, if it was.
    [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }

private:
    [[nodiscard]] bool refuse(base::Error error);
    [[nodiscard]] bool check_range(const http::Headers& headers);
    void report();

    PartFile& part_;
    const async::Clock& clock_;
    PullWatcher& watcher_;
    std::string about_;  // the repository, for errors
    long long started_at_;
    async::Duration started_;
    async::Duration reported_;
    std::optional<base::Error> error_;
};

}  // namespace models
