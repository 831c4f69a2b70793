// The files of one model's folder, found by how their names begin. Blocking; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace engine::folders {

struct Listing {
    std::string folder;
    std::vector<std::string> names;  // of its regular files, sorted
    long long bytes = 0;             // of all of them

    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] bool has_model() const;  // any .onnx or .ort
    // The path of the model file whose name begins so, up to a mark or its end; empty: none. Of
    // several the 8-bit one, which is quicker; the other way round where `exact` matters more.
    [[nodiscard]] std::string find(std::string_view begin, bool exact = false) const;
    [[nodiscard]] std::string find_vocoder() const;
};

// Empty when it cannot be read.
[[nodiscard]] Listing list_folder(const std::string& path);

}  // namespace engine::folders
