"""Rooms, microphones and noises that a clip is put into: no two hear alike."""
import numpy as np
from scipy.signal import fftconvolve, lfilter

RATE = 16_000
LEVELS = (40, 30, 25, 20, 15, 10, 5)  # dB of the clip above the noise


def coloured(random, count, colour):
    """Noise that falls by `colour` × 3 dB an octave: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(random.normal(size=count))
    spectrum /= np.maximum(np.arange(len(spectrum)), 1) ** (colour / 2)
    noise = np.fft.irfft(spectrum, count)
    return noise / (np.sqrt((noise ** 2).mean()) + 1e-9)


def melody(random, count):
    """Notes with harmonics that come and go, as music does to a detector of speech."""
    time = np.arange(count) / RATE
    out = np.zeros(count)
    at = 0
    while at < count:
        length = int(random.uniform(0.1, 0.6) * RATE)
        tone = 110 * 2 ** (random.integers(0, 36) / 12)
        here = slice(at, min(at + length, count))
        for harmonic in range(1, 7):
            out[here] += np.sin(2 * np.pi * tone * harmonic * time[here]) * random.uniform(0, 1) / harmonic
        at += length // random.integers(1, 3)
    return out / (np.sqrt((out ** 2).mean()) + 1e-9)


def noise(random, count, voices):
    kind = random.integers(0, 5)
    if kind == 3:
        return melody(random, count)
    if kind == 4 and voices:  # people who talk at the same time
        out = np.zeros(count)
        for _ in range(random.integers(2, 6)):
            voice = voices[random.integers(len(voices))]
            at = random.integers(0, max(count - len(voice), 0) + 1)
            part = voice[:count - at]
            out[at:at + len(part)] += part / (np.abs(part).max() + 1e-9)
        return out / (np.sqrt((out ** 2).mean()) + 1e-9)
    return coloured(random, count, kind)


def room(random, sound):
    if random.random() < 0.3:
        return sound
    decay = random.uniform(0.1, 0.6)  # T60, s
    time = np.arange(int(decay * RATE)) / RATE
    answer = random.normal(size=len(time)) * 10 ** (-3 * time / decay)
    answer[:int(random.uniform(0.002, 0.02) * RATE)] = 0
    answer *= random.uniform(0.1, 1.0) / (np.sqrt((answer ** 2).sum()) + 1e-9)
    return sound + fftconvolve(sound, answer)[:len(sound)]


def microphone(random, sound):
    """A tilt, and now and then the band of a telephone."""
    sound = lfilter([1, -random.uniform(-0.6, 0.6)], [1], sound)
    if random.random() < 0.15:
        spectrum = np.fft.rfft(sound)
        place = np.fft.rfftfreq(len(sound), 1 / RATE)
        spectrum[(place < 300) | (place > 3400)] *= 0.05
        sound = np.fft.irfft(spectrum, len(sound))
    return sound


def stretch(random, sound):
    """Faster and higher, or slower and lower: another throat."""
    factor = random.uniform(0.87, 1.15)
    return np.interp(np.arange(0, len(sound) - 1, factor), np.arange(len(sound)), sound), factor


def hear(random, sound, voices, before, after):
    """16-bit samples: `sound` with `before` and `after` seconds around it, in some room."""
    sound = sound / (np.abs(sound).max() + 1e-9)
    out = np.concatenate([np.zeros(int(before * RATE)), sound, np.zeros(int(after * RATE))])
    out = microphone(random, room(random, out))
    level = np.sqrt((out[int(before * RATE):len(out) - int(after * RATE)] ** 2).mean() + 1e-12)
    out = out + noise(random, len(out), voices) * level * 10 ** (-random.choice(LEVELS) / 20)
    out *= 10 ** (-random.uniform(1, 32) / 20) / np.abs(out).max()
    return (out * 32767).astype(np.int16)
