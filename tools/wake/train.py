"""Trains a wake model for a phrase: generated speakers say it in generated rooms, and everything else too.

usage: train.py PHRASE --out FILE.onnx --base FOLDER --kokoro FOLDER [--work FOLDER] [--clips N] [--seed N]
                [--test FOLDER]
    --base    the folder of melspectrogram.onnx and embedding_model.onnx
    --kokoro  the folder that tools/wake/train.sh fills
    --work    keeps what the speakers said, for the next run
    --test    also measures with the .wav files in FOLDER, whose names begin with call or other
"""
import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import random
import time

import numpy as np
import onnxruntime
import rooms
import speakers
import texts
from head import Head

RATE, STEP, WINDOW = 16_000, 1280, 12_400  # an embedding sees 0.775 s, and there is one each 80 ms
HELD_OUT = {"af_nova", "am_echo", "bf_lily", "bm_lewis", "af_sarah", "am_onyx"}
ENGLISH = ("af_", "am_", "bf_", "bm_")
BEFORE, AFTER = 2.2, 0.6


class Base:
    def __init__(self, folder):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        load = lambda name: onnxruntime.InferenceSession(str(pathlib.Path(folder) / name), options)  # noqa: E731
        self.bands, self.embedding = load("melspectrogram.onnx"), load("embedding_model.onnx")

    def embed(self, samples):
        bands = self.bands.run(None, {self.bands.get_inputs()[0].name: samples[None].astype(np.float32)})[0]
        bands = bands.squeeze() / 10 + 2
        windows = np.array([bands[i:i + 76] for i in range(0, len(bands) - 75, 8)], np.float32)[..., None]
        return self.embedding.run(None, {self.embedding.get_inputs()[0].name: windows})[0].reshape(-1, 96)


class Studio:
    """Says texts with generated speakers, and keeps what was said."""

    def __init__(self, kokoro, work, seed):
        self.kokoro = speakers.Kokoro(kokoro)
        self.work = pathlib.Path(work)
        self.work.mkdir(parents=True, exist_ok=True)
        self.random = random.Random(seed)
        self.voices = [name for name in self.kokoro.styles if name not in HELD_OUT]
        self.english = [name for name in self.voices if name.startswith(ENGLISH)]

    def kept(self, key, make):
        path = self.work / (hashlib.md5(repr(key).encode()).hexdigest() + ".npy")
        if not path.exists():
            np.save(path, np.round(make() * 32767).astype(np.int16))
        return np.load(path).astype(np.float32) / 32767

    def by_kokoro(self, text, voice, speed):
        return self.kept((text, voice, speed), lambda: self.kokoro.say(text, voice, speed))

    def by_espeak(self, text, voice, speed, pitch):
        return self.kept((text, voice, speed, pitch), lambda: speakers.espeak(text, voice, speed, pitch))

    def by_flite(self, text):
        voice, speed = self.random.choice(speakers.FLITE), self.random.choice([0.8, 0.9, 1.0, 1.1, 1.25])
        return self.kept(("flite", text, voice, speed), lambda: speakers.flite(text, voice, speed))

    def anybody(self, text, natural):
        """By a voice of Kokoro, a mix of two, or one of espeak's."""
        chance = self.random
        speed = chance.choice([0.8, 0.9, 1.0, 1.0, 1.1, 1.25])
        if chance.random() > natural:
            voice = chance.choice(speakers.ACCENTS) + chance.choice(speakers.VARIANTS)
            return self.by_espeak(text, voice, speed, chance.choice([20, 35, 50, 65, 80]))
        voice = chance.choice(self.english if chance.random() < 0.85 else self.voices)
        if chance.random() < 0.5:
            voice = f"{voice}*{chance.choice([0.3, 0.5, 0.7])}+{chance.choice(self.voices)}"
        return self.by_kokoro(text, voice, speed)


