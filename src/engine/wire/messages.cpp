#include "engine/wire/messages.hpp"

#include <bit>
#include <cstring>
#include <utility>

#include "engine/wire/frame.hpp"

namespace engine::wire {

static_assert(std::endian::native == std::endian::little, "floats travel in little-endian order");

Failure to_failure(const base::Error& error) {
    Failure failure{std::string(base::to_string(error.code)), error.message, error.hint, {}};
    for (const auto& [key, value] : error.details) failure.details[key] = value;
    return failure;
}

base::Error to_error(Failure failure) {
    auto error = base::make_error(base::error_code_from(failure.code), std::move(failure.message),
                                  std::move(failure.hint));
    for (auto& [key, value] : failure.details) error.details.emplace_back(key, std::move(value));
    return error;
}

std::string write_vectors(const std::vector<std::vector<float>>& rows) {
    std::string out;
    append_u32(out, rows.empty() ? 0 : static_cast<std::uint32_t>(rows.front().size()));
    for (const auto& row : rows) {
        out.append(reinterpret_cast<const char*>(row.data()), row.size() * sizeof(float));
    }
    return out;
}

base::Result<std::vector<std::vector<float>>> parse_vectors(std::string_view payload) {
    if (payload.size() < 4) return base::fail(base::ErrorCode::corrupt, "a vector frame is cut");
    const std::size_t dimension = read_u32(payload, 0);
    payload.remove_prefix(4);
    if (payload.empty()) return std::vector<std::vector<float>>{};
    if (dimension == 0 || dimension > kMaxPayload / sizeof(float) ||
        payload.size() % (dimension * sizeof(float)) != 0) {
        return base::fail(base::ErrorCode::corrupt, "a vector frame does not hold whole rows");
    }
    std::vector<std::vector<float>> rows(payload.size() / (dimension * sizeof(float)));
    for (auto& row : rows) {
        row.resize(dimension);
        std::memcpy(row.data(), payload.data(), dimension * sizeof(float));
        payload.remove_prefix(dimension * sizeof(float));
    }
    return rows;
}

}  // namespace engine::wire
