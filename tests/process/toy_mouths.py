"""Toy voices in the formats of sherpa-onnx's families: each phoneme is a short tone of its own, in
the loudness that the speaker's style tells. Files, names, facts and shapes are as in the voices that
k2-fsa publishes."""
import math

import numpy

from onnx_bytes import FLOAT, INT64, Graph

RATE = 24000
PIECE = 1200  # samples of one phoneme: 50 ms
SYMBOLS = ["$", *";:,.!?", " ", *"abcdefhijklmnopqrstuvwxyzæðŋəɚɛɜɡɪɹʃʊʌʒˈˌːθɐɾɔɑ"]


def _folder(parent, name):
    folder = parent / name
    folder.mkdir(parents=True)
    (folder / "tokens.txt").write_text("".join(f"{symbol} {i}\n" for i, symbol in enumerate(SYMBOLS)), encoding="utf-8")
    return folder


def _tones():
    """One row of samples for each symbol; marks and blanks are silent."""
    times = numpy.arange(PIECE) / RATE
    rows = [numpy.sin(2 * math.pi * (200 + 25 * i) * times) if symbol.isalpha() else times * 0
            for i, symbol in enumerate(SYMBOLS)]
    return numpy.float32(rows)


def _styled(folder, style_sizes, speakers, **facts):
    """What Kokoro and Kitten share: symbols, style and pace in, samples out."""
    g = Graph()
    g.input("tokens", INT64, 1, "L")
    g.input("style", FLOAT, 1, style_sizes[-1])
    g.input("speed", FLOAT, 1)
    length = g.node("Cast", g.node("Div", g.constant(numpy.float32([PIECE])), "speed"), to_kind=INT64)
    rows = g.node("Slice", g.constant(_tones()), g.constant([0], "int64"), length, g.constant([1], "int64"))
    loud = g.node("Slice", "style", g.constant([0], "int64"), g.constant([1], "int64"), g.constant([1], "int64"))
    said = g.node("Mul", g.node("Gather", rows, "tokens", axis=0), loud)
    g.node("Reshape", said, g.constant([-1], "int64"), to="audio")
    g.output("audio", FLOAT, "S")
    g.write(folder / "model.onnx", sample_rate=RATE, n_speakers=len(speakers), speaker_names=",".join(speakers),
            has_espeak=1, voice="en-us", style_dim=",".join(map(str, style_sizes)), version=1, language="English",
            **facts)
    loudness = numpy.linspace(0.5, 0.1, len(speakers), dtype=numpy.float32)
    styles = numpy.zeros((len(speakers), *style_sizes), numpy.float32)
    styles[...] = loudness.reshape(-1, *([1] * len(style_sizes)))
    (folder / "voices.bin").write_bytes(styles.tobytes())
    return folder


def kokoro(parent, name="kokoro-toy-v0_19"):
    return _styled(_folder(parent, name), (510, 1, 4), ["af", "am_quiet", "bf_emma"], model_type="kokoro")


def kitten(parent, name="kitten-nano-toy-v0_1"):
    return _styled(_folder(parent, name), (1, 4), ["expr-voice-2-m", "expr-voice-2-f"], model_type="kitten-tts")


def matcha(parent, name="matcha-icefall-en_US-toy"):
    folder = _folder(parent, name)
    rate, bands = 22050, len(SYMBOLS)
    g = Graph()
    g.input("x", INT64, "N", "L")
    g.input("x_length", INT64, "N")
    g.input("noise_scale", FLOAT, 1)
    g.input("length_scale", FLOAT, 1)
    one_hot = g.node("Gather", g.constant(numpy.eye(bands, dtype=numpy.float32)), "x", axis=0)
    g.node("Transpose", one_hot, perm=[0, 2, 1], to="mel")
    g.output("mel", FLOAT, "N", bands, "L")
    g.write(folder / "model-steps-3.onnx", model_type="matcha-tts", sample_rate=rate, n_speakers=1, version=1,
            jieba=0, has_espeak=1, voice="en-us", language="English", use_eos_bos=0, pad_id=0, num_ode_steps=3)
    g = Graph()
    g.input("mel", FLOAT, "N", bands, "L")
    rows = g.node("MatMul", g.node("Transpose", "mel", perm=[0, 2, 1]), g.constant(0.4 * _tones()))
    g.node("Reshape", rows, g.constant([1, -1], "int64"), to="audio")
    g.output("audio", FLOAT, "N", "S")
    g.write(folder / "hifigan_v2.onnx", model_type="hifigan", sample_rate=rate)
    return folder


ALL = {"kokoro": kokoro, "kitten": kitten, "matcha": matcha}
