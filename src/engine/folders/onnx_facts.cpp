#include "engine/folders/onnx_facts.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace engine::folders {
namespace {

// Fields of ModelProto and of the entries of its metadata.
constexpr std::uint64_t kGraph = 7;
constexpr std::uint64_t kMetadata = 14;
constexpr std::uint64_t kKey = 1;
constexpr std::uint64_t kValue = 2;

constexpr std::uint64_t kMaxEntry = 1'048'576;
constexpr std::size_t kMaxEntries = 1000;
constexpr std::size_t kMaxFields = 10'000;

// Reads forward; after the first failure everything reads as nothing.
class Reader {
public:
    Reader(std::istream& in, std::uint64_t size) : in_(in), size_(size) {}

    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] bool at_end() const { return at_ == size_; }

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const int c = in_.get();
            if (c < 0 || ++at_ > size_) break;
            value |= static_cast<std::uint64_t>(c & 127) << shift;
            if (c < 128) return value;
        }
        good_ = false;
        return 0;
    }
    void skip(std::uint64_t count) {
        if (count > size_ - at_) {
            good_ = false;
            return;
        }
        at_ += count;
        in_.seekg(static_cast<std::streamoff>(at_));
    }
    std::string bytes(std::uint64_t count) {
        if (count > size_ - at_ || count > kMaxEntry) {
            good_ = false;
            return {};
        }
        std::string out(count, '\0');
        in_.read(out.data(), static_cast<std::streamsize>(count));
        at_ += count;
        if (!in_) good_ = false;
        return out;
    }
    // The content of a field that is not wanted.
    void pass(std::uint64_t wire_type) {
        constexpr std::array<std::uint64_t, 6> kFixed{0, 8, 0, 0, 0, 4};
        if (wire_type == 0) {
            static_cast<void>(number());
        } else if (wire_type == 2) {
            skip(number());
        } else if (wire_type < kFixed.size() && kFixed[wire_type] > 0) {
            skip(kFixed[wire_type]);
        } else {
            good_ = false;
        }
    }

private:
    std::istream& in_;
    std::uint64_t size_;
    std::uint64_t at_ = 0;
    bool good_ = true;
};

std::unexpected<base::Error> bad_file(const std::string& path, std::string_view what) {
    return base::fail(
        base::ErrorCode::corrupt,
        fmt::format("{} is {}", std::filesystem::path(path).filename().string(), what),
        "delete the model's folder and bring it again");
}

// One key with its value: a message of its own.
bool add_entry(const std::string& content, Facts& facts) {
    std::string_view rest = content;
    std::string key;
    std::string value;
    while (!rest.empty()) {
        const auto tag = static_cast<unsigned char>(rest[0]);
        std::uint64_t length = 0;
        std::size_t at = 1;
        for (int shift = 0; at < rest.size() && shift < 35; shift += 7) {
            const auto c = static_cast<unsigned char>(rest[at++]);
            length |= static_cast<std::uint64_t>(c & 127) << shift;
            if (c < 128) break;
        }
        if ((tag & 7) != 2 || length > rest.size() - at) return false;
        const std::string_view text = rest.substr(at, length);
        if (tag >> 3 == kKey) key = text;
        if (tag >> 3 == kValue) value = text;
        rest.remove_prefix(at + length);
    }
    facts[std::move(key)] = std::move(value);
    return facts.size() <= kMaxEntries;
}

}  // namespace

base::Result<Facts> read_onnx_facts(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    std::ifstream in(path, std::ios::binary);
    if (error || !in) {
        return base::fail(base::ErrorCode::not_found, path + " cannot be read",
                          "check that the file is there and may be read");
    }
    if (size == 0) return bad_file(path, "empty");
    if (in.peek() == '<') return bad_file(path, "a web page instead of a model");
    std::string head(8, '\0');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (head == "version ")
        return bad_file(path, "a pointer to a large file instead of the file itself");
    in.clear();
    in.seekg(0);
    Reader reader(in, size);
    Facts facts;
    bool has_graph = false;
    for (std::size_t fields = 0; !reader.at_end() && fields < kMaxFields; ++fields) {
        const std::uint64_t tag = reader.number();
        const std::uint64_t field = tag >> 3;
        if (field == kMetadata && (tag & 7) == 2) {
            const std::string content = reader.bytes(reader.number());
            if (!reader.good() || !add_entry(content, facts)) return bad_file(path, "damaged");
        } else {
            has_graph = has_graph || (field == kGraph && (tag & 7) == 2);
            reader.pass(tag & 7);
        }
        if (!reader.good()) {
            return bad_file(path,
                            has_graph ? "cut off: not all of it was brought" : "no ONNX model");
        }
    }
    if (!has_graph) return bad_file(path, "no ONNX model");
    return facts;
}

}  // namespace engine::folders
