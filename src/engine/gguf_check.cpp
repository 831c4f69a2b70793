#include "engine/gguf_check.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <filesystem>

#include <fmt/core.h>

#include "base/text.hpp"

namespace engine {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF is little-endian");

constexpr std::uint64_t kMaxEntries = 1'000'000;
constexpr std::uint64_t kMaxString = 64ull * 1024 * 1024;
constexpr std::uint32_t kMaxDimensions = 4;

// GGUF value types: bytes of each scalar, 0 for string (8) and array (9).
constexpr std::array<std::uint64_t, 13> kScalarBytes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
constexpr std::uint32_t kString = 8;
constexpr std::uint32_t kArray = 9;

// Tensor types by number: values per block and bytes per block. A type that is not listed cannot
// be measured, so its tensor is not checked against the end of the file.
struct Block {
    std::uint32_t type;
    std::uint64_t values;
    std::uint64_t bytes;
};
constexpr std::array<Block, 17> kBlocks{{{0, 1, 4},
                                         {1, 1, 2},
                                         {2, 32, 18},
                                         {3, 32, 20},
                                         {6, 32, 22},
                                         {7, 32, 24},
                                         {8, 32, 34},
                                         {10, 256, 84},
                                         {11, 256, 110},
                                         {12, 256, 144},
                                         {13, 256, 176},
                                         {14, 256, 210},
                                         {20, 32, 18},
                                         {23, 256, 136},
                                         {24, 1, 1},
                                         {28, 1, 8},
                                         {30, 1, 2}}};

// Reads forward through the file; after the first failure everything reads as nothing.
class Reader {
public:
    Reader(const std::string& path, std::uint64_t size)
        : file_(path, std::ios::binary), left_(size), size_(size) {}

