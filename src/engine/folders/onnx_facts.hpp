// What an ONNX model says about itself, read without loading it: its file is walked from field to
// field (onnx/onnx.proto, ModelProto), so that a cut or foreign file is told before a library that
// would end the process sees it. Reads a few kilobytes whatever the size. Any thread.
// Errors: not_found, corrupt (with what the file is instead).
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"

namespace engine::folders {

using Facts = std::map<std::string, std::string>;

// The model's metadata: keys and values as its maker wrote them.
[[nodiscard]] base::Result<Facts> read_onnx_facts(const std::string& path);

}  // namespace engine::folders
