#include "chat/arithmetic.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/text.hpp"

namespace chat {
namespace {

constexpr std::size_t kMaxUtterance = 200;
constexpr int kMaxDepth = 32;

struct Token {
    char kind;  // 'n' number, or one of + - * / ^ % ( ) , o ("of")
    double value = 0;
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kWords = {{
    {"multiplied by", "*"},
    {"divided by", "/"},
    {"to the power of", "^"},
    {"plus", "+"},
    {"minus", "-"},
    {"times", "*"},
    {"over", "/"},
    {"percent", "%"},
    {"squared", "^2"},
    {"cubed", "^3"},
    {"×", "*"},
    {"÷", "/"},
    {"−", "-"},
    {"·", "*"},
    {"x", "*"},
}};

constexpr std::array<std::string_view, 12> kOpenings = {
    "what is",  "what's",  "whats",   "how much is", "calculate", "compute",
    "work out", "tell me", "can you", "please",      "and",       "solve"};

std::string strip_question(std::string_view utterance) {
    std::string text = base::to_lower_ascii(base::trim(utterance));
    while (!text.empty() && (text.back() == '?' || text.back() == '.' || text.back() == '!' ||
                             text.back() == '=' || text.back() == ' ')) {
        text.pop_back();
    }
    for (bool again = true; again;) {
        again = false;
        for (const auto opening : kOpenings) {
            if (text.starts_with(opening) && text.size() > opening.size() &&
                text[opening.size()] == ' ') {
                text.erase(0, opening.size() + 1);
                again = true;
            }
        }
    }
    return text;
}

std::optional<std::vector<Token>> tokenize(std::string_view text) {
    std::vector<Token> tokens;
    while (!text.empty()) {
        const char c = text.front();
        if (c == ' ') {
            text.remove_prefix(1);
            continue;
        }
        if ((c >= '0' && c <= '9') || c == '.') {
            double value = 0;
            const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value,
                                                std::chars_format::fixed);
            if (parsed.ec != std::errc()) return std::nullopt;
            text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
            // Thousands: "1,000".
            while (text.size() >= 4 && text[0] == ',' && std::isdigit(text[1]) != 0 &&
                   std::isdigit(text[2]) != 0 && std::isdigit(text[3]) != 0) {
                value =
                    value * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
                text.remove_prefix(4);
            }
            tokens.push_back({'n', value});
            continue;
        }
        if (std::string_view("+-*/^%()").find(c) != std::string_view::npos) {
            tokens.push_back({c});
            text.remove_prefix(1);
            continue;
        }
        if (text.starts_with("of ")) {
            tokens.push_back({'o'});
            text.remove_prefix(3);
            continue;
        }
        bool known = false;
        for (const auto& [word, symbol] : kWords) {
            if (!text.starts_with(word)) continue;
            for (const char s : symbol) {
                if (std::isdigit(s) != 0) {
                    tokens.push_back({'n', static_cast<double>(s - '0')});
                } else {
                    tokens.push_back({s});
                }
            }
            text.remove_prefix(word.size());
            known = true;
            break;
        }
        if (!known) return std::nullopt;
    }
    return tokens;
}

class Parser {
public:
    explicit Parser(const std::vector<Token>& tokens) : tokens_(tokens) {}

    std::optional<double> run() {
        const auto value = sum(0);
        return at_ == tokens_.size() ? value : std::nullopt;
    }

private:
    [[nodiscard]] bool take(char kind) {
        if (at_ >= tokens_.size() || tokens_[at_].kind != kind) return false;
        ++at_;
        return true;
    }

    std::optional<double> sum(int depth) {
        auto left = product(depth);
        while (left) {
            const bool plus = take('+');
            if (!plus && !take('-')) return left;
            const auto right = product(depth);
            if (!right) return std::nullopt;
            left = plus ? *left + *right : *left - *right;
        }
        return left;
    }

    std::optional<double> product(int depth) {
        auto left = power(depth);
        while (left) {
            const bool times = take('*');
            if (!times && !take('/')) return left;
            const auto right = power(depth);
            if (!right) return std::nullopt;
            left = times ? *left * *right : *left / *right;
        }
        return left;
    }

    std::optional<double> power(int depth) {
        const auto left = unary(depth);
        if (!left || !take('^')) return left;
        const auto right = depth < kMaxDepth ? power(depth + 1) : std::nullopt;
        if (!right) return std::nullopt;
        return std::pow(*left, *right);
    }

    std::optional<double> unary(int depth) {
        if (depth > kMaxDepth) return std::nullopt;
        if (take('-')) {
            const auto value = unary(depth + 1);
            return value ? std::optional(-*value) : std::nullopt;
        }
        std::optional<double> value;
        if (take('(')) {
            value = sum(depth + 1);
            if (!value || !take(')')) return std::nullopt;
        } else if (at_ < tokens_.size() && tokens_[at_].kind == 'n') {
            value = tokens_[at_++].value;
        }
        if (value && take('%')) {
            value = *value / 100;
            if (take('o')) {
                const auto whole = power(depth + 1);
                if (!whole) return std::nullopt;
                value = *value * *whole;
            }
        }
        return value;
    }

    const std::vector<Token>& tokens_;
    std::size_t at_ = 0;
};

std::string show_number(double value) {
    if (!std::isfinite(value)) return "undefined";
    if (std::abs(value) < 1e15 && value == std::floor(value)) return fmt::format("{:.0f}", value);
    return fmt::format("{:.10g}", value);
}

std::string show_expression(const std::vector<Token>& tokens) {
    std::string text;
    for (const auto& token : tokens) {
        switch (token.kind) {
            case 'n':
                text += show_number(token.value);
                break;
            case 'o':
                text += " of ";
                break;
            case '(':
            case ')':
            case '^':
            case '%':
                text += token.kind;
                break;
            case '*':
                text += " × ";
                break;
            case '/':
                text += " ÷ ";
                break;
            default:
                text += fmt::format(" {} ", token.kind);
                break;
        }
    }
    return std::string(base::trim(text));
}

}  // namespace

std::optional<Calculation> calculate(std::string_view utterance) {
    if (utterance.size() > kMaxUtterance) return std::nullopt;
    const auto tokens = tokenize(strip_question(utterance));
    if (!tokens || tokens->size() < 3) return std::nullopt;
    const auto value = Parser(*tokens).run();
    if (!value) return std::nullopt;
    return Calculation{show_expression(*tokens), show_number(*value)};
}

}  // namespace chat
