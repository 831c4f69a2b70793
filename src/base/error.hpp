// The one error type of the product: a stable code, a sentence for the person, and what to do.
// Values, copyable, no allocation beyond their strings; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace base {

// Stable codes: they appear on the wire (protocol/errors.json) and in logs, so never renumber or
// rename one. The comment says who is at fault.
enum class ErrorCode {
    invalid_argument,  // the caller: malformed or out of range
    not_found,         // the caller: no such thing
    conflict,          // the caller: state does not allow this now
    unauthorized,      // the caller: no or wrong credentials
    forbidden,         // the caller: known, but not allowed
    too_large,         // the caller: over a stated limit
    rate_limited,      // the caller or an upstream's quota: try later
    cancelled,         // the person stopped it
    timeout,           // time ran out
    unavailable,       // a part is off, missing or still loading
    upstream,          // a remote provider failed or broke its protocol
    engine_crashed,    // loci-engine died during the work
    out_of_memory,     // the model or context does not fit
    storage,           // the database or file system refused
    corrupt,           // data does not parse or fails its checksum
    unsupported,       // understood, but not offered
    internal,          // a bug of ours
};

[[nodiscard]] std::string_view to_string(ErrorCode code);
// Inverse of to_string; unknown names give `internal`.
[[nodiscard]] ErrorCode error_code_from(std::string_view name);

struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;  // what happened and where, one sentence, no person's words, no secret
    std::string hint;     // what to do about it, or what others said: shown, never logged
    std::vector<std::pair<std::string, std::string>> details;

    // "message (hint)" for terminals and logs.
    [[nodiscard]] std::string text() const;
    // The same error with `context: ` put before its message.
    [[nodiscard]] Error within(std::string_view context) &&;
    // The same error with a detail added.
    [[nodiscard]] Error with(std::string key, std::string value) &&;
};

[[nodiscard]] inline Error make_error(ErrorCode code, std::string message, std::string hint = {}) {
    return Error{code, std::move(message), std::move(hint), {}};
}

}  // namespace base
