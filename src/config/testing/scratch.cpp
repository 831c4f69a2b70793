#include "config/testing/scratch.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "base/text.hpp"

namespace config::testing {

namespace fs = std::filesystem;

Scratch::Scratch() {
    std::string name = (fs::temp_directory_path() / "loci-config-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
    root_ = name;
    request.home = root_ / "home";
    request.working_dir = root_ / "work";
    fs::create_directories(request.home);
    fs::create_directories(request.working_dir);
}

Scratch::~Scratch() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
}

fs::path Scratch::write(std::string_view name, std::string_view text) {
    const fs::path target = path(name);
    fs::create_directories(target.parent_path());
    std::ofstream(target, std::ios::binary) << text;
    return target;
}

std::string Scratch::read(const fs::path& path) const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

fs::path Scratch::path(std::string_view name) const {
    return root_ / name;
}

Loaded Scratch::load() const {
    auto loaded = config::load(request);
    if (!loaded) throw std::runtime_error(loaded.error().text());
    return std::move(*loaded);
}

Loaded Scratch::load_yaml(std::string_view text) {
    write("home/.config/loci/config.yaml", text);
    return load();
}

std::string problems_of(const Scratch& scratch, const Loaded& loaded) {
    std::string out;
    for (const Problem& problem : loaded.problems) out += problem.text() + "\n";
    return base::replace_all(out, scratch.path("").parent_path().string(), "@");
}

}  // namespace config::testing
