#include "samples.hpp"

#include <algorithm>
#include <cmath>

namespace bench {
namespace {

double rounded(double value) {
    return std::round(value * 1000) / 1000;
}

}  // namespace

void Samples::add(const Samples& other) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
}

double Samples::at(double share) const {
    if (values_.empty()) return 0;
    std::vector<double> sorted = values_;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(size())));
    const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1));
    std::nth_element(sorted.begin(), place - 1, sorted.end());
    return *(place - 1);
}

json::Value Samples::summary() const {
    json::Object object;
    object["n"] = size();
    object["min"] = rounded(at(0));
    object["p50"] = rounded(at(0.5));
    object["p95"] = rounded(at(0.95));
    object["p99"] = rounded(at(0.99));
    object["max"] = rounded(at(1));
    return object;
}

}  // namespace bench
