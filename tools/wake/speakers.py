"""Generated speakers for the training of wake models: Kokoro-82M, whose styles can be mixed to voices
that nobody has, flite and espeak-ng. All that they say is free to use. Three kinds, because a model
that has only heard one takes its sound for a part of the phrase."""
import json
import pathlib
import re
import subprocess
import tempfile

import numpy as np
import onnxruntime
from scipy.io import wavfile
from scipy.signal import resample_poly

RATE = 16_000
KOKORO_RATE = 24_000
# Of espeak's accents and variants those that are easily understood.
ACCENTS = ["en-us", "en-gb", "en-gb-scotland", "en-029", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd"]
VARIANTS = ["", "+f1", "+f2", "+f3", "+f4", "+f5", "+m1", "+m2", "+m3", "+m5", "+m7", "+Andy", "+Annie",
            "+linda", "+steph", "+edward", "+belinda", "+robosoft"]
FLITE = ["kal16", "rms", "awb", "slt"]


def trim(sound):
    """Without the silence around it, 10 ms aside."""
    loud = np.flatnonzero(np.abs(sound) > 0.01 * np.abs(sound).max())
    return sound[max(loud[0] - RATE // 100, 0):loud[-1] + RATE // 100] if len(loud) else sound


def phonemes(text, accent="en-us"):
    """What espeak-ng makes of a text, in the signs that Kokoro was trained with."""
    out = []
    # espeak drops punctuation, which Kokoro breathes by.
    for part in re.findall(r"[^.,!?;:]+|[.,!?;:]+", text):
        if part.strip(".,!?;: ") == "":
            out.append(part.strip())
            continue
        said = subprocess.run(["espeak-ng", "-q", "--ipa=3", "-v", accent, part], check=True,
                              capture_output=True, text=True).stdout.strip().replace("\n", " ")
        out.append(said)
    text = " ".join(out)
    for old, new in (("\u200d", ""), ("͡", ""), ("ʲ", "j"), ("r", "ɹ"), ("x", "k"), ("ɬ", "l"), ("_", ""), ("ɐ", "ə")):
        text = text.replace(old, new)
    return re.sub(r"\s+([.,!?;:])", r"\1", text)


class Kokoro:
    """`folder` holds model.onnx, vocab.json and voices/*.bin."""

    def __init__(self, folder, threads=2):
        folder = pathlib.Path(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
        self.signs = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        self.styles = {path.stem: np.fromfile(path, np.float32).reshape(-1, 256)
                       for path in sorted((folder / "voices").glob("*.bin"))}
        self.known = {}

    def style(self, name):
        """A voice, or a mix of two: "af_bella*0.3+am_adam"."""
        if "+" not in name:
            return self.styles[name]
        first, second = name.split("+")
        first, share = first.split("*")
        return float(share) * self.styles[first] + (1 - float(share)) * self.styles[second]

    def say(self, text, voice, speed=1.0):
        accent = "en-gb" if voice.startswith("b") else "en-us"
        if (text, accent) not in self.known:
            signs = [self.signs[sign] for sign in phonemes(text, accent) if sign in self.signs]
            self.known[text, accent] = signs
        signs = self.known[text, accent]
        sound = self.session.run(None, {
            "tokens": np.array([[0, *signs, 0]], np.int64),
            "style": self.style(voice)[min(len(signs), 509)][None].astype(np.float32),
            "speed": np.array([speed], np.float32)})[0].ravel()
        return trim(resample_poly(sound, RATE, KOKORO_RATE).astype(np.float32))


def espeak(text, voice, speed=1.0, pitch=50):
    made = subprocess.run(["espeak-ng", "-v", voice, "-s", str(int(165 * speed)), "-p", str(pitch), "--stdout", text],
                          check=True, capture_output=True).stdout
    # Its header does not know how long the sound is.
    sound = np.frombuffer(made[44:len(made) - len(made) % 2], np.int16).astype(np.float32) / 32768
    return trim(resample_poly(sound, 320, 441).astype(np.float32))


def flite(text, voice, speed=1.0):
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["flite", "-voice", voice, "--setf", f"duration_stretch={1 / speed}", "-t", text, "-o", file.name],
                       check=True, capture_output=True)
        return wav(file.name)


def wav(path):
    rate, sound = wavfile.read(path)
    return trim(resample_poly(sound.astype(np.float32) / 32768, RATE, rate).astype(np.float32))
