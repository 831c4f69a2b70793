"""Toy recognisers in the formats of sherpa-onnx's families: real graphs of a few nodes that tell a
low tone ("hello") from a high one ("there") by two bands of the features that the library computes.
Everything but the weights is as in the models that k2-fsa publishes: files, names, facts, shapes."""
import math
import struct
import wave

import numpy

from onnx_bytes import FLOAT, INT32, INT64, Graph

RATE = 16000
LOW, HIGH = 500, 3000  # Hz
BANDS = 80
WORDS = ["<blk>", "<sos/eos>", "<unk>", "▁hello", "▁there"]
BLANK, HELLO, THERE = 0, 3, 4


def write_tones(path, tones, seconds=0.4, pause=0.3):
    """A WAV file: silence, then each tone and silence again."""
    silence = [0] * int(pause * RATE)
    samples = list(silence)
    for hertz in tones:
        samples += [int(9000 * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(int(seconds * RATE))] + silence
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def _band(hertz):
    """Which of the features' bands hears it: they are even on the mel scale from 20 Hz to 7600 Hz."""
    def mel(f):
        return 1127 * math.log(1 + f / 700)
    return round((mel(hertz) - mel(20)) / (mel(7600) - mel(20)) * (BANDS + 1)) - 1


def _weights(first, width, words=WORDS, margin=6.0):
    """Matrix and offsets from features to a score for each word; `first`: where the 80 bands begin."""
    matrix = numpy.zeros((width, len(words)), numpy.float32)
    for band, word, other in ((_band(LOW), HELLO, THERE), (_band(HIGH), THERE, HELLO)):
        for near in (band - 1, band, band + 1):
            matrix[first + near, word] = 1
            matrix[first + near, other] = -1
    offsets = numpy.full(len(words), -1000, numpy.float32)
    offsets[BLANK] = 0
    offsets[[HELLO, THERE]] = -margin
    return matrix, offsets


def _scores(g, features, first=0, width=BANDS, words=WORDS, to=None):
    matrix, offsets = _weights(first, width, words)
    return g.node("Add", g.node("MatMul", features, g.constant(matrix)), g.constant(offsets), to=to)


def _every_fourth(g, value, axis, to=None):
    return g.node("Slice", value, g.constant([0], "int64"), g.constant([10 ** 6], "int64"), g.constant([axis], "int64"),
                  g.constant([4], "int64"), to=to)


def _quarter(g, length, to, kind="int64"):
    return g.node("Div", g.node("Add", length, g.constant([3], kind)), g.constant([4], kind), to=to)


def _tokens(folder, words=WORDS):
    (folder / "tokens.txt").write_text("".join(f"{word} {i}\n" for i, word in enumerate(words)), encoding="utf-8")


def _folder(parent, name):
    folder = parent / name
    folder.mkdir(parents=True)
    return folder


def _changes(g, scores):
    """Of scores (1, T, words): the rows in which another word than blank begins, and how many."""
    best = g.node("ArgMax", g.node("Squeeze", scores, g.constant([0], "int64")), axis=1, keepdims=0)
    before = g.node("Concat", g.constant([BLANK], "int64"),
                    g.node("Slice", best, g.constant([0], "int64"), g.constant([-1], "int64")), axis=0)
    begins = g.node("And", g.node("Not", g.node("Equal", best, before)),
                    g.node("Not", g.node("Equal", best, g.constant([BLANK], "int64"))))
    rows = g.node("Compress", scores, begins, axis=1)
    return rows, g.node("ReduceSum", g.node("Cast", begins, to_kind=INT32), g.constant([0], "int64"), keepdims=1)


def sense_voice(parent, name="sherpa-onnx-sense-voice-toy"):
    folder = _folder(parent, name)
    words = [*WORDS, "<|en|>", "<|NEUTRAL|>", "<|Speech|>", "<|withitn|>"]
    _tokens(folder, words)
    g = Graph()
    g.input("x", FLOAT, "N", "T", 7 * BANDS)
    g.input("x_length", INT32, "N")
    g.input("language", INT32, "N")
    g.input("text_norm", INT32, "N")
    # Before the words the model tells language, mood, kind of sound and form of writing.
    head = numpy.full((1, 4, len(words)), -1000, numpy.float32)
    for i in range(4):
        head[0, i, len(WORDS) + i] = 0
    g.node("Concat", g.constant(head), _scores(g, "x", 3 * BANDS, 7 * BANDS, words), axis=1, to="logits")
    g.output("logits", FLOAT, "N", "L", len(words))
    ones = ",".join(["1"] * 7 * BANDS)
    g.write(folder / "model.int8.onnx", vocab_size=len(words), lfr_window_size=7, lfr_window_shift=6,
            normalize_samples=0, with_itn=14, without_itn=15, lang_auto=0, lang_zh=3, lang_en=4, lang_ja=11,
            lang_ko=12, lang_yue=7, neg_mean=ones.replace("1", "0"), inv_stddev=ones, model_type="sense_voice_ctc")
    return folder


def paraformer(parent, name="sherpa-onnx-paraformer-toy"):
    folder = _folder(parent, name)
    words = ["<blank>", "<s>", "</s>", "hello", "there"]
    _tokens(folder, words)
    g = Graph()
    g.input("speech", FLOAT, "N", "T", 7 * BANDS)
    g.input("speech_lengths", INT32, "N")
    rows, count = _changes(g, _scores(g, "speech", 3 * BANDS, 7 * BANDS, words))
    g.node("Identity", rows, to="logits")
    g.node("Identity", count, to="token_num")
    g.output("logits", FLOAT, "N", "L", len(words))
    g.output("token_num", INT32, "N")
    ones = ",".join(["1"] * 7 * BANDS)
    g.write(folder / "model.onnx", vocab_size=len(words), lfr_window_size=7, lfr_window_shift=6,
            neg_mean=ones.replace("1", "0"), inv_stddev=ones, model_type="paraformer")
    return folder


def zipformer_ctc(parent, name="sherpa-onnx-zipformer-ctc-toy"):
    folder = _folder(parent, name)
    _tokens(folder)
    g = Graph()
    g.input("x", FLOAT, "N", "T", BANDS)
    g.input("x_lens", INT64, "N")
    g.node("LogSoftmax", _every_fourth(g, _scores(g, "x"), 1), axis=2, to="log_probs")
    _quarter(g, "x_lens", "log_probs_len")
    g.output("log_probs", FLOAT, "N", "L", len(WORDS))
    g.output("log_probs_len", INT64, "N")
    g.write(folder / "model.onnx", model_type="zipformer2_ctc", vocab_size=len(WORDS))
    return folder


def zipformer(parent, name="sherpa-onnx-zipformer-toy"):
    """A transducer: what was said last belongs to what is heard next."""
    folder = _folder(parent, name)
    _tokens(folder)
    g = Graph()
    g.input("x", FLOAT, "N", "T", BANDS)
    g.input("x_lens", INT64, "N")
    _every_fourth(g, _scores(g, "x"), 1, "encoder_out")
    _quarter(g, "x_lens", "encoder_out_lens")
    g.output("encoder_out", FLOAT, "N", "L", len(WORDS))
    g.output("encoder_out_lens", INT64, "N")
    g.write(folder / "encoder-epoch-99-avg-1.int8.onnx", model_type="zipformer2")
    _last_said(folder / "decoder-epoch-99-avg-1.onnx")
    g = Graph()
    g.input("encoder_out", FLOAT, "N", len(WORDS))
    g.input("decoder_out", FLOAT, "N", len(WORDS))
    g.node("Add", "encoder_out", "decoder_out", to="logit")
    g.output("logit", FLOAT, "N", len(WORDS))
    g.write(folder / "joiner-epoch-99-avg-1.int8.onnx", joiner_dim=len(WORDS))
    return folder


def _not_again():
    """For each word what speaks against each word after it: no word but blank follows itself."""
    table = numpy.zeros((len(WORDS), len(WORDS)), numpy.float32)
    for word in (HELLO, THERE):
        table[word, word] = -1000
    return table


def _last_said(path):
    g = Graph()
    g.input("y", INT64, "N", 2)
    last = g.node("Gather", "y", g.constant(1, "int64"), axis=1)
    g.node("Gather", g.constant(_not_again()), last, axis=0, to="decoder_out")
    g.output("decoder_out", FLOAT, "N", len(WORDS))
    g.write(path, vocab_size=len(WORDS), context_size=2)


NEMO_WORDS = ["<unk>", "▁hello", "▁there", "<blk>"]


def _nemo_scores(g, features, to=None):
    """As _scores, for words of which blank is the last."""
    matrix, offsets = _weights(0, BANDS)
    order = [2, HELLO, THERE, BLANK]
    return g.node("Add", g.node("MatMul", features, g.constant(matrix[:, order])), g.constant(offsets[order]), to=to)


def nemo_ctc(parent, name="sherpa-onnx-nemo-parakeet_tdt_ctc-toy"):
    folder = _folder(parent, name)
    _tokens(folder, NEMO_WORDS)
    g = Graph()
    g.input("audio_signal", FLOAT, "N", BANDS, "T")
    g.input("length", INT64, "N")
    scores = _nemo_scores(g, g.node("Transpose", "audio_signal", perm=[0, 2, 1]))
    g.node("LogSoftmax", _every_fourth(g, scores, 1), axis=2, to="logprobs")
    g.output("logprobs", FLOAT, "N", "L", len(NEMO_WORDS))
    g.write(folder / "model.int8.onnx", model_type="EncDecHybridRNNTCTCBPEModel", vocab_size=len(NEMO_WORDS) - 1,
            subsampling_factor=4, normalize_type="")
    return folder


def parakeet(parent, name="sherpa-onnx-nemo-parakeet-tdt-toy"):
    """A transducer that also tells how far to go on."""
    folder = _folder(parent, name)
    _tokens(folder, NEMO_WORDS)
    size = len(NEMO_WORDS)
    g = Graph()
    g.input("audio_signal", FLOAT, "N", BANDS, "T")
    g.input("length", INT64, "N")
    scores = _every_fourth(g, _nemo_scores(g, g.node("Transpose", "audio_signal", perm=[0, 2, 1])), 1)
    g.node("Transpose", scores, perm=[0, 2, 1], to="outputs")
    _quarter(g, "length", "encoded_lengths")
    g.output("outputs", FLOAT, "N", size, "L")
    g.output("encoded_lengths", INT64, "N")
    g.write(folder / "encoder.int8.onnx", model_type="EncDecRNNTBPEModel", vocab_size=size - 1, subsampling_factor=4,
            normalize_type="", pred_rnn_layers=1, pred_hidden=size, feat_dim=BANDS,
            url="https://huggingface.co/nvidia/parakeet-tdt-0.6b-v2")
    g = Graph()
    g.input("targets", INT32, "N", 1)
    g.input("target_length", INT32, "N")
    g.input("states.1", FLOAT, 1, "N", size)
    g.input("onnx::Slice_3", FLOAT, 1, "N", size)
    table = numpy.zeros((size, size), numpy.float32)
    table[1, 1] = table[2, 2] = -1000
    g.node("Transpose", g.node("Gather", g.constant(table), "targets", axis=0), perm=[0, 2, 1], to="outputs")
    g.node("Identity", "target_length", to="prednet_lengths")
    g.node("Identity", "states.1", to="states")
    g.node("Identity", "onnx::Slice_3", to="162")
    g.output("outputs", FLOAT, "N", size, 1)
    g.output("prednet_lengths", INT32, "N")
    g.output("states", FLOAT, 1, "N", size)
    g.output("162", FLOAT, 1, "N", size)
    g.write(folder / "decoder.int8.onnx")
    g = Graph()
    g.input("encoder_outputs", FLOAT, "N", size, 1)
    g.input("decoder_outputs", FLOAT, "N", size, 1)
    words = g.node("Transpose", g.node("Add", "encoder_outputs", "decoder_outputs"), perm=[0, 2, 1])
    steps = numpy.full((1, 1, 5), -10, numpy.float32)
    steps[0, 0, 1] = 10
    g.node("Concat", words, g.constant(steps), axis=2, to="outputs")
    g.output("outputs", FLOAT, "N", 1, size + 5)
    g.write(folder / "joiner.int8.onnx")
    return folder


def moonshine(parent, name="sherpa-onnx-moonshine-tiny-en-toy"):
    """Works on the samples themselves; its decoder is asked for one word after the other."""
    folder = _folder(parent, name)
    words = ["<unk>", "<s>", "</s>", "▁hello", "▁there"]
    _tokens(folder, words)
    hop = 384
    g = Graph()
    g.input("args_0", FLOAT, "N", "S")
    count = g.node("Div", g.node("Shape", "args_0"), g.constant([10 ** 6, hop], "int64"))
    whole = g.node("Mul", g.node("Slice", count, g.constant([1], "int64"), g.constant([2], "int64")),
                   g.constant([hop], "int64"))
    cut = g.node("Slice", "args_0", g.constant([0], "int64"), whole, g.constant([1], "int64"))
    g.node("Reshape", cut, g.constant([1, -1, hop], "int64"), to="sequential")
    g.output("sequential", FLOAT, "N", "T", hop)
    g.write(folder / "preprocess.onnx")
    g = Graph()
    g.input("args_0", FLOAT, "N", "T", hop)
    g.input("args_1", INT32, "N")
    # The strengths of both tones in each piece, against what silence has.
    times = numpy.arange(hop)[:, None] / RATE
    waves = numpy.float32(numpy.concatenate([wave_of(2 * math.pi * hertz * times) for hertz in (LOW, HIGH)
                                             for wave_of in (numpy.sin, numpy.cos)], 1))
    found = g.node("MatMul", "args_0", g.constant(waves))
    strength = g.node("MatMul", g.node("Mul", found, found),
                      g.constant(numpy.float32([[0, 0, 0, 1, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 1]])))
    # Where there is no tone the word 0 is the likeliest; it stands for blank here.
    scores = g.node("Add", strength, g.constant(numpy.float32([50, -1000, -1000, 0, 0])))
    rows, _ = _changes(g, scores)
    end = numpy.full((1, 1, 5), -1000, numpy.float32)
    end[0, 0, 2] = 1000
    # As long as the sound, which tells the library how much can have been said.
    ends = g.node("Add", g.node("Mul", scores, g.constant(numpy.float32(0))), g.constant(end))
    g.node("Concat", rows, ends, axis=1, to="layer_normalization_12")
    g.output("layer_normalization_12", FLOAT, "N", "T", 5)
    g.write(folder / "encode.int8.onnx")
    for file, more in (("uncached_decode.int8.onnx", False), ("cached_decode.int8.onnx", True)):
        g = Graph()
        g.input("args_0", INT32, "N", "L")
        g.input("args_1", FLOAT, "N", "T", 5)
        g.input("args_2", INT32, 1)
        if more:
            g.input("args_3", FLOAT, 1, "K")
        place = g.node("Sub", "args_2", g.constant([1], "int32"))
        g.node("Gather", "args_1", place, axis=1, to="reversible_embedding")
        g.output("reversible_embedding", FLOAT, "N", 1, 5)
        g.node("Cast", "args_0", to_kind=FLOAT, to="functional")
        g.output("functional", FLOAT, 1, "K")
        g.write(folder / file)
    return folder


ALL = {"sense_voice": sense_voice, "paraformer": paraformer, "zipformer_ctc": zipformer_ctc, "zipformer": zipformer,
       "nemo_ctc": nemo_ctc, "parakeet": parakeet, "moonshine": moonshine}
