// Any bytes as a config file in each of the three formats, through the readers and the checks of
// names and values: problems are fine, crashes, hangs and unbounded memory are not.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/detail/layers.hpp"
#include "config/substitute.hpp"
#include "config/tree.hpp"
#include "config/values.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    // The first byte picks the reader.
    const auto format = static_cast<config::Format>(data[0] % 3);
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const config::Variables variables = {{"A", "value"}, {"B", ""}};
    if (const auto secrets = config::parse_secrets(text); !secrets) {
        if (secrets.error().message.empty()) __builtin_trap();
    }
    const config::Place source{config::Origin::file, "fuzz", 0, 0};
    const auto tree = config::read_tree(text, format, source);
    if (!tree) {
        if (tree.error().message.empty()) __builtin_trap();
        return 0;
    }
    std::vector<config::Problem> problems;
    const config::detail::Layer layer = config::detail::file_layer(*tree, problems);
    for (const config::Problem& problem : problems) {
        if (problem.text().empty()) __builtin_trap();
    }
    for (const auto& [key, leaf] : layer) {
        const auto value = config::read_value(*leaf.field, leaf.value, &variables);
        // What was accepted once is accepted again: the settings page writes it back.
        if (value && !config::check_value(*leaf.field, *value)) __builtin_trap();
    }
    return 0;
}
