#include "voice/completeness.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"
#include "voice/utf8.hpp"
#include "voice/words.hpp"

namespace voice {
namespace {

using Words = std::span<const std::string>;

template <std::size_t N>
bool has(const std::array<std::string_view, N>& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

// No English or German sentence ends with these. Prepositions that questions may end with ("what
// is it for", "where are you from") are in kStranded.
constexpr auto kOpenEnds = std::to_array<std::string_view>(
    {"and",     "or",    "but",    "because", "if",      "although", "unless", "the",      "a",
     "an",      "my",    "your",   "his",     "our",     "their",    "its",    "this",     "every",
     "i",       "we",    "im",     "ive",     "ill",     "id",       "youre",  "were",     "theyre",
     "gonna",   "wanna", "um",     "uh",      "er",      "erm",      "hmm",    "very",     "am",
     "should",  "must",  "might",  "than",    "whether", "while",    "during", "into",     "onto",
     "between", "among", "please", "let",     "lets",    "whose",    "und",    "oder",     "aber",
     "weil",    "dass",  "wenn",   "ob",      "denn",    "sondern",  "obwohl", "damit",    "der",
     "die",     "das",   "den",    "dem",     "des",     "ein",      "eine",   "einen",    "einem",
     "einer",   "eines", "mein",   "meine",   "meinen",  "dein",     "deine",  "sein",     "seine",
     "ihre",    "kein",  "keine",  "ich",     "wir",     "im",       "am",     "zum",      "zur",
     "vom",     "beim",  "für",    "von",     "ohne",    "gegen",    "durch",  "zwischen", "unter",
     "über",    "äh",    "ähm",    "öhm",     "also",    "sehr",     "möchte", "würde"});
constexpr auto kStranded = std::to_array<std::string_view>(
    {"like",  "really", "is",   "are", "was",  "will", "can",   "then", "would",
     "could", "also",   "to",   "of",  "for",  "with", "from",  "at",   "by",
     "about", "in",     "on",   "as",  "that", "what", "which", "who",  "mit",
     "zu",    "bei",    "nach", "auf", "aus",  "um",   "vor",   "wegen"});
// After these a preposition may stand at the end of a question.
constexpr auto kBeforeStranded =
    std::to_array<std::string_view>({"it", "you", "he", "she", "they", "we", "i", "this", "that",
                                     "going", "coming", "looking", "talking", "made"});
// A question that begins so may leave out what its preposition stands for, others do not: "what is
// it made of", but "can you tell me how to …".
constexpr auto kGapStarts =
    std::to_array<std::string_view>({"what", "who", "which", "where", "whats", "whos", "wheres"});
// Behind these, to stands for a whole verb: "do you want to?"
constexpr auto kBeforeTo = std::to_array<std::string_view>(
    {"want", "have", "need", "like", "love", "going", "used", "supposed", "able", "allowed"});
// No question ends with these either; a recogniser puts a mark behind whatever it is given.
constexpr auto kNeverEnds = std::to_array<std::string_view>(
    {"the",     "a",     "an",    "my",    "your",  "our",    "their",  "every",   "and",
     "because", "if",    "into",  "than",  "whose", "while",  "during", "between", "whether",
     "um",      "uh",    "er",    "erm",   "ive",   "id",     "youre",  "theyre",  "gonna",
     "wanna",   "und",   "weil",  "dass",  "wenn",  "den",    "dem",    "des",     "ein",
     "eine",    "einen", "einem", "einer", "eines", "meinen", "vom",    "zum",     "zur",
     "beim",    "äh",    "ähm",   "öhm"});
// Behind these, that is not a conjunction: "too late for that", "who told you that".
constexpr auto kBeforePronounThat = std::to_array<std::string_view>(
    {"for", "about", "of",   "with", "like", "do",  "to",  "than", "after", "before", "at", "on",
     "in",  "by",    "from", "you",  "me",   "him", "her", "us",   "them",  "is",     "was"});
constexpr auto kBeforeToo = std::to_array<std::string_view>(
    {"me", "you", "i", "him", "her", "it", "us", "them", "that", "this", "one", "now"});
// A subject right behind one of these has its verb still to come.
constexpr auto kClauseStarts = std::to_array<std::string_view>(
    {"that", "if", "when", "where", "why", "how", "because", "before", "after", "until", "while",
     "whether", "as", "since", "dass", "ob", "weil", "wenn"});
constexpr auto kSubjects =
    std::to_array<std::string_view>({"i", "we", "they", "he", "she", "ich", "wir", "er", "sie"});
// These open a question; a question of some words is finished when nothing hangs.
constexpr auto kQuestionStarts = std::to_array<std::string_view>(
    {"what",  "when",  "where",  "who",      "why",     "how",     "which", "whats", "wheres",
     "whos",  "hows",  "is",     "are",      "do",      "does",    "did",   "can",   "could",
     "would", "will",  "should", "was",      "have",    "has",     "was",   "wann",  "wo",
     "wer",   "warum", "wie",    "welche",   "welcher", "welches", "wieso", "woher", "wohin",
     "ist",   "sind",  "kannst", "könntest", "hast",    "weißt"});
constexpr auto kCommands = std::to_array<std::string_view>(
    {"tell",    "show",   "play",    "stop",     "start", "open",    "close",     "turn",    "set",
     "give",    "find",   "call",    "read",     "write", "remind",  "wake",      "send",    "make",
     "explain", "repeat", "sag",     "zeig",     "spiel", "mach",    "öffne",     "schließ", "gib",
     "such",    "lies",   "schreib", "erinnere", "weck",  "erkläre", "wiederhole"});
constexpr auto kWholeAnswers = std::to_array<std::string_view>(
    {"yes",     "no",    "yeah",  "yep",     "nope",    "okay",       "ok",      "sure",
     "thanks",  "stop",  "hello", "hi",      "hey",     "bye",        "goodbye", "right",
     "correct", "never", "maybe", "exactly", "ja",      "nein",       "doch",    "gut",
     "danke",   "klar",  "genau", "hallo",   "tschüss", "vielleicht", "halt",    "warte",
     "wait",    "help",  "hilfe", "richtig", "nie",     "immer",      "perfect", "bitte"});
constexpr auto kChineseOpen = std::to_array<std::string_view>(
    {"的",   "和",   "跟",   "但是", "因为", "所以", "如果", "然后", "虽然", "还有",
     "就是", "那个", "这个", "或者", "而且", "我想", "把",   "在",   "一个", "比如"});
constexpr auto kChineseEnd =
    std::to_array<std::string_view>({"吗", "呢", "吧", "了", "啊", "谢谢", "什么"});
constexpr auto kChineseWhole = std::to_array<std::string_view>(
    {"好", "是", "对", "好的", "对的", "是的", "不", "不是", "不要", "停", "停下"});

bool ends_with_any(std::string_view text, std::span<const std::string_view> list) {
    return std::ranges::any_of(list, [&](std::string_view end) { return text.ends_with(end); });
}

enum class Mark { none, open, full_stop, definite };

// The last mark of the transcript, closing quotation marks passed over.
Mark last_mark(std::string_view text) {
    while (ends_with_any(text, std::array<std::string_view, 6>{"\"", "'", ")", "”", "」", "’"})) {
        const Character tail = first_character(text.substr(text.size() - 1));
        text.remove_suffix(tail.code < 0x80 ? 1 : 3);
    }
    if (ends_with_any(text, std::array<std::string_view, 12>{"...", "…", ",", ";", ":", "-", "–",
                                                             "—", "，", "、", "；", "："})) {
        return Mark::open;
    }
    if (ends_with_any(text, std::array<std::string_view, 4>{"?", "!", "？", "！"})) {
        return Mark::definite;
    }
    if (ends_with_any(text, std::array<std::string_view, 2>{".", "。"})) return Mark::full_stop;
    return Mark::none;
}

Completeness judge_chinese(Words words, Mark mark) {
    std::string text;
    for (const auto& word : words) text += word;
    if (mark == Mark::definite) return Completeness::complete;
    if (has(kChineseWhole, text) || ends_with_any(text, kChineseEnd)) return Completeness::complete;
    if (ends_with_any(text, kChineseOpen)) return Completeness::open;
    return mark == Mark::full_stop ? Completeness::complete : Completeness::unclear;
}

Completeness judge_words(Words words, Mark mark) {
    const std::string& last = words.back();
    const bool question = has(kQuestionStarts, words.front());
    const std::string_view before =
        words.size() > 1 ? std::string_view(words[words.size() - 2]) : std::string_view();
    const bool may_end = question && words.size() >= 4 && has(kBeforeStranded, before);
    if (has(kSubjects, last) && has(kClauseStarts, before)) return Completeness::open;
    if (mark == Mark::definite) {
        if (has(kNeverEnds, last)) return Completeness::open;
        const bool hangs = has(kStranded, last) && words.size() >= 4 && !may_end;
        if (!hangs) return Completeness::complete;
        const bool may_leave_out =
            !question || has(kGapStarts, words.front()) || (last == "to" && has(kBeforeTo, before));
        return may_leave_out ? Completeness::unclear : Completeness::open;
    }
    if (words.size() == 1 && has(kWholeAnswers, last)) return Completeness::complete;
    // "Yes, I am", "so it is": a verb ends what another subject began.
    const bool short_answer = words.size() <= 4 && has(kWholeAnswers, words.front()) &&
                              (last == "am" || last == "is" || last == "can" || last == "will" ||
                               last == "would" || last == "could" || last == "are");
    if (short_answer || last == "please" || last == "bitte") return Completeness::complete;
    if (has(kOpenEnds, last)) return Completeness::open;
    if (last == "that" && has(kBeforePronounThat, before)) return Completeness::unclear;
    // What a recogniser makes of a to whose verb is still to come: "they have never been too".
    if (last == "too" && words.size() > 2 && !has(kBeforeToo, before)) return Completeness::unclear;
    if (has(kStranded, last)) return may_end ? Completeness::unclear : Completeness::open;
    if (mark == Mark::full_stop) return Completeness::complete;
    if (question && words.size() >= 3) return Completeness::complete;
    if (has(kCommands, words.front()) && words.size() >= 3) return Completeness::complete;
    if (words.size() <= 3 && has(kWholeAnswers, words.front())) return Completeness::complete;
    return Completeness::unclear;
}

}  // namespace

Completeness judge_completeness(std::string_view transcript) {
    const std::string_view text = base::trim(transcript);
    const auto words = words_of(text);
    if (words.empty()) return Completeness::nothing;
    const Mark mark = last_mark(text);
    if (mark == Mark::open) return Completeness::open;
    const Character tail = first_character(words.back());
    return is_unspaced(tail.code) ? judge_chinese(words, mark) : judge_words(words, mark);
}

std::string_view to_string(Completeness value) {
    switch (value) {
        case Completeness::nothing:
            return "nothing";
        case Completeness::open:
            return "open";
        case Completeness::unclear:
            return "unclear";
        case Completeness::complete:
            return "complete";
    }
    return "nothing";
}

}  // namespace voice
