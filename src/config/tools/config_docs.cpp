// Writes docs/configuration.md from the settings; with --check only says whether it is current.
// usage: config_docs [--check] FILE
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "config/show.hpp"

int main(int argc, char** argv) {
    const bool check = argc == 3 && std::string(argv[1]) == "--check";
    if (argc != 2 && !check) {
        std::fputs("usage: config_docs [--check] FILE\n", stderr);
        return 2;
    }
    const std::string path = argv[argc - 1];
    const std::string page = config::reference_page();
    if (check) {
        std::ifstream in(path, std::ios::binary);
        const std::string now((std::istreambuf_iterator<char>(in)), {});
        if (now == page) return 0;
        std::fprintf(stderr, "%s is not current; run: config_docs %s\n", path.c_str(),
                     path.c_str());
        return 1;
    }
    std::ofstream out(path, std::ios::binary);
    out << page;
    out.close();
    if (!out) {
        std::fprintf(stderr, "%s cannot be written\n", path.c_str());
        return 1;
    }
    return 0;
}
