#include "models/model_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "base/text.hpp"
#include "protocol/codec.hpp"

namespace models {
namespace {

namespace fs = std::filesystem;

std::string read_head(const fs::path& path) {
    std::array<char, 4096> buffer{};
    std::ifstream file(path, std::ios::binary);
    file.read(buffer.data(), buffer.size());
    return {buffer.data(), static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0))};
}

std::uint64_t read_u64(std::string_view bytes, std::size_t at) {
    std::uint64_t value = 0;
    if (at + sizeof value <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

// The architecture is the first entry of every GGUF file met in the wild; empty when it is not.
std::string_view architecture_of(std::string_view head) {
    constexpr std::string_view kKey = "general.architecture";
    constexpr std::size_t kFirstKey = 24;  // magic, version, tensor count, entry count
    constexpr std::size_t kValue = kFirstKey + 8 + kKey.size() + 4;
    if (head.size() < kValue + 8 || read_u64(head, kFirstKey) != kKey.size() ||
        head.substr(kFirstKey + 8, kKey.size()) != kKey) {
        return {};
    }
    const std::uint64_t length = read_u64(head, kValue);
    return length <= 64 ? head.substr(kValue + 8, static_cast<std::size_t>(length))
                        : std::string_view();
}

std::string role_of(std::string_view head, std::string_view file) {
    const auto architecture = architecture_of(head);
    const bool encoder = architecture.contains("bert") || architecture == "t5encoder";
    return encoder || base::to_lower_ascii(file).contains("embed") ? "embedding" : "chat";
}

bool is_later_part(std::string_view name) {
    const auto of = name.rfind("-of-");
    return of != std::string_view::npos && of >= 5 && name.substr(of - 5, 5) != "00001";
}

std::optional<base::Error> check(const ModelFile& file, std::string_view head,
                                 const CatalogueEntry* entry) {
    const std::string name = file.path.filename().string();
    if (const auto what = complaint(kind_of_bytes(head)); !what.empty()) {
        return base::make_error(base::ErrorCode::corrupt, fmt::format("{} is {}", name, what),
                                "delete it and bring the model again");
    }
    const bool known = entry != nullptr && entry->bytes > 0 && entry->bytes_exact;
    if (known && file.bytes < entry->bytes) {
        return base::make_error(
            base::ErrorCode::corrupt,
            fmt::format("{} is cut short: {} of {}", name,
                        base::human_bytes(static_cast<unsigned long long>(file.bytes)),
                        base::human_bytes(static_cast<unsigned long long>(entry->bytes))),
            "delete it and bring the model again");
    }
    return std::nullopt;
}

ModelFile describe(const fs::directory_entry& item, const Catalogue& catalogue) {
    ModelFile file;
    file.path = item.path();
    std::error_code ignored;
    file.bytes = static_cast<long long>(item.file_size(ignored));
    const std::string name = item.path().filename().string();
    const std::string head = read_head(item.path());
    const auto* entry = catalogue.find_by_file(name);
    if (entry != nullptr) {
        file.id = entry->id;
        file.name = entry->name;
        file.role = entry->role;
    } else {
        file.name = name.substr(0, name.size() - 5);
        file.id = base::to_lower_ascii(file.name);
        file.role = role_of(head, name);
    }
    file.error = check(file, head, entry);
    return file;
}

protocol::ModelCard empty_card() {
    protocol::ModelCard card;
    card.provider = "embedded";
    card.place = protocol::Place::here;
    card.state = protocol::ModelState::absent;
    return card;
}

void put_file(protocol::ModelCard& card, const ModelFile& file) {
    card.size_bytes = file.bytes;
    card.state = protocol::ModelState::ready;
    if (file.error) {
        card.state = protocol::ModelState::failed;
        card.error = protocol::to_error_info(*file.error);
    }
}

}  // namespace

FileKind kind_of_bytes(std::string_view head) {
    if (head.empty()) return FileKind::empty;
    if (head.starts_with("GGUF")) return FileKind::gguf;
    if (head.starts_with("version https://git-lfs")) return FileKind::lfs_pointer;
    return base::trim(head.substr(0, 64)).starts_with('<') ? FileKind::web_page : FileKind::other;
}

std::string_view complaint(FileKind kind) {
    switch (kind) {
        case FileKind::gguf:
            return {};
        case FileKind::web_page:
            return "a web page instead of a model";
        case FileKind::lfs_pointer:
            return "a pointer to a large file instead of the file itself";
        case FileKind::empty:
            return "empty";
        case FileKind::other:
            return "not a GGUF model";
    }
    return {};
}

base::Result<std::vector<ModelFile>> scan(const fs::path& folder, const Catalogue& catalogue) {
    std::vector<ModelFile> files;
    std::error_code error;
    if (!fs::exists(folder, error)) return files;
    fs::directory_iterator items(folder, error);
    for (; !error && items != fs::directory_iterator(); items.increment(error)) {
        const std::string name = items->path().filename().string();
        std::error_code ignored;
        if (!is_model_file_name(name) || is_later_part(name)) continue;
        if (items->is_regular_file(ignored)) files.push_back(describe(*items, catalogue));
    }
    if (error) {
        return base::fail(base::ErrorCode::storage,
                          fmt::format("the models folder {} cannot be read: {}", folder.string(),
                                      error.message()),
                          "check data.models_folder and its permissions");
    }
    std::ranges::sort(files, {}, &ModelFile::path);
    return files;
}

std::vector<protocol::ModelCard> local_cards(const Catalogue& catalogue,
                                             const std::vector<ModelFile>& files) {
    std::vector<protocol::ModelCard> cards;
    for (const auto& entry : catalogue.entries()) {
        auto card = empty_card();
        card.id = entry.id;
        card.name = entry.name;
        card.role = entry.role;
        if (entry.bytes > 0) card.size_bytes = entry.bytes;
        if (entry.memory_bytes > 0) card.memory_bytes = entry.memory_bytes;
        card.licence = entry.licence;
        card.note = entry.note.empty() ? entry.good_for : entry.note;
        const auto file = std::ranges::find(files, entry.id, &ModelFile::id);
        if (file != files.end()) put_file(card, *file);
        cards.push_back(std::move(card));
    }
    for (const auto& file : files) {
        if (catalogue.find(file.id) != nullptr) continue;
        auto card = empty_card();
        card.id = file.id;
        card.name = file.name;
        card.role = file.role;
        put_file(card, file);
        cards.push_back(std::move(card));
    }
    return cards;
}

}  // namespace models
