// HTTP messages as plain values, shared by client and server. Any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

// Header names are kept as given and compared without case.
class Headers {
public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<std::string, std::string>> items) : items_(items) {}

    void add(std::string name, std::string value);
    void set(std::string name, std::string value);
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& items() const {
        return items_;
    }

private:
    std::vector<std::pair<std::string, std::string>> items_;
};

[[nodiscard]] std::string url_encode(std::string_view text);
// Percent-decoding; '+' becomes a space when `form` is true. Invalid sequences stay as they are.
enum class PlusSign { literal, space };
[[nodiscard]] std::string url_decode(std::string_view text, PlusSign plus = PlusSign::literal);

}  // namespace http
