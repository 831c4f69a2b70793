// Loading: the three formats, search order, precedence, origins, variables, paths.
#include <sys/stat.h>
#include <fstream>

#include <gtest/gtest.h>

#include "base/log.hpp"
#include "config/load.hpp"
#include "config/show.hpp"
#include "config/testing/scratch.hpp"
#include "json/describe.hpp"

namespace {

using config::testing::problems_of;
using config::testing::Scratch;

constexpr std::string_view kYaml = R"(server:
  host: localhost
  port: 8080
  allowed_hosts: [loci.example, "other"]
  tls: {mode: self_signed}
  open_browser: no
auth:
  key: a-long-secret-key
logging: {level: debug, format: json}
llm:
  provider: custom
  base_url: http://127.0.0.1:8000/v1
  temperature: 0.7
  max_tokens: 256
  headers: {X-Team: blue}
  privacy: local_only
  providers:
    work: {kind: openai, api_key: "key-of-work", headers: {X-A: b}}
chat:
  daily_reset: "04:00"
  stop_phrases:
    - halt
    - enough, please
)";
constexpr std::string_view kToml = R"([server]
host = "localhost"
port = 8080
allowed_hosts = ["loci.example", "other"]
open_browser = false
tls.mode = "self_signed"
[auth]
key = "a-long-secret-key"
[logging]
level = "debug"
format = "json"
[llm]
provider = "custom"
base_url = "http://127.0.0.1:8000/v1"
temperature = 0.7
max_tokens = 256
headers = { X-Team = "blue" }
privacy = "local_only"
[llm.providers.work]
kind = "openai"
api_key = "key-of-work"
headers.X-A = "b"
[chat]
daily_reset = 04:00:00
stop_phrases = ["halt", "enough, please"]
)";
constexpr std::string_view kJson = R"({
  "server": {"host": "localhost", "port": 8080, "allowed_hosts": ["loci.example", "other"],
             "tls": {"mode": "self_signed"}, "open_browser": false},
  "auth": {"key": "a-long-secret-key"},
  "logging": {"level": "debug", "format": "json"},
  "llm": {"provider": "custom", "base_url": "http://127.0.0.1:8000/v1", "temperature": 0.7,
          "max_tokens": 256, "headers": {"X-Team": "blue"}, "privacy": "local_only",
          "providers": {"work": {"kind": "openai", "api_key": "key-of-work",
                                 "headers": {"X-A": "b"}}}},
  "chat": {"daily_reset": "04:00", "stop_phrases": ["halt", "enough, please"]}
})";

std::string settings_of(Scratch& scratch, std::string_view name, std::string_view text) {
    scratch.request.config_path = scratch.write(name, text);
    const config::Loaded loaded = scratch.load();
    EXPECT_EQ(problems_of(scratch, loaded), "") << name;
    return json::write_pretty(json::from(loaded.settings));
}

TEST(ConfigLoad, gives_the_same_settings_from_yaml_toml_and_json) {
    Scratch scratch;
    const std::string yaml = settings_of(scratch, "a.yaml", kYaml);
    EXPECT_EQ(yaml, settings_of(scratch, "a.json", kJson));
    EXPECT_EQ(yaml, settings_of(scratch, "a.toml", kToml));

    scratch.request.config_path = scratch.path("a.yaml");
    const config::Settings settings = scratch.load().settings;
    EXPECT_EQ(settings.server.port, 8080);
    EXPECT_EQ(settings.server.tls.mode, config::TlsMode::self_signed);
    EXPECT_FALSE(settings.server.open_browser);
    EXPECT_EQ(settings.llm.temperature, 0.7);
    EXPECT_EQ(settings.llm.headers.at("X-Team"), "blue");
    EXPECT_EQ(settings.llm.providers.at("work").kind, config::ProviderKind::openai);
    EXPECT_EQ(settings.llm.providers.at("work").headers.at("X-A"), "b");
    EXPECT_EQ(settings.chat.stop_phrases, (std::vector<std::string>{"halt", "enough, please"}));
    EXPECT_EQ(settings.chat.daily_reset, "04:00");
}

TEST(ConfigLoad, works_without_any_file) {
    Scratch scratch;
    const config::Loaded loaded = scratch.load();
    EXPECT_EQ(problems_of(scratch, loaded), "");
    EXPECT_TRUE(loaded.config_file.empty());
    EXPECT_EQ(loaded.local_file, scratch.path("home/.config/loci/config.local.yaml"));
    EXPECT_EQ(loaded.settings.server.host, "127.0.0.1");
    EXPECT_EQ(loaded.settings.server.port, 5624);
    EXPECT_EQ(loaded.settings.llm.temperature, std::nullopt);
    EXPECT_EQ(loaded.settings.data.folder, scratch.path("home/.local/share/loci"));
    EXPECT_EQ(loaded.settings.data.models_folder, scratch.path("home/.local/share/loci/models"));
    EXPECT_EQ(loaded.settings.data.database, scratch.path("home/.local/share/loci/loci.db"));
}

