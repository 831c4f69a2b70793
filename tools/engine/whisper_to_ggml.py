#!/usr/bin/env python3
"""Converts a Whisper model from CTranslate2's format (16-bit floats) to that of whisper.cpp.

    whisper_to_ggml.py MODEL_FOLDER OUT.bin

MODEL_FOLDER holds vocabulary.txt and model.bin, or model.bin.part1, model.bin.part2 and so on. The
weights are not changed; attention matrices that were joined are parted again. Needs numpy.
"""
import struct
import sys
from pathlib import Path

import numpy as np

VERSION, SPEC = 6, "WhisperSpec"
DTYPES = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}
MAGIC = 0x67676D6C
FFT, RATE = 400, 16000


class Reader:
    """CTranslate2's layout: little-endian numbers, strings with a 16-bit length."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, kind):
        (value,) = struct.unpack_from("<" + kind, self.data, self.at)
        self.at += struct.calcsize(kind)
        return value

    def string(self):
        length = self.number("H")
        self.at += length
        return self.data[self.at - length : self.at].rstrip(b"\0").decode("ascii")

    def variable(self):
        name = self.string()
        shape = [self.number("I") for _ in range(self.number("B"))]
        kind, size = DTYPES[self.number("B")], self.number("I")
        array = np.frombuffer(self.data, kind, size // np.dtype(kind).itemsize, self.at)
        self.at += size
        return name, array.reshape(shape)


def read_model(folder):
    parts = sorted(folder.glob("model.bin.part*")) or [folder / "model.bin"]
    reader = Reader(b"".join(part.read_bytes() for part in parts))
    version, spec = reader.number("I"), reader.string()
    if (version, spec) != (VERSION, SPEC):
        sys.exit(f"not a {SPEC} of version {VERSION}: {spec} {version}")
    reader.number("I")  # revision
    return dict(reader.variable() for _ in range(reader.number("I")))


def mel_bank(bands):
    """Slaney's triangles over the bins of a transform of 400 samples."""
    def to_mel(hz):
        return np.where(hz < 1000, hz * 3 / 200,
                        15 + np.log(np.maximum(hz, 1e-9) / 1000) * 27 / np.log(6.4))

    def to_hz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mel - 15)))

    edges = to_hz(np.linspace(0, to_mel(np.array(RATE / 2)), bands + 2))
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangle = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    return (np.maximum(0, triangle) * 2 / (high - low)).astype("<f4")


