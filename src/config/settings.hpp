// Every setting of the product as plain structs with their defaults: the one list of settings.
// Names, types and defaults live here, the words about them in notes.cpp; parsing, checks, schema,
// docs, environment names and the settings page are all derived from the two.
// Plain values: read once by the composition root and passed on as structs. Any thread.
//
// A C++ keyword as an enumerator gets a trailing underscore (`auto_`), which files do not see.
// An empty path means "the place derived from data.folder"; after load() every path is absolute.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

namespace config {

enum class TlsMode { off, own, self_signed };
BOOST_DESCRIBE_ENUM(TlsMode, off, own, self_signed)

struct Tls {
    TlsMode mode = TlsMode::off;
    std::string certificate;
    std::string key;
};
BOOST_DESCRIBE_STRUCT(Tls, (), (mode, certificate, key))

struct Server {
    std::string host = "127.0.0.1";
    int port = 5624;
    std::vector<std::string> allowed_hosts;
    Tls tls;
    bool open_browser = true;
    int realtime_port = 0;
};
BOOST_DESCRIBE_STRUCT(Server, (), (host, port, allowed_hosts, tls, open_browser, realtime_port))

struct Auth {
    std::string key;
};
BOOST_DESCRIBE_STRUCT(Auth, (), (key))

enum class LogLevel { trace, debug, info, warn, error, off };
BOOST_DESCRIBE_ENUM(LogLevel, trace, debug, info, warn, error, off)
enum class LogFormat { pretty, compact, json };
BOOST_DESCRIBE_ENUM(LogFormat, pretty, compact, json)

struct Logging {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::pretty;
    std::string file;
};
BOOST_DESCRIBE_STRUCT(Logging, (), (level, format, file))

struct Data {
    std::string folder;
    std::string models_folder;
    std::string assets_folder;
    std::string database;
};
BOOST_DESCRIBE_STRUCT(Data, (), (folder, models_folder, assets_folder, database))

enum class ProviderKind {
    auto_,
    embedded,
    openai,
    ollama,
    anthropic,
    openrouter,
    nanogpt,
    deepseek,
    gemini,
    alibaba,
    lmstudio,
    vllm,
    custom,
    scripted,
};
BOOST_DESCRIBE_ENUM(ProviderKind, auto_, embedded, openai, ollama, anthropic, openrouter, nanogpt,
                    deepseek, gemini, alibaba, lmstudio, vllm, custom, scripted)

struct Provider {
    ProviderKind kind = ProviderKind::auto_;  // auto: the kind that the provider's name says
    std::string base_url;
    std::string api_key;
    std::string model;
    std::string model_high;
    std::string model_mid;
    std::string model_low;
    std::map<std::string, std::string> headers;
};
BOOST_DESCRIBE_STRUCT(Provider, (),
                      (kind, base_url, api_key, model, model_high, model_mid, model_low, headers))

enum class Privacy { any, local_only };
BOOST_DESCRIBE_ENUM(Privacy, any, local_only)
enum class Reflexes { on, off, auto_ };
BOOST_DESCRIBE_ENUM(Reflexes, on, off, auto_)
enum class ModelTier { base, high, mid, low };
BOOST_DESCRIBE_ENUM(ModelTier, base, high, mid, low)

struct Llm {
    ProviderKind provider = ProviderKind::auto_;
    std::string model;
    std::string base_url;
    std::string api_key;
    std::optional<double> temperature;
    int max_tokens = 1024;
    int context_tokens = 0;
    std::map<std::string, std::string> headers;
    Privacy privacy = Privacy::any;
    Reflexes reflexes = Reflexes::auto_;
    ModelTier tier = ModelTier::base;
    std::string script;
    std::map<std::string, Provider> providers;
};
BOOST_DESCRIBE_STRUCT(Llm, (),
                      (provider, model, base_url, api_key, temperature, max_tokens, context_tokens,
                       headers, privacy, reflexes, tier, script, providers))

enum class EngineMode { child, inline_, off };
BOOST_DESCRIBE_ENUM(EngineMode, child, inline_, off)
enum class Gpu { auto_, on, off };
BOOST_DESCRIBE_ENUM(Gpu, auto_, on, off)

struct Engine {
    EngineMode mode = EngineMode::child;
    int threads = 0;
    int idle_unload_minutes = 10;
    int context_tokens = 0;
    Gpu gpu = Gpu::auto_;
};
BOOST_DESCRIBE_STRUCT(Engine, (), (mode, threads, idle_unload_minutes, context_tokens, gpu))

enum class Eagerness { auto_, low, medium, high };
BOOST_DESCRIBE_ENUM(Eagerness, auto_, low, medium, high)

enum class TurnDetection { semantic_vad, server_vad };
BOOST_DESCRIBE_ENUM(TurnDetection, semantic_vad, server_vad)

enum class SpeechServerKind { auto_, openai, gpt_sovits, qwen3_tts, xtts };
BOOST_DESCRIBE_ENUM(SpeechServerKind, auto_, openai, gpt_sovits, qwen3_tts, xtts)
enum class SpeechSound { wav, pcm };
BOOST_DESCRIBE_ENUM(SpeechSound, wav, pcm)

// A server that hears or speaks over HTTP.
struct SpeechServer {
    SpeechServerKind kind = SpeechServerKind::auto_;  // auto: what the server's name says
    std::string base_url;
    std::string api_key;
    std::string recogniser_model;
    std::string voice_model;
    std::string voice;
    std::string language;
    std::string reference_audio;
    std::string reference_text;
    std::string reference_language;
    std::string instructions;
    SpeechSound sound = SpeechSound::wav;
    int sample_rate = 24'000;
    bool stream = true;
    int timeout_seconds = 15;
    std::map<std::string, std::string> headers;
    std::map<std::string, std::string> fields;
};
BOOST_DESCRIBE_STRUCT(SpeechServer, (),
                      (kind, base_url, api_key, recogniser_model, voice_model, voice, language,
                       reference_audio, reference_text, reference_language, instructions, sound,
                       sample_rate, stream, timeout_seconds, headers, fields))

struct Speech {
    std::string voice = "flite";
    std::string recogniser = "auto";
    std::string language;
    double speed = 1;
    Eagerness eagerness = Eagerness::auto_;
    TurnDetection turn_detection = TurnDetection::semantic_vad;
    double vad_threshold = 0.5;
    int silence_ms = 500;
    int prefix_padding_ms = 300;
    double least_confidence = 0.35;
    std::string wake_phrase;
    std::string wake_model = "auto";
    double wake_threshold = 0.5;
    int wake_cooldown_ms = 2'000;
    int listen_window_ms = 8'000;
    std::string voice_fallback;
    std::string recogniser_fallback;
    std::map<std::string, std::string> spellings;
    std::map<std::string, std::string> families;
    std::map<std::string, SpeechServer> servers;
};
BOOST_DESCRIBE_STRUCT(Speech, (),
                      (voice, recogniser, language, speed, eagerness, turn_detection, vad_threshold,
                       silence_ms, prefix_padding_ms, least_confidence, wake_phrase, wake_model,
                       wake_threshold, wake_cooldown_ms, listen_window_ms, voice_fallback,
                       recogniser_fallback, spellings, families, servers))

struct Models {
    std::string hub_url;
    std::string hub_token;
    bool discover = true;
};
BOOST_DESCRIBE_STRUCT(Models, (), (hub_url, hub_token, discover))

enum class QueueMode { queue, steer, collect };
BOOST_DESCRIBE_ENUM(QueueMode, queue, steer, collect)

struct Chat {
    QueueMode queue = QueueMode::queue;
    std::vector<std::string> stop_phrases = {"stop", "never mind", "nevermind"};
    int session_idle_minutes = 0;
    std::string daily_reset = "off";
    int carry_messages = 10;
    int history_tokens = 0;
    bool titles = true;
    std::string user_id;
};
BOOST_DESCRIBE_STRUCT(Chat, (),
                      (queue, stop_phrases, session_idle_minutes, daily_reset, carry_messages,
                       history_tokens, titles, user_id))

struct Persona {
    std::string name;
    std::string workspace;
    std::string personality;
    std::string personality_file;
    bool load_profile = false;
    std::string profile_file;
};
BOOST_DESCRIBE_STRUCT(Persona, (),
                      (name, workspace, personality, personality_file, load_profile, profile_file))

struct Limits {
    int message_chars = 10'000;
    long long body_bytes = 10'000'000;
    double requests_per_second = 20;
    int request_burst = 100;
    int connections = 1000;
    double messages_per_minute = 600;
    int message_burst = 100;
    long long upload_bytes = 50'000'000;
    double uploads_per_minute = 60;
};
BOOST_DESCRIBE_STRUCT(Limits, (),
                      (message_chars, body_bytes, requests_per_second, request_burst, connections,
                       messages_per_minute, message_burst, upload_bytes, uploads_per_minute))

struct Settings {
    Server server;
    Auth auth;
    Logging logging;
    Data data;
    Llm llm;
    Engine engine;
    Models models;
    Speech speech;
    Chat chat;
    Persona persona;
    Limits limits;
};
BOOST_DESCRIBE_STRUCT(Settings, (),
                      (server, auth, logging, data, llm, engine, models, speech, chat, persona,
                       limits))

}  // namespace config