TEST(ConfigLoad, reads_the_first_file_of_the_search_order) {
    Scratch scratch;
    scratch.write("work/config/default.yaml", "server: {port: 1}");
    EXPECT_EQ(scratch.load().settings.server.port, 1);
    scratch.write("home/.config/loci/config.json", R"({"server": {"port": 2}})");
    EXPECT_EQ(scratch.load().settings.server.port, 2);
    scratch.write("home/.config/loci/config.toml", "server.port = 3");
    EXPECT_EQ(scratch.load().settings.server.port, 3);
    scratch.write("home/.config/loci/config.yml", "server: {port: 4}");
    scratch.write("home/.config/loci/config.yaml", "server: {port: 5}");
    config::Loaded loaded = scratch.load();
    EXPECT_EQ(loaded.settings.server.port, 5);
    EXPECT_EQ(problems_of(scratch, loaded),
              "@/home/.config/loci/config.yml: the file is not read, because config.yaml is there "
              "too (keep one of them)\n"
              "@/home/.config/loci/config.toml: the file is not read, because config.yaml is there "
              "too (keep one of them)\n"
              "@/home/.config/loci/config.json: the file is not read, because config.yaml is there "
              "too (keep one of them)\n");
    EXPECT_FALSE(loaded.refuses_start());

    scratch.write("xdg/loci/config.yaml", "server: {port: 6}");
    scratch.request.environment["XDG_CONFIG_HOME"] = scratch.path("xdg").string();
    EXPECT_EQ(scratch.load().settings.server.port, 6);
    scratch.write("work/own.yaml", "server: {port: 7}");
    scratch.request.environment["LOCI_CONFIG"] = "own.yaml";
    EXPECT_EQ(scratch.load().settings.server.port, 7);
    scratch.write("work/named.yaml", "server: {port: 8}");
    scratch.request.config_path = "named.yaml";
    EXPECT_EQ(scratch.load().settings.server.port, 8);
    EXPECT_EQ(scratch.load().local_file, scratch.path("work/named.local.yaml"));
}

TEST(ConfigLoad, lets_later_layers_win_and_names_the_origin_of_each_value) {
    Scratch scratch;
    scratch.write("home/.config/loci/config.yaml",
                  "server:\n  port: 1\nlimits:\n  connections: 1\n  message_chars: 1\n"
                  "  request_burst: 1\n");
    scratch.write("home/.config/loci/config.local.yaml",
                  "limits: {connections: 2, message_chars: 2, request_burst: 2}");
    scratch.request.environment["LOCI_LIMITS_MESSAGE_CHARS"] = "3";
    scratch.request.environment["LOCI_LIMITS_REQUEST_BURST"] = "3";
    scratch.request.overrides.push_back({"limits.request_burst", "4", "--burst"});
    const config::Loaded loaded = scratch.load();
    EXPECT_EQ(problems_of(scratch, loaded), "");
    const config::Limits& limits = loaded.settings.limits;
    EXPECT_EQ(loaded.settings.server.port, 1);
    EXPECT_EQ(limits.connections, 2);
    EXPECT_EQ(limits.message_chars, 3);
    EXPECT_EQ(limits.request_burst, 4);
    const auto place = [&](const char* key) { return loaded.values.at(key).place; };
    EXPECT_EQ(place("limits.body_bytes").text(), "default");
    EXPECT_EQ(place("server.port").origin, config::Origin::file);
    EXPECT_EQ(place("server.port").text(),
              scratch.path("home/.config/loci/config.yaml").string() + ":2:9");
    EXPECT_EQ(place("limits.connections").origin, config::Origin::local_file);
    EXPECT_EQ(place("limits.message_chars").text(), "LOCI_LIMITS_MESSAGE_CHARS");
    EXPECT_EQ(place("limits.request_burst").text(), "--burst");
}

