// The route groups of the surface: each adds its rows to the table. Private to api/app.
#pragma once

#include "api/app/endpoint.hpp"

namespace app {

void add_session_routes(Endpoints& rows, AppContext& context);
void add_earlier_routes(Endpoints& rows, AppContext& context);
void add_chat_routes(Endpoints& rows, AppContext& context);
void add_model_routes(Endpoints& rows, AppContext& context);
void add_asset_routes(Endpoints& rows, AppContext& context);
void add_body_routes(Endpoints& rows, AppContext& context);
void add_house_routes(Endpoints& rows, AppContext& context);
void add_socket(Endpoints& rows, AppContext& context);
void add_voice_socket(Endpoints& rows, AppContext& context);

}  // namespace app
