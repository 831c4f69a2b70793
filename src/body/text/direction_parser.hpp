// DirectionParser: takes stage directions, such as [wave], [smile 0.6] or [look at user], out of
// the Markdown that a model streams. What is not one passes through untouched: links, code,
// footnotes, brackets around ordinary words. Owned by one reply; one thread; any bytes are allowed;
// how the bytes are cut into pieces changes nothing. Text waits only while it could be a direction.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "body/text/command_reader.hpp"

namespace body::text {

// The first words of everything a book knows, for telling early what can be no direction. Made once
// per book; any thread.
class DirectionWords {
public:
    explicit DirectionWords(const PhraseBook& book);
    // Whether a direction could begin with `inside`, which stands behind an opening bracket.
    [[nodiscard]] bool may_begin(std::string_view inside) const;

private:
    std::vector<std::string> words_;  // sorted
};

struct Cut {
    std::size_t at = 0;   // place in what is shown, in bytes
    std::string removed;  // with its brackets and the blank that went with them
    Directive directive;
};

class DirectionParser {
public:
    // A direction with its brackets; longer ones are text.
    static constexpr std::size_t kMaxBytes = 48;

    // Both must outlive the parser.
    DirectionParser(const CommandReader& reader, const DirectionWords& words)
        : reader_(&reader), words_(&words) {}

    // Appends to `shown` what may be shown, and to `cuts` what was taken out of it.
    void feed(std::string_view bytes, std::string& shown, std::vector<Cut>& cuts);
    // The reply is over: what waited is decided.
    void finish(std::string& shown, std::vector<Cut>& cuts);
    // The text begins again.
    void reset() { *this = DirectionParser(*reader_, *words_); }

private:
    enum class Place { text, bracket, closed };

    void take(char c, std::string& shown, std::vector<Cut>& cuts);
    void take_text(char c, std::string& shown);
    void take_in_bracket(char c, std::string& shown);
    void cut_out(std::vector<Cut>& cuts);
    void show(char c, std::string& shown);
    void release(std::string& shown);
    [[nodiscard]] std::size_t waiting() const;
    void follow_markdown(char c);
    void end_ticks();
    [[nodiscard]] bool in_code() const;
    [[nodiscard]] bool may_open() const;

    const CommandReader* reader_;
    const DirectionWords* words_;
    Place place_ = Place::text;
    struct Waiting {
        std::string text;
        Directive directive;
    };

    std::vector<Waiting> before_;  // directions that stand right before this bracket
    std::string held_;             // from the bracket on
    Directive directive_;
    std::size_t shown_ = 0;  // bytes so far
    char previous_ = '\n';   // last one that was shown
    // Where Markdown stands.
    bool line_start_ = true;
    std::size_t indent_ = 0;
    bool blank_line_ = true;
    std::size_t ticks_ = 0;  // in a run of them
    char tick_ = 0;          // its character
    bool run_began_line_ = false;
    std::size_t code_ticks_ = 0;  // inside inline code: the length of its run
    char fence_ = 0;              // inside a block of code: its character
    std::size_t fence_ticks_ = 0;
    bool indented_ = false;  // this line is code by its indent
    bool escaped_ = false;
};

}  // namespace body::text
