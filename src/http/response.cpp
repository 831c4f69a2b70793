#include <array>

#include "base/log.hpp"
#include "http/server.hpp"
#include "json/json.hpp"

namespace http {

int status_of(base::ErrorCode code) {
    using enum base::ErrorCode;
    switch (code) {
        case invalid_argument:
            return 400;
        case not_found:
            return 404;
        case conflict:
            return 409;
        case unauthorized:
            return 401;
        case forbidden:
            return 403;
        case too_large:
            return 413;
        case rate_limited:
            return 429;
        case cancelled:
            return 499;
        case timeout:
            return 504;
        case unavailable:
            return 503;
        case upstream:
            return 502;
        case engine_crashed:
            return 502;
        case out_of_memory:
            return 507;
        case storage:
            return 507;
        case corrupt:
            return 500;
        case unsupported:
            return 501;
        case internal:
            return 500;
    }
    return 500;
}

Response json_response(std::string json_text, int status) {
    Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.body = std::move(json_text);
    return response;
}

Response error_response(const base::Error& error) {
    json::Object about;
    about["code"] = base::to_string(error.code);
    about["message"] = base::log::redact(error.message);
    about["hint"] = base::log::redact(error.hint);
    if (!error.details.empty()) {
        json::Object details;
        for (const auto& [key, value] : error.details) details[key] = base::log::redact(value);
        about["details"] = std::move(details);
    }
    json::Object body;
    body["error"] = std::move(about);
    return json_response(json::write(body), status_of(error.code));
}

}  // namespace http