TEST(ConfigLoad, takes_names_of_other_systems_from_the_environment) {
    Scratch scratch;
    scratch.request.environment = {
        {"PORT", "8123"},
        {"LLM_PROVIDER", "openrouter"},
        {"OPENROUTER_API_KEY", "or-key-123456"},
        {"OPENROUTER_MODEL_HIGH", "big"},
        {"OPENROUTER_SITE", "https://example.org"},
        {"ANTHROPIC_BASE_URL", "http://127.0.0.1:8484"},
        {"CF_ACCESS_CLIENT_ID", "cf-id"},
        {"RUST_LOG", "hyper=warn,debug"},
        {"DISCORD_STOP_PHRASES", "clara stop, stop clara"},
        {"SESSION_IDLE_MINUTES", "45"},
        {"SKIP_PROFILE_LOAD", "False"},
        {"BOT_PERSONALITY", "a gruff guard dog"},
        {"BOT_PERSONALITY_FILE", "/srv/dog.md"},
        {"DATABASE_URL", "sqlite:////var/lib/old.db"},
        {"MODEL_TIER", "HIGH"},
        {"VAD_THRESHOLD", "0.6"},
        {"QUESTION_END_SILENCE_MS", "1500"},
        {"VOICE_NAME", "piper/joe"},
        {"WHISPER_MODEL", "large-v3"},
        {"LOCI_SPEECH_SERVERS_SOVITS_LANGUAGE", "en"},
        {"LOCI_SPEECH_SERVERS_SOVITS_REFERENCE_LANGUAGE", "zh"},
        {"OPENAI_API_KEY", ""},
        {"LOCI_LLM_PROVIDERS_WORK_BASE_URL", "http://10.0.0.5/v1"},
        {"LOCI_LLM_HEADERS_X_TEAM", "blue"},
    };
    const config::Loaded loaded = scratch.load();
    EXPECT_EQ(problems_of(scratch, loaded), "");
    const config::Settings& settings = loaded.settings;
    EXPECT_EQ(settings.server.port, 8123);
    EXPECT_EQ(settings.llm.provider, config::ProviderKind::openrouter);
    const config::Provider& openrouter = settings.llm.providers.at("openrouter");
    EXPECT_EQ(openrouter.api_key, "or-key-123456");
    EXPECT_EQ(openrouter.model_high, "big");
    EXPECT_EQ(openrouter.headers.at("HTTP-Referer"), "https://example.org");
    EXPECT_EQ(settings.llm.providers.at("anthropic").base_url, "http://127.0.0.1:8484");
    EXPECT_EQ(settings.llm.providers.at("work").base_url, "http://10.0.0.5/v1");
    EXPECT_FALSE(settings.llm.providers.contains("openai")) << "an empty variable is not set";
    EXPECT_EQ(settings.llm.headers.at("CF-Access-Client-Id"), "cf-id");
    EXPECT_EQ(settings.llm.headers.at("x-team"), "blue");
    EXPECT_EQ(settings.logging.level, config::LogLevel::debug);
    EXPECT_EQ(settings.chat.stop_phrases, (std::vector<std::string>{"clara stop", "stop clara"}));
    EXPECT_EQ(settings.chat.session_idle_minutes, 45);
    EXPECT_TRUE(settings.persona.load_profile) << "the other way round";
    EXPECT_EQ(settings.persona.personality, "a gruff guard dog");
    EXPECT_EQ(settings.persona.personality_file, "/srv/dog.md");
    EXPECT_EQ(settings.data.database, "/var/lib/old.db");
    EXPECT_EQ(settings.llm.tier, config::ModelTier::high);
    EXPECT_EQ(settings.speech.vad_threshold, 0.6);
    EXPECT_EQ(settings.speech.silence_ms, 1500);
    EXPECT_EQ(settings.speech.voice, "piper/joe");
    EXPECT_EQ(settings.speech.servers.at("whisper").recogniser_model, "large-v3");
    EXPECT_EQ(settings.speech.servers.at("whisper").timeout_seconds, 15) << "the rest as usual";
    EXPECT_EQ(settings.speech.servers.at("sovits").language, "en");
    EXPECT_EQ(settings.speech.servers.at("sovits").reference_language, "zh");
    EXPECT_EQ(settings.speech.servers.size(), 2U);

    scratch.request.environment["LOCI_SERVER_PORT"] = "9";
    EXPECT_EQ(scratch.load().settings.server.port, 9) << "the own name comes first";
}

TEST(ConfigLoad, takes_speech_servers_of_older_files) {
    Scratch scratch;
    const config::Loaded loaded = scratch.load_yaml(
        "stt: {model: large-v3, compute_type: float16, language: en}\n"
        "tts: {base_url: 'http://127.0.0.1:9880', ref_audio_path: a.wav, prompt_text: Hi,\n"
        "      prompt_lang: en, text_lang: zh, qwen3_instruct: softly}\n");
    EXPECT_EQ(problems_of(scratch, loaded), "");
    const auto& servers = loaded.settings.speech.servers;
    EXPECT_EQ(servers.at("whisper").recogniser_model, "large-v3");
    EXPECT_EQ(servers.at("whisper").fields.at("compute_type"), "float16");
    EXPECT_EQ(servers.at("sovits").base_url, "http://127.0.0.1:9880");
    EXPECT_EQ(servers.at("sovits").reference_audio, "a.wav");
    EXPECT_EQ(servers.at("sovits").language, "zh");
    EXPECT_EQ(servers.at("qwen").instructions, "softly");
    EXPECT_EQ(loaded.settings.speech.voice, "flite") << "nothing is switched by it";
}

