#include "config/fields.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "config/settings.hpp"
#include "json/describe.hpp"

namespace config {
namespace {

std::string join(std::string_view prefix, std::string_view name) {
    return prefix.empty() ? std::string(name) : std::string(prefix) + "." + std::string(name);
}

template <class T>
Kind kind_of(Field& field) {
    if constexpr (std::same_as<T, bool>) {
        return Kind::boolean;
    } else if constexpr (std::integral<T>) {
        return Kind::integer;
    } else if constexpr (std::floating_point<T>) {
        return Kind::number;
    } else if constexpr (json::DescribedEnum<T>) {
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto item) {
            std::string name = item.name;
            field.enumerators.push_back(name);
            if (name.ends_with('_')) name.pop_back();
            field.choices.push_back(std::move(name));
        });
        return Kind::choice;
    } else if constexpr (json::Vector<T>) {
        static_assert(std::same_as<typename T::value_type, std::string>);
        return Kind::text_list;
    } else {
        static_assert(std::same_as<T, std::string>);
        return Kind::text;
    }
}

template <class T>
void collect(std::vector<Field>& out, const std::string& key, const T& value) {
    if constexpr (json::DescribedStruct<T>) {
        boost::mp11::mp_for_each<json::Members<T>>(
            [&](auto member) { collect(out, join(key, member.name), value.*member.pointer); });
    } else if constexpr (json::StringMap<T>) {
        collect(out, key + ".*", typename T::mapped_type{});
    } else {
        Field field;
        field.key = key;
        field.section = key.substr(0, key.find('.'));
        field.default_value = json::from(value);
        if constexpr (json::Optional<T>) {
            field.optional = true;
            field.kind = kind_of<typename T::value_type>(field);
        } else {
            field.kind = kind_of<T>(field);
        }
        if (field.kind == Kind::choice) {
            const std::string raw = json::string_or(&field.default_value);
            field.default_value = raw.ends_with('_') ? raw.substr(0, raw.size() - 1) : raw;
        }
        out.push_back(std::move(field));
    }
}

// "a.*.c" covers "a.b.c", where b is a name that people may choose.
bool covers(std::string_view pattern, std::string_view key) {
    const auto wanted = base::split(pattern, '.');
    const auto given = base::split(key, '.');
    return std::ranges::equal(wanted, given, [](std::string_view a, std::string_view b) {
        return a == b || (a == "*" && is_free_name(b));
    });
}

}  // namespace

bool is_free_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
    });
}

const std::vector<Field>& fields() {
    static const std::vector<Field> list = [] {
        std::vector<Field> out;
        collect(out, "", Settings{});
        for (Field& field : out) {
            const auto note = std::ranges::find(notes(), std::string_view(field.key), &Note::key);
            if (note != notes().end()) field.note = &*note;
        }
        return out;
    }();
    return list;
}

const Field* find_field(std::string_view key) {
    const auto found =
        std::ranges::find_if(fields(), [&](const Field& field) { return covers(field.key, key); });
    return found == fields().end() ? nullptr : &*found;
}

const SectionNote* find_section(std::string_view name) {
    const auto found = std::ranges::find(sections(), name, &SectionNote::name);
    return found == sections().end() ? nullptr : &*found;
}

std::vector<std::string> children(std::string_view prefix) {
    const std::size_t depth = prefix.empty() ? 0 : base::split(prefix, '.').size();
    std::vector<std::string> out;
    for (const Field& field : fields()) {
        const auto parts = base::split(field.key, '.');
        if (parts.size() <= depth) continue;
        std::string head;
        for (std::size_t i = 0; i < depth; ++i) head = join(head, parts[i]);
        if (depth > 0 && !covers(head, prefix)) continue;
        const std::string name(parts[depth]);
        if (std::ranges::find(out, name) == out.end()) out.push_back(name);
    }
    return out;
}

std::string environment_name(std::string_view key) {
    std::string out = "LOCI_";
    for (const char c : key) {
        out += std::isalnum(static_cast<unsigned char>(c)) != 0
                   ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                   : '_';
    }
    return out;
}

}  // namespace config
