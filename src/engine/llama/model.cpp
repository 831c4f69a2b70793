#include "engine/llama/model.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <utility>

#include <fmt/core.h>

#include "engine/gguf_check.hpp"
#include "engine/llama/runtime.hpp"

namespace engine::llama {
namespace {

bool on_progress(float fraction, void* data) {
    return (*static_cast<std::function<bool(double)>*>(data))(static_cast<double>(fraction));
}

std::vector<std::string> find_control_texts(const llama_vocab* vocab) {
    std::vector<std::string> texts;
    for (llama_token token = 0; token < llama_vocab_n_tokens(vocab); ++token) {
        if (!llama_vocab_is_control(vocab, token)) continue;
        const char* text = llama_vocab_get_text(vocab, token);
        const std::string_view view = text == nullptr ? "" : text;
        if (view.size() >= 3) texts.emplace_back(view);
    }
    return texts;
}

}  // namespace

base::Result<Model> Model::load(const std::string& path, std::function<bool(double)> progress) {
    TRY(facts, check_gguf(path));
    clear_library_error();
    auto params = llama_model_default_params();
    bool given_up = false;
    std::function<bool(double)> watch = [&](double fraction) {
        given_up = !progress(fraction);
        return !given_up;
    };
    params.progress_callback = on_progress;
    params.progress_callback_user_data = &watch;
    Model model;
    std::string reason;
    try {
        model.model_.reset(llama_model_load_from_file(path.c_str(), params));
    } catch (const std::exception& e) {
        reason = e.what();
    }
    if (given_up) return base::fail(base::ErrorCode::cancelled, "loading the model was given up");
    if (!model.model_) {
        if (reason.empty()) reason = last_library_error();
        return base::fail(
            base::make_error(base::ErrorCode::unsupported,
                             fmt::format("llama.cpp cannot load {} ({}): {}",
                                         std::filesystem::path(path).filename().string(),
                                         facts.architecture, reason),
                             "choose another model, or one converted for this version")
                .with("path", path));
    }
    model.control_texts_ = find_control_texts(model.vocab());
    return model;
}

std::vector<Token> Model::tokenize(std::string_view text, Special special, bool with_bos) const {
    std::vector<Token> tokens(text.size() + 2);
    const auto size = static_cast<int>(text.size());
    const bool parse = special == Special::as_tokens;
    int count = llama_tokenize(vocab(), text.data(), size, tokens.data(),
                               static_cast<int>(tokens.size()), with_bos, parse);
    if (count < 0) {
        tokens.resize(static_cast<std::size_t>(-count));
        count = llama_tokenize(vocab(), text.data(), size, tokens.data(), -count, with_bos, parse);
    }
    tokens.resize(static_cast<std::size_t>(std::max(count, 0)));
    return tokens;
}

std::string Model::piece(Token token, Special special) const {
    std::string text(64, '\0');
    const bool render = special == Special::as_tokens;
    int size =
        llama_token_to_piece(vocab(), token, text.data(), static_cast<int>(text.size()), 0, render);
    if (size < 0) {
        text.resize(static_cast<std::size_t>(-size));
        size = llama_token_to_piece(vocab(), token, text.data(), -size, 0, render);
    }
    text.resize(static_cast<std::size_t>(std::max(size, 0)));
    return text;
}

std::uint64_t Model::bytes_per_token() const {
    const auto heads = static_cast<std::uint64_t>(std::max(llama_model_n_head(get()), 1));
    const auto head_size = static_cast<std::uint64_t>(llama_model_n_embd(get())) / heads;
    const auto kv_heads = static_cast<std::uint64_t>(std::max(llama_model_n_head_kv(get()), 1));
    const auto layers = static_cast<std::uint64_t>(llama_model_n_layer(get()));
    constexpr std::uint64_t kHalfFloat = 2;
    return 2 * layers * kv_heads * head_size * kHalfFloat;  // keys and values
}

bool Model::remembers_by_token() const {
    return !llama_model_is_recurrent(get()) && !llama_model_is_hybrid(get());
}

std::string without_control(std::string text, const std::vector<std::string>& control_texts) {
    if (text.find('<') == std::string::npos && text.find('[') == std::string::npos) return text;
    constexpr std::string_view kJoiner = "\xe2\x81\xa0";  // U+2060
    for (const auto& control : control_texts) {
        for (auto at = text.find(control); at != std::string::npos; at = text.find(control, at)) {
            text.insert(at + 1, kJoiner);
        }
    }
    return text;
}

}  // namespace engine::llama
