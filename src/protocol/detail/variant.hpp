// Variants of described structs as JSON objects with a `type`, for the codecs of the protocols.
// Private to protocol; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <boost/mp11/algorithm.hpp>

#include "base/result.hpp"
#include "base/text.hpp"
#include "json/describe.hpp"

namespace protocol::detail {

inline constexpr json::Limits kFrameLimits{.max_bytes = 4'000'000, .max_depth = 24};

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

}  // namespace protocol::detail
