#include "api/realtime/fault.hpp"

namespace realtime {

Fault to_fault(const base::Error& error) {
    const bool theirs = error.code == base::ErrorCode::invalid_argument ||
                        error.code == base::ErrorCode::not_found ||
                        error.code == base::ErrorCode::too_large;
    return {std::string(base::to_string(error.code)), error.text(), {}, !theirs};
}

json::Object to_json(const Fault& fault) {
    json::Object out;
    out["type"] = fault.ours ? "server_error" : "invalid_request_error";
    out["code"] = fault.code;
    out["message"] = fault.message;
    if (fault.param.empty()) {
        out["param"] = nullptr;
    } else {
        out["param"] = fault.param;
    }
    return out;
}

}  // namespace realtime
