// multipart/form-data (RFC 7578) in memory, as forms with a file come. Hostile input: anything that
// does not fit is an error and nothing is guessed. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace openai {

struct FormPart {
    std::string name;
    std::string file_name;  // empty: a plain field
    std::string_view content;
};

class Form {
public:
    // `body` outlives the form. Errors: invalid_argument.
    [[nodiscard]] static base::Result<Form> parse(std::string_view content_type,
                                                  std::string_view body);

    // The first of that name; nullptr: there is none.
    [[nodiscard]] const FormPart* find(std::string_view name) const;
    [[nodiscard]] std::string text(std::string_view name, std::string_view fallback = {}) const;
    // All of `name` and `name[]`.
    [[nodiscard]] std::vector<std::string> list(std::string_view name) const;
    [[nodiscard]] const std::vector<FormPart>& parts() const { return parts_; }

private:
    std::vector<FormPart> parts_;
};

}  // namespace openai
