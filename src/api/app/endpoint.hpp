// One row of the surface's route table: what an address does, what it takes and gives, and the
// handler. The router and /openapi.json are both made from the rows, and the schemas come from the
// handler's own types, so that the description cannot disagree with what happens. io thread only.
//
//   endpoint<&list_sessions>({.method = "GET", .path = "/api/sessions", .summary = "…"}, context)
//
// A handler is Task<Result<Out>>(AppContext&, RequestPtr) or, with a JSON body, …(…, In). `Out` and
// `In` are described structs, or json::Value for an object that is described elsewhere. An `Out` of
// http::Response is sent as it is (a file, plain text); Status<Out> chooses the status by itself.
#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "api/app/routes.hpp"
#include "json/schema.hpp"

namespace app {

// A whole number in the query; anything else is refused with invalid_argument.
struct IntQuery {
    const char* name;
    const char* about;
    int fallback;
    int low;
    int high;
};
// A text in the query, one of `choices` where there are any.
struct TextQuery {
    const char* name;
    const char* about;
    std::vector<const char*> choices = {};
    bool required = false;
};
using QueryParameter = std::variant<IntQuery, TextQuery>;

struct About {
    const char* method;
    const char* path;
    const char* summary;
    std::vector<QueryParameter> query = {};
    http::Access access = http::Access::guarded;
    // The statuses of a good answer.
    std::vector<int> statuses = {200};
    // Errors besides those that every address may answer with.
    std::vector<base::ErrorCode> errors = {};
    std::vector<const char*> media = {"application/json"};
    // Addresses of earlier systems that do the same.
    std::vector<const char*> also = {};
    // Uploads have limits of their own.
    http::Intake intake = http::Intake::requests;
};

template <class T>
using Giving = async::Task<base::Result<T>>;

using Schema = std::function<json::Value(json::SchemaBook&)>;

struct Endpoint {
    About about;
    Schema body;    // empty: takes none
    Schema answer;  // empty: see about.media
    std::variant<http::Handler, http::StreamHandler, http::WebSocketHandler> run;
    http::SocketOptions socket = {};
};
using Endpoints = std::vector<Endpoint>;

template <class Out>
struct Status {
    Out value;
    int status = 200;
};

namespace detail {

template <class T>
struct HandlerTypes;
template <class Out_>
struct HandlerTypes<async::Task<base::Result<Out_>> (*)(AppContext&, RequestPtr)> {
    using Out = Out_;
    using In = void;
};
template <class Out_, class In_>
struct HandlerTypes<async::Task<base::Result<Out_>> (*)(AppContext&, RequestPtr, In_)> {
    using Out = Out_;
    using In = In_;
};

template <class T>
struct Unwrapped {
    using Type = T;
};
template <class T>
struct Unwrapped<Status<T>> {
    using Type = T;
};

template <class Out>
[[nodiscard]] http::Response to_response(Out value, int status) {
    if constexpr (std::same_as<Out, http::Response>) {
        return value;
    } else if constexpr (!std::same_as<Out, typename Unwrapped<Out>::Type>) {
        return ok(json::from(value.value), value.status);
    } else {
        return ok(json::from(value), status);
    }
}

template <auto handler>
Handling run_endpoint(AppContext& context, RequestPtr request, int status) {
    using Types = HandlerTypes<decltype(handler)>;
    if constexpr (std::is_void_v<typename Types::In>) {
        auto running = handler(context, std::move(request));
        CO_TRY(out, co_await std::move(running));
        co_return to_response(std::move(out), status);
    } else {
        CO_TRY(body, json_body(*request));
        CO_TRY(in, json::to<typename Types::In>(body));
        auto running = handler(context, std::move(request), std::move(in));
        CO_TRY(out, co_await std::move(running));
        co_return to_response(std::move(out), status);
    }
}

}  // namespace detail

template <class T>
[[nodiscard]] Schema schema_of() {
    return [](json::SchemaBook& book) { return book.of<T>(); };
}

template <auto handler>
[[nodiscard]] Endpoint endpoint(About about, AppContext& context) {
    using Types = detail::HandlerTypes<decltype(handler)>;
    using Out = typename detail::Unwrapped<typename Types::Out>::Type;
    Endpoint made;
    if constexpr (!std::is_void_v<typename Types::In>) {
        made.body = schema_of<typename Types::In>();
    }
    if constexpr (!std::same_as<Out, http::Response>) made.answer = schema_of<Out>();
    made.run = [&context, status = about.statuses.front()](RequestPtr request) {
        return detail::run_endpoint<handler>(context, std::move(request), status);
    };
    made.about = std::move(about);
    return made;
}

// The value of a declared parameter. Errors: invalid_argument.
[[nodiscard]] base::Result<int> query_of(const http::Request& request, const IntQuery& parameter);
[[nodiscard]] base::Result<std::string> query_of(const http::Request& request,
                                                 const TextQuery& parameter);

// The OpenAPI 3.1 document of the rows.
[[nodiscard]] std::string openapi_document(const Endpoints& rows, const std::string& version);

}  // namespace app
