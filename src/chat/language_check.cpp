#include "chat/language_check.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace chat {
namespace {

// Above this share of characters outside ASCII a text is not English, whatever it is.
constexpr double kForeignShare = 0.2;
// In a text this short each word must be one of them.
constexpr std::size_t kShort = 2;

constexpr std::array kEnglish = std::to_array<std::string_view>(
    {"a",     "an",   "and", "are",   "be",   "but",  "can",  "do",   "does", "for",  "have",
     "how",   "i",    "i'm", "is",    "it",   "it's", "me",   "my",   "not",  "of",   "on",
     "say",   "that", "the", "there", "they", "this", "to",   "was",  "we",   "what", "when",
     "where", "who",  "why", "with",  "yes",  "you",  "your", "mean", "word"});

// Small words that are none in English; sorted by language, German first.
constexpr std::array kForeign = std::to_array<std::string_view>(
    {"aber",   "auch",   "auf",     "bin",  "bist",   "bitte",   "bisschen", "danke",    "das",
     "dein",   "deine",  "dem",     "der",  "dich",   "dir",     "du",       "ein",      "eine",
     "einen",  "einem",  "es",      "für",  "geht",   "gibt",    "gut",      "guten",    "habe",
     "hallo",  "hast",   "heute",   "ich",  "ist",    "ja",      "kann",     "kannst",   "mein",
     "meine",  "mich",   "mir",     "mit",  "morgen", "nein",    "nicht",    "schlecht", "sehr",
     "sich",   "sind",   "soll",    "und",  "uns",    "von",     "wann",     "warum",    "wer",
     "wie",    "wir",    "wo",      "zu",   "avec",   "bonjour", "c'est",    "ce",       "comment",
     "dans",   "des",    "elle",    "est",  "et",     "il",      "j'ai",     "je",       "la",
     "le",     "les",    "merci",   "mon",  "nous",   "où",      "pas",      "pour",     "pourquoi",
     "quel",   "quelle", "que",     "qui",  "suis",   "sur",     "tu",       "une",      "vous",
     "buenos", "como",   "cómo",    "con",  "cuál",   "dónde",   "días",     "el",       "eres",
     "está",   "estoy",  "gracias", "hola", "las",    "los",     "muy",      "para",     "por",
     "qué",    "tengo",  "una",     "che",  "ciao",   "di",      "dove",     "gli",      "grazie",
     "lo",     "non",    "perché",  "sei",  "sono",   "com",     "eu",       "não",      "obrigado",
     "olá",    "os",     "um",      "uma",  "você",   "een",     "goed",     "heb",      "het",
     "hoe",    "ik",     "jij",     "niet", "van",    "voor",    "waar",     "wat",      "zijn"});

double foreign_share(std::string_view text) {
    std::size_t foreign = 0;
    std::size_t all = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) == 0x80) continue;
        ++all;
        // 0xE2 begins typographic quotes and dashes, which English uses too.
        if (byte >= 0xC3 && byte != 0xE2) ++foreign;
    }
    return all == 0 ? 0 : static_cast<double>(foreign) / static_cast<double>(all);
}

std::set<std::string> different_words(std::string_view text) {
    std::set<std::string> words;
    std::string word;
    for (const char c : base::to_lower_ascii(text) + ' ') {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || std::isalnum(byte) != 0 || c == '\'') {
            word.push_back(c);
        } else if (!word.empty()) {
            words.insert(std::exchange(word, {}));
        }
    }
    return words;
}

template <class Words>
std::size_t hits(const std::set<std::string>& words, const Words& known) {
    return static_cast<std::size_t>(std::ranges::count_if(
        words, [&](const auto& word) { return std::ranges::find(known, word) != known.end(); }));
}

}  // namespace

bool reads_foreign(std::string_view text) {
    if (foreign_share(text) > kForeignShare) return true;
    const auto words = different_words(text);
    const std::size_t foreign = hits(words, kForeign);
    if (words.size() <= kShort) return foreign > 0 && foreign == words.size();
    return foreign >= 2 && foreign > hits(words, kEnglish);
}

}  // namespace chat