    template <class T>
    [[nodiscard]] std::optional<T> number() {
        T value{};
        if (!take(sizeof value) || !file_.read(reinterpret_cast<char*>(&value), sizeof value)) {
            return std::nullopt;
        }
        return value;
    }
    [[nodiscard]] std::optional<std::string> string() {
        const auto length = number<std::uint64_t>();
        if (!length || *length > kMaxString || !take(*length)) return std::nullopt;
        std::string text(*length, '\0');
        if (!file_.read(text.data(), static_cast<std::streamsize>(*length))) return std::nullopt;
        return text;
    }
    [[nodiscard]] bool skip(std::uint64_t count) {
        return take(count) &&
               static_cast<bool>(file_.seekg(static_cast<std::streamoff>(count), std::ios::cur));
    }
    [[nodiscard]] std::uint64_t position() const { return size_ - left_; }

private:
    bool take(std::uint64_t count) {
        if (count > left_) return false;
        left_ -= count;
        return true;
    }
    std::ifstream file_;
    std::uint64_t left_;
    std::uint64_t size_;
};

[[nodiscard]] bool skip_value(Reader& reader, std::uint32_t type, int depth) {
    if (type == kString) return reader.string().has_value();
    if (type == kArray) {
        const auto item = reader.number<std::uint32_t>();
        const auto count = reader.number<std::uint64_t>();
        if (!item || !count || depth > 2) return false;
        if (*item < kScalarBytes.size() && kScalarBytes[*item] > 0) {
            return *count <= kMaxString && reader.skip(*count * kScalarBytes[*item]);
        }
        for (std::uint64_t i = 0; i < *count; ++i) {
            if (!skip_value(reader, *item, depth + 1)) return false;
        }
        return true;
    }
    return type < kScalarBytes.size() && reader.skip(kScalarBytes[type]);
}

std::unexpected<base::Error> bad(base::ErrorCode code, const std::string& path, std::string what,
                                 std::string hint = "download the model again") {
    return base::fail(
        base::make_error(code,
                         fmt::format("the model file {} {}",
                                     std::filesystem::path(path).filename().string(), what),
                         std::move(hint))
            .with("path", path));
}

base::Result<void> name_what_it_is(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string head(512, '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(file.gcount()));
    if (head.starts_with("GGUF")) return {};
    const std::string text = base::to_lower_ascii(base::trim(head));
    if (text.starts_with("<!doctype") || text.starts_with("<html") || text.starts_with("<?xml")) {
        return bad(
            base::ErrorCode::corrupt, path, "is a web page, not a model",
            "the download link gave a page (a login or an error?): download the file itself");
    }
    if (text.starts_with("version https://git-lfs")) {
        return bad(base::ErrorCode::corrupt, path, "is only a pointer of Git large-file storage",
                   "fetch the real file with `git lfs pull`, or download it from the model's page");
    }
    if (head.find_first_not_of('\0') == std::string::npos) {
        return bad(base::ErrorCode::corrupt, path, head.empty() ? "is empty" : "holds only zeros");
    }
    if (head.starts_with("FUGG")) {
        return bad(base::ErrorCode::unsupported, path, "is written for big-endian machines",
                   "download the usual, little-endian file");
    }
    return bad(base::ErrorCode::corrupt, path, "is not a GGUF model",
               "only models in the GGUF format can be used");
}

struct Header {
    GgufFacts facts;
    std::uint64_t alignment = 32;
};

base::Result<Header> read_header(Reader& reader, const std::string& path, std::uint64_t bytes) {
    const auto cut = [&] {
        return bad(base::ErrorCode::corrupt, path, "is cut off in its header");
    };
    const auto magic = reader.number<std::uint32_t>();
    const auto version = reader.number<std::uint32_t>();
    const auto tensors = reader.number<std::uint64_t>();
    const auto entries = reader.number<std::uint64_t>();
    if (!magic || !version || !tensors || !entries) return cut();
    if (*version < 2 || *version > 3) {
        return bad(base::ErrorCode::unsupported, path,
                   fmt::format("has GGUF version {}, which is not supported", *version),
                   "convert the model with a current converter");
    }
    if (*tensors > kMaxEntries || *entries > kMaxEntries) {
        return bad(base::ErrorCode::corrupt, path, "has a damaged header");
    }
    Header header{{*version, *tensors, bytes, {}}};
    for (std::uint64_t i = 0; i < *entries; ++i) {
        const auto key = reader.string();
        const auto type = reader.number<std::uint32_t>();
        if (!key || !type) return cut();
        if (*key == "general.architecture" && *type == kString) {
            const auto value = reader.string();
            if (!value) return cut();
            header.facts.architecture = *value;
        } else if (*key == "general.alignment" && *type == 4) {
            const auto value = reader.number<std::uint32_t>();
            if (!value || *value == 0 || !std::has_single_bit(*value)) return cut();
            header.alignment = *value;
        } else if (!skip_value(reader, *type, 0)) {
            return cut();
        }
    }
    return header;
}

// The end of the last tensor, counted from the start of the data part.
base::Result<std::uint64_t> data_end(Reader& reader, const std::string& path,
                                     std::uint64_t tensors) {
    std::uint64_t end = 0;
    for (std::uint64_t i = 0; i < tensors; ++i) {
        const auto name = reader.string();
        const auto dimensions = reader.number<std::uint32_t>();
        if (!name || !dimensions || *dimensions > kMaxDimensions) {
            return bad(base::ErrorCode::corrupt, path, "has a damaged list of tensors");
        }
        unsigned __int128 values = 1;
        for (std::uint32_t d = 0; d < *dimensions; ++d) {
            const auto size = reader.number<std::uint64_t>();
            if (!size || *size > (1ull << 40)) {
                return bad(base::ErrorCode::corrupt, path, "has a damaged list of tensors");
            }
            values *= *size;
        }
        const auto type = reader.number<std::uint32_t>();
        const auto offset = reader.number<std::uint64_t>();
        if (!type || !offset || values > (1ull << 50) || *offset > (1ull << 50)) {
            return bad(base::ErrorCode::corrupt, path, "has a damaged list of tensors");
        }
        const auto* block = std::find_if(kBlocks.begin(), kBlocks.end(),
                                         [&](const Block& b) { return b.type == *type; });
        const std::uint64_t bytes = block == kBlocks.end() ? 0
                                                           : static_cast<std::uint64_t>(values) /
                                                                 block->values * block->bytes;
        end = std::max(end, *offset + bytes);
    }
    return end;
}

}  // namespace

base::Result<GgufFacts> check_gguf(const std::string& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (error || !std::filesystem::is_regular_file(status)) {
        return bad(base::ErrorCode::not_found, path, "is missing",
                   "run `loci models list` to see what is there");
    }
    const auto bytes = static_cast<std::uint64_t>(std::filesystem::file_size(path, error));
    if (error || !std::ifstream(path)) {
        return bad(base::ErrorCode::not_found, path, "cannot be read", "check its permissions");
    }
    TRY_DO(name_what_it_is(path));
    Reader reader(path, bytes);
    TRY(header, read_header(reader, path, bytes));
    TRY(end, data_end(reader, path, header.facts.tensors));
    const std::uint64_t start =
        (reader.position() + header.alignment - 1) / header.alignment * header.alignment;
    if (start + end > bytes) {
        return bad(base::ErrorCode::corrupt, path,
                   fmt::format("is cut off: it has {} of at least {}", base::human_bytes(bytes),
                               base::human_bytes(start + end)));
    }
    return std::move(header.facts);
}

}  // namespace engine
