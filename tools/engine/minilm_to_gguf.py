#!/usr/bin/env python3
"""Converts the sentence-embedding model all-MiniLM-L6-v2 to GGUF, so that llama.cpp can run it.

    minilm_to_gguf.py MODEL_FOLDER OUT.gguf

MODEL_FOLDER holds config.json, vocab.txt and model.safetensors. Matrices become 8-bit blocks
(Q8_0), which changes the resulting vectors by less than 0.001 in cosine; everything else stays
32-bit. Needs numpy, nothing else: both file formats are written out here.
"""
import json
import re
import struct
import sys
from pathlib import Path

import numpy as np

ALIGNMENT = 32
F32, Q8_0 = 0, 8  # tensor types
UINT32, FLOAT32, BOOL, STRING, ARRAY, INT32 = 4, 6, 7, 8, 9, 5  # value types
NORMAL, UNKNOWN, CONTROL, UNUSED = 1, 2, 3, 5  # token types
FILE_MOSTLY_Q8_0 = 7
POOL_MEAN = 1

NAMES = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
# llama.cpp adds these to other tensors and wants them unquantised.
KEEP_F32 = {"position_embd", "token_types"}


def read_safetensors(path):
    """Yields (name, float32 array) of every float tensor."""
    data = path.read_bytes()
    (header_size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + header_size])
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in ("F32", "F16"):
            continue
        begin, end = (8 + header_size + offset for offset in entry["data_offsets"])
        kind = "<f4" if entry["dtype"] == "F32" else "<f2"
        array = np.frombuffer(data[begin:end], dtype=kind).reshape(entry["shape"])
        yield name, array.astype(np.float32)


def target_name(name):
    """The GGUF name of a tensor of the original, or None for one that is not used."""
    name = name.removeprefix("bert.")
    if name.startswith("pooler."):
        return None
    base, part = name.rsplit(".", 1)
    layer = re.fullmatch(r"encoder\.layer\.(\d+)\.(.+)", base)
    if layer:
        return f"blk.{layer[1]}.{NAMES[layer[2]]}.{part}"
    return f"{NAMES[base]}.{part}"


def quantise(array):
    """Q8_0: blocks of 32 values: one half-float scale, then 32 signed bytes."""
    blocks = array.reshape(-1, 32)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / 127
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    values = np.rint(blocks * inverse).astype(np.int8)
    return np.hstack([scale.astype(np.float16).view(np.uint8), values.view(np.uint8)]).tobytes()


def read_vocabulary(path):
    """Tokens in llama.cpp's form: a word begins with U+2581, a continuation has no mark."""
    tokens, kinds = [], []
    for word in path.read_text(encoding="utf-8").splitlines():
        if word in ("[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]"):
            tokens.append(word)
            kinds.append(UNKNOWN if word == "[UNK]" else CONTROL)
        elif word.startswith("[unused"):
            tokens.append("\u2581" + word)
            kinds.append(UNUSED)
        else:
            tokens.append(word[2:] if word.startswith("##") else "\u2581" + word)
            kinds.append(NORMAL)
    return tokens, kinds


def string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def encode(kind, value):
    if kind == STRING:
        return string(value)
    return struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}[kind], value)


def entry(key, kind, value):
    return string(key) + struct.pack("<I", kind) + encode(kind, value)


def list_entry(key, kind, values):
    head = string(key) + struct.pack("<IIQ", ARRAY, kind, len(values))
    return head + b"".join(encode(kind, value) for value in values)


def metadata(config, tokens, kinds):
    place = {token: index for index, token in enumerate(tokens)}
    return [
        entry("general.architecture", STRING, "bert"),
        entry("general.name", STRING, "all-MiniLM-L6-v2"),
        entry("general.license", STRING, "apache-2.0"),
        entry("general.file_type", UINT32, FILE_MOSTLY_Q8_0),
        entry("general.alignment", UINT32, ALIGNMENT),
        entry("bert.block_count", UINT32, config["num_hidden_layers"]),
        entry("bert.context_length", UINT32, config["max_position_embeddings"]),
        entry("bert.embedding_length", UINT32, config["hidden_size"]),
        entry("bert.feed_forward_length", UINT32, config["intermediate_size"]),
        entry("bert.attention.head_count", UINT32, config["num_attention_heads"]),
        entry("bert.attention.layer_norm_epsilon", FLOAT32, config["layer_norm_eps"]),
        entry("bert.attention.causal", BOOL, False),
        entry("bert.pooling_type", UINT32, POOL_MEAN),
        entry("tokenizer.ggml.model", STRING, "bert"),
        # Its rules (lower case, accents removed) are those of the original's tokenizer.
        entry("tokenizer.ggml.pre", STRING, "jina-v2-en"),
        list_entry("tokenizer.ggml.tokens", STRING, tokens),
        list_entry("tokenizer.ggml.token_type", INT32, kinds),
        entry("tokenizer.ggml.token_type_count", UINT32, config["type_vocab_size"]),
        entry("tokenizer.ggml.bos_token_id", UINT32, place["[CLS]"]),
        entry("tokenizer.ggml.eos_token_id", UINT32, place["[SEP]"]),
        entry("tokenizer.ggml.seperator_token_id", UINT32, place["[SEP]"]),
        entry("tokenizer.ggml.unknown_token_id", UINT32, place["[UNK]"]),
        entry("tokenizer.ggml.padding_token_id", UINT32, place["[PAD]"]),
        entry("tokenizer.ggml.mask_token_id", UINT32, place["[MASK]"]),
        entry("tokenizer.ggml.add_bos_token", BOOL, True),
        entry("tokenizer.ggml.add_eos_token", BOOL, True),
    ]


def convert(folder, out):
    config = json.loads((folder / "config.json").read_text())
    tokens, kinds = read_vocabulary(folder / "vocab.txt")
    if len(tokens) != config["vocab_size"]:
        sys.exit(f"{folder}/vocab.txt has {len(tokens)} tokens, config.json says "
                 f"{config['vocab_size']}")
    directory, bodies, offset = [], [], 0
    for source, array in read_safetensors(folder / "model.safetensors"):
        name = target_name(source)
        if name is None:
            continue
        wide = array.ndim == 2 and array.shape[1] % 32 == 0
        quantised = wide and name.rsplit(".", 1)[0] not in KEEP_F32
        body = quantise(array) if quantised else array.tobytes()
        dimensions = array.shape[::-1]
        directory.append(string(name) + struct.pack(f"<I{len(dimensions)}QIQ", len(dimensions),
                                                    *dimensions, Q8_0 if quantised else F32,
                                                    offset))
        body += bytes(-len(body) % ALIGNMENT)
        bodies.append(body)
        offset += len(body)
    facts = metadata(config, tokens, kinds)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(directory), len(facts))
    head += b"".join(facts) + b"".join(directory)
    head += bytes(-len(head) % ALIGNMENT)
    # Never leave a half-written model behind under its final name.
    part = out.with_suffix(".part")
    part.write_bytes(head + b"".join(bodies))
    part.replace(out)
    print(f"{out}: {len(directory)} tensors, {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
