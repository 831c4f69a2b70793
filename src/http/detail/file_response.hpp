// Answers a request with a file: conditional requests, one byte range, compressed siblings, and a
// folder of static files that cannot be left by any path or symbolic link. io thread only; reads
// local files in place. Missing or unreadable files are not_found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "http/server.hpp"

namespace http::detail {

// An open regular file; closed by its destructor.
class OpenFile {
public:
    OpenFile() = default;
    explicit OpenFile(int fd) : fd_(fd) {}
    ~OpenFile();
    OpenFile(OpenFile&& other) noexcept;
    OpenFile& operator=(OpenFile&& other) noexcept;

    // False when it is not a regular file.
    [[nodiscard]] bool inspect();
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }
    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    // Changes whenever the file does.
    [[nodiscard]] std::string version() const;
    // Fills `buffer` as far as it goes; 0 at the end or when reading fails.
    [[nodiscard]] std::size_t read_at(std::uint64_t offset, char* buffer, std::size_t size) const;

private:
    int fd_ = -1;
    std::uint64_t size_ = 0;
    std::uint64_t changed_ns_ = 0;
};

struct FileAnswer {
    int status = 200;
    Headers headers;
    OpenFile file;  // not open: no body
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

// The file that a handler named in Response::file; `given` are the handler's own headers.
[[nodiscard]] base::Result<FileAnswer> answer_file(const std::string& path, const Headers& given,
                                                   const Request& request);
// The file at `parts` below `folder`.
[[nodiscard]] base::Result<FileAnswer> answer_static(const std::string& folder,
                                                     const std::vector<std::string>& parts,
                                                     const Request& request);

struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t length = 0;
};
enum class RangeKind { whole, part, unsatisfiable };
// Reads a Range header for a body of `size` bytes; several ranges and other units give `whole`.
[[nodiscard]] RangeKind parse_range(std::string_view header, std::uint64_t size, ByteRange& range);
// True when Accept-Encoding names `coding` without q=0.
[[nodiscard]] bool accepts_coding(std::string_view accept_encoding, std::string_view coding);
// True when an If-None-Match or If-Range list holds `etag`, compared weakly.
[[nodiscard]] bool lists_etag(std::string_view list, std::string_view etag);

}  // namespace http::detail
