// What the routes of the OpenAI form share: answers, errors in OpenAI's shape, voices by their
// names there. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/server.hpp"
#include "json/json.hpp"

namespace openai {

// {"error": {message, type, param, code}}; the hint is part of the message.
[[nodiscard]] json::Value error_body(const base::Error& error);
// What the caller sent is at fault for `corrupt` and `unsupported`, too.
[[nodiscard]] int status_for(const base::Error& error);
[[nodiscard]] http::Response error_answer(const base::Error& error);

// invalid_argument that names the parameter.
[[nodiscard]] base::Error bad_parameter(std::string_view name, std::string message,
                                        std::string hint = {});

// The voices that OpenAI's programs offer mean the voice chosen here (empty), because no machine
// but theirs has them. Any other name is one of ours and stays as it is.
[[nodiscard]] std::string own_voice(std::string_view name);

}  // namespace openai
