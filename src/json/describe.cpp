#include "json/describe.hpp"

namespace json::detail {

std::unexpected<base::Error> wrong_type(const std::string& path, std::string_view wanted) {
    return base::fail(base::ErrorCode::invalid_argument,
                      path.empty() ? fmt::format("the value must be {}", wanted)
                                   : fmt::format("`{}` must be {}", path, wanted));
}

}  // namespace json::detail
