#include "json/json.hpp"

#include <charconv>
#include <utility>

#include <fmt/core.h>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"

namespace json {
namespace {

void write_pretty_into(std::string& out, const Value& value, std::size_t indent) {
    const std::string pad(indent + 2, ' ');
    if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
        out += "{\n";
        std::size_t left = object->size();
        for (const auto& [key, item] : *object) {
            out += pad + boost::json::serialize(Value(key)) + ": ";
            write_pretty_into(out, item, indent + 2);
            out += --left > 0 ? ",\n" : "\n";
        }
        out += std::string(indent, ' ') + "}";
    } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
        out += "[\n";
        std::size_t left = array->size();
        for (const auto& item : *array) {
            out += pad;
            write_pretty_into(out, item, indent + 2);
            out += --left > 0 ? ",\n" : "\n";
        }
        out += std::string(indent, ' ') + "]";
    } else {
        out += boost::json::serialize(value);
    }
}

}  // namespace

base::Result<Value> parse(std::string_view text, Limits limits) {
    if (text.size() > limits.max_bytes) {
        return base::fail(
            base::ErrorCode::too_large,
            fmt::format("JSON of {} is over the limit of {}", base::human_bytes(text.size()),
                        base::human_bytes(limits.max_bytes)));
    }
    boost::json::parse_options options;
    options.max_depth = limits.max_depth;
    boost::json::parser parser({}, options);
    boost::json::error_code error;
    const std::size_t used = parser.write_some(text.data(), text.size(), error);
    if (!error && used < text.size() && !base::trim(text.substr(used)).empty()) {
        error = boost::json::error::extra_data;
    }
    if (error) {
        return base::fail(base::ErrorCode::corrupt,
                          fmt::format("not valid JSON at byte {}: {}", used, error.message()));
    }
    return parser.release();
}

std::string write(const Value& value) {
    return boost::json::serialize(value);
}

std::string write_pretty(const Value& value) {
    std::string out;
    write_pretty_into(out, value, 0);
    out.push_back('\n');
    return out;
}

const Value* find(const Value& value, std::string_view key) {
    const auto* object = value.if_object();
    return object == nullptr ? nullptr : object->if_contains(key);
}

const Value* find_path(const Value& value, std::string_view path) {
    const Value* at = &value;
    for (const auto part : base::split(path, '.')) {
        if (const auto* array = at->if_array()) {
            std::size_t index = 0;
            const auto parsed = std::from_chars(part.data(), part.data() + part.size(), index);
            if (parsed.ec != std::errc() || parsed.ptr != part.data() + part.size()) return nullptr;
            at = array->if_contains(index);
        } else {
            at = find(*at, part);
        }
        if (at == nullptr) return nullptr;
    }
    return at;
}

std::string string_or(const Value* value, std::string_view fallback) {
    if (value != nullptr && value->is_string()) return std::string(value->get_string());
    return std::string(fallback);
}

long long int_or(const Value* value, long long fallback) {
    if (value == nullptr) return fallback;
    boost::json::error_code error;
    const auto number = value->to_number<long long>(error);
    return error ? fallback : number;
}

double number_or(const Value* value, double fallback) {
    if (value == nullptr) return fallback;
    boost::json::error_code error;
    const auto number = value->to_number<double>(error);
    return error ? fallback : number;
}

bool bool_or(const Value* value, bool fallback) {
    return value != nullptr && value->is_bool() ? value->get_bool() : fallback;
}

}  // namespace json
