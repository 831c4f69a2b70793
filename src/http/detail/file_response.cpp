#include "http/detail/file_response.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "http/detail/content_type.hpp"

namespace http::detail {
namespace {

constexpr int kOpenFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Walks down part by part without following links, so neither ".." nor a link leads out.
OpenFile open_below(const std::string& folder, const std::vector<std::string>& parts,
                    std::string_view suffix) {
    // The folder itself may be a link: it was chosen by the owner.
    OpenFile place(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (std::size_t i = 0; i < parts.size() && place.is_open(); ++i) {
        const bool last = i + 1 == parts.size();
        const std::string name = last ? parts[i] + std::string(suffix) : parts[i];
        const int flags = last ? kOpenFlags : O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
        place = OpenFile(::openat(place.fd(), name.c_str(), flags));
    }
    if (!place.is_open() || !place.inspect()) return {};
    return place;
}

base::Error not_found() {
    return base::make_error(base::ErrorCode::not_found, "there is no such file on this server");
}

// Fills in validators, then lets the request's conditions and range decide what is sent.
FileAnswer answer(OpenFile file, std::string etag, Headers headers, const Request& request) {
    FileAnswer out;
    out.headers = std::move(headers);
    out.headers.set("ETag", etag);
    out.headers.set("Accept-Ranges", "bytes");
    const auto none_match = request.headers.get("If-None-Match");
    if (none_match && lists_etag(*none_match, etag)) {
        out.status = 304;
        return out;
    }
    out.length = file.size();
    const auto range_header = request.headers.get("Range");
    const auto if_range = request.headers.get("If-Range");
    const bool same_version = !if_range || lists_etag(*if_range, etag);
    if (range_header && request.method == "GET" && same_version) {
        ByteRange range;
        switch (parse_range(*range_header, file.size(), range)) {
            case RangeKind::whole:
                break;
            case RangeKind::part:
                out.status = 206;
                out.offset = range.first;
                out.length = range.length;
                out.headers.set("Content-Range",
                                fmt::format("bytes {}-{}/{}", range.first,
                                            range.first + range.length - 1, file.size()));
                break;
            case RangeKind::unsatisfiable:
                out.status = 416;
                out.length = 0;
                out.headers.set("Content-Range", fmt::format("bytes */{}", file.size()));
                return out;
        }
    }
    out.file = std::move(file);
    return out;
}

}  // namespace

OpenFile::~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
}

OpenFile::OpenFile(OpenFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), size_(other.size_), changed_ns_(other.changed_ns_) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(size_, other.size_);
    std::swap(changed_ns_, other.changed_ns_);
    return *this;
}

bool OpenFile::inspect() {
    struct stat info{};
    if (::fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode)) return false;
    size_ = static_cast<std::uint64_t>(info.st_size);
    changed_ns_ = static_cast<std::uint64_t>(info.st_mtim.tv_sec) * 1'000'000'000U +
                  static_cast<std::uint64_t>(info.st_mtim.tv_nsec);
    return true;
}

std::string OpenFile::version() const {
    return fmt::format("{:x}-{:x}", size_, changed_ns_);
}

std::size_t OpenFile::read_at(std::uint64_t offset, char* buffer, std::size_t size) const {
    for (;;) {
        const ssize_t got = ::pread(fd_, buffer, size, static_cast<off_t>(offset));
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return 0;
    }
}

base::Result<FileAnswer> answer_file(const std::string& path, const Headers& given,
                                     const Request& request) {
    OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open() || !file.inspect()) return base::fail(not_found());
    Headers headers = given;
    if (!headers.get("Content-Type")) {
        headers.set("Content-Type", std::string(content_type_of(path)));
    }
    if (!headers.get("Cache-Control")) headers.set("Cache-Control", "no-cache");
    const std::string etag = '"' + file.version() + '"';
    return answer(std::move(file), etag, std::move(headers), request);
}

base::Result<FileAnswer> answer_static(const std::string& folder,
                                       const std::vector<std::string>& parts,
                                       const Request& request) {
    std::vector<std::string> names = parts;
    if (names.size() == 1 && names.front().empty()) names.front() = "index.html";
    if (names.size() == 1 && !names.front().contains('.')) names.front() += ".html";
    for (const std::string& name : names) {
        const bool odd =
            name.empty() || name.front() == '.' || name.find_first_of("/\\") != std::string::npos;
        if (odd) return base::fail(not_found());
    }
    Headers headers;
    headers.set("Content-Type", std::string(content_type_of(names.back())));
    headers.set("Cache-Control", names.front() == "assets" && names.size() > 1
                                     ? "public, max-age=31536000, immutable"
                                     : "no-cache");
    headers.set("Vary", "Accept-Encoding");
    const std::string_view accepted = request.headers.get("Accept-Encoding").value_or("");
    const bool wants_range = request.headers.get("Range").has_value();
    using Sibling = std::pair<std::string_view, std::string_view>;
    for (const auto& [coding, suffix] : {Sibling{"br", ".br"}, Sibling{"gzip", ".gz"}}) {
        if (wants_range || !accepts_coding(accepted, coding)) continue;
        OpenFile packed = open_below(folder, names, suffix);
        if (!packed.is_open()) continue;
        headers.set("Content-Encoding", std::string(coding));
        const std::string etag = '"' + packed.version() + '-' + std::string(coding) + '"';
        return answer(std::move(packed), etag, std::move(headers), request);
    }
    OpenFile file = open_below(folder, names, "");
    if (!file.is_open()) return base::fail(not_found());
    const std::string etag = '"' + file.version() + '"';
    return answer(std::move(file), etag, std::move(headers), request);
}

RangeKind parse_range(std::string_view header, std::uint64_t size, ByteRange& range) {
    constexpr std::string_view kUnit = "bytes=";
    if (!header.starts_with(kUnit)) return RangeKind::whole;
    header = base::trim(header.substr(kUnit.size()));
    const std::size_t dash = header.find('-');
    if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) {
        return RangeKind::whole;
    }
    const std::string_view first_text = header.substr(0, dash);
    const std::string_view last_text = header.substr(dash + 1);
    const auto first = to_number(first_text);
    const auto last = to_number(last_text);
    if (first_text.empty()) {  // the last n bytes
        if (!last) return RangeKind::whole;
        if (*last == 0 || size == 0) return RangeKind::unsatisfiable;
        range.length = std::min(*last, size);
        range.first = size - range.length;
        return RangeKind::part;
    }
    if (!first || (!last_text.empty() && !last)) return RangeKind::whole;
    if (last && *last < *first) return RangeKind::whole;
    if (*first >= size) return RangeKind::unsatisfiable;
    range.first = *first;
    range.length = std::min(last.value_or(size - 1), size - 1) - *first + 1;
    return RangeKind::part;
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
    for (const std::string_view item : base::split(accept_encoding, ',')) {
        const auto pieces = base::split(item, ';');
        if (base::to_lower_ascii(base::trim(pieces.front())) != coding) continue;
        if (pieces.size() < 2) return true;
        const std::string_view weight = base::trim(pieces[1]);
        // "q=0", "q=0.0": named only to be refused.
        return weight.find_first_of("123456789") != std::string_view::npos;
    }
    return false;
}

bool lists_etag(std::string_view list, std::string_view etag) {
    if (base::trim(list) == "*") return true;
    for (std::string_view item : base::split(list, ',')) {
        item = base::trim(item);
        if (item.starts_with("W/")) item.remove_prefix(2);
        if (item == etag) return true;
    }
    return false;
}

}  // namespace http::detail
