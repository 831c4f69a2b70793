// Which family a folder is of, what it lacks, and that no broken file gets as far as a library.
#include <gtest/gtest.h>

#include "engine/folders/speech_folder.hpp"
#include "engine/folders/testing/onnx_bytes.hpp"

namespace engine::folders {
namespace {

using testing::kKokoro;
using testing::kSenseVoice;
using testing::kTokens;
using testing::ModelFolder;
using testing::onnx;

Facts without(Facts facts, const std::string& key) {
    facts.erase(key);
    return facts;
}

Facts with(Facts facts, const std::string& key, const std::string& value) {
    facts[key] = value;
    return facts;
}

std::string family_in(const ModelFolder& folder) {
    EXPECT_TRUE(is_speech_folder(folder.path()));
    const auto read = read_speech_folder(folder.path());
    return read ? std::string(name_of(read->family)) : read.error().text();
}

base::Error refusal(const ModelFolder& folder, std::optional<Family> wanted = {}) {
    const auto read = read_speech_folder(folder.path(), wanted);
    EXPECT_FALSE(read);
    return read ? base::Error{} : read.error();
}

TEST(SpeechFolderTest, TheFilesTellTheFamily) {
    ModelFolder moonshine("sherpa-onnx-moonshine-tiny-en-int8");
    for (const char* name : {"preprocess.onnx", "encode.int8.onnx", "uncached_decode.int8.onnx",
                             "cached_decode.int8.onnx"}) {
        moonshine.put(name, onnx({}));
    }
    EXPECT_EQ(family_in(moonshine.put("tokens.txt", kTokens)), "moonshine");

    ModelFolder moonshine2("sherpa-onnx-moonshine-base-en-quantized");
    moonshine2.put("encoder_model.ort", "....ORTM....").put("decoder_model_merged.ort", "....ORTM");
    EXPECT_EQ(family_in(moonshine2.put("tokens.txt", kTokens)), "moonshine");

    ModelFolder zipformer("sherpa-onnx-zipformer-en");
    zipformer.put("encoder-epoch-99-avg-1.onnx", onnx({{"model_type", "zipformer2"}}))
        .put("decoder-epoch-99-avg-1.onnx", onnx({{"vocab_size", "500"}, {"context_size", "2"}}))
        .put("joiner-epoch-99-avg-1.onnx", onnx({}))
        .put("tokens.txt", kTokens);
    EXPECT_EQ(family_in(zipformer), "zipformer");

    ModelFolder parakeet("sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8");
    parakeet
        .put("encoder.int8.onnx", onnx({{"model_type", "EncDecRNNTBPEModel"},
                                        {"vocab_size", "8192"},
                                        {"subsampling_factor", "8"},
                                        {"pred_rnn_layers", "2"},
                                        {"pred_hidden", "640"}}))
        .put("decoder.int8.onnx", onnx({}))
        .put("joiner.int8.onnx", onnx({}))
        .put("tokens.txt", kTokens);
    EXPECT_EQ(family_in(parakeet), "parakeet");

    const auto single = [](const Facts& facts) {
        ModelFolder folder("some-name");
        return family_in(folder.put("model.int8.onnx", onnx(facts)).put("tokens.txt", kTokens));
    };
    EXPECT_EQ(single(kSenseVoice), "sense_voice");
    EXPECT_EQ(single({{"model_type", "paraformer"},
                      {"vocab_size", "8404"},
                      {"lfr_window_size", "7"},
                      {"lfr_window_shift", "6"},
                      {"neg_mean", "1"},
                      {"inv_stddev", "1"}}),
              "paraformer");
    EXPECT_EQ(single({{"model_type", "zipformer2_ctc"}}), "zipformer_ctc");
    EXPECT_EQ(single({{"model_type", "EncDecCTCModelBPE"},
                      {"vocab_size", "1024"},
                      {"subsampling_factor", "8"}}),
              "nemo_ctc");
}

TEST(SpeechFolderTest, VoicesAreToldByTheirStylesAndVocoders) {
    ModelFolder kokoro("kokoro-en-v0_19");
    kokoro.put("model.onnx", onnx(kKokoro)).put("tokens.txt", kTokens);
    kokoro.put("voices.bin", std::string(96, '\0'));
    EXPECT_EQ(family_in(kokoro), "kokoro");
    EXPECT_TRUE(looks_like_voice(kokoro.path()));
    const auto read = read_speech_folder(kokoro.path());
    EXPECT_EQ(read->facts.at("speaker_names"), "af,bm_george");
    EXPECT_TRUE(read->file("model").ends_with("/kokoro-en-v0_19/model.onnx"));
    EXPECT_EQ(read->file("vocoder"), "");

    ModelFolder kitten("kitten-nano-en-v0_1-fp16");
    kitten
        .put("model.fp16.onnx",
             onnx(with(with(kKokoro, "model_type", "kitten-tts"), "style_dim", "1,4")))
        .put("voices.bin", std::string(32, '\0'))
        .put("tokens.txt", kTokens);
    EXPECT_EQ(family_in(kitten), "kitten");

    ModelFolder matcha("matcha-icefall-en_US-ljspeech");
    matcha.put("model-steps-3.onnx", onnx({{"sample_rate", "22050"}, {"n_speakers", "1"}}))
        .put("vocos-22khz-univ.onnx", onnx({{"model_type", "vocos"}, {"sample_rate", "22050"}}))
        .put("tokens.txt", kTokens);
    EXPECT_EQ(family_in(matcha), "matcha");
}

TEST(SpeechFolderTest, TheEightBitFilesAreTakenButOfADecoder) {
    ModelFolder folder("sherpa-onnx-zipformer-en");
    for (const char* end : {".onnx", ".int8.onnx"}) {
        folder.put("encoder-1" + std::string(end), onnx({{"model_type", "zipformer2"}}));
        folder.put("decoder-1" + std::string(end),
                   onnx({{"vocab_size", "500"}, {"context_size", "2"}}));
        folder.put("joiner-1" + std::string(end), onnx({}));
    }
    const auto read = read_speech_folder(folder.put("tokens.txt", kTokens).path());
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_TRUE(read->file("encoder").ends_with("/encoder-1.int8.onnx"));
    EXPECT_TRUE(read->file("decoder").ends_with("/decoder-1.onnx"));
    EXPECT_TRUE(read->file("joiner").ends_with("/joiner-1.int8.onnx"));
}

TEST(SpeechFolderTest, WhatTheOwnerSaysWins) {
    ModelFolder folder("mine");
    folder.put("model.onnx", onnx({{"model_type", "unheard-of"}})).put("tokens.txt", kTokens);
    EXPECT_EQ(refusal(folder).code, base::ErrorCode::unsupported);
    EXPECT_TRUE(read_speech_folder(folder.path(), Family::zipformer_ctc));
    const auto wrong = refusal(folder, Family::sense_voice);
    EXPECT_EQ(wrong.message, "model.onnx does not state `vocab_size`");
    EXPECT_EQ(refusal(folder, Family::kokoro).message, "the folder mine lacks the file voices.bin");
    for (const auto& name : family_names()) EXPECT_EQ(name_of(*family_of(name)), name);
    EXPECT_FALSE(family_of("whisper"));
}

TEST(SpeechFolderTest, WhatALibraryWouldEndTheProcessOverIsNamed) {
    const auto model = [](std::string_view bytes, std::string_view tokens = kTokens) {
        ModelFolder folder("sense");
        return refusal(folder.put("model.onnx", bytes).put("tokens.txt", tokens)).message;
    };
    const std::string whole = onnx(kSenseVoice);
    EXPECT_EQ(model(""), "model.onnx is empty");
    EXPECT_EQ(model("<html>no such file</html>"), "model.onnx is a web page instead of a model");
    EXPECT_EQ(model("version https://git-lfs.github.com/spec/v1\n"),
              "model.onnx is a pointer to a large file instead of the file itself");
    EXPECT_EQ(model("RIFF and other things"), "model.onnx is no ONNX model");
    EXPECT_EQ(model(whole.substr(0, whole.size() - 3)), "model.onnx is damaged");
    EXPECT_EQ(model(whole.substr(0, 5)), "model.onnx is cut off: not all of it was brought");
    EXPECT_EQ(model(onnx(without(kSenseVoice, "inv_stddev"))),
              "model.onnx does not state `inv_stddev`");
    EXPECT_EQ(model(onnx(with(kSenseVoice, "vocab_size", "many"))),
              "model.onnx does not state `vocab_size`");
    EXPECT_EQ(model(whole, ""), "tokens.txt is empty");
    EXPECT_EQ(model(whole, "a 0\nb\n"), "tokens.txt is no list of symbols: line 2");
    EXPECT_EQ(model(whole, "one two 3\n"), "tokens.txt is no list of symbols: line 1");

    const auto voice = [](const Facts& facts, std::size_t styles) {
        ModelFolder folder("kokoro");
        folder.put("model.onnx", onnx(facts)).put("tokens.txt", kTokens);
        return refusal(folder.put("voices.bin", std::string(styles, '\0'))).message;
    };
    EXPECT_EQ(voice(kKokoro, 95),
              "voices.bin has not the 96 bytes that its model's 2 speakers need");
    EXPECT_EQ(voice(with(kKokoro, "style_dim", "3,4"), 96),
              "model.onnx states a `style_dim` that is not its family's");
    EXPECT_EQ(voice(with(kKokoro, "style_dim", "3,1,9999999"), 96),
              "model.onnx states a `style_dim` out of range");
    EXPECT_EQ(voice(with(kKokoro, "n_speakers", "0"), 96),
              "model.onnx states `n_speakers` out of range");
    EXPECT_EQ(voice(without(kKokoro, "sample_rate"), 96),
              "model.onnx does not state `sample_rate`");
}

TEST(SpeechFolderTest, WhatIsMissingIsNamed) {
    ModelFolder folder("sherpa-onnx-streaming-zipformer-en");
    folder.put("tokens.txt", kTokens);
    EXPECT_FALSE(is_speech_folder(folder.path()));
    folder.put("joiner.onnx", onnx({}));
    EXPECT_TRUE(is_speech_folder(folder.path()));
    EXPECT_EQ(refusal(folder).message,
              "the folder sherpa-onnx-streaming-zipformer-en lacks the file encoder….onnx");
    folder.put("encoder.onnx", onnx({{"model_type", "zipformer2"}, {"decode_chunk_len", "32"}}))
        .put("decoder.onnx", onnx({{"vocab_size", "500"}, {"context_size", "2"}}));
    EXPECT_EQ(refusal(folder).message, "this is a streaming model; Loci hears whole sentences");
    ModelFolder matcha("matcha-icefall-en_US-ljspeech");
    matcha.put("model-steps-3.onnx",
               onnx({{"model_type", "matcha-tts"}, {"sample_rate", "22050"}, {"n_speakers", "1"}}));
    EXPECT_EQ(refusal(matcha.put("tokens.txt", kTokens)).message,
              "the folder matcha-icefall-en_US-ljspeech lacks a vocoder: the file vocos….onnx or "
              "hifigan….onnx");
    EXPECT_TRUE(looks_like_voice(matcha.path()));
    matcha.put("vocos-16khz-univ.onnx", onnx({{"model_type", "vocos"}, {"sample_rate", "16000"}}));
    EXPECT_EQ(refusal(matcha).message,
              "vocos-16khz-univ.onnx has another sample rate than its voice");
    EXPECT_EQ(read_speech_folder("/nowhere/at/all").error().code, base::ErrorCode::not_found);
    EXPECT_FALSE(is_speech_folder("/nowhere/at/all"));
}

}  // namespace
}  // namespace engine::folders
