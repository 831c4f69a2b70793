// AppApi: Loci's own surface, the WebSocket /ws and the REST routes below /api (docs/api.md).
// Owned by the composition root and outlived by what it refers to; io thread only. Failures become
// {"error": ErrorInfo} with the status of protocol/errors.json. The routes stand in one table
// (endpoint.hpp), from which /openapi.json is made too.
#pragma once

#include <memory>
#include <string>

#include "api/app/asset_shelf.hpp"
#include "api/app/auth.hpp"
#include "api/app/desks.hpp"
#include "api/app/intake.hpp"
#include "api/app/speech_desk.hpp"
#include "chat/inbox.hpp"
#include "chat/status_board.hpp"
#include "http/server.hpp"

namespace app {

struct AppContext {
    chat::ChatServices& chat;
    chat::Inbox& inbox;
    chat::StatusBoard& status;
    ModelDesk& models;
    ConfigDesk& config;
    HouseDesk& house;
    Auth& auth;
    Intake& intake;
    AssetShelf& assets;
    std::string version;
    SpeechDesk* speech = nullptr;  // null: the engine is off
};

class AppApi {
public:
    explicit AppApi(AppContext context);
    ~AppApi();
    AppApi(const AppApi&) = delete;
    AppApi& operator=(const AppApi&) = delete;

    void add_routes(http::Router& router);
    // The OpenAPI 3.1 document of what add_routes() added.
    [[nodiscard]] const std::string& openapi() const { return openapi_; }

private:
    AppContext context_;
    std::string openapi_;
};

}  // namespace app
