#include "adapters/speech_http/transcription.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "adapters/speech_http/segments.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "json/json.hpp"
#include "media/wav.hpp"

namespace adapters::speech_http {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxWords = 20'000;
// The same rule as Whisper's own: noise when both hold.
constexpr double kNoSpeech = 0.6;
constexpr double kUnlikely = -1.0;

class Form {
public:
    void file(std::string_view name, std::string_view content) {
        head(name, "; filename=\"speech.wav\"\r\nContent-Type: audio/wav");
        body_ += content;
        body_ += "\r\n";
    }
    void text(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        head(name, "");
        body_ += value;
        body_ += "\r\n";
    }
    [[nodiscard]] std::string take() {
        body_ += "--" + boundary_ + "--\r\n";
        return std::move(body_);
    }
    [[nodiscard]] std::string content_type() const {
        return "multipart/form-data; boundary=" + boundary_;
    }

private:
    void head(std::string_view name, std::string_view more) {
        body_ += "--" + boundary_ + "\r\nContent-Disposition: form-data; name=\"";
        body_ += name;
        body_ += '"';
        body_ += more;
        body_ += "\r\n\r\n";
    }
    // Random, so that neither sound nor words hold it.
    std::string boundary_ = "loci-" + base::new_uuid();
    std::string body_;
};

std::string wanted_form(const SpeechServer& server) {
    // OpenAI's newer models only know the short one.
    return server.recogniser_model.starts_with("gpt-") ? "json" : "verbose_json";
}

int to_ms(double seconds) {
    const double clean = std::isfinite(seconds) ? std::clamp(seconds, 0.0, 86'400.0) : 0.0;
    return static_cast<int>(std::lround(clean * 1000));
}

struct Stretch {
    double start = 0;
    double end = 0;
    std::string text;
    std::optional<double> log_probability;
    double no_speech = 0;

    [[nodiscard]] double confidence() const {
        return log_probability ? std::clamp(std::exp(*log_probability), 0.0, 1.0) : 1.0;
    }
};

std::vector<Stretch> read_stretches(const json::Value& root) {
    std::vector<Stretch> out;
    const auto* list = json::find(root, "segments");
    if (list == nullptr || !list->is_array()) return out;
    for (const auto& item : list->get_array()) {
        if (out.size() == kMaxWords) break;
        Stretch stretch;
        stretch.start = json::number_or(json::find(item, "start"), 0);
        stretch.end = json::number_or(json::find(item, "end"), 0);
        stretch.text = json::string_or(json::find(item, "text"));
        if (const auto* value = json::find(item, "avg_logprob"); value && value->is_number()) {
            stretch.log_probability = json::number_or(value, 0);
        }
        stretch.no_speech = json::number_or(json::find(item, "no_speech_prob"), 0);
        out.push_back(std::move(stretch));
    }
    return out;
}

bool is_noise(const std::vector<Stretch>& stretches) {
    return !stretches.empty() && std::ranges::all_of(stretches, [](const Stretch& s) {
        return s.no_speech > kNoSpeech && s.log_probability.value_or(0) < kUnlikely;
    });
}

double confidence_at(const std::vector<Stretch>& stretches, double time) {
    for (const auto& s : stretches) {
        if (time >= s.start && time <= s.end) return s.confidence();
    }
    return stretches.empty() ? 1.0 : stretches.back().confidence();
}

void read_words(const json::Value& list, const std::vector<Stretch>& stretches,
                std::vector<ports::HeardWord>& out) {
    if (!list.is_array()) return;
    for (const auto& item : list.get_array()) {
        if (out.size() == kMaxWords) break;
        ports::HeardWord word;
        word.text = base::trim(json::string_or(json::find(item, "word")));
        const double start = json::number_or(json::find(item, "start"), 0);
        word.t_ms = to_ms(start);
        word.dur_ms = std::max(0, to_ms(json::number_or(json::find(item, "end"), 0)) - word.t_ms);
        const auto* probability = json::find(item, "probability");
        word.confidence =
            std::clamp(json::number_or(probability, confidence_at(stretches, start)), 0.0, 1.0);
        if (!word.text.empty()) out.push_back(std::move(word));
    }
}

// Words of a text, by their length, between two times.
void spread(std::string_view text, int from_ms, int to_ms, double confidence,
            std::vector<ports::HeardWord>& out) {
    const auto words = words_of(text);
    double all = 0;
    for (const auto& word : words) all += letters_of(word);
    double done = 0;
    const int length = std::max(0, to_ms - from_ms);
    for (const auto& word : words) {
        if (out.size() == kMaxWords) return;
        const int begin = from_ms + static_cast<int>(length * done / all);
        done += letters_of(word);
        const int end = from_ms + static_cast<int>(length * done / all);
        out.push_back({word, begin, end - begin, confidence});
    }
}

// OpenAI says "english", faster-whisper "en".
std::string language_code(std::string name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kNames{
        {{"english", "en"},
         {"german", "de"},
         {"chinese", "zh"},
         {"french", "fr"},
         {"spanish", "es"},
         {"italian", "it"},
         {"portuguese", "pt"},
         {"dutch", "nl"},
         {"russian", "ru"},
         {"japanese", "ja"},
         {"korean", "ko"},
         {"polish", "pl"},
         {"turkish", "tr"},
         {"arabic", "ar"}}};
    name = base::to_lower_ascii(name);
    for (const auto& [long_name, code] : kNames) {
        if (name == long_name) return std::string(code);
    }
    return base::shorten(name, 20);
}

}  // namespace

base::Result<http::ClientRequest> transcription_request(const SpeechServer& server,
                                                        const ports::ListenRequest& request) {
    TRY(wav, media::write_wav({ports::kListenRate, request.samples}));
    Form form;
    form.file("file", {reinterpret_cast<const char*>(wav.data()), wav.size()});
    // What the owner wrote wins.
    const auto put = [&](const std::string& name, std::string_view value) {
        if (!server.fields.contains(name)) form.text(name, value);
    };
    put("model", server.recogniser_model.empty() ? "whisper-1" : server.recogniser_model);
    put("language", request.language.empty() ? server.language : request.language);
    put("prompt", request.context);
    const std::string answer = wanted_form(server);
    put("response_format", answer);
    if (answer == "verbose_json") {
        form.text("timestamp_granularities[]", "word");
        form.text("timestamp_granularities[]", "segment");
    }
    for (const auto& [name, value] : server.fields) form.text(name, value);
    auto post = llm_wire::make_post(
        server.endpoint, llm_wire::join_url(server.endpoint.base_url, "/audio/transcriptions"),
        form.take());
    post.headers.set("Content-Type", form.content_type());
    post.headers.set("Accept", "application/json");
    post.redirects = http::Redirects::refuse;
    post.idle_timeout = std::chrono::milliseconds(0);
    return post;
}

base::Result<ports::Transcript> read_transcription(std::string_view body, int length_ms) {
    const auto root = json::parse(body);
    if (!root || !root->is_object() || json::find(*root, "text") == nullptr) {
        return base::fail(ErrorCode::upstream, "the answer is no transcription",
                          "check the base URL; most end in /v1");
    }
    const auto stretches = read_stretches(*root);
    ports::Transcript out;
    out.text = base::trim(json::string_or(json::find(*root, "text")));
    out.language = language_code(json::string_or(json::find(*root, "language")));
    out.no_speech = out.text.empty() || is_noise(stretches);
    if (out.no_speech) return out;
    if (const auto* words = json::find(*root, "words")) read_words(*words, stretches, out.words);
    if (out.words.empty()) {
        for (const auto& s : stretches) {
            spread(s.text, to_ms(s.start), to_ms(s.end), s.confidence(), out.words);
        }
    }
    if (out.words.empty()) spread(out.text, 0, length_ms, 1.0, out.words);
    for (const auto& word : out.words) out.confidence += word.confidence;
    if (!out.words.empty()) out.confidence /= static_cast<double>(out.words.size());
    return out;
}

}  // namespace adapters::speech_http
