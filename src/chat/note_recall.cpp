#include "chat/note_recall.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"

namespace chat {
namespace {

constexpr std::size_t kMaxRecalled = 3;
constexpr std::size_t kMaxNoteChars = 200;
constexpr std::size_t kMaxMessageBytes = 1'000;  // what the sentence model reads of it
// The newest; older ones are left to the memory that searches an index.
constexpr std::size_t kMaxSearched = 500;
// Cosine of a question and a statement on its subject with all-MiniLM-L6-v2; unrelated pairs lie
// below 0.2.
constexpr double kNear = 0.35;
constexpr std::size_t kTellingLetters = 4;

std::string one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return base::shorten(base::trim(text), kMaxNoteChars);
}

// Words that can tell two subjects apart: at least four bytes long, in lower case.
std::set<std::string> telling_words(std::string_view text) {
    static const std::set<std::string, std::less<>> kCommon = {
        "about",  "what", "that", "this", "with", "have",  "when", "where",  "which",
        "your",   "does", "from", "like", "know", "there", "will", "would",  "could",
        "should", "they", "them", "then", "than", "were",  "been", "please", "tell"};
    std::set<std::string> words;
    std::string word;
    const std::string lower = base::to_lower_ascii(text);
    for (std::size_t i = 0; i <= lower.size(); ++i) {
        const auto byte = i < lower.size() ? static_cast<unsigned char>(lower[i]) : 0U;
        if (byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) {
            word.push_back(lower[i]);
            continue;
        }
        if (word.size() >= kTellingLetters && !kCommon.contains(word)) words.insert(word);
        word.clear();
    }
    return words;
}

}  // namespace

NoteRecall::NoteRecall(ports::Store& store) : store_(store) {}

void NoteRecall::set_embedder(ports::Embedder* embedder) {
    embedder_ = embedder;
}

async::Task<std::vector<std::string>> NoteRecall::recall(base::PersonId person,
                                                         std::string message) {
    if (message.empty()) co_return std::vector<std::string>{};
    auto listing = store_.list_notes(std::move(person));
    auto notes = co_await std::move(listing);
    if (!notes || notes->empty()) co_return std::vector<std::string>{};
    if (notes->size() > kMaxSearched) notes->resize(kMaxSearched);
    std::vector<Found> found;
    if (embedder_ != nullptr) {
        auto searching = by_meaning(*notes, message);
        found = co_await std::move(searching);
    } else {
        const auto wanted = telling_words(message);
        for (const auto& note : *notes) {
            const auto words = telling_words(note.text);
            const auto shared = std::ranges::count_if(
                words, [&](const auto& word) { return wanted.contains(word); });
            if (shared > 0) found.push_back({static_cast<double>(shared), note.id, note.text});
        }
    }
    std::ranges::sort(found, [](const Found& a, const Found& b) {
        return std::tie(a.nearness, a.note) > std::tie(b.nearness, b.note);
    });
    if (found.size() > kMaxRecalled) found.resize(kMaxRecalled);
    std::vector<std::string> recalled;
    recalled.reserve(found.size());
    for (auto& each : found) recalled.push_back(one_line(std::move(each.text)));
    co_return recalled;
}

async::Task<std::vector<NoteRecall::Found>> NoteRecall::by_meaning(
    std::vector<ports::NoteRow> notes, std::string message) {
    if (embedded_by_ != embedder_->model_id()) {
        vectors_.clear();
        embedded_by_ = embedder_->model_id();
    }
    std::vector<std::string> texts{
        message.substr(0, base::valid_utf8_prefix(message.substr(0, kMaxMessageBytes)))};
    std::vector<long long> missing;
    for (const auto& note : notes) {
        if (vectors_.contains(note.id)) continue;
        missing.push_back(note.id);
        texts.push_back(one_line(note.text));
    }
    auto embedding = embedder_->embed(std::move(texts));
    auto vectors = co_await std::move(embedding);
    if (!vectors || vectors->size() != missing.size() + 1) {
        if (!vectors) LOG_WARN("chat", "no notes recalled", {"reason", vectors.error().message});
        co_return std::vector<Found>{};
    }
    for (std::size_t i = 0; i < missing.size(); ++i) {
        vectors_[missing[i]] = std::move((*vectors)[i + 1]);
    }
    std::vector<Found> found;
    for (const auto& note : notes) {
        const double nearness = ports::similarity(vectors->front(), vectors_[note.id]);
        if (nearness >= kNear) found.push_back({nearness, note.id, note.text});
    }
    co_return found;
}

}  // namespace chat