TEST(ConfigLoad, takes_keys_of_older_files) {
    Scratch scratch;
    const config::Loaded loaded = scratch.load_yaml(
        "gateway: {port: 18789, log_level: warn}\nstate_dir: /srv/state\nllm:\n  models:\n"
        "    primary: llama3\n    fast: tiny\nwakeword: {enabled: true, keyword: hey nook}\n");
    EXPECT_EQ(loaded.settings.speech.wake_phrase, "hey nook");
    EXPECT_EQ(loaded.settings.server.port, 18789);
    EXPECT_EQ(loaded.settings.logging.level, config::LogLevel::warn);
    EXPECT_EQ(loaded.settings.data.folder, "/srv/state");
    EXPECT_EQ(loaded.settings.llm.model, "llama3");
    EXPECT_EQ(
        problems_of(scratch, loaded),
        "@/home/.config/loci/config.yaml:6:5: `llm.models.fast` has no effect in this version "
        "(it may stay for later, or be removed)\n"
        "@/home/.config/loci/config.yaml:7:12: `wakeword.enabled` has no effect in this version "
        "(it may stay for later, or be removed)\n");
    EXPECT_TRUE(loaded.disabled.empty());
}

TEST(ConfigLoad, fills_variables_from_the_environment_and_secrets_env) {
    Scratch scratch;
    scratch.write("home/.config/loci/secrets.env",
                  "# mine\nexport KEY_A=\"secret-value-a\"\nKEY_B='from file'  # note\n"
                  "OPENAI_API_KEY=key-from-secrets\n");
    scratch.request.environment["KEY_B"] = "from environment";
    const config::Loaded loaded = scratch.load_yaml(
        "auth: {key: 'env:KEY_A'}\npersona: {name: \"${KEY_B} and "
        "${NONE:-${ALSO_NONE:-nobody}}\"}\n"
        "server: {port: '${PORT_OF_MINE:-77}'}\nchat: {user_id: 'a $${literal} $5'}\n");
    EXPECT_EQ(loaded.settings.auth.key, "secret-value-a");
    EXPECT_EQ(loaded.settings.persona.name, "from environment and nobody");
    EXPECT_EQ(loaded.settings.server.port, 77);
    EXPECT_EQ(loaded.settings.chat.user_id, "a ${literal} $5");
    EXPECT_EQ(loaded.settings.llm.providers.at("openai").api_key, "key-from-secrets");
    EXPECT_EQ(base::log::redact("x secret-value-a y"), "x *** y");
}

TEST(ConfigLoad, closes_a_secrets_file_that_others_may_read) {
    Scratch scratch;
    const auto path = scratch.write("home/.config/loci/secrets.env", "A=b\n");
    ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
    EXPECT_EQ(problems_of(scratch, scratch.load()),
              "@/home/.config/loci/secrets.env: the file could be read by others; its mode is now "
              "0600\n");
    struct stat info{};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    EXPECT_EQ(problems_of(scratch, scratch.load()), "");
}

TEST(ConfigLoad, counts_relative_paths_from_the_file_or_the_working_folder) {
    Scratch scratch;
    scratch.request.overrides.push_back({"logging.file", "log.txt", "--logfile"});
    const config::Loaded loaded = scratch.load_yaml(
        "data: {folder: ../d/, models_folder: ~/m, database: 'sqlite:///x.db'}\n");
    EXPECT_EQ(loaded.settings.data.folder, scratch.path("home/.config/d"));
    EXPECT_EQ(loaded.settings.data.models_folder, scratch.path("home/m"));
    EXPECT_EQ(loaded.settings.data.assets_folder, scratch.path("home/.config/d/assets"));
    EXPECT_EQ(loaded.settings.data.database, scratch.path("home/.config/loci/x.db"));
    EXPECT_EQ(loaded.settings.logging.file, scratch.path("work/log.txt"));
}

TEST(ConfigLoad, fails_only_when_the_named_file_cannot_be_read) {
    Scratch scratch;
    scratch.request.config_path = "none.yaml";
    const auto missing = config::load(scratch.request);
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, base::ErrorCode::not_found);
    EXPECT_EQ(missing.error().message, scratch.path("work/none.yaml").string() +
                                           " cannot be read: No such file or directory");
    scratch.request.config_path = scratch.path("work");
    const auto folder = config::load(scratch.request);
    ASSERT_FALSE(folder.has_value());
    EXPECT_EQ(folder.error().message, scratch.path("work").string() + " is not a file");
    scratch.request.config_path = scratch.write("big.yaml", std::string(1'000'001, '#'));
    const auto big = config::load(scratch.request);
    ASSERT_FALSE(big.has_value());
    EXPECT_EQ(big.error().code, base::ErrorCode::too_large);
}

}  // namespace
