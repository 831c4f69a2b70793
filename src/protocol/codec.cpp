#include "protocol/codec.hpp"

#include <utility>

#include "base/log.hpp"
#include "protocol/detail/variant.hpp"

namespace protocol {
std::string_view type_of(const Event& event) {
    return std::visit([](const auto& item) { return std::remove_cvref_t<decltype(item)>::kType; },
                      event);
}

std::string_view type_of(const Command& command) {
    return std::visit([](const auto& item) { return std::remove_cvref_t<decltype(item)>::kType; },
                      command);
}

json::Value encode(const Event& event, std::optional<long long> seq) {
    return detail::encode_variant(event, seq);
}

std::string encode_text(const Event& event, std::optional<long long> seq) {
    return json::write(detail::encode_variant(event, seq));
}

json::Value encode(const Command& command) {
    return detail::encode_variant(command, {});
}

base::Result<Command> decode_command(std::string_view text) {
    return detail::decode_variant<Command>(text);
}

base::Result<Event> decode_event(std::string_view text) {
    return detail::decode_variant<Event>(text);
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
