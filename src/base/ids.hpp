// Strong ids. Every id is a UUIDv7 (RFC 9562 section 5.7) in its usual text form, so ids sort by
// the time they were made and never clash between replicas. Values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace base {

// A fresh UUIDv7 in lower-case text, 36 characters; ids made in one process are strictly rising.
[[nodiscard]] std::string new_uuid();
// True for 36 characters of lower-case hexadecimal in the 8-4-4-4-12 form.
[[nodiscard]] bool is_uuid(std::string_view text);

template <class Tag>
class Id {
public:
    Id() = default;
    explicit Id(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] static Id make() { return Id(new_uuid()); }

    [[nodiscard]] const std::string& str() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    auto operator<=>(const Id&) const = default;

private:
    std::string text_;
};

using SessionId = Id<struct SessionTag>;
using TurnId = Id<struct TurnTag>;
using MessageId = Id<struct MessageTag>;
using PersonId = Id<struct PersonTag>;
using RequestId = Id<struct RequestTag>;

}  // namespace base

template <class Tag>
struct std::hash<base::Id<Tag>> {
    std::size_t operator()(const base::Id<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.str());
    }
};
