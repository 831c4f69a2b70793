#include "adapters/speech_engine/sentences.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/text.hpp"

namespace adapters::speech_engine {
namespace {

constexpr std::size_t kLongest = 400;  // bytes of a sentence without an end

bool is_word_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 127 || std::isalnum(byte) != 0;
}

bool is_blank(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool ends_with_abbreviation(std::string_view text) {
    constexpr std::array<std::string_view, 16> kShort = {"mr", "mrs", "ms",  "dr",     "prof", "st",
                                                         "vs", "etc", "no",  "approx", "nr",   "hr",
                                                         "fr", "z.b", "e.g", "i.e"};
    const auto blank = text.find_last_of(" \n\t(\"'");
    const std::string last =
        base::to_lower_ascii(text.substr(blank == std::string_view::npos ? 0 : blank + 1));
    const bool initial = last.size() == 1 && std::isalpha(static_cast<unsigned char>(last[0])) != 0;
    return initial || std::find(kShort.begin(), kShort.end(), last) != kShort.end();
}

// Only what a phonemiser can say; its own marks ("[[", "<", "~") must not reach it.
std::string speakable(std::string_view text) {
    constexpr std::string_view kKept = "'-%$&@+/=#";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        // Typographic marks ("…", "—", quotes) are three bytes; one of them is an apostrophe.
        const bool mark = text[i] == '\xe2' && i + 2 < text.size() &&
                          (text[i + 1] == '\x80' || text[i + 1] == '\x81');
        const char c = !mark ? text[i] : text.substr(i, 3) == "’" ? '\'' : ' ';
        if (mark) i += 2;
        const bool inner =
            i > 0 && i + 1 < text.size() && is_word_byte(text[i - 1]) && is_word_byte(text[i + 1]);
        const bool kept =
            is_word_byte(c) || kKept.contains(c) || (inner && (c == '.' || c == ',' || c == ':'));
        const char safe = kept ? c : ' ';
        if (safe != ' ' || (!out.empty() && out.back() != ' ')) out.push_back(safe);
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

class Cutter {
public:
    std::vector<Sentence> run(std::string_view text) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            const bool edge = i + 1 == text.size() || is_blank(text[i + 1]) ||
                              std::string_view("\"')]*_").contains(text[i + 1]);
            if (c == '\n') {
                end_sentence('.');
                continue;
            }
            const bool ends = (c == '!' || c == '?' || c == '.') && edge;
            if (ends && c == '.' && ends_with_abbreviation(sentence_.text)) {
                take(c);
                continue;
            }
            take(c);
            if (ends) {
                // What closes the sentence belongs to it.
                while (i + 1 < text.size() && std::string_view("\"')]!?.").contains(text[i + 1])) {
                    take(text[++i]);
                }
                end_sentence(c);
            } else if ((c == ',' || c == ';' || c == ':') && edge) {
                end_piece(c);
            } else if (sentence_.text.size() > kLongest && is_blank(c)) {
                end_sentence('.');
            }
        }
        end_sentence('.');
        return std::move(sentences_);
    }

private:
    void take(char c) {
        sentence_.text.push_back(c);
        piece_.push_back(c);
    }
    void end_piece(char mark) {
        std::string words = speakable(std::exchange(piece_, {}));
        if (std::any_of(words.begin(), words.end(), is_word_byte)) {
            sentence_.pieces.push_back({std::move(words), mark});
        }
    }
    void end_sentence(char mark) {
        end_piece(mark);
        Sentence done = std::exchange(sentence_, {});
        done.text = std::string(base::trim(done.text));
        if (done.pieces.empty()) return;
        done.pieces.back().mark = mark;
        sentences_.push_back(std::move(done));
    }

    std::vector<Sentence> sentences_;
    Sentence sentence_;
    std::string piece_;
};

}  // namespace

std::vector<Sentence> cut_sentences(std::string_view text) {
    return Cutter().run(base::to_valid_utf8(text));
}

}  // namespace adapters::speech_engine
