// Fault: why an event of the client was refused, in the words of the Realtime protocol. It becomes
// one `error` event; the session goes on. Values; any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "json/json.hpp"

namespace realtime {

struct Fault {
    std::string code;  // "invalid_value", …
    std::string message;
    std::string param = {};  // "session.audio.output.voice"; may be empty
    bool ours = false;       // server_error instead of invalid_request_error
};

template <class T>
using Checked = std::expected<T, Fault>;

[[nodiscard]] inline std::unexpected<Fault> refuse(std::string_view code, std::string message,
                                                   std::string param = {}) {
    return std::unexpected(Fault{std::string(code), std::move(message), std::move(param)});
}
// Something here failed: the engine, a model.
[[nodiscard]] Fault to_fault(const base::Error& error);

[[nodiscard]] inline json::Value or_null(const std::string& text) {
    return text.empty() ? json::Value() : json::Value(text);
}
// The `error` of an error event or of a failed response.
[[nodiscard]] json::Object to_json(const Fault& fault);

}  // namespace realtime
