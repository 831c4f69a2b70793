#include "engine_setup.hpp"

#include <cstdlib>
#include <string_view>

#include "adapters/speech_engine/engine_speech.hpp"
#include "speech_setup.hpp"

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

engine::EngineRole role_of(std::string_view role) {
    if (role == "embedding") return engine::EngineRole::embed;
    if (role == "recogniser") return engine::EngineRole::recognise;
    if (role == "voice") return engine::EngineRole::speak;
    if (role == "activity") return engine::EngineRole::activity;
    if (role == "turn") return engine::EngineRole::turn;
    if (role == "wake") return engine::EngineRole::wake;
    return engine::EngineRole::chat;
}

}  // namespace

std::string find_engine_program(const fs::path& program_folder) {
    return find_near(program_folder, "loci-engine");
}

fs::path cache_folder() {
    if (const char* cache = std::getenv("LOCI_CACHE")) return cache;
    if (const char* xdg = std::getenv("XDG_CACHE_HOME")) return fs::path(xdg) / "loci";
    if (const char* home = std::getenv("HOME")) return fs::path(home) / ".cache/loci";
    return {};
}

std::vector<fs::path> model_folders(const config::Settings& settings) {
    const fs::path starters = cache_folder();
    std::vector<fs::path> folders{settings.data.models_folder};
    if (!starters.empty()) folders.push_back(starters / "models");
    return folders;
}

std::vector<engine::EngineModel> engine_models(const ModelShelf& shelf,
                                               const config::Settings& settings) {
    std::vector<engine::EngineModel> models;
    engine::EngineModel flite;
    flite.id = flite.name = adapters::speech_engine::kFlite;
    flite.role = engine::EngineRole::speak;
    models.push_back(std::move(flite));
    for (const auto& entry : shelf.entries()) {
        if (!shelf.state(entry.id).present) continue;
        engine::EngineModel model;
        model.id = entry.id;
        model.name = entry.name;
        model.path = shelf.state(entry.id).path.string();
        model.role = role_of(entry.role);
        model.family = entry.family;
        if (model.role == engine::EngineRole::wake) model.shared = wake_base_folder(shelf);
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
    // The engine's sandbox is given the folders at its start, so they have to be there by then. If
    // one cannot be made, the first pull says why.
    std::error_code ignored;
    fs::create_directories(shelf.owners_folder(), ignored);
    fs::create_directories(shelf.starters_folder(), ignored);
    options.starters_folder = shelf.starters_folder().string();
    options.speech_folder = find_speech_folder(program_folder);
    options.threads = settings.engine.threads;
    options.idle_unload = std::chrono::minutes(settings.engine.idle_unload_minutes);
    options.models = engine_models(shelf, settings);
    return std::make_unique<engine::EngineHost>(std::move(executor), clock, std::move(options));
}

}  // namespace loci
