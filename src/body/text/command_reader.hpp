// CommandReader: orders to the body in free text, read by rules: "sit down and smile", "turn around
// slowly", "don't look sad". A text is an order when every word of it is accounted for; one unknown
// word makes it ordinary talk. Owned by the composition root, refers to its book; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "body/text/phrase_book.hpp"

namespace body::text {

struct Order {
    Directive directive;
    std::string label;    // of the head that was meant
    bool denied = false;  // the directive ends it
};

struct Orders {
    std::vector<Order> list;  // in the order in which they are to be done
    std::string language;
};

// What is made of a text of which it is known that it is meant as an order.
struct Understanding {
    enum class Kind {
        orders,     // all of it is understood
        ambiguous,  // `nearest` are what it could mean
        unknown,    // `nearest` are the possibilities that sound most like it
    };
    Kind kind = Kind::unknown;
    Orders orders;
    std::vector<std::string> nearest;  // labels, at most four
};

class CommandReader {
public:
    // The book must outlive the reader.
    explicit CommandReader(const PhraseBook& book) : book_(book) {}

    // Nothing when the text is no order, in any language.
    [[nodiscard]] std::optional<Orders> read(std::string_view text) const;
    // The same for a text that stands behind /do or in a command box: one thing that is named among
    // words that mean nothing here is enough.
    [[nodiscard]] Understanding understand(std::string_view text) const;
    // The inside of a stage direction: "smile 0.6". One order, not denied.
    [[nodiscard]] std::optional<Directive> read_direction(std::string_view inside) const;

private:
    const PhraseBook& book_;
};

}  // namespace body::text
