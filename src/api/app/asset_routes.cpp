// Files for the stage: characters, animations, backgrounds; which of them are in use.
#include <array>
#include <utility>

#include "api/app/rows.hpp"
#include "chat/body_link.hpp"

namespace app {
namespace {

const TextQuery kName{"name", "Its file name with the ending", {}, true};
constexpr std::size_t kMaxBackground = 200;
constexpr const char* kBackgroundFact = "stage.background";
constexpr const char* kCharacterFact = "stage.character";

template <AssetKind kind>
Giving<AssetName> put_asset(AppContext& context, RequestPtr request) {
    CO_TRY(name, query_of(*request, kName));
    CO_TRY(file, context.assets.put(kind, name, request->body));
    context.chat.body.tell_files_changed();
    co_return AssetName{file.name, file.bytes};
}

template <AssetKind kind>
Giving<http::Response> give_asset(AppContext& context, RequestPtr request) {
    CO_TRY(path, context.assets.find(kind, request->params["name"]));
    http::Response response;
    response.file = path.string();
    co_return response;
}

template <AssetKind kind>
Giving<Done> remove_asset(AppContext& context, RequestPtr request) {
    const std::string name = request->params["name"];
    CO_TRY_DO(context.assets.remove(kind, name));
    if constexpr (kind == AssetKind::characters) {
        auto reading = context.chat.store.get_fact(kCharacterFact);
        CO_TRY(chosen, co_await std::move(reading));
        if (chosen == name) {
            auto writing = context.chat.store.put_fact(kCharacterFact, "");
            CO_TRY_DO(co_await std::move(writing));
        }
    }
    context.chat.body.tell_files_changed();
    co_return Done{};
}

std::vector<AssetName> names_of(const std::vector<AssetFile>& files) {
    std::vector<AssetName> names;
    names.reserve(files.size());
    for (const auto& file : files) names.push_back({file.name, file.bytes});
    return names;
}

Giving<CharacterList> list_characters(AppContext& context, RequestPtr) {
    auto reading = context.chat.store.get_fact(kCharacterFact);
    CO_TRY(chosen, co_await std::move(reading));
    co_return CharacterList{names_of(context.assets.list(AssetKind::characters)),
                            chosen.value_or("")};
}

Giving<BackgroundList> list_backgrounds(AppContext& context, RequestPtr) {
    co_return BackgroundList{names_of(context.assets.list(AssetKind::backgrounds))};
}

Giving<BackgroundChoice> get_background(AppContext& context, RequestPtr) {
    auto reading = context.chat.store.get_fact(kBackgroundFact);
    CO_TRY(chosen, co_await std::move(reading));
    co_return BackgroundChoice{chosen.value_or("")};
}

Giving<BackgroundChoice> set_background(AppContext& context, RequestPtr, BackgroundChoice choice) {
    const std::string& wanted = choice.background;
    constexpr std::string_view kImage = "image:";
    if (wanted.size() > kMaxBackground) {
        co_return base::fail(base::ErrorCode::invalid_argument, "a background has a shorter name");
    }
    if (wanted.starts_with(kImage)) {
        CO_TRY_DO(context.assets.find(AssetKind::backgrounds, wanted.substr(kImage.size())));
    } else if (!wanted.empty() && wanted != "room" && wanted.front() != '#' &&
               !wanted.starts_with("gradient:#")) {
        co_return base::fail(base::ErrorCode::invalid_argument, "this is no background",
                             "\"\" (the standard), room, #rrggbb, gradient:#rrggbb,#rrggbb or "
                             "image:NAME");
    }
    auto writing = context.chat.store.put_fact(kBackgroundFact, wanted);
    CO_TRY_DO(co_await std::move(writing));
    protocol::BodyDirective directive;
    directive.source = protocol::BodySource::rest;
    directive.background = wanted;
    context.chat.body.publish(Auth::owner(), {}, std::move(directive));
    co_return choice;
}

Giving<CharacterChoice> choose_character(AppContext& context, RequestPtr, CharacterChoice choice) {
    if (!choice.character.empty()) {
        CO_TRY_DO(context.assets.find(AssetKind::characters, choice.character));
    }
    auto writing = context.chat.store.put_fact(kCharacterFact, choice.character);
    CO_TRY_DO(co_await std::move(writing));
    context.chat.body.tell_files_changed();
    co_return choice;
}

Giving<http::Response> avatar(AppContext& context, RequestPtr) {
    auto reading = context.chat.store.get_fact(kCharacterFact);
    CO_TRY(chosen, co_await std::move(reading));
    auto path = context.assets.find(AssetKind::characters, chosen.value_or(""));
    if (!path) path = context.assets.built_in_character();
    if (!path) co_return base::fail(std::move(path.error()));
    http::Response response;
    response.file = path->string();
    co_return response;
}

struct KindPaths {
    const char* all;
    const char* one;
    const char* add;
    const char* give;
    const char* remove;
    const char* media;
};

template <AssetKind kind>
void add_kind(Endpoints& rows, AppContext& context, const KindPaths& paths) {
    using enum base::ErrorCode;
    rows.push_back(endpoint<&put_asset<kind>>({.method = "POST",
                                               .path = paths.all,
                                               .summary = paths.add,
                                               .query = {kName},
                                               .errors = {storage},
                                               .intake = http::Intake::uploads},
                                              context));
    rows.push_back(endpoint<&give_asset<kind>>(
        {.method = "GET", .path = paths.one, .summary = paths.give, .media = {paths.media}},
        context));
    rows.push_back(endpoint<&remove_asset<kind>>(
        {.method = "DELETE", .path = paths.one, .summary = paths.remove, .errors = {storage}},
        context));
}

}  // namespace

void add_asset_routes(Endpoints& rows, AppContext& context) {
    using enum base::ErrorCode;
    add_kind<AssetKind::characters>(
        rows, context,
        {"/api/models3d", "/api/models3d/{name}", "Adds a character: the bytes of a VRM file",
         "Its file", "Removes it", "model/gltf-binary"});
    add_kind<AssetKind::animations>(rows, context,
                                    {"/api/animations", "/api/animations/{name}",
                                     "Adds an animation: the bytes of a VRMA, FBX or BVH file",
                                     "Its file", "Removes it", "model/gltf-binary"});
    add_kind<AssetKind::backgrounds>(rows, context,
                                     {"/api/backgrounds", "/api/backgrounds/{name}",
                                      "Adds a background: the bytes of a PNG, JPEG or WebP picture",
                                      "Its file", "Removes it", "image/png"});
    rows.push_back(endpoint<&list_characters>(
        {.method = "GET", .path = "/api/models3d", .summary = "Characters besides the built-in"},
        context));
    rows.push_back(endpoint<&list_backgrounds>(
        {.method = "GET", .path = "/api/backgrounds", .summary = "Pictures for the background"},
        context));
    rows.push_back(endpoint<&get_background>(
        {.method = "GET", .path = "/api/config/background", .summary = "The background in use"},
        context));
    rows.push_back(endpoint<&set_background>({.method = "PATCH",
                                              .path = "/api/config/background",
                                              .summary = "Changes it on every page",
                                              .errors = {storage}},
                                             context));
    rows.push_back(endpoint<&choose_character>(
        {.method = "PATCH",
         .path = "/api/config/character",
         .summary = "The character on every page and of /avatar.vrm; empty: the built-in",
         .errors = {storage}},
        context));
    rows.push_back(endpoint<&avatar>({.method = "GET",
                                      .path = "/avatar.vrm",
                                      .summary = "The character in use",
                                      .media = {"model/gltf-binary"}},
                                     context));
}

}  // namespace app
