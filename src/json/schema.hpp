// JSON Schema (2020-12) of the structs that json::from() writes and json::to() reads, so that a
// document about the wire cannot disagree with what is on it.
//   SchemaBook book("#/components/schemas/");
//   Value schema = book.of<Session>();      // {"$ref": "#/components/schemas/Session"}
// Structs and enums are collected under their own names in definitions(). Pure; any thread.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include "json/describe.hpp"

namespace json {

namespace detail {

// "Session" for chat::wire::Session, also in an unnamed namespace.
template <class T>
[[nodiscard]] std::string type_name() {
    std::string_view name = __PRETTY_FUNCTION__;
    name = name.substr(name.find("T = ") + 4);
    name = name.substr(0, name.find_first_of(";]"));
    const std::size_t colon = name.rfind("::");
    return std::string(colon == std::string_view::npos ? name : name.substr(colon + 2));
}

}  // namespace detail

class SchemaBook {
public:
    // `prefix` stands before the name of a definition in a $ref.
    explicit SchemaBook(std::string prefix) : prefix_(std::move(prefix)) {}

    // A json::Value is any object: what it holds is described elsewhere.
    template <class T>
    [[nodiscard]] Value of() {
        if constexpr (std::same_as<T, Value>) {
            return Object{{"type", "object"}};
        } else if constexpr (std::same_as<T, std::string>) {
            return Object{{"type", "string"}};
        } else if constexpr (std::same_as<T, bool>) {
            return Object{{"type", "boolean"}};
        } else if constexpr (std::integral<T>) {
            return Object{{"type", "integer"}};
        } else if constexpr (std::floating_point<T>) {
            return Object{{"type", "number"}};
        } else if constexpr (Optional<T>) {
            return of<typename T::value_type>();
        } else if constexpr (Vector<T>) {
            return Object{{"type", "array"}, {"items", of<typename T::value_type>()}};
        } else if constexpr (StringMap<T>) {
            return Object{{"type", "object"},
                          {"additionalProperties", of<typename T::mapped_type>()}};
        } else {
            return reference<T>();
        }
    }
    [[nodiscard]] const Object& definitions() const { return definitions_; }

private:
    template <class T>
    [[nodiscard]] Value reference() {
        const std::string name = detail::type_name<T>();
        if (!definitions_.contains(name)) {
            definitions_[name] = nullptr;  // a type that holds itself finds its place taken
            Value made = definition<T>();
            definitions_[name] = std::move(made);
        }
        return Object{{"$ref", prefix_ + name}};
    }

    template <class T>
    [[nodiscard]] Value definition() {
        if constexpr (DescribedEnum<T>) {
            Array names;
            boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
                [&](auto item) { names.push_back(Value(item.name)); });
            return Object{{"type", "string"}, {"enum", std::move(names)}};
        } else {
            static_assert(DescribedStruct<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
            Object properties;
            Array required;
            boost::mp11::mp_for_each<Members<T>>([&](auto member) {
                using Field = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
                properties[member.name] = of<Field>();
                if constexpr (!Optional<Field>) required.push_back(Value(member.name));
            });
            Object out{{"type", "object"}, {"properties", std::move(properties)}};
            if (!required.empty()) out["required"] = std::move(required);
            return out;
        }
    }

    std::string prefix_;
    Object definitions_;
};

}  // namespace json
