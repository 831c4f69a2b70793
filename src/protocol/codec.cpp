#include "protocol/codec.hpp"

#include <utility>

#include <fmt/core.h>
#include <boost/mp11/algorithm.hpp>

#include "base/log.hpp"
#include "base/text.hpp"
#include "json/describe.hpp"

namespace protocol {
namespace {

constexpr json::Limits kFrameLimits{.max_bytes = 4'000'000, .max_depth = 24};

template <class Variant>
json::Value encode_variant(const Variant& variant, std::optional<long long> seq) {
    json::Object out;
    std::visit(
        [&](const auto& item) {
            out["type"] = std::remove_cvref_t<decltype(item)>::kType;
            if (seq) out["seq"] = *seq;
            json::Value fields = json::from(item);
            for (auto& [key, value] : fields.as_object()) out[key] = std::move(value);
        },
        variant);
    return out;
}

template <class Variant>
base::Result<Variant> decode_variant(std::string_view text) {
    TRY(value, json::parse(text, kFrameLimits));
    const std::string type = json::string_or(json::find(value, "type"));
    std::optional<base::Result<Variant>> out;
    std::vector<std::string> known;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Variant>>(
        [&](auto identity) {
            using T = typename decltype(identity)::type;
            known.emplace_back(T::kType);
            if (out || type != T::kType) return;
            auto item = json::to<T>(value);
            if (item) {
                out = Variant(std::move(*item));
            } else {
                out = base::fail(std::move(item.error()));
            }
        });
    if (out) return std::move(*out);
    const std::string near = base::nearest(type, known);
    return base::fail(
        base::ErrorCode::invalid_argument,
        fmt::format("`type` \"{}\" is unknown", base::shorten(base::to_valid_utf8(type), 40)),
        near.empty() ? "" : fmt::format("did you mean \"{}\"?", near));
}

}  // namespace

std::string_view type_of(const Event& event) {
    return std::visit([](const auto& item) { return std::remove_cvref_t<decltype(item)>::kType; },
                      event);
}

std::string_view type_of(const Command& command) {
    return std::visit([](const auto& item) { return std::remove_cvref_t<decltype(item)>::kType; },
                      command);
}

json::Value encode(const Event& event, std::optional<long long> seq) {
    return encode_variant(event, seq);
}

std::string encode_text(const Event& event, std::optional<long long> seq) {
    return json::write(encode_variant(event, seq));
}

json::Value encode(const Command& command) {
    return encode_variant(command, {});
}

base::Result<Command> decode_command(std::string_view text) {
    return decode_variant<Command>(text);
}

base::Result<Event> decode_event(std::string_view text) {
    return decode_variant<Event>(text);
}

ErrorInfo to_error_info(const base::Error& error) {
    return ErrorInfo{std::string(base::to_string(error.code)),
                     base::log::redact(error.message),
                     base::log::redact(error.hint),
                     {}};
}

base::Error from_error_info(const ErrorInfo& info) {
    return base::make_error(base::error_code_from(info.code), info.message, info.hint);
}

}  // namespace protocol
