// Models and settings.
#include <utility>

#include "api/app/routes.hpp"
#include "json/describe.hpp"

namespace app {
namespace {

Handling list_models(AppContext& context, RequestPtr) {
    co_return ok(json::Object{{"models", json::from(context.models.cards())},
                              {"offers", json::from(context.models.offers())}});
}

using ModelCall = async::Task<base::Result<void>> (ModelDesk::*)(std::string);

Handling model_call(AppContext& context, RequestPtr request, ModelCall call) {
    auto calling = (context.models.*call)(request->params["id"]);
    CO_TRY_DO(co_await std::move(calling));
    co_return ok(json::Object{{"models", json::from(context.models.cards())}}, 202);
}

Handling show_config(AppContext& context, RequestPtr) {
    co_return ok(context.config.show());
}

Handling patch_config(AppContext& context, RequestPtr request) {
    CO_TRY(body, json_body(*request));
    CO_TRY(changed, context.config.patch(body));
    co_return ok(changed);
}

}  // namespace

void add_model_routes(http::Router& router, AppContext& context) {
    router.add("GET", "/api/models",
               [&context](RequestPtr request) { return list_models(context, std::move(request)); });
    const auto add_call = [&](const char* pattern, ModelCall call) {
        router.add("POST", pattern, [&context, call](RequestPtr request) {
            return model_call(context, std::move(request), call);
        });
    };
    add_call("/api/models/{id}/use", &ModelDesk::use);
    add_call("/api/models/{id}/load", &ModelDesk::use);  // the earlier gateway's name
    add_call("/api/models/{id}/pull", &ModelDesk::pull);
    add_call("/api/models/{id}/remove", &ModelDesk::remove);
    add_call("/api/models/{id}/cancel", &ModelDesk::cancel);
    router.add("GET", "/api/config",
               [&context](RequestPtr request) { return show_config(context, std::move(request)); });
    router.add("PATCH", "/api/config", [&context](RequestPtr request) {
        return patch_config(context, std::move(request));
    });
}

}  // namespace app
