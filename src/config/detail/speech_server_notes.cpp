#include "config/detail/speech_server_notes.hpp"

namespace config::detail {

// NOLINTNEXTLINE(readability-function-size): a table with one entry for each setting
const std::vector<Note>& speech_server_notes() {
    constexpr auto kSecret = Secrecy::secret;
    static const std::vector<Note> kList = {
        {.key = "speech.voice_fallback",
         .doc =
             "The voice that takes over when the chosen one fails before its first sound; empty: "
             "none, and the answer is read instead of heard."},
        {.key = "speech.recogniser_fallback",
         .doc = "What understands speech when the chosen one fails: a server of speech.servers, or "
                "here for the first model of this machine; empty: nothing."},
        {.key = "speech.spellings.*",
         .doc = "How a word is written that the recogniser writes otherwise, whole words in any "
                "case: nuke: Nook."},
        {.key = "speech.families.*",
         .doc = "The family of a speech model that is a folder of data.models_folder, by the "
                "folder's name, where its files do not tell: sense_voice, paraformer, zipformer, "
                "zipformer_ctc, nemo_ctc, parakeet, moonshine, kokoro, kitten or matcha."},
        {.key = "speech.servers.*.kind",
         .doc =
             "Form in which this server is spoken to: openai is any OpenAI-compatible one (OpenAI, "
             "servers of faster-whisper, another Loci). auto: what its name says (sovits, qwen, "
             "xtts), otherwise openai."},
        {.key = "speech.servers.*.base_url",
         .doc =
             "Its address; empty: the usual one of its kind (OpenAI itself for openai, port 8000 "
             "of this machine for a name with whisper in it).",
         .form = Form::url},
        {.key = "speech.servers.*.api_key",
         .doc = "Its key. For a server named openai without base_url: empty takes the key of "
                "llm.providers.openai.",
         .secrecy = kSecret},
        {.key = "speech.servers.*.recogniser_model",
         .doc = "Model that understands speech there, such as large-v3; empty: whisper-1."},
        {.key = "speech.servers.*.voice_model",
         .doc = "Model that speaks there; empty: tts-1 for openai, the server's own otherwise."},
        {.key = "speech.servers.*.voice", .doc = "Its voice: alloy, vivian, the speaker of XTTS."},
        {.key = "speech.servers.*.language",
         .doc = "Language it speaks, such as en; empty: the one of speech.language, otherwise the "
                "server finds out."},
        {.key = "speech.servers.*.reference_audio",
         .doc = "Recording whose voice is taken: for GPT-SoVITS and XTTS a path at the server, for "
                "Qwen3-TTS an address or a full path on this machine."},
        {.key = "speech.servers.*.reference_text", .doc = "What is said in that recording."},
        {.key = "speech.servers.*.reference_language",
         .doc = "Language of that recording, such as en; empty: the server finds out."},
        {.key = "speech.servers.*.instructions", .doc = "How to speak, in words."},
        {.key = "speech.servers.*.sound",
         .doc = "Form in which sound is asked for: wav tells its rate, pcm does not."},
        {.key = "speech.servers.*.sample_rate",
         .doc = "Samples a second of its pcm.",
         .min = 8'000,
         .max = 48'000},
        {.key = "speech.servers.*.stream",
         .doc = "Take sound while it is being made, where the server can. XTTS: off asks for whole "
                "files."},
        {.key = "speech.servers.*.timeout_seconds",
         .doc = "Seconds without a byte after which it is given up. In a spoken conversation a "
                "sentence is waited for 20 seconds at most.",
         .min = 1,
         .max = 600},
        {.key = "speech.servers.*.headers.*",
         .doc = "Further HTTP header sent with every request to it, by header name.",
         .secrecy = kSecret},
        {.key = "speech.servers.*.fields.*",
         .doc = "Further field of every request, by name, such as vad_filter, compute_type or "
                "temperature; it wins over what is sent otherwise. Numbers, true, false and lists "
                "are sent as such where the form is JSON."},
    };
    return kList;
}

}  // namespace config::detail
