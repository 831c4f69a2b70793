// PhraseBook: what words mean to the body, one per language: phrases that name a movement or a
// look, words that change how it is done, words that join and words that deny. Data; whoever loads
// it (chat/body_book) reads the files of characters/nook/body. Any thread once filled.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "body/text/directive.hpp"

namespace body::text {

using Phrase = std::vector<std::string>;  // as plain_words() gives them

// One thing that can be asked for.
struct Head {
    std::string label = {};  // what an answer calls it: "turn around"
    Directive directive = {};
    std::vector<Phrase> phrases = {};  // said as they are, they are an order
    // Orders only where an order is expected: in brackets, after /do, denied, or behind another
    // one.
    std::vector<Phrase> loose = {};
};

// Words that belong to an order without being it: how, where to, and mere courtesy.
struct Modifier {
    std::vector<Phrase> phrases = {};
    double speed = 1;
    double amount = 1;
    int times = 0;
    std::string direction = {};
    std::string gaze = {};
    bool loop = false;
    bool denies = false;  // "don't", "stop"
    // Makes the loose phrases orders: "start", "keep".
    bool urges = false;
};

// A word that could mean several things: "turn".
struct Vague {
    std::vector<Phrase> phrases = {};
    std::vector<std::string> between = {};  // labels
};

struct Language {
    std::string code = {};  // en
    std::vector<Head> heads = {};
    std::vector<Modifier> modifiers = {};
    std::vector<Vague> vague = {};
    std::vector<Phrase> joiners = {};  // and, then
};

struct PhraseBook {
    std::vector<Language> languages = {};  // in the order in which they are tried
};

}  // namespace body::text
