// The words, limits and other names of every setting. One entry per field of settings.hpp.
#include "config/detail/speech_server_notes.hpp"
#include "config/fields.hpp"

namespace config {

const std::vector<SectionNote>& sections() {
    static const std::vector<SectionNote> kList = {
        {"server", "Where the page and the API are reachable.", Failure::refuses_start},
        {"auth", "Who may come in.", Failure::refuses_start},
        {"logging", "What is written down about the program's own work; never people's words."},
        {"data", "Where everything is kept.", Failure::refuses_start},
        {"llm", "The language model that answers."},
        {"engine", "The process that runs models on this machine."},
        {"models", "Finding and fetching models."},
        {"speech", "Hearing and speaking."},
        {"chat", "How conversations behave."},
        {"persona", "Who the companion is."},
        {"limits", "How much one caller may ask for."},
    };
    return kList;
}

namespace {

// NOLINTNEXTLINE(readability-function-size): a table with one entry for each setting
std::vector<Note> all_notes() {
    using enum Form;
    constexpr auto kSecret = Secrecy::secret;
    constexpr auto kRestart = Applies::after_restart;
    std::vector<Note> list = {
        {.key = "server.host",
         .doc = "Address to listen on. 127.0.0.1 is this machine alone; anything else needs "
                "auth.key.",
         .form = host,
         .applies = kRestart},
        {.key = "server.port",
         .doc = "Port to listen on; 0 takes any free one.",
         .min = 0,
         .max = 65535,
         .applies = kRestart},
        {.key = "server.realtime_port",
         .doc = "A second port for early clients of the OpenAI Realtime API, which connect to the "
                "bare address, often on 8123; 0: none. /v1/realtime is on server.port in any case.",
         .min = 0,
         .max = 65535,
         .applies = kRestart},
        {.key = "server.allowed_hosts",
         .doc = "Further names by which browsers may reach this server, such as the name at a "
                "reverse proxy. Loopback names always work.",
         .applies = kRestart},
        {.key = "server.tls.mode",
         .doc = "off: plain HTTP. own: the certificate given below. self_signed: a certificate "
                "made at first use.",
         .applies = kRestart},
        {.key = "server.tls.certificate",
         .doc = "Certificate chain as a PEM file, for mode own.",
         .form = path,
         .applies = kRestart},
        {.key = "server.tls.key",
         .doc = "Private key as a PEM file, for mode own.",
         .form = path,
         .applies = kRestart},
        {.key = "server.open_browser",
         .doc = "Open the page in a browser at start.",
         .applies = kRestart},

        {.key = "auth.key",
         .doc = "Key that opens the page and the API; empty: no login, loopback only.",
         .secrecy = kSecret,
         .applies = kRestart},

        {.key = "logging.level", .doc = "Least important line that is written."},
        {.key = "logging.format",
         .doc = "pretty for eyes, compact for narrow screens, json for "
                "programs."},
        {.key = "logging.file", .doc = "Log file beside the terminal; empty: none.", .form = path},

        {.key = "data.folder",
         .doc = "Folder of conversations, notes and models. Empty: the user's data folder "
                "(XDG_DATA_HOME or ~/.local/share) with /loci.",
         .form = path,
         .applies = kRestart},
        {.key = "data.models_folder",
         .doc = "Folder of model files. Empty: models in data.folder.",
         .form = path,
         .applies = kRestart},
        {.key = "data.assets_folder",
         .doc = "Folder of pictures, characters and sounds. Empty: assets in data.folder.",
         .form = path,
         .applies = kRestart},
        {.key = "data.database",
         .doc = "SQLite database: a path or sqlite:///path. Empty: loci.db in data.folder.",
         .form = database,
         .applies = kRestart},

        {.key = "llm.provider",
         .doc = "Who computes replies. auto: what is found on this machine, never the cloud."},
        {.key = "llm.model", .doc = "Model name as the provider spells it; empty: its default."},
        {.key = "llm.base_url",
         .doc = "Address of the provider; empty: its usual one.",
         .form = url},
        {.key = "llm.api_key", .doc = "Key for the provider.", .secrecy = kSecret},
        {.key = "llm.temperature",
         .doc = "How free the choice of words is; not set: the model's default.",
         .min = 0,
         .max = 2},
        {.key = "llm.max_tokens", .doc = "Longest reply in tokens.", .min = 1, .max = 1'000'000},
        {.key = "llm.context_tokens",
         .doc = "Tokens of context to use; 0: what the model offers.",
         .min = 0,
         .max = 10'000'000},
        {.key = "llm.headers.*",
         .doc = "Further HTTP header sent with every request to the provider, by header name.",
         .secrecy = kSecret},
        {.key = "llm.privacy",
         .doc = "local_only: no word leaves this machine, whatever else is set."},
        {.key = "llm.reflexes",
         .doc = "Answer simple things without a language model. auto: when no good model is "
                "there."},
        {.key = "llm.tier",
         .doc = "Which of a provider's models to use: base is model, the others are model_high, "
                "model_mid and model_low."},
        {.key = "llm.script",
         .doc = "File of replies for provider scripted (demonstrations and tests).",
         .form = path},
        {.key = "llm.providers.*.kind",
         .doc = "Protocol of this named provider. auto: the kind that its name says, otherwise "
                "OpenAI-compatible."},
        {.key = "llm.providers.*.base_url", .doc = "Its address.", .form = url},
        {.key = "llm.providers.*.api_key", .doc = "Its key.", .secrecy = kSecret},
        {.key = "llm.providers.*.model", .doc = "Its usual model."},
        {.key = "llm.providers.*.model_high", .doc = "Its model for tier high."},
        {.key = "llm.providers.*.model_mid", .doc = "Its model for tier mid."},
        {.key = "llm.providers.*.model_low", .doc = "Its model for tier low."},
        {.key = "llm.providers.*.headers.*",
         .doc = "Further HTTP header for this provider, by header name.",
         .secrecy = kSecret},

        {.key = "engine.mode",
         .doc = "child: models run in a process of their own that may fail without harm. inline: "
                "in the server, for debugging. off: no models on this machine.",
         .applies = kRestart},
        {.key = "engine.threads",
         .doc = "Threads for computing; 0: the physical cores, at most 4.",
         .min = 0,
         .max = 1024,
         .applies = kRestart},
        {.key = "engine.idle_unload_minutes",
         .doc = "Minutes without use after which a model leaves memory; 0: never.",
         .min = 0,
         .max = 100'000,
         .applies = kRestart},
        {.key = "engine.context_tokens",
         .doc = "Context that the engine reserves for a model; 0: what fits in memory.",
         .min = 0,
         .max = 10'000'000,
         .applies = kRestart},
        {.key = "engine.gpu",
         .doc = "auto: use a graphics card when one is found. on: insist. off: never.",
         .applies = kRestart},

        {.key = "models.hub_url",
         .doc = "Address of the model hub to fetch from; empty: the public one.",
         .form = url},
        {.key = "models.hub_token",
         .doc =
             "Token of your account at the hub, for files behind an accepted licence; it is sent "
             "to models.hub_url alone.",
         .secrecy = kSecret},
        {.key = "models.discover",
         .doc = "Look for model servers on this machine (Ollama, LM Studio, llama-server)."},

        {.key = "speech.voice",
         .doc =
             "The voice that speaks: flite, the name of another one, a server of speech.servers, "
             "or <server>/<its name of a voice>; `loci speak --voices` lists them. A Piper "
             "voice is added by putting its .onnx and .onnx.json files into "
             "data.models_folder, a Kokoro, Kitten or Matcha voice by putting its folder there."},
        {.key = "speech.recogniser",
         .doc =
             "What understands speech: a model such as whisper-tiny.en or whisper-base, a folder "
             "of sherpa-onnx in data.models_folder by its name, or a server of speech.servers; "
             "auto: the first model that is there, never a server."},
        {.key = "speech.language",
         .doc = "Language that is spoken, such as en or de; empty: found out, by a recogniser of "
                "many languages."},
        {.key = "speech.speed",
         .doc = "How fast the voice speaks where a page or program names no pace; 1 is its own.",
         .min = 0.5,
         .max = 2},
        {.key = "speech.eagerness",
         .doc = "How soon a spoken turn counts as finished: high answers quickly, low waits for "
                "people who think while they speak; auto is medium."},
        {.key = "speech.turn_detection",
         .doc = "semantic_vad: a finished sentence ends a turn soon, an unfinished one is waited "
                "for. server_vad: a silence of silence_ms ends it, whatever was said."},
        {.key = "speech.vad_threshold",
         .doc = "How sure the detector has to be that somebody speaks.",
         .min = 0,
         .max = 1},
        {.key = "speech.silence_ms",
         .doc = "Silence in milliseconds that ends a turn with server_vad.",
         .min = 64,
         .max = 10'000},
        {.key = "speech.prefix_padding_ms",
         .doc = "Milliseconds before the first sound that are recognised with it, so that no first "
                "word is clipped.",
         .min = 0,
         .max = 5'000},
        {.key = "speech.least_confidence",
         .doc = "A transcript below it is asked back instead of answered; 0: never.",
         .min = 0,
         .max = 1},
        {.key = "speech.wake_phrase",
         .doc =
             "What the companion is called by in wake mode, such as Hey Nook; at most six "
             "words, longer phrases of common words are heard best; empty: there is no wake mode."},
        {.key = "speech.wake_model",
         .doc = "Which model hears the wake phrase: auto takes one that is called like the phrase, "
                "as hey_nook.onnx is for Hey Nook, and the recogniser where there is none; none "
                "always takes the recogniser; or the name of a model of `loci models list`."},
        {.key = "speech.wake_threshold",
         .doc = "How sure it has to be that it was the wake phrase: lower wakes more often, also "
                "by mistake; higher has to hear it more clearly.",
         .min = 0,
         .max = 1},
        {.key = "speech.wake_cooldown_ms",
         .doc = "Milliseconds after it was woken in which the wake phrase does not wake again.",
         .min = 0,
         .max = 60'000},
        {.key = "speech.listen_window_ms",
         .doc = "Milliseconds of silence after a reply until it sleeps again in wake mode.",
         .min = 1'000,
         .max = 120'000},

        {.key = "chat.queue",
         .doc = "What a message does that comes while a reply is being written. queue: waits. "
                "steer: stops the reply and takes over. collect: waits and joins others."},
        {.key = "chat.stop_phrases",
         .doc = "Messages that mean \"stop\" when sent during a reply."},
        {.key = "chat.session_idle_minutes",
         .doc = "Minutes of silence after which the next message in the newest conversation begins "
                "a new one that goes on from it; 0: never.",
         .min = 0,
         .max = 1'000'000},
        {.key = "chat.daily_reset",
         .doc = "Time of day (HH:MM) after which the next message in the newest conversation "
                "begins a new one that goes on from it, or off.",
         .form = time_of_day},
        {.key = "chat.carry_messages",
         .doc = "Messages taken along, beside the summary, from the conversation before.",
         .min = 0,
         .max = 1000},
        {.key = "chat.history_tokens",
         .doc = "Most tokens of history in a prompt; 0: what the context leaves.",
         .min = 0,
         .max = 10'000'000},
        {.key = "chat.titles", .doc = "Give conversations a title after the first reply."},
        {.key = "chat.user_id",
         .doc = "Id of the person who uses the page and the terminal; empty: the owner.",
         .applies = kRestart},

        {.key = "persona.name", .doc = "Name of the companion; empty: the one of its workspace."},
        {.key = "persona.workspace",
         .doc = "Folder of the texts that make the companion. Empty: workspace in data.folder.",
         .form = path,
         .applies = kRestart},
        {.key = "persona.personality",
         .doc = "Description of the companion, used in place of IDENTITY.md and SOUL.md."},
        {.key = "persona.personality_file",
         .doc = "File with that description; it wins over the text.",
         .form = path},
        {.key = "persona.load_profile",
         .doc = "At start, fill a USER.md that nobody has written in yet from the profile file.",
         .applies = kRestart},
        {.key = "persona.profile_file",
         .doc = "Text about the person. Empty: profile.md in data.folder.",
         .form = path,
         .applies = kRestart},

        {.key = "limits.message_chars",
         .doc = "Longest message in characters.",
         .min = 1,
         .max = 10'000'000},
        {.key = "limits.body_bytes",
         .doc = "Largest request body in bytes.",
         .min = 1024,
         .max = 1'000'000'000,
         .applies = kRestart},
        {.key = "limits.requests_per_second",
         .doc = "Requests that one address may make per second, on average; 0: no limit.",
         .min = 0,
         .max = 1'000'000,
         .applies = kRestart},
        {.key = "limits.request_burst",
         .doc = "Requests that one address may make at once.",
         .min = 1,
         .max = 1'000'000,
         .applies = kRestart},
        {.key = "limits.connections",
         .doc = "Most connections at the same time.",
         .min = 1,
         .max = 100'000,
         .applies = kRestart},
        {.key = "limits.messages_per_minute",
         .doc = "Messages that one person may send through one channel per minute, on average; 0: "
                "no limit.",
         .min = 0,
         .max = 1'000'000},
        {.key = "limits.message_burst",
         .doc = "Messages that one person may send through one channel at once.",
         .min = 1,
         .max = 1'000'000},
        {.key = "limits.upload_bytes",
         .doc = "Largest uploaded file in bytes.",
         .min = 1024,
         .max = 1'000'000'000,
         .applies = kRestart},
        {.key = "limits.uploads_per_minute",
         .doc = "Files that one address may upload per minute, on average; 0: no limit.",
         .min = 0,
         .max = 1'000'000,
         .applies = kRestart},
    };
    const auto& servers = detail::speech_server_notes();
    list.insert(list.end(), servers.begin(), servers.end());
    return list;
}

}  // namespace

const std::vector<Note>& notes() {
    static const std::vector<Note> kList = all_notes();
    return kList;
}

}  // namespace config
