// Any bytes as a reply: the pieces do not depend on how it is cut, and lead back into the text.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.hpp"
#include "voice/clause_cutter.hpp"

namespace {

void demand(bool condition) {
    if (!condition) __builtin_trap();
}

std::vector<voice::Piece> cut(std::string_view text, std::size_t step) {
    voice::ClauseCutter cutter;
    std::vector<voice::Piece> pieces;
    const auto keep = [&](std::vector<voice::Piece> more) {
        for (auto& piece : more) pieces.push_back(std::move(piece));
    };
    for (std::size_t at = 0; at < text.size(); at += step) keep(cutter.feed(text.substr(at, step)));
    keep(cutter.finish());
    return pieces;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = cut(text, size);
    const auto split = cut(text, data[0] % 16 + 1U);
    demand(whole.size() == split.size());
    std::size_t end = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        const auto& piece = whole[i];
        demand(piece.spoken == split[i].spoken && piece.original == split[i].original);
        demand(base::is_valid_utf8(piece.spoken));
        demand(piece.original.begin <= piece.original.end && piece.original.end <= text.size());
        if (piece.spoken.empty()) {
            demand(!piece.directions.empty() && i + 1 == whole.size());
            continue;
        }
        demand(piece.original.begin >= end && !piece.words.empty());
        end = piece.original.end;
        for (const auto& word : piece.words) {
            demand(word.spoken.end <= piece.spoken.size() && word.spoken.begin < word.spoken.end);
            demand(word.original.begin >= piece.original.begin);
            demand(word.original.end <= piece.original.end);
        }
    }
    return 0;
}
