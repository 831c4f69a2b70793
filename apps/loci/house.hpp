// House: everything that a running server owns, in the order in which it is built; the composition
// root. The only place, with model_registry, that names concrete adapters. io thread only.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "api/app/answers.hpp"
#include "async/clock.hpp"
#include "config/load.hpp"

namespace loci {

struct HouseOptions {
    config::LoadRequest request;
    config::Loaded loaded;
    std::string version;
    std::filesystem::path program_folder;  // of the binary; loci-engine and the page lie near it
};

class House {
public:
    // Opens the data and builds everything; nothing listens yet. Errors: storage, conflict
    // (another server holds the data), corrupt, unsupported (data of a newer version).
    [[nodiscard]] static base::Result<std::unique_ptr<House>> build(boost::asio::io_context& io,
                                                                    HouseOptions options);
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    // Listens; the page can be opened from here on. Errors: conflict (port), invalid_argument.
    [[nodiscard]] base::Result<void> open();
    [[nodiscard]] std::string url() const;
    [[nodiscard]] app::PhoneLink phone_link() const;
    [[nodiscard]] async::Clock& clock();
    // Reads the configuration again. True: something waits for a restart.
    bool reload();
    // Ends turns, keeps what was said, closes sockets and data.
    [[nodiscard]] async::Task<void> close();

private:
    struct State;
    explicit House(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// The built page near the program: ../share/loci/web of an installation, or web/dist of a source
// tree that holds the build folder; empty when there is none.
[[nodiscard]] std::filesystem::path find_page(const std::filesystem::path& program_folder);

}  // namespace loci
