// The OpenAPI 3.1 document, made from the rows of the route table.
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "api/app/endpoint.hpp"
#include "base/text.hpp"

namespace app {
namespace {

constexpr const char* kErrorReference = "#/components/responses/Error";

const char* title_of(int status) {
    static const std::map<int, const char*> kTitles = {
        {101, "The connection becomes a WebSocket"}, {200, "Good"}, {201, "Made"}, {202, "Begun"},
        {503, "Not yet, or not any more"},
    };
    const auto title = kTitles.find(status);
    return title == kTitles.end() ? "Answer" : title->second;
}

// {name} parts; "{name...}" takes the rest of the path.
std::vector<std::string> path_parameters(std::string_view path) {
    std::vector<std::string> names;
    for (const std::string_view part : base::split(path, '/')) {
        if (part.starts_with('{')) names.emplace_back(part.substr(1, part.size() - 2));
    }
    return names;
}

json::Value describe(const IntQuery& parameter) {
    return json::Object{{"name", parameter.name},
                        {"in", "query"},
                        {"description", parameter.about},
                        {"schema", json::Object{{"type", "integer"},
                                                {"minimum", parameter.low},
                                                {"maximum", parameter.high},
                                                {"default", parameter.fallback}}}};
}

json::Value describe(const TextQuery& parameter) {
    json::Object schema{{"type", "string"}};
    if (parameter.required) schema["minLength"] = 1;
    if (!parameter.choices.empty()) {
        json::Array choices;
        for (const char* choice : parameter.choices) choices.push_back(json::Value(choice));
        schema["enum"] = std::move(choices);
    }
    return json::Object{{"name", parameter.name},
                        {"in", "query"},
                        {"description", parameter.about},
                        {"required", parameter.required},
                        {"schema", std::move(schema)}};
}

json::Array parameters_of(const About& about, std::string_view path) {
    json::Array parameters;
    for (const auto& name : path_parameters(path)) {
        parameters.push_back(json::Object{{"name", name},
                                          {"in", "path"},
                                          {"required", true},
                                          {"schema", json::Object{{"type", "string"}}}});
    }
    for (const auto& parameter : about.query) {
        parameters.push_back(
            std::visit([](const auto& known) { return describe(known); }, parameter));
    }
    return parameters;
}

json::Value content_of(const Endpoint& row, json::SchemaBook& book) {
    json::Object content;
    for (const std::string_view type : row.about.media) {
        const bool is_json = type == "application/json" && row.answer;
        content[type] = json::Object{
            {"schema", is_json ? row.answer(book) : json::Value(json::Object{{"type", "string"}})}};
        const bool is_file = type == "application/json" && !row.answer;
        if (is_file) content[type] = json::Object{{"schema", json::Object{{"type", "object"}}}};
    }
    return content;
}

std::set<int> error_statuses(const Endpoint& row, std::string_view path) {
    using enum base::ErrorCode;
    // Host and Origin; the token bucket; a fault of ours.
    std::set<base::ErrorCode> codes{forbidden, rate_limited, internal};
    codes.insert(row.about.errors.begin(), row.about.errors.end());
    if (row.about.access == http::Access::guarded) codes.insert(unauthorized);
    const bool has_part = !path_parameters(path).empty();
    if (has_part) codes.insert(not_found);
    if (has_part || row.body || !row.about.query.empty()) codes.insert(invalid_argument);
    if (row.body) codes.insert({too_large, timeout});
    std::set<int> statuses;
    for (const auto code : codes) statuses.insert(http::status_of(code));
    return statuses;
}

json::Object responses_of(const Endpoint& row, std::string_view path, json::SchemaBook& book) {
    json::Object responses;
    for (const int status : row.about.statuses) {
        json::Object response{{"description", title_of(status)}};
        if (status != 101) response["content"] = content_of(row, book);
        responses[std::to_string(status)] = std::move(response);
    }
    for (const int status : error_statuses(row, path)) {
        const std::string name = std::to_string(status);
        if (!responses.contains(name)) responses[name] = json::Object{{"$ref", kErrorReference}};
    }
    responses["default"] = json::Object{{"$ref", kErrorReference}};
    return responses;
}

json::Value operation_of(const Endpoint& row, std::string_view path, json::SchemaBook& book) {
    json::Object operation{{"summary", row.about.summary}};
    if (path != row.about.path) {
        operation["deprecated"] = true;
        operation["description"] = "An earlier name of " + std::string(row.about.path);
    }
    if (auto parameters = parameters_of(row.about, path); !parameters.empty()) {
        operation["parameters"] = std::move(parameters);
    }
    if (row.body) {
        operation["requestBody"] = json::Object{
            {"required", true},
            {"content",
             json::Object{{"application/json", json::Object{{"schema", row.body(book)}}}}}};
    }
    operation["responses"] = responses_of(row, path, book);
    if (row.about.access == http::Access::open) operation["security"] = json::Array{};
    return operation;
}

json::Value security_schemes() {
    return json::Object{
        {"key", json::Object{{"type", "http"},
                             {"scheme", "bearer"},
                             {"description", "auth.key, or the token of /api/auth/login"}}},
        {"token", json::Object{{"type", "apiKey"},
                               {"in", "query"},
                               {"name", "token"},
                               {"description", "The same, where no header can be set"}}}};
}

}  // namespace

std::string openapi_document(const Endpoints& rows, const std::string& version) {
    json::SchemaBook book("#/components/schemas/");
    json::Object paths;
    for (const Endpoint& row : rows) {
        std::vector<std::string_view> all{row.about.path};
        all.insert(all.end(), row.about.also.begin(), row.about.also.end());
        for (const std::string_view path : all) {
            auto& item = paths[path];
            if (!item.is_object()) item = json::Object{};
            item.get_object()[base::to_lower_ascii(row.about.method)] =
                operation_of(row, path, book);
        }
    }
    json::Object error{
        {"description", "What went wrong, and what to do"},
        {"content",
         json::Object{{"application/json", json::Object{{"schema", book.of<ErrorAnswer>()}}}}}};
    json::Object components{{"schemas", book.definitions()},
                            {"responses", json::Object{{"Error", std::move(error)}}},
                            {"securitySchemes", security_schemes()}};
    return json::write(json::Object{
        {"openapi", "3.1.0"},
        {"info", json::Object{{"title", "Loci"},
                              {"version", version},
                              {"description", "A companion that lives on this machine."}}},
        // Without auth.key nothing is asked for.
        {"security", json::Array{json::Object{{"key", json::Array{}}},
                                 json::Object{{"token", json::Array{}}}, json::Object{}}},
        {"paths", std::move(paths)},
        {"components", std::move(components)}});
}

}  // namespace app
