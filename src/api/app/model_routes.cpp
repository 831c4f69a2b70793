// Models and settings.
#include <utility>

#include "api/app/rows.hpp"

namespace app {
namespace {

using ModelCall = async::Task<base::Result<void>> (ModelDesk::*)(std::string);

Giving<ModelList> list_models(AppContext& context, RequestPtr) {
    co_return ModelList{context.models.cards(), context.models.offers()};
}

template <ModelCall call>
Giving<ModelList> model_call(AppContext& context, RequestPtr request) {
    auto calling = (context.models.*call)(request->params["id"]);
    CO_TRY_DO(co_await std::move(calling));
    co_return ModelList{context.models.cards(), {}};
}

Giving<ModelList> answer_with(AppContext& context, RequestPtr request, AnswerAgain body) {
    Question question;
    question.person = Auth::owner();
    question.session = base::SessionId(std::move(body.session_id));
    question.reply = base::MessageId(std::move(body.message_id));
    auto answering = context.models.answer(request->params["id"], std::move(question));
    CO_TRY_DO(co_await std::move(answering));
    co_return ModelList{context.models.cards(), {}};
}

Giving<ModelList> download(AppContext& context, RequestPtr, Download body) {
    std::string id = body.model ? *body.model : body.id.value_or("");
    if (id.empty()) {
        co_return base::fail(base::ErrorCode::invalid_argument, "`model` names what to fetch",
                             "see GET /api/models");
    }
    auto pulling = context.models.pull(std::move(id));
    CO_TRY_DO(co_await std::move(pulling));
    co_return ModelList{context.models.cards(), {}};
}

Giving<json::Value> show_config(AppContext& context, RequestPtr) {
    co_return context.config.show();
}

Giving<ConfigChange> patch_config(AppContext& context, RequestPtr, json::Value changes) {
    co_return context.config.patch(changes);
}

}  // namespace

void add_model_routes(Endpoints& rows, AppContext& context) {
    using enum base::ErrorCode;
    rows.push_back(
        endpoint<&list_models>({.method = "GET",
                                .path = "/api/models",
                                .summary = "Models of this machine and its providers, and what "
                                           "other programs here could serve",
                                .also = {"/api/v1/models/status"}},
                               context));
    const auto call = [&](auto made) { rows.push_back(std::move(made)); };
    call(endpoint<&model_call<&ModelDesk::use>>({.method = "POST",
                                                 .path = "/api/models/{id}/use",
                                                 .summary = "Answers with this model from now on",
                                                 .statuses = {202},
                                                 .errors = {conflict, unavailable},
                                                 .also = {"/api/models/{id}/load"}},
                                                context));
    call(endpoint<&model_call<&ModelDesk::pull>>({.method = "POST",
                                                  .path = "/api/models/{id}/pull",
                                                  .summary = "Begins to fetch this model",
                                                  .statuses = {202},
                                                  .errors = {conflict, unavailable}},
                                                 context));
    call(endpoint<&model_call<&ModelDesk::remove>>({.method = "POST",
                                                    .path = "/api/models/{id}/remove",
                                                    .summary = "Removes its files",
                                                    .statuses = {202},
                                                    .errors = {conflict}},
                                                   context));
    call(endpoint<&model_call<&ModelDesk::cancel>>({.method = "POST",
                                                    .path = "/api/models/{id}/cancel",
                                                    .summary = "Stops fetching it",
                                                    .statuses = {202},
                                                    .errors = {conflict}},
                                                   context));
    call(endpoint<&answer_with>({.method = "POST",
                                 .path = "/api/models/{id}/answer",
                                 .summary = "Answers again with this model, as soon as it is here",
                                 .statuses = {202},
                                 .errors = {conflict, unavailable}},
                                context));
    call(endpoint<&download>({.method = "POST",
                              .path = "/api/v1/models/download",
                              .summary = "The earlier gateway's way to fetch a model",
                              .statuses = {202},
                              .errors = {conflict, unavailable}},
                             context));
    rows.push_back(endpoint<&show_config>({.method = "GET",
                                           .path = "/api/config",
                                           .summary = "Every setting with its origin, and the "
                                                      "schema; secrets masked"},
                                          context));
    rows.push_back(endpoint<&patch_config>({.method = "PATCH",
                                            .path = "/api/config",
                                            .summary = "Changes settings: {\"chat.queue\": "
                                                       "\"steer\"}; null takes a change back",
                                            .errors = {conflict}},
                                           context));
}

}  // namespace app
