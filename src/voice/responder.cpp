#include "voice/responder.hpp"

#include <utility>

namespace voice {

async::Task<void> Responder::prepare(Question partial, std::stop_token stop) {
    static_cast<void>(partial);
    static_cast<void>(stop);
    co_return;
}

async::Task<void> Responder::ended(Ending ending) {
    static_cast<void>(ending);
    co_return;
}

}  // namespace voice
