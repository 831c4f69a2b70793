#include "engine/prefix_cache.hpp"

#include <algorithm>
#include <utility>

namespace engine {
namespace {

// A conversation gives up its own memory for another one's start only when that start is at least
// this much of what it had; otherwise the start is copied and both stay.
constexpr std::size_t kOwnShare = 2;
// Splicing pays when tokenising anew would lose more than this many tokens.
constexpr std::size_t kWorthSplicing = 8;

}  // namespace

PrefixCache::PrefixCache(Options options)
    : options_(std::move(options)), sequences_(static_cast<std::size_t>(options_.sequences)) {}

// Tokenising a reply's text anew can give other tokens than those sampled, which would throw away
// its memory. So the texts are compared too: tokens in memory that stand for the prompt's own
// bytes are kept, and only the rest of the text is tokenised.
PrefixCache::Match PrefixCache::match(const Sequence& sequence, const PromptText& prompt) const {
    const auto& have = sequence.tokens;
    const std::size_t limit = std::min(have.size(), prompt.tokens.size());
    Match best;
    while (best.kept < limit && have[best.kept] == prompt.tokens[best.kept]) ++best.kept;
    if (options_.can_splice && sequence.manner == prompt.manner &&
        best.kept + kWorthSplicing < have.size()) {
        const auto& text = sequence.text;
        const std::size_t bytes = std::min(text.size(), prompt.text.size());
        std::size_t same = 0;
        while (same < bytes && text[same] == prompt.text[same]) ++same;
        const auto end = std::upper_bound(sequence.ends.begin(), sequence.ends.end(), same);
        const auto whole = static_cast<std::size_t>(end - sequence.ends.begin());
        // The last token may have been cut by the end of the common text: tokenise it anew.
        const std::size_t kept =
            whole == have.size() ? whole : whole - std::min<std::size_t>(whole, 1);
        if (kept > best.kept + kWorthSplicing) best = {kept, true};
    }
    if (!options_.can_cut && best.kept < have.size()) best = {};
    return best;
}

std::optional<int> PrefixCache::oldest_free() const {
    std::optional<int> oldest;
    for (std::size_t i = 0; i < sequences_.size(); ++i) {
        const auto& sequence = sequences_[i];
        if (sequence.taken) continue;
        if (!oldest || sequence.used < sequences_[static_cast<std::size_t>(*oldest)].used) {
            oldest = static_cast<int>(i);
        }
    }
    return oldest;
}

std::optional<Placement> PrefixCache::take(const PromptText& prompt) {
    const auto free = oldest_free();
    if (!free) return std::nullopt;
    std::size_t best = 0;
    Match found;
    for (std::size_t i = 0; i < sequences_.size(); ++i) {
        const auto& sequence = sequences_[i];
        if (sequence.taken && !options_.can_copy) continue;
        const Match match = this->match(sequence, prompt);
        const bool own = !prompt.key.empty() && sequence.key == prompt.key && !sequence.taken;
        if (match.kept > found.kept || (match.kept == found.kept && match.kept > 0 && own)) {
            best = i;
            found = match;
        }
    }
    const Sequence& source = sequences_[best];
    const bool own = !prompt.key.empty() && source.key == prompt.key;
    const bool continues = found.kept * kOwnShare >= source.tokens.size();
    Placement place;
    if (found.kept > 0 && !source.taken &&
        (own || (prompt.key.empty() && continues) || found.kept == source.tokens.size() ||
         !options_.can_copy)) {
        place.sequence = static_cast<int>(best);
    } else {
        place.sequence = *free;
        if (found.kept > 0 && place.sequence != static_cast<int>(best)) {
            place.copy_from = static_cast<int>(best);
        }
    }
    place.prompt = prompt.tokens;
    if (found.spliced) {
        place.prompt.assign(source.tokens.begin(),
                            source.tokens.begin() + static_cast<std::ptrdiff_t>(found.kept));
        const auto rest = prompt.tokenize(prompt.text.substr(source.ends[found.kept - 1]));
        place.prompt.insert(place.prompt.end(), rest.begin(), rest.end());
    }
    // The last token is decoded in any case: its scores are needed.
    place.kept = std::min(found.kept, place.prompt.empty() ? 0 : place.prompt.size() - 1);
    if (!options_.can_cut && place.kept < source.tokens.size()) place.kept = 0;
    if (place.kept == 0) place.copy_from = -1;

    Sequence& target = sequences_[static_cast<std::size_t>(place.sequence)];
    if (place.copy_from >= 0) target = source;
    truncate(target, place.kept);
    target.key = prompt.key;
    target.manner = prompt.manner;
    target.taken = true;
    target.used = ++clock_;
    return place;
}

void PrefixCache::append(int sequence, Token token) {
    auto& entry = sequences_[static_cast<std::size_t>(sequence)];
    if (options_.can_splice) entry.text += options_.piece(token);
    entry.tokens.push_back(token);
    entry.ends.push_back(entry.text.size());
}

void PrefixCache::truncate(Sequence& sequence, std::size_t length) {
    if (length >= sequence.tokens.size()) return;
    sequence.tokens.resize(length);
    sequence.ends.resize(length);
    sequence.text.resize(length == 0 ? 0 : sequence.ends.back());
}

void PrefixCache::cut(int sequence, std::size_t length) {
    truncate(sequences_[static_cast<std::size_t>(sequence)], length);
}

void PrefixCache::give_back(int sequence) {
    auto& entry = sequences_[static_cast<std::size_t>(sequence)];
    entry.taken = false;
    entry.used = ++clock_;
}

std::optional<int> PrefixCache::evict() {
    std::optional<int> oldest;
    for (std::size_t i = 0; i < sequences_.size(); ++i) {
        const auto& sequence = sequences_[i];
        if (sequence.taken || sequence.tokens.empty()) continue;
        if (!oldest || sequence.used < sequences_[static_cast<std::size_t>(*oldest)].used) {
            oldest = static_cast<int>(i);
        }
    }
    if (oldest) sequences_[static_cast<std::size_t>(*oldest)] = Sequence{};
    return oldest;
}

void PrefixCache::clear() {
    for (auto& sequence : sequences_) {
        const bool taken = sequence.taken;
        sequence = Sequence{};
        sequence.taken = taken;
    }
}

std::size_t PrefixCache::length(int sequence) const {
    return sequences_[static_cast<std::size_t>(sequence)].tokens.size();
}

bool PrefixCache::any_taken() const {
    return std::any_of(sequences_.begin(), sequences_.end(),
                       [](const Sequence& sequence) { return sequence.taken; });
}

}  // namespace engine
