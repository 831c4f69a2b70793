#include "llm_wire/upstream_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "base/text.hpp"

namespace llm_wire {
namespace {

using base::ErrorCode;

constexpr double kLongestWait = 86'400;

// The provider ran out of room for the prompt: every server words it differently.
bool is_context_error(const ErrorWords& words) {
    static constexpr std::array<std::string_view, 12> kSigns = {
        "context_length_exceeded", "exceed_context_size",   "maximum context length",
        "context length",          "context window",        "context size",
        "context limit",           "prompt is too long",    "input is too long",
        "too many tokens",         "maximum prompt length", "range of input length"};
    const std::string type = base::to_lower_ascii(words.type);
    const std::string message = base::to_lower_ascii(words.message);
    return std::ranges::any_of(kSigns, [&](std::string_view sign) {
        return type.contains(sign) || message.contains(sign);
    });
}

bool is_moderation(const ErrorWords& words) {
    const std::string message = base::to_lower_ascii(words.message);
    return message.contains("moderation") || message.contains("flagged");
}

bool is_credit_error(const ErrorWords& words) {
    const std::string type = base::to_lower_ascii(words.type);
    return type.contains("insufficient_quota") || type.contains("billing") ||
           type.contains("arrearage") || type.contains("insufficient_balance");
}

// Types that stand for a status when the status itself was 200.
int status_of_type(std::string_view type) {
    static constexpr std::array<std::pair<std::string_view, int>, 12> kTypes = {{
        {"overloaded_error", 529},
        {"rate_limit_error", 429},
        {"rate_limit_exceeded", 429},
        {"authentication_error", 401},
        {"invalid_api_key", 401},
        {"permission_error", 403},
        {"not_found_error", 404},
        {"model_not_found", 404},
        {"request_too_large", 413},
        {"invalid_request_error", 400},
        {"timeout_error", 504},
        {"api_error", 500},
    }};
    for (const auto& [name, status] : kTypes) {
        if (type == name) return status;
    }
    return 0;
}

std::optional<double> to_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

// "250ms", "1s", "6m0s", "1h2m3.5s", as OpenAI and Google write spans.
std::optional<double> parse_span(std::string_view text) {
    double total = 0;
    bool any = false;
    while (!text.empty()) {
        std::size_t digits = text.find_first_not_of("0123456789.");
        if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
        const auto number = to_number(text.substr(0, digits));
        if (!number) return std::nullopt;
        text.remove_prefix(digits);
        const std::size_t end = std::min(text.find_first_of("0123456789."), text.size());
        const std::string_view unit = text.substr(0, end);
        text.remove_prefix(end);
        if (unit == "ms") {
            total += *number / 1000;
        } else if (unit == "s") {
            total += *number;
        } else if (unit == "m") {
            total += *number * 60;
        } else if (unit == "h") {
            total += *number * 3600;
        } else {
            return std::nullopt;
        }
        any = true;
    }
    return any ? std::optional(total) : std::nullopt;
}

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7, the form to be generated).
std::optional<double> seconds_until(std::string_view date, long long now_ms) {
    std::tm parts{};
    const std::string text(date);
    const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return static_cast<double>(timegm(&parts)) - static_cast<double>(now_ms) / 1000;
}

// x-ratelimit-reset is a span, seconds from now, or a Unix time in seconds or milliseconds.
std::optional<double> parse_reset(std::string_view text, long long now_ms) {
    if (const auto span = parse_span(text)) return span;
    const auto number = to_number(text);
    if (!number) return std::nullopt;
    const double now_s = static_cast<double>(now_ms) / 1000;
    if (*number > 1e12) return *number / 1000 - now_s;
    if (*number > 1e9) return *number - now_s;
    return number;
}

std::optional<double> sane(std::optional<double> seconds) {
    if (!seconds || !std::isfinite(*seconds)) return std::nullopt;
    return std::clamp(*seconds, 0.0, kLongestWait);
}

// A provider may quote the person's words back; names of parameters are short.
std::string without_long_quotes(std::string_view line) {
    constexpr std::size_t kLongestQuote = 40;
    std::string out;
    std::size_t at = 0;
    while (at < line.size()) {
        const std::size_t open = line.find_first_of("\"'`", at);
        const std::size_t close =
            open == std::string_view::npos ? open : line.find(line[open], open + 1);
        if (close == std::string_view::npos) break;
        const bool quoted = close - open > kLongestQuote;
        out += line.substr(at, (quoted ? open : close) + 1 - at);
        if (quoted) {
            out += "…";
            out += line[open];
        }
        at = close + 1;
    }
    return out += line.substr(at);
}

// What the provider said may hold the person's words, so it stands in the hint: messages are
// logged.
std::string hint_with(const ErrorWords& words, std::string_view advice) {
    std::string said = presentable(words.type);
    if (!words.message.empty()) said += (said.empty() ? "" : ": ") + presentable(words.message);
    if (said.empty()) return std::string(advice);
    return fmt::format("{}; it said: {}", advice, said);
}

base::Error wrong_key(const Failure& f) {
    return base::make_error(
        ErrorCode::unauthorized,
        fmt::format("{} did not accept the key (HTTP {})", f.provider, f.status),
        f.key_setting.empty() ? std::string("check the provider's key in the settings")
                              : fmt::format("check the key in {}", f.key_setting));
}

base::Error not_found(const Failure& f, const ErrorWords& words) {
    const bool about_model = words.type.contains("model") ||
                             base::to_lower_ascii(words.message).contains("model") ||
                             words.type == "not_found_error";
    if (about_model) {
        return base::make_error(
            ErrorCode::not_found,
            fmt::format("{} does not offer the model `{}`", f.provider, presentable(f.model)),
            "choose one of the models it lists");
    }
    return base::make_error(ErrorCode::not_found,
                            fmt::format("{} has nothing at this address (HTTP 404)", f.provider),
                            "check the base URL; most end in /v1");
}

base::Error limited(const Failure& f, const ErrorWords& words) {
    const auto wait =
        sane(words.retry_after_s ? words.retry_after_s : retry_after_s(f.headers, f.now_ms));
    const bool overloaded = f.status != 429;
    base::Error error = base::make_error(
        ErrorCode::rate_limited,
        overloaded ? fmt::format("{} is overloaded (HTTP {})", f.provider, f.status)
                   : fmt::format("{} asks to slow down (HTTP 429)", f.provider),
        wait ? fmt::format("try again in {:.0f} s", std::ceil(*wait))
             : std::string("try again in a moment"));
    if (wait) error.details.emplace_back("retry_after_s", fmt::format("{:g}", *wait));
    return error;
}

base::Error by_status(const Failure& f, const ErrorWords& words) {
    const int s = f.status;
    if (s == 403 && is_moderation(words)) {
        return base::make_error(
            ErrorCode::forbidden,
            fmt::format("{} refused this conversation by its rules", f.provider),
            "say it in other words, or choose another model");
    }
    if (s == 401 || s == 403) return wrong_key(f);
    if (s == 402 || is_credit_error(words)) {
        return base::make_error(ErrorCode::forbidden,
                                fmt::format("the credit at {} is used up (HTTP {})", f.provider, s),
                                "add credit there, or choose another provider");
    }
    if (is_context_error(words) && s < 500) {
        return base::make_error(ErrorCode::too_large,
                                fmt::format("the conversation does not fit into the context of "
                                            "`{}` at {}",
                                            presentable(f.model), f.provider),
                                "shorten it, or choose a model with a longer context");
    }
    if (s == 404) return not_found(f, words);
    if (s == 408 || s == 504 || s == 524) {
        return base::make_error(ErrorCode::timeout,
                                fmt::format("{} took too long (HTTP {})", f.provider, s),
                                "try again");
    }
    if (s == 413) {
        return base::make_error(ErrorCode::too_large,
                                fmt::format("{} finds the request too large", f.provider),
                                "shorten the conversation");
    }
    if (s == 429 || s == 529 || (s == 503 && retry_after_s(f.headers, f.now_ms))) {
        return limited(f, words);
    }
    if (s == 503) {
        return base::make_error(ErrorCode::unavailable,
                                fmt::format("{} is not ready (HTTP 503)", f.provider),
                                hint_with(words, "it may still be loading, try again in a moment"));
    }
    if (s >= 300 && s < 400) {
        return base::make_error(ErrorCode::upstream,
                                fmt::format("{} sends us elsewhere (HTTP {})", f.provider, s),
                                "check the base URL, and the access headers of a tunnel");
    }
    if (s >= 400 && s < 500) {
        return base::make_error(ErrorCode::invalid_argument,
                                fmt::format("{} refused the request (HTTP {})", f.provider, s),
                                hint_with(words, "check the model and its settings"));
    }
    return base::make_error(ErrorCode::upstream, fmt::format("{} failed (HTTP {})", f.provider, s),
                            hint_with(words, "try again"));
}

const json::Value* first_of(const json::Value& value) {
    const auto* array = value.if_array();  // Gemini wraps its error into a list
    return array != nullptr && !array->empty() ? &array->front() : &value;
}

std::string token_or_number(const json::Value* value) {
    if (value == nullptr) return {};
    if (value->is_string()) return json::string_or(value);
    return value->is_number() ? json::write(*value) : std::string();
}

void read_error_object(const json::Value& object, ErrorWords& words) {
    words.message = json::string_or(json::find(object, "message"));
    const std::string type = token_or_number(json::find(object, "type"));
    const std::string code = token_or_number(json::find(object, "code"));
    const std::string status = json::string_or(json::find(object, "status"));
    const auto number = json::int_or(json::find(object, "code"), 0);
    if (number >= 400 && number < 600) words.status = static_cast<int>(number);
    // The code is the finer of the two ("context_length_exceeded"), unless it is a number.
    const bool code_is_word = !code.empty() && !to_number(code);
    words.type = code_is_word ? code : (!type.empty() ? type : status);
    if (words.status == 0) words.status = status_of_type(words.type);
    if (words.status == 0) words.status = status_of_type(type);
    if (const auto* details = json::find(object, "details"); details && details->is_array()) {
        for (const auto& item : details->get_array()) {
            const auto delay = parse_span(json::string_or(json::find(item, "retryDelay")));
            if (delay) words.retry_after_s = delay;
        }
    }
}

}  // namespace

