// Model: a loaded model file and its vocabulary; Context: its working memory. Owned by one model's
// thread. Loading checks the file first (gguf_check.hpp).
// Errors: those of check_gguf, unsupported when llama.cpp cannot use the file.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <llama.h>

#include "base/result.hpp"
#include "engine/prefix_cache.hpp"

namespace engine::llama {

struct FreeModel {
    void operator()(llama_model* model) const { llama_model_free(model); }
};
struct FreeContext {
    void operator()(llama_context* context) const { llama_free(context); }
};
using Context = std::unique_ptr<llama_context, FreeContext>;

// How special tokens (turn marks, begin and end) are treated in a text.
enum class Special { as_tokens, as_text };

class Model {
public:
    // `progress` gets 0 to 1; returning false gives the load up with `cancelled`.
    [[nodiscard]] static base::Result<Model> load(const std::string& path,
                                                  std::function<bool(double)> progress);

    [[nodiscard]] llama_model* get() const { return model_.get(); }
    [[nodiscard]] const llama_vocab* vocab() const { return llama_model_get_vocab(get()); }
    [[nodiscard]] std::vector<Token> tokenize(std::string_view text, Special special,
                                              bool with_bos) const;
    [[nodiscard]] std::string piece(Token token, Special special) const;
    [[nodiscard]] bool is_end(Token token) const { return llama_vocab_is_eog(vocab(), token); }

    // Memory that one token takes in the attention cache.
    [[nodiscard]] std::uint64_t bytes_per_token() const;
    // False for models whose memory is a running state that cannot be cut or copied at a token.
    [[nodiscard]] bool remembers_by_token() const;
    // Texts of the tokens that mark turns and ends; nobody may smuggle them into a message.
    [[nodiscard]] const std::vector<std::string>& control_texts() const { return control_texts_; }

private:
    std::unique_ptr<llama_model, FreeModel> model_;
    std::vector<std::string> control_texts_;
};

// `text` with every control text broken by an invisible joiner, so that it is read as plain text.
[[nodiscard]] std::string without_control(std::string text,
                                          const std::vector<std::string>& control_texts);

}  // namespace engine::llama
