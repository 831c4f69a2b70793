#include "engine/request_check.hpp"

#include <cmath>

#include <fmt/core.h>

namespace engine {
namespace {

constexpr int kMaxForeseen = 256;  // a beginning, not a reply

std::unexpected<base::Error> bad(std::string_view field, std::string_view what) {
    return base::fail(base::ErrorCode::invalid_argument, fmt::format("`{}` {}", field, what));
}

base::Result<void> check_length(const wire::Samples& samples) {
    if (samples.empty() || samples.size() > std::size_t{30} * wire::kListenRate) {
        return bad("samples", "must hold at most 30 s of sound");
    }
    return {};
}

bool within(const std::optional<double>& value, double low, double high) {
    return !value || (std::isfinite(*value) && *value >= low && *value <= high);
}

base::Result<void> check_sampling(const wire::Chat& chat) {
    if (!within(chat.temperature, 0, 10)) return bad("temperature", "must be from 0 to 10");
    if (!within(chat.top_p, 0, 1)) return bad("top_p", "must be from 0 to 1");
    if (chat.top_k && *chat.top_k < 0) return bad("top_k", "must not be negative");
    if (!within(chat.repeat_penalty, 0.01, 10)) {
        return bad("repeat_penalty", "must be from 0.01 to 10");
    }
    if (chat.max_tokens < wire::kOnlyRead || chat.max_tokens > kMaxReplyTokens) {
        return bad("max_tokens", fmt::format("must be from {} (only read the prompt) to {}",
                                             wire::kOnlyRead, kMaxReplyTokens));
    }
    if (chat.foresee < 0 || chat.foresee > kMaxForeseen) {
        return bad("foresee", fmt::format("must be from 0 to {}", kMaxForeseen));
    }
    return {};
}

}  // namespace

base::Result<void> check_request(const wire::Chat& chat) {
    TRY_DO(check_sampling(chat));
    if (chat.messages.empty() == chat.raw_prompt.empty()) {
        return bad("messages", "or `raw_prompt` must be given, not both");
    }
    for (const auto& message : chat.messages) {
        if (message.role != "system" && message.role != "user" && message.role != "assistant" &&
            message.role != "tool") {
            return bad("messages", "have an unknown role");
        }
    }
    if (chat.stop.size() > kMaxStops) return bad("stop", "has too many sequences");
    for (const auto& stop : chat.stop) {
        if (stop.empty() || stop.size() > kMaxStopBytes) {
            return bad("stop", fmt::format("sequences have 1 to {} bytes", kMaxStopBytes));
        }
    }
    if (!chat.json_schema.empty() && !chat.gbnf.empty()) {
        return bad("json_schema", "and `gbnf` exclude each other");
    }
    if (chat.json_schema.size() > kMaxGrammarBytes || chat.gbnf.size() > kMaxGrammarBytes) {
        return bad("json_schema", "or `gbnf` is too long");
    }
    // llama.cpp aborts the process on this marker when built without that library.
    if (chat.gbnf.starts_with("%llguidance")) return bad("gbnf", "must be a GBNF grammar");
    if (!chat.tools.empty() && !chat.raw_prompt.empty()) {
        return bad("tools", "need `messages`");
    }
    return {};
}

base::Result<void> check_request(const wire::Embed& embed) {
    if (embed.texts.size() > kMaxTexts) {
        return bad("texts", fmt::format("may hold at most {}", kMaxTexts));
    }
    return {};
}

base::Result<void> check_request(const wire::Count&) {
    return {};
}

base::Result<void> check_request(const wire::Load&) {
    return {};
}

base::Result<void> check_request(const wire::Transcribe& transcribe) {
    if (transcribe.samples.size() > kMaxListenSeconds * wire::kListenRate) {
        return base::fail(
            base::ErrorCode::too_large,
            fmt::format("`samples` may hold at most {} s of sound", kMaxListenSeconds),
            "send it in parts");
    }
    if (transcribe.language.size() > 16) return bad("language", "is a short code such as `en`");
    if (transcribe.context.size() > kMaxContextBytes) return bad("context", "is too long");
    return {};
}

base::Result<void> check_request(const wire::Speak& speak) {
    if (!std::isfinite(speak.speed) || speak.speed < 0.25 || speak.speed > 4) {
        return bad("speed", "must be from 0.25 to 4");
    }
    if (speak.speaker < 0) return bad("speaker", "must not be negative");
    if (speak.clauses.size() > kMaxClauses) return bad("clauses", "are too many");
    for (const auto& clause : speak.clauses) {
        if (clause.text.size() > kMaxClauseBytes || clause.phonemes.size() > 2 * kMaxClauseBytes) {
            return bad("clauses", "hold one that is too long");
        }
    }
    return {};
}

base::Result<void> check_request(const wire::Detect& detect) {
    const std::size_t count = detect.samples.size();
    if (count == 0 || count % wire::kVoiceWindow != 0 || count / wire::kVoiceWindow > kMaxWindows) {
        return bad("samples",
                   fmt::format("must hold 1 to {} windows of {}", kMaxWindows, wire::kVoiceWindow));
    }
    return {};
}

base::Result<void> check_request(const wire::Judge& judge) {
    return check_length(judge.samples);
}

base::Result<void> check_request(const wire::Spot& spot) {
    return check_length(spot.samples);
}

}  // namespace engine
