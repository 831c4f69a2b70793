// Finds loci-engine and the folders of models, and makes the EngineHost of the settings.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "adapters/llm_engine/engine_host.hpp"
#include "config/settings.hpp"
#include "model_shelf.hpp"

namespace loci {

// The models of the shelf that are there, as the engine takes them.
[[nodiscard]] std::vector<adapters::llm_engine::EngineModel> engine_models(
    const ModelShelf& shelf, const config::Settings& settings);

// Null when engine.mode is off.
[[nodiscard]] std::unique_ptr<adapters::llm_engine::EngineHost> make_engine(
    async::Executor executor, async::Clock& clock, const config::Settings& settings,
    const std::filesystem::path& program_folder, const ModelShelf& shelf);

// The path of loci-engine; empty when it is not there.
[[nodiscard]] std::string find_engine_program(const std::filesystem::path& program_folder);

// Where the set-up keeps what it fetched; empty when this system names no such place.
[[nodiscard]] std::filesystem::path cache_folder();

// The owner's folder first, then the one that the set-up fills with the starter models.
[[nodiscard]] std::vector<std::filesystem::path> model_folders(const config::Settings& settings);

}  // namespace loci
