#include "api/openai/answers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace openai {
namespace {

using base::ErrorCode;

constexpr std::array<std::string_view, 13> kTheirVoices{
    "alloy", "ash",  "ballad", "cedar", "coral",   "echo", "fable",
    "marin", "nova", "onyx",   "sage",  "shimmer", "verse"};

std::string_view type_of(const base::Error& error) {
    const int status = status_for(error);
    if (status == 401) return "authentication_error";
    if (status == 429) return "rate_limit_error";
    return status < 500 ? "invalid_request_error" : "server_error";
}

}  // namespace

int status_for(const base::Error& error) {
    if (error.code == ErrorCode::corrupt || error.code == ErrorCode::unsupported) return 400;
    return http::status_of(error.code);
}

json::Value error_body(const base::Error& error) {
    json::Object about;
    about["message"] = error.hint.empty() ? error.message : error.message + ": " + error.hint;
    about["type"] = type_of(error);
    about["param"] = nullptr;
    about["code"] = base::to_string(error.code);
    for (const auto& [key, value] : error.details) {
        if (key == "param") about["param"] = value;
    }
    return json::Object{{"error", std::move(about)}};
}

http::Response error_answer(const base::Error& error) {
    http::Response response =
        http::json_response(json::write(error_body(error)), status_for(error));
    for (const auto& [key, value] : error.details) {
        if (key == "retry_after_s") response.headers.set("Retry-After", value);
    }
    return response;
}

base::Error bad_parameter(std::string_view name, std::string message, std::string hint) {
    return base::make_error(ErrorCode::invalid_argument, std::move(message), std::move(hint))
        .with("param", std::string(name));
}

std::string own_voice(std::string_view name) {
    return std::ranges::find(kTheirVoices, name) != kTheirVoices.end() ? std::string()
                                                                       : std::string(name);
}

}  // namespace openai
