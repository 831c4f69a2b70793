// Names from earlier systems and from provider documentation that are accepted for a setting.
// For one key the LOCI_ name wins, then the order of this list.
#include "config/fields.hpp"

namespace config {

// NOLINTNEXTLINE(readability-function-size): a table with one entry for each name
const std::vector<EnvironmentAlias>& environment_aliases() {
    static const std::vector<EnvironmentAlias> kList = {
        {"PORT", "server.port", ""},
        {"CLARA_GATEWAY_PORT", "server.port", ""},
        {"CLARA_GATEWAY_HOST", "server.host", ""},
        {"CLARA_GATEWAY_SECRET", "auth.key", ""},
        {"LOG_LEVEL", "logging.level", "any case; WARNING and CRITICAL too"},
        {"RUST_LOG", "logging.level", "the general level of a filter such as info,hyper=warn"},
        {"DATA_DIR", "data.folder", ""},
        {"MODELS_DIR", "data.models_folder", ""},
        {"DAYDREAM_SCOPE_MODELS_DIR", "data.models_folder", ""},
        {"DATABASE_URL", "data.database", "SQLite only"},
        {"LLM_PROVIDER", "llm.provider", ""},
        {"DEFAULT_PROVIDER", "llm.provider", ""},
        {"MODEL_TIER", "llm.tier", "high, mid or low"},
        {"CF_ACCESS_CLIENT_ID", "llm.headers.CF-Access-Client-Id", "Cloudflare Access"},
        {"CF_ACCESS_CLIENT_SECRET", "llm.headers.CF-Access-Client-Secret", "Cloudflare Access"},
        {"OPENAI_API_KEY", "llm.providers.openai.api_key", ""},
        {"OPENROUTER_API_KEY", "llm.providers.openrouter.api_key", ""},
        {"OPENROUTER_MODEL", "llm.providers.openrouter.model", ""},
        {"OPENROUTER_MODEL_HIGH", "llm.providers.openrouter.model_high", ""},
        {"OPENROUTER_MODEL_MID", "llm.providers.openrouter.model_mid", ""},
        {"OPENROUTER_MODEL_LOW", "llm.providers.openrouter.model_low", ""},
        {"OPENROUTER_SITE", "llm.providers.openrouter.headers.HTTP-Referer", ""},
        {"OPENROUTER_TITLE", "llm.providers.openrouter.headers.X-Title", ""},
        {"NANOGPT_API_KEY", "llm.providers.nanogpt.api_key", ""},
        {"NANOGPT_MODEL", "llm.providers.nanogpt.model", ""},
        {"NANOGPT_MODEL_HIGH", "llm.providers.nanogpt.model_high", ""},
        {"NANOGPT_MODEL_MID", "llm.providers.nanogpt.model_mid", ""},
        {"NANOGPT_MODEL_LOW", "llm.providers.nanogpt.model_low", ""},
        {"CUSTOM_OPENAI_API_KEY", "llm.providers.custom.api_key", ""},
        {"CUSTOM_OPENAI_BASE_URL", "llm.providers.custom.base_url", ""},
        {"CUSTOM_OPENAI_MODEL", "llm.providers.custom.model", ""},
        {"CUSTOM_OPENAI_MODEL_HIGH", "llm.providers.custom.model_high", ""},
        {"CUSTOM_OPENAI_MODEL_MID", "llm.providers.custom.model_mid", ""},
        {"CUSTOM_OPENAI_MODEL_LOW", "llm.providers.custom.model_low", ""},
        {"ANTHROPIC_API_KEY", "llm.providers.anthropic.api_key", ""},
        {"ANTHROPIC_BASE_URL", "llm.providers.anthropic.base_url", ""},
        {"ANTHROPIC_MODEL", "llm.providers.anthropic.model", ""},
        {"ANTHROPIC_MODEL_HIGH", "llm.providers.anthropic.model_high", ""},
        {"ANTHROPIC_MODEL_MID", "llm.providers.anthropic.model_mid", ""},
        {"ANTHROPIC_MODEL_LOW", "llm.providers.anthropic.model_low", ""},
        {"DEEPSEEK_API_KEY", "llm.providers.deepseek.api_key", ""},
        {"GEMINI_API_KEY", "llm.providers.gemini.api_key", ""},
        {"DASHSCOPE_API_KEY", "llm.providers.alibaba.api_key", ""},
        {"VAD_THRESHOLD", "speech.vad_threshold", ""},
        {"QUESTION_END_SILENCE_MS", "speech.silence_ms", ""},
        {"USER_SILENCE_THRESHOLD_MS", "speech.silence_ms", ""},
        {"ASR_ENGINE", "speech.recogniser", ""},
        {"VOICE_NAME", "speech.voice", ""},
        {"TTS_VOICE_NAME", "speech.voice", ""},
        {"TEXT_LANG", "speech.language", ""},
        {"SPEED_FACTOR", "speech.speed", ""},
        {"WHISPER_MODEL", "speech.servers.whisper.recogniser_model", ""},
        {"PROMPT_LANG", "speech.servers.sovits.reference_language", ""},
        {"USER_ID", "chat.user_id", ""},
        {"SESSION_IDLE_MINUTES", "chat.session_idle_minutes", ""},
        {"DISCORD_STOP_PHRASES", "chat.stop_phrases", "separated by commas"},
        {"BOT_PERSONALITY", "persona.personality", ""},
        {"BOT_PERSONALITY_FILE", "persona.personality_file", ""},
        {"SKIP_PROFILE_LOAD", "persona.load_profile", "the other way round: false loads it"},
    };
    return kList;
}

const std::vector<FileAlias>& file_aliases() {
    static const std::vector<FileAlias> kList = {
        {"state_dir", "data.folder"},
        {"stt.language", "speech.language"},
        {"wakeword.keyword", "speech.wake_phrase"},
        {"wakeword.threshold", "speech.wake_threshold"},
        {"stt.model", "speech.servers.whisper.recogniser_model"},
        {"stt.device", "speech.servers.whisper.fields.device"},
        {"stt.compute_type", "speech.servers.whisper.fields.compute_type"},
        {"tts.base_url", "speech.servers.sovits.base_url"},
        {"tts.ref_audio_path", "speech.servers.sovits.reference_audio"},
        {"tts.prompt_text", "speech.servers.sovits.reference_text"},
        {"tts.prompt_lang", "speech.servers.sovits.reference_language"},
        {"tts.text_lang", "speech.servers.sovits.language"},
        {"tts.qwen3_model", "speech.servers.qwen.voice_model"},
        {"tts.qwen3_language", "speech.servers.qwen.language"},
        {"tts.qwen3_instruct", "speech.servers.qwen.instructions"},
        {"tts.qwen3_device", "speech.servers.qwen.fields.device"},
        {"assets_dir", "data.assets_folder"},
        {"storage.path", "data.folder"},
        {"gateway.host", "server.host"},
        {"gateway.port", "server.port"},
        {"gateway.log_level", "logging.level"},
        {"workspace.path", "persona.workspace"},
        {"sessions.max_tokens", "llm.context_tokens"},
        {"llm.models.primary", "llm.model"},
        {"api_base", "llm.base_url"},
        {"openai_api_key", "llm.api_key"},
        {"model", "llm.model"},
        {"temperature", "llm.temperature"},
        {"max_tokens", "llm.max_tokens"},
    };
    return kList;
}

const std::vector<std::string_view>& known_but_unused() {
    static const std::vector<std::string_view> kList = {
        "stt",       "tts",         "wakeword",   "heartbeat",     "emotion",    "background",
        "bash",      "vrm_model",   "mcpServers", "builtin_tools", "gateway",    "channels",
        "sessions",  "storage",     "sandbox",    "tools",         "api",        "admin",
        "agents",    "workspace",   "voice",      "plugins",       "llm.models", "llm.keep_alive",
        "llm.cache", "llm.routing",
    };
    return kList;
}

}  // namespace config
