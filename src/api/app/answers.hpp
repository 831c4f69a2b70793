// What the REST routes take and give, as described structs: reading, writing and the schemas of
// /openapi.json all come from them. Values; any thread. A field that may be absent is optional.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "json/json.hpp"
#include "protocol/values.hpp"

namespace app {

// An answer of which only the status matters.
struct Done {};
BOOST_DESCRIBE_STRUCT(Done, (), ())

struct SessionList {
    std::vector<protocol::Session> sessions;
};
BOOST_DESCRIBE_STRUCT(SessionList, (), (sessions))

struct Rename {
    std::string title;
};
BOOST_DESCRIBE_STRUCT(Rename, (), (title))

struct SessionStats {
    int messages = 0;
    int replies = 0;
    int replies_by_model = 0;  // the others are reflexes
    long long prompt_tokens = 0;
    long long cached_tokens = 0;  // of prompt_tokens
    long long completion_tokens = 0;
    std::map<std::string, int> models;  // name → replies
};
BOOST_DESCRIBE_STRUCT(SessionStats, (),
                      (messages, replies, replies_by_model, prompt_tokens, cached_tokens,
                       completion_tokens, models))

// Which reply is to be made again.
struct AnswerAgain {
    std::string session_id;
    std::string message_id;
};
BOOST_DESCRIBE_STRUCT(AnswerAgain, (), (session_id, message_id))
// The earlier gateway names the model either way.
struct Download {
    std::optional<std::string> model;
    std::optional<std::string> id;
};
BOOST_DESCRIBE_STRUCT(Download, (), (model, id))

// The names of the earlier web chat.
struct EarlierChat {
    std::string id;
    std::string title;
    long long started_at = 0;
    long long message_count = 0;
};
BOOST_DESCRIBE_STRUCT(EarlierChat, (), (id, title, started_at, message_count))
struct EarlierChats {
    std::vector<EarlierChat> sessions;
    std::optional<std::string> current;
};
BOOST_DESCRIBE_STRUCT(EarlierChats, (), (sessions, current))
struct LoadChat {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(LoadChat, (), (id))
struct LoadedChat {
    std::string id;
    std::vector<protocol::Message> messages;
};
BOOST_DESCRIBE_STRUCT(LoadedChat, (), (id, messages))

struct MessageList {
    std::vector<protocol::Message> messages;
    bool has_more = false;
};
BOOST_DESCRIBE_STRUCT(MessageList, (), (messages, has_more))

struct ChatRequest {
    std::string message;
    std::optional<std::string> session_id;
    std::optional<bool> stream;
    std::optional<std::string> idempotency_key;
    std::optional<std::string> model;
};
BOOST_DESCRIBE_STRUCT(ChatRequest, (), (message, session_id, stream, idempotency_key, model))
struct TokenUsage {
    long long prompt_tokens = 0;
    long long completion_tokens = 0;
};
BOOST_DESCRIBE_STRUCT(TokenUsage, (), (prompt_tokens, completion_tokens))
struct ChatAnswer {
    std::string response;
    std::string session_id;
    std::string turn_id;
    protocol::TurnState state{};
    std::optional<std::string> message_id;
    std::optional<std::string> model;
    std::optional<TokenUsage> usage;
    std::optional<protocol::ReplyDetail> detail;
};
BOOST_DESCRIBE_STRUCT(ChatAnswer, (),
                      (response, session_id, turn_id, state, message_id, model, usage, detail))

struct ModelList {
    std::vector<protocol::ModelCard> models;
    std::optional<std::vector<protocol::ModelCard>> offers;
};
BOOST_DESCRIBE_STRUCT(ModelList, (), (models, offers))

struct ConfigChange {
    std::vector<std::string> changed;
    std::vector<std::string> restart_needed;
};
BOOST_DESCRIBE_STRUCT(ConfigChange, (), (changed, restart_needed))

struct Liveness {
    std::string status;
    std::string version;
};
BOOST_DESCRIBE_STRUCT(Liveness, (), (status, version))
struct Readiness {
    bool ready = false;
    std::string version;
    std::vector<protocol::Subsystem> subsystems;
};
BOOST_DESCRIBE_STRUCT(Readiness, (), (ready, version, subsystems))

struct Hardware {
    std::string processor;
    int cores = 0;
    long long memory_bytes = 0;
    long long memory_free_bytes = 0;
    long long disk_free_bytes = 0;  // where the data lies
    std::string gpu;                // empty: none found
    std::string system;
};
BOOST_DESCRIBE_STRUCT(Hardware, (),
                      (processor, cores, memory_bytes, memory_free_bytes, disk_free_bytes, gpu,
                       system))

struct LogLine {
    long long id = 0;  // rises with every line
    long long time_ms = 0;
    std::string level;
    std::string category;
    std::string message;
    std::string request_id;
    std::map<std::string, std::string> fields;
};
BOOST_DESCRIBE_STRUCT(LogLine, (), (id, time_ms, level, category, message, request_id, fields))
struct LogLines {
    std::vector<LogLine> records;
};
BOOST_DESCRIBE_STRUCT(LogLines, (), (records))

struct PersonaFile {
    std::string name;
    std::string content;
    std::string description;
};
BOOST_DESCRIBE_STRUCT(PersonaFile, (), (name, content, description))
struct PersonaFiles {
    std::vector<PersonaFile> files;
};
BOOST_DESCRIBE_STRUCT(PersonaFiles, (), (files))
struct NewContent {
    std::string content;
};
BOOST_DESCRIBE_STRUCT(NewContent, (), (content))

struct DataPlace {
    std::string what;
    std::string path;
    long long bytes = 0;
};
BOOST_DESCRIBE_STRUCT(DataPlace, (), (what, path, bytes))
struct DataPlaces {
    std::vector<DataPlace> paths;
};
BOOST_DESCRIBE_STRUCT(DataPlaces, (), (paths))

// How another device in the house reaches this server.
struct PhoneLink {
    bool reachable = false;
    std::string url;              // empty when not reachable
    std::string hint;             // what to set, or what to expect on the phone
    std::vector<std::string> qr;  // of url: one text of 0 and 1 per row, without the quiet zone
};
BOOST_DESCRIBE_STRUCT(PhoneLink, (), (reachable, url, hint, qr))

struct Animation {
    std::string name;
    std::string source;  // character | file
    bool builtin = false;
    std::optional<double> duration_s;
    std::optional<long long> bytes;
};
BOOST_DESCRIBE_STRUCT(Animation, (), (name, source, builtin, duration_s, bytes))
struct AnimationList {
    std::vector<Animation> animations;
};
BOOST_DESCRIBE_STRUCT(AnimationList, (), (animations))
struct AssetName {
    std::string name;
    long long bytes = 0;
};
BOOST_DESCRIBE_STRUCT(AssetName, (), (name, bytes))
struct CharacterList {
    std::vector<AssetName> models3d;
    std::string chosen;  // empty: the built-in
};
BOOST_DESCRIBE_STRUCT(CharacterList, (), (models3d, chosen))
struct CharacterChoice {
    std::string character;
};
BOOST_DESCRIBE_STRUCT(CharacterChoice, (), (character))
struct BackgroundList {
    std::vector<AssetName> backgrounds;
};
BOOST_DESCRIBE_STRUCT(BackgroundList, (), (backgrounds))
struct BackgroundChoice {
    std::string background;  // empty, room, a colour, a gradient or image:NAME
};
BOOST_DESCRIBE_STRUCT(BackgroundChoice, (), (background))
struct BodyOrder {
    std::string text;
};
BOOST_DESCRIBE_STRUCT(BodyOrder, (), (text))
struct BodyAnswer {
    std::string said;  // in character
    int directives = 0;
    bool understood = true;
};
BOOST_DESCRIBE_STRUCT(BodyAnswer, (), (said, directives, understood))
struct BodyDirect {
    std::optional<std::string> session_id;
    std::optional<protocol::BodyAction> action;
    std::optional<protocol::BodyExpression> expression;
    std::optional<protocol::BodyGaze> gaze;
    std::optional<std::string> camera;
    std::optional<std::string> background;
    std::optional<std::string> dialogue;
};
BOOST_DESCRIBE_STRUCT(BodyDirect, (),
                      (session_id, action, expression, gaze, camera, background, dialogue))
struct BodyTold {
    long long id = 0;
    long long tick = 0;  // of the body
};
BOOST_DESCRIBE_STRUCT(BodyTold, (), (id, tick))

struct AuthStatus {
    bool enabled = false;
    bool authenticated = false;
};
BOOST_DESCRIBE_STRUCT(AuthStatus, (), (enabled, authenticated))
struct LoginKey {
    std::optional<std::string> key;
    std::optional<std::string> api_key;  // the earlier name
};
BOOST_DESCRIBE_STRUCT(LoginKey, (), (key, api_key))
struct LoginToken {
    std::string token;
};
BOOST_DESCRIBE_STRUCT(LoginToken, (), (token))

struct ErrorAnswer {
    protocol::ErrorInfo error;
};
BOOST_DESCRIBE_STRUCT(ErrorAnswer, (), (error))

}  // namespace app