def byte_of_symbol():
    """GPT-2's visible stand-ins for bytes, the other way round."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: byte for byte in plain} | {256 + i: byte for i, byte in enumerate(others)}


def read_vocabulary(folder, many_languages):
    """The bytes of the plain tokens; whisper.cpp adds the special ones itself."""
    symbols = byte_of_symbol()
    lines = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
    plain = lines[: 50257 if many_languages else 50256]
    return [b"" if line == "<|endoftext|>" else bytes(symbols[ord(c)] for c in line)
            for line in plain]


class Writer:
    def __init__(self, file):
        self.file = file

    def numbers(self, *values):
        self.file.write(struct.pack(f"<{len(values)}i", *values))

    def tensor(self, name, array, kind):
        """`kind` 0: 32-bit floats, 1: 16-bit."""
        self.numbers(array.ndim, len(name), kind, *reversed(array.shape))
        self.file.write(name.encode("ascii"))
        self.file.write(np.ascontiguousarray(array, "<f2" if kind else "<f4").tobytes())

    def matrix(self, name, array):
        self.tensor(name, array, 1)

    def vector(self, name, array):
        self.tensor(name, array, 0)


def write_attention(out, target, source, model, width, joined):
    """Query, key, value and output; key has no bias in Whisper. `joined`: which of them share one
    matrix with the next."""
    query, rest, last = joined
    weight = {name: model[f"{source}/{layer}/weight"] for name, layer in
              (("query", query), ("rest", rest), ("out", last))}
    bias = {name: model[f"{source}/{layer}/bias"] for name, layer in
            (("query", query), ("rest", rest), ("out", last))}
    skip = width if query == rest else 0  # key and value follow the query in the same matrix
    out.matrix(f"{target}.query.weight", weight["query"][:width])
    out.vector(f"{target}.query.bias", bias["query"][:width])
    out.matrix(f"{target}.key.weight", weight["rest"][skip : skip + width])
    out.matrix(f"{target}.value.weight", weight["rest"][skip + width : skip + 2 * width])
    out.vector(f"{target}.value.bias", bias["rest"][skip + width : skip + 2 * width])
    out.matrix(f"{target}.out.weight", weight["out"])
    out.vector(f"{target}.out.bias", bias["out"])


def write_norm(out, target, source, model):
    out.vector(f"{target}.weight", model[f"{source}/gamma"])
    out.vector(f"{target}.bias", model[f"{source}/beta"])


def write_block(out, side, index, model, width):
    target, source = f"{side}.blocks.{index}", f"{side}/layer_{index}"
    write_norm(out, f"{target}.mlp_ln", f"{source}/ffn/layer_norm", model)
    for layer, name in ((0, "mlp.0"), (1, "mlp.2")):
        out.matrix(f"{target}.{name}.weight", model[f"{source}/ffn/linear_{layer}/weight"])
        out.vector(f"{target}.{name}.bias", model[f"{source}/ffn/linear_{layer}/bias"])
    write_norm(out, f"{target}.attn_ln", f"{source}/self_attention/layer_norm", model)
    write_attention(out, f"{target}.attn", f"{source}/self_attention", model, width,
                    ("linear_0", "linear_0", "linear_1"))
    if side == "decoder":
        write_norm(out, f"{target}.cross_attn_ln", f"{source}/attention/layer_norm", model)
        write_attention(out, f"{target}.cross_attn", f"{source}/attention", model, width,
                        ("linear_0", "linear_1", "linear_2"))


def main():
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    model = read_model(folder)
    words = model["decoder/embeddings/weight"]
    if words.dtype != np.float16:
        sys.exit("only models of 16-bit floats can be converted")
    places = {side: model[f"{side}/position_encodings/encodings"] for side in ("encoder", "decoder")}
    layers = {side: sum(name.startswith(f"{side}/layer_") and name.endswith("/ffn/linear_0/weight")
                        for name in model) for side in places}
    heads = {side: int(model[f"{side}/num_heads"].reshape(-1)[0]) for side in places}
    width, bands = words.shape[1], model["encoder/conv1/weight"].shape[1]
    with target.open("wb") as file:
        out = Writer(file)
        out.numbers(MAGIC, words.shape[0], len(places["encoder"]), width, heads["encoder"],
                    layers["encoder"], len(places["decoder"]), width, heads["decoder"],
                    layers["decoder"], bands, 1)
        out.numbers(bands, FFT // 2 + 1)
        file.write(mel_bank(bands).tobytes())
        tokens = read_vocabulary(folder, many_languages=words.shape[0] >= 51865)
        out.numbers(len(tokens))
        for token in tokens:
            out.numbers(len(token))
            file.write(token)
        for side in places:
            out.vector(f"{side}.positional_embedding", places[side])
        for number in (1, 2):
            out.matrix(f"encoder.conv{number}.weight", model[f"encoder/conv{number}/weight"])
            out.vector(f"encoder.conv{number}.bias",
                       model[f"encoder/conv{number}/bias"].reshape(-1, 1))
        write_norm(out, "encoder.ln_post", "encoder/layer_norm", model)
        out.matrix("decoder.token_embedding.weight", words)
        write_norm(out, "decoder.ln", "decoder/layer_norm", model)
        for side in places:
            for index in range(layers[side]):
                write_block(out, side, index, model, width)
    print(f"{target}: {layers['encoder']} + {layers['decoder']} layers, {len(tokens)} tokens")


if __name__ == "__main__":
    main()
