#include "api/openai/multipart.hpp"

#include <optional>

#include "base/text.hpp"

namespace openai {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxParts = 64;
constexpr std::size_t kMaxPartHead = 8'192;
constexpr std::size_t kMaxBoundary = 70;  // RFC 2046

std::unexpected<base::Error> broken(std::string what) {
    return base::fail(ErrorCode::invalid_argument, "the form: " + what,
                      "send multipart/form-data as RFC 7578 describes it");
}

// The value of `; key=value` or `; key="value"` in a header.
std::optional<std::string> parameter(std::string_view header, std::string_view key) {
    std::size_t at = header.find(';');
    while (at != std::string_view::npos) {
        header.remove_prefix(at + 1);
        header = base::trim(header);
        const std::size_t equals = header.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const bool wanted = base::to_lower_ascii(base::trim(header.substr(0, equals))) == key;
        header.remove_prefix(equals + 1);
        std::string value;
        if (header.starts_with('"')) {
            std::size_t i = 1;
            for (; i < header.size() && header[i] != '"'; ++i) {
                if (header[i] == '\\' && i + 1 < header.size()) ++i;
                value += header[i];
            }
            if (i >= header.size()) return std::nullopt;
            header.remove_prefix(i + 1);
        } else {
            value = base::trim(header.substr(0, header.find(';')));
        }
        if (wanted) return value;
        at = header.find(';');
    }
    return std::nullopt;
}

base::Result<FormPart> read_part(std::string_view part) {
    const std::size_t end = part.find("\r\n\r\n");
    if (end == std::string_view::npos || end > kMaxPartHead) return broken("a part has no head");
    FormPart out;
    bool named = false;
    for (std::string_view line : base::split(part.substr(0, end), '\n')) {
        line = base::trim(line);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return broken("a line of a part's head has no colon");
        if (base::to_lower_ascii(line.substr(0, colon)) != "content-disposition") continue;
        auto name = parameter(line, "name");
        if (!name) return broken("a part has no name");
        out.name = std::move(*name);
        out.file_name = parameter(line, "filename").value_or("");
        named = true;
    }
    if (!named) return broken("a part has no name");
    out.content = part.substr(end + 4);
    return out;
}

}  // namespace

base::Result<Form> Form::parse(std::string_view content_type, std::string_view body) {
    if (!base::to_lower_ascii(content_type).starts_with("multipart/form-data")) {
        return broken("the content type is not multipart/form-data");
    }
    const auto boundary = parameter(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) {
        return broken("the content type names no boundary");
    }
    const std::string first = "--" + *boundary;
    const std::string next = "\r\n" + first;
    std::size_t at = body.starts_with(first) ? first.size() : body.find(next);
    if (at == std::string_view::npos) return broken("its boundary does not occur");
    if (!body.starts_with(first)) at += next.size();
    Form form;
    while (!body.substr(at).starts_with("--")) {
        if (!body.substr(at).starts_with("\r\n")) return broken("a boundary does not end its line");
        at += 2;
        const std::size_t end = body.find(next, at);
        if (end == std::string_view::npos) return broken("it breaks off");
        if (form.parts_.size() >= kMaxParts) return broken("it has too many parts");
        // A part without a head begins with the empty line that ends it.
        TRY(part, read_part(body.substr(at, end - at)));
        form.parts_.push_back(std::move(part));
        at = end + next.size();
    }
    return form;
}

const FormPart* Form::find(std::string_view name) const {
    for (const auto& part : parts_) {
        if (part.name == name) return &part;
    }
    return nullptr;
}

std::string Form::text(std::string_view name, std::string_view fallback) const {
    const auto* part = find(name);
    return std::string(part == nullptr ? fallback : part->content);
}

std::vector<std::string> Form::list(std::string_view name) const {
    std::vector<std::string> out;
    for (const auto& part : parts_) {
        if (part.name == name || part.name == std::string(name) + "[]") {
            out.emplace_back(part.content);
        }
    }
    return out;
}

}  // namespace openai
