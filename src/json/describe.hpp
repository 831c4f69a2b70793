// Conversion between JSON and structs described with BOOST_DESCRIBE_STRUCT / _ENUM.
//   json::Value v = json::from(session);   base::Result<Session> s = json::to<Session>(v);
// Reading checks types and required fields and names the place ("messages.3.role") of the first
// error; unknown fields are ignored (peers may be newer). std::optional fields may be absent.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include "json/json.hpp"

namespace json {

template <class T>
concept DescribedStruct = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;
template <class T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept Optional =
    requires { typename T::value_type; } && std::same_as<T, std::optional<typename T::value_type>>;
template <class T>
concept Vector =
    requires { typename T::value_type; } && std::same_as<T, std::vector<typename T::value_type>>;
template <class T>
concept StringMap = requires { typename T::mapped_type; } &&
                    std::same_as<T, std::map<std::string, typename T::mapped_type>>;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_any_access |
                                                         boost::describe::mod_inherited>;

template <class T>
[[nodiscard]] Value from(const T& value) {
    if constexpr (std::same_as<T, Value>) {
        return value;
    } else if constexpr (Optional<T>) {
        return value ? from(*value) : Value(nullptr);
    } else if constexpr (DescribedEnum<T>) {
        return Value(boost::describe::enum_to_string(value, "?"));
    } else if constexpr (Vector<T>) {
        Array array;
        array.reserve(value.size());
        for (const auto& item : value) array.push_back(from(item));
        return array;
    } else if constexpr (StringMap<T>) {
        Object object;
        for (const auto& [key, item] : value) object[key] = from(item);
        return object;
    } else if constexpr (DescribedStruct<T>) {
        Object object;
        boost::mp11::mp_for_each<Members<T>>([&](auto member) {
            const auto& field = value.*member.pointer;
            if constexpr (Optional<std::remove_cvref_t<decltype(field)>>) {
                if (!field) return;
            }
            object[member.name] = from(field);
        });
        return object;
    } else {
        return Value(value);
    }
}

namespace detail {

[[nodiscard]] std::unexpected<base::Error> wrong_type(const std::string& path,
                                                      std::string_view wanted);

template <class E>
[[nodiscard]] std::string enum_names() {
    std::string names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto item) { names += names.empty() ? item.name : std::string(", ") + item.name; });
    return names;
}

}  // namespace detail

// One branch per kind of type; apart they would only be harder to compare.
// NOLINTBEGIN(readability-function-size)
template <class T>
[[nodiscard]] base::Result<T> to(const Value& value, const std::string& path = {}) {
    if constexpr (std::same_as<T, Value>) {
        return value;
    } else if constexpr (Optional<T>) {
        if (value.is_null()) return T{};
        TRY(inner, to<typename T::value_type>(value, path));
        return T(std::move(inner));
    } else if constexpr (std::same_as<T, std::string>) {
        if (!value.is_string()) return detail::wrong_type(path, "a string");
        return std::string(value.get_string());
    } else if constexpr (std::same_as<T, bool>) {
        if (!value.is_bool()) return detail::wrong_type(path, "true or false");
        return value.get_bool();
    } else if constexpr (std::integral<T>) {
        boost::json::error_code error;
        const auto number = value.to_number<T>(error);
        if (error) return detail::wrong_type(path, "a whole number in range");
        return number;
    } else if constexpr (std::floating_point<T>) {
        if (!value.is_number()) return detail::wrong_type(path, "a number");
        return value.to_number<T>();
    } else if constexpr (DescribedEnum<T>) {
        T out{};
        if (value.is_string() &&
            boost::describe::enum_from_string(std::string(value.get_string()).c_str(), out)) {
            return out;
        }
        return detail::wrong_type(path, "one of " + detail::enum_names<T>());
    } else if constexpr (Vector<T>) {
        if (!value.is_array()) return detail::wrong_type(path, "a list");
        T out;
        out.reserve(value.get_array().size());
        for (const auto& item : value.get_array()) {
            TRY(inner, to<typename T::value_type>(item, path + "." + std::to_string(out.size())));
            out.push_back(std::move(inner));
        }
        return out;
    } else if constexpr (StringMap<T>) {
        if (!value.is_object()) return detail::wrong_type(path, "an object");
        T out;
        for (const auto& [key, item] : value.get_object()) {
            TRY(inner, to<typename T::mapped_type>(item, path + "." + std::string(key)));
            out.emplace(std::string(key), std::move(inner));
        }
        return out;
    } else {
        static_assert(DescribedStruct<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
        if (!value.is_object()) return detail::wrong_type(path, "an object");
        T out{};
        std::optional<base::Error> error;
        boost::mp11::mp_for_each<Members<T>>([&](auto member) {
            if (error) return;
            using Field = std::remove_cvref_t<decltype(out.*member.pointer)>;
            const std::string place = path.empty() ? member.name : path + "." + member.name;
            const Value* item = value.get_object().if_contains(member.name);
            if (item == nullptr) {
                if constexpr (!Optional<Field>) {
                    error = base::make_error(base::ErrorCode::invalid_argument,
                                             fmt::format("`{}` is missing", place));
                }
                return;
            }
            auto field = to<Field>(*item, place);
            if (field) {
                out.*member.pointer = std::move(*field);
            } else {
                error = std::move(field.error());
            }
        });
        if (error) return base::fail(std::move(*error));
        return out;
    }
}
// NOLINTEND(readability-function-size)

}  // namespace json