std::optional<ErrorWords> read_error(const json::Value& body) {
    const json::Value& root = *first_of(body);
    if (!root.is_object()) return std::nullopt;
    ErrorWords words;
    if (const auto* error = json::find(root, "error"); error && !error->is_null()) {
        if (error->is_string()) {
            words.message = json::string_or(error);  // Ollama
        } else {
            read_error_object(*error, words);
        }
        return words;
    }
    const bool bare = json::find(root, "choices") == nullptr &&
                      (json::string_or(json::find(root, "object")) == "error" ||
                       json::find(root, "code") != nullptr);
    if (bare && json::find(root, "message") != nullptr) {
        read_error_object(root, words);  // vLLM before 0.10, DashScope
        return words;
    }
    if (const auto* detail = json::find(root, "detail")) {
        words.message = detail->is_string() ? json::string_or(detail) : json::write(*detail);
        return words;
    }
    return std::nullopt;
}

base::Error to_error(Failure failure, const ErrorWords& words) {
    if (failure.status < 400) failure.status = words.status >= 400 ? words.status : 502;
    return by_status(failure, words);
}

base::Error to_error(const Failure& failure) {
    ErrorWords words;
    const auto body = json::parse(failure.body);
    if (body) {
        words = read_error(*body).value_or(ErrorWords{});
    } else if (const auto start = failure.body.find_first_not_of(" \t\r\n");
               start != std::string::npos && failure.body[start] == '<') {
        words.message = "an HTML page instead of an answer";
    } else {
        words.message = failure.body.substr(0, 400);
    }
    return by_status(failure, words);
}

std::optional<double> retry_after_s(const http::Headers& headers, long long now_ms) {
    if (const auto ms = headers.get("retry-after-ms")) {
        if (const auto number = to_number(base::trim(*ms))) return sane(*number / 1000);
    }
    if (const auto after = headers.get("retry-after")) {
        const auto text = base::trim(*after);
        if (const auto number = to_number(text)) return sane(number);
        if (const auto until = seconds_until(text, now_ms)) return sane(until);
    }
    static constexpr std::array<std::string_view, 3> kResets = {
        "x-ratelimit-reset", "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens"};
    for (const auto name : kResets) {
        if (const auto reset = headers.get(name)) {
            if (const auto wait = parse_reset(base::trim(*reset), now_ms)) return sane(wait);
        }
    }
    return std::nullopt;
}

std::string presentable(std::string_view words) {
    constexpr std::size_t kLongest = 200;
    std::string line = base::log::redact(base::to_valid_utf8(words.substr(0, 4'000)));
    for (char& c : line) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    }
    return base::shorten(std::string(base::trim(without_long_quotes(line))), kLongest);
}

}  // namespace llm_wire
