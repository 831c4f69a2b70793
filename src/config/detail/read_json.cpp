// The JSON reader (RFC 8259, strict): our own, because settings need the line of every value and
// the JSON library gives none.
#include <cctype>

#include <fmt/core.h>

#include "base/text.hpp"
#include "config/detail/builder.hpp"

namespace config::detail {
namespace {

class Reader {
public:
    Reader(std::string_view text, Builder& builder) : text_(text), builder_(builder) {}

    void document() {
        value();
        space();
        if (at_ < text_.size()) stop("nothing may follow the closing brace");
    }

private:
    int column() const { return static_cast<int>(at_ - line_start_) + 1; }
    [[noreturn]] void stop(std::string message) const {
        fail(line_, column(), "not valid JSON: " + std::move(message));
    }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    void space() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").contains(text_[at_])) {
            if (text_[at_++] == '\n') {
                ++line_;
                line_start_ = at_;
            }
        }
    }

    void expect(char wanted) {
        space();
        if (peek() != wanted) stop(fmt::format("expected `{}`", wanted));
        ++at_;
    }

    void value() {
        space();
        const int line = line_;
        const int start = column();
        switch (peek()) {
            case '{':
                return object(line, start);
            case '[':
                return array(line, start);
            case '"':
                return builder_.scalar(Node::Type::text, string(), line, start);
            case 't':
                return word("true", Node::Type::boolean);
            case 'f':
                return word("false", Node::Type::boolean);
            case 'n':
                return word("null", Node::Type::null);
            default:
                return number();
        }
    }

    void object(int line, int start) {
        builder_.begin(Node::Type::map, line, start);
        ++at_;
        space();
        if (peek() == '}') {
            ++at_;
            return builder_.end();
        }
        while (true) {
            space();
            if (peek() != '"') stop("expected a name in double quotes");
            const int key_line = line_;
            const int key_column = column();
            builder_.key(string(), key_line, key_column);
            expect(':');
            value();
            space();
            if (peek() == '}') break;
            if (peek() != ',') stop("expected `,` or `}`");
            ++at_;
        }
        ++at_;
        builder_.end();
    }

    void array(int line, int start) {
        builder_.begin(Node::Type::list, line, start);
        ++at_;
        space();
        if (peek() == ']') {
            ++at_;
            return builder_.end();
        }
        while (true) {
            value();
            space();
            if (peek() == ']') break;
            if (peek() != ',') stop("expected `,` or `]`");
            ++at_;
        }
        ++at_;
        builder_.end();
    }

    void word(std::string_view wanted, Node::Type type) {
        if (!text_.substr(at_).starts_with(wanted)) stop("unknown word");
        builder_.scalar(type, std::string(wanted), line_, column());
        at_ += wanted.size();
    }

    void digits() {
        if (std::isdigit(static_cast<unsigned char>(peek())) == 0) stop("expected a value");
        while (std::isdigit(static_cast<unsigned char>(peek())) != 0) ++at_;
    }

    void number() {
        const std::size_t begin = at_;
        const int start = column();
        if (peek() == '-') ++at_;
        if (peek() == '0') {
            ++at_;
        } else {
            digits();
        }
        if (peek() == '.') {
            ++at_;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            ++at_;
            if (peek() == '+' || peek() == '-') ++at_;
            digits();
        }
        builder_.scalar(Node::Type::number, std::string(text_.substr(begin, at_ - begin)), line_,
                        start);
    }

    unsigned hex4() {
        unsigned code = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const char c = peek();
            if (std::isxdigit(static_cast<unsigned char>(c)) == 0) stop("bad \\u escape");
            const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
            code = code * 16 + static_cast<unsigned>(digit);
        }
        return code;
    }

    void unicode(std::string& out) {
        unsigned code = hex4();
        if (code >= 0xD800 && code <= 0xDBFF && text_.substr(at_).starts_with("\\u")) {
            at_ += 2;
            const unsigned low = hex4();
            if (low < 0xDC00 || low > 0xDFFF) stop("bad \\u escape");
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else if (code >= 0xD800 && code <= 0xDFFF) {
            stop("bad \\u escape");
        }
        const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
        if (code < 0x80) {
            put(code);
        } else if (code < 0x800) {
            put(0xC0 | (code >> 6));
            put(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            put(0xE0 | (code >> 12));
            put(0x80 | ((code >> 6) & 0x3F));
            put(0x80 | (code & 0x3F));
        } else {
            put(0xF0 | (code >> 18));
            put(0x80 | ((code >> 12) & 0x3F));
            put(0x80 | ((code >> 6) & 0x3F));
            put(0x80 | (code & 0x3F));
        }
    }

    std::string string() {
        std::string out;
        ++at_;
        while (peek() != '"') {
            if (at_ >= text_.size()) stop("a text is not closed");
            const char c = text_[at_++];
            if (static_cast<unsigned char>(c) < 0x20) stop("a text goes over the end of its line");
            if (c != '\\') {
                out += c;
                continue;
            }
            constexpr std::string_view kEscapes = "\"\\/bfnrt";
            constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
            const char escape = peek();
            ++at_;
            if (escape == 'u') {
                unicode(out);
            } else if (const auto i = kEscapes.find(escape); i != std::string_view::npos) {
                out += kMeanings[i];
            } else {
                stop("unknown escape in a text");
            }
        }
        ++at_;
        return out;
    }

    std::string_view text_;
    Builder& builder_;
    std::size_t at_ = 0;
    std::size_t line_start_ = 0;
    int line_ = 1;
};

}  // namespace

Node read_json(std::string_view text, const Place& source, const TreeLimits& limits) {
    Builder builder(source, limits);
    Reader(text, builder).document();
    return builder.take();
}

}  // namespace config::detail