def say_all(studio, phrase, clips):
    """(sound, sample where the phrase ends) of calls, and sounds of everything else."""
    began = time.time()
    calls = [studio.anybody(studio.random.choice(texts.positives(phrase)), 0.8) for _ in range(clips)]
    after = [studio.anybody(text, 0.3) for text in texts.AFTER * 4]
    other = [studio.anybody(text, 0.2) for text in texts.near(phrase, clips, 5)]
    other += [studio.anybody(text, 0.06) for text in texts.anything(2 * clips, 6)]
    calls += [studio.by_flite(studio.random.choice(texts.positives(phrase))) for _ in range(clips // 3)]
    other += [studio.by_flite(text) for text in texts.near(phrase, clips // 3, 7) + texts.anything(clips // 2, 8)]
    print(f"said {len(calls)} calls and {len(other)} others in {time.time() - began:.0f} s", flush=True)
    return calls, after, other


def call_windows(base, sound, after, voices, moments, seed):
    """Rows of the moments in which the phrase has just been said."""
    chance = np.random.default_rng(seed)
    sound, _ = rooms.stretch(chance, sound / np.abs(sound).max())
    end = BEFORE * RATE + len(sound)
    if chance.random() < 0.5:
        rest = after[chance.integers(len(after))]
        gap = np.zeros(int(chance.uniform(0, 0.3) * RATE))
        sound = np.concatenate([sound, gap, rest / np.abs(rest).max() * chance.uniform(0.5, 1)])
    rows = base.embed(rooms.hear(chance, sound, voices, BEFORE, AFTER))
    late = [(i * STEP + WINDOW - end) / RATE for i in range(len(rows))]
    return [rows[i - moments + 1:i + 1].ravel() for i in range(moments - 1, len(rows)) if -0.02 <= late[i] <= 0.24]


def other_windows(base, sound, voices, moments, seed):
    chance = np.random.default_rng(seed)
    sound, _ = rooms.stretch(chance, sound)
    rows = base.embed(rooms.hear(chance, sound, voices, BEFORE / 2, AFTER))
    return [rows[i - moments + 1:i + 1].ravel() for i in range(moments - 1, len(rows))]


def gather(base, make, sounds, times):
    """Rows of `times` rooms for each sound."""
    jobs = [(sound, 1000 * round_ + i) for round_ in range(times) for i, sound in enumerate(sounds)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        parts = pool.map(lambda job: make(job[0], job[1]), jobs)
        return np.array([row for part in parts for row in part], np.float32)


def best(head, rows, moments):
    windows = np.array([rows[i - moments + 1:i + 1].ravel() for i in range(moments - 1, len(rows))])
    return float(head.logits(windows).max())


def measure(base, head, moments, sounds, levels=(40, 20, 10)):
    """The best logit of each sound at each level above white noise."""
    out = {}
    for level in levels:
        chance = np.random.default_rng(level)
        scores = []
        for sound in sounds:
            padded = np.concatenate([np.zeros(int(BEFORE * RATE)), sound, np.zeros(int(AFTER * RATE))])
            noise = chance.normal(size=len(padded)) * np.sqrt((sound ** 2).mean()) * 10 ** (-level / 20)
            samples = (np.clip((padded + noise) / np.abs(sound).max() * 0.5, -1, 1) * 32767).astype(np.int16)
            scores.append(best(head, base.embed(samples), moments))
        out[level] = np.array(scores)
    return out


def held_out(studio, phrase):
    """Voices that were not trained with: calls alone and before other words, and other speech."""
    calls, others = [], []
    near = texts.near(phrase, 60, 77) + texts.anything(120, 78)
    for voice in sorted(HELD_OUT):
        calls += [studio.by_kokoro(f"{phrase}{rest}", voice, speed) for speed in (0.9, 1.1)
                  for rest in (".", ", " + texts.AFTER[0], ", " + texts.AFTER[1])]
        others += [studio.by_kokoro(text, voice, 1.0) for text in near[::3 * len(HELD_OUT)]]
        near = near[1:]
    # Of the other systems everything but the sentences is known.
    others += [studio.by_flite(text) for text in texts.near(phrase, 60, 79) + texts.anything(60, 80)]
    others += [studio.by_espeak(text, "en-us", 1.0, 50) for text in texts.near(phrase, 40, 81) + texts.anything(40, 82)]
    return calls, others


def report(name, calls, others, shift):
    for level in calls:
        missed = float((calls[level] + shift < 0).mean())
        false = int((others[level] + shift >= 0).sum())
        print(f"{name}, {level} dB: {100 * missed:.1f} % of {len(calls[level])} calls missed, "
              f"{false} of {len(others[level])} others taken for it", flush=True)


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("phrase")
    for name in ("--out", "--base", "--kokoro"):
        asked.add_argument(name, required=True)
    asked.add_argument("--work", default="wake-clips")
    asked.add_argument("--clips", type=int, default=1500)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--test")
    args = asked.parse_args()
    base, studio = Base(args.base), Studio(args.kokoro, args.work, args.seed)
    calls, after, other = say_all(studio, args.phrase, args.clips)
    longest = np.percentile([len(sound) for sound in calls], 90) / RATE
    moments = int(np.clip(np.ceil((longest + 0.24 - WINDOW / RATE) / 0.08) + 3, 6, 16))
    began = time.time()
    yes = gather(base, lambda s, i: call_windows(base, s, after, other, moments, i), calls, 6)
    no = gather(base, lambda s, i: other_windows(base, s, other, moments, i), other, 2)
    quiet = [np.zeros(2 * RATE) + 1e-4 for _ in range(200)]
    no = np.vstack([no, gather(base, lambda s, i: other_windows(base, s, other, moments, i), quiet, 1)])
    print(f"{len(yes)} moments of calls, {len(no)} of others, {moments} embeddings each, {time.time() - began:.0f} s", flush=True)
    rows = np.vstack([yes, no])
    wanted = np.r_[np.ones(len(yes)), np.zeros(len(no))].astype(np.float32)
    weight = np.where(wanted > 0, 0.5 * len(no) / len(yes), 1.0).astype(np.float32)
    began = time.time()
    head = Head(rows.shape[1], args.seed)
    head.train(rows, wanted, weight, 20, args.seed)
    print(f"trained in {time.time() - began:.0f} s", flush=True)
    said, not_said = held_out(studio, args.phrase)
    scores, false = measure(base, head, moments, said), measure(base, head, moments, not_said)
    # A score of 0.5 is what three in a hundred of these reach, of which half were made to come near the phrase.
    shift = -float(np.percentile(np.concatenate(list(false.values())), 97))
    report("voices not trained with", scores, false, shift)
    if args.test:
        files = sorted(pathlib.Path(args.test).glob("*.wav"))
        for voice in sorted({path.stem.split("_")[1] for path in files}):
            mine = [path for path in files if path.stem.split("_")[1] == voice]
            part = {kind: measure(base, head, moments, [speakers.wav(path) for path in mine
                                                        if path.name.startswith(kind)]) for kind in ("call", "other")}
            report(voice, part["call"], part["other"], shift)
    head.write(args.out, moments, shift)
    print(json.dumps({"phrase": args.phrase, "moments": moments, "shift": shift}))


if __name__ == "__main__":
    main()
