#include "engine_setup.hpp"

#include <cstdlib>

namespace loci {
namespace {

namespace fs = std::filesystem;
namespace engine = adapters::llm_engine;

// Beside the program of an installation, or in the build tree's folder of its own.
std::string find_near(const fs::path& folder, const char* name) {
    std::error_code ignored;
    for (const fs::path& place : {folder / name, folder.parent_path() / "loci-engine" / name,
                                  folder.parent_path() / "lib/loci" / name}) {
        if (fs::is_regular_file(place, ignored)) return place.string();
    }
    return {};
}

}  // namespace

std::string find_engine_program(const fs::path& program_folder) {
    return find_near(program_folder, "loci-engine");
}

std::vector<fs::path> model_folders(const config::Settings& settings) {
    fs::path starters;
    if (const char* cache = std::getenv("LOCI_CACHE")) {
        starters = cache;
    } else if (const char* xdg = std::getenv("XDG_CACHE_HOME")) {
        starters = fs::path(xdg) / "loci";
    } else if (const char* home = std::getenv("HOME")) {
        starters = fs::path(home) / ".cache/loci";
    }
    std::vector<fs::path> folders{settings.data.models_folder};
    if (!starters.empty()) folders.push_back(starters / "models");
    return folders;
}

std::vector<engine::EngineModel> engine_models(const ModelShelf& shelf,
                                               const config::Settings& settings) {
    std::vector<engine::EngineModel> models;
    for (const auto& entry : shelf.entries()) {
        if (!shelf.state(entry.id).present) continue;
        engine::EngineModel model;
        model.id = entry.id;
        model.name = entry.name;
        model.path = shelf.state(entry.id).path.string();
        model.role =
            entry.role == "embedding" ? engine::EngineRole::embed : engine::EngineRole::chat;
        model.context_tokens =
            entry.starter ? entry.context_tokens : settings.engine.context_tokens;
        model.raw_prompt = true;
        models.push_back(std::move(model));
    }
    return models;
}

std::unique_ptr<engine::EngineHost> make_engine(async::Executor executor, async::Clock& clock,
                                                const config::Settings& settings,
                                                const fs::path& program_folder,
                                                const ModelShelf& shelf) {
    if (settings.engine.mode == config::EngineMode::off) return nullptr;
    engine::EngineOptions options;
    options.mode = settings.engine.mode == config::EngineMode::inline_
                       ? engine::EngineMode::in_process
                       : engine::EngineMode::own_process;
    options.program = find_engine_program(program_folder);
    options.library = find_near(program_folder, "libloci-engine.so");
    options.models_folder = shelf.owners_folder().string();
    // The engine's sandbox is given the folder at its start, so it has to be there by then. If it
    // cannot be made, the first pull says why.
    std::error_code ignored;
    fs::create_directories(shelf.owners_folder(), ignored);
    options.threads = settings.engine.threads;
    options.idle_unload = std::chrono::minutes(settings.engine.idle_unload_minutes);
    options.models = engine_models(shelf, settings);
    return std::make_unique<engine::EngineHost>(std::move(executor), clock, std::move(options));
}

}  // namespace loci
