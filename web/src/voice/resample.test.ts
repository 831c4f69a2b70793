import { describe, expect, it } from 'vitest';
import { Resampler } from './resample';

function tone(hz: number, rate: number, seconds: number): Float32Array {
  return Float32Array.from({ length: Math.round(rate * seconds) }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rate));
}

function joined(parts: Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function whole(from: number, to: number, input: Float32Array): Float32Array {
  const resampler = new Resampler(from, to);
  return joined([resampler.push(input), resampler.flush()]);
}

const rms = (x: Float32Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
const middle = (x: Float32Array) => x.subarray(x.length >> 2, (x.length * 3) >> 2);

describe('Resampler', () => {
  for (const [from, to] of [[48_000, 16_000], [44_100, 16_000], [24_000, 48_000], [24_000, 44_100], [16_000, 16_000], [8_000, 16_000]] as const) {
    it(`keeps a tone and its place, ${from} to ${to}`, () => {
      const made = whole(from, to, tone(1000, from, 0.5));
      const wanted = tone(1000, to, 0.5);
      expect(made.length).toBe(wanted.length);
      const off = middle(made.map((v, i) => v - wanted[i]!));
      expect(20 * Math.log10(rms(off) / rms(wanted))).toBeLessThan(-60);
    });
  }

  it('lets nothing fold back', () => {
    for (const hz of [9_000, 12_000, 15_000, 20_000]) {
      const made = middle(whole(48_000, 16_000, tone(hz, 48_000, 0.4)));
      expect(20 * Math.log10(rms(made) / 0.3535), `${hz} Hz`).toBeLessThan(-55);
    }
  });

  it('gives the same samples however the stream is cut', () => {
    const input = tone(700, 44_100, 0.3);
    const resampler = new Resampler(44_100, 16_000);
    const parts: Float32Array[] = [];
    let seed = 7;
    for (let at = 0; at < input.length;) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      const size = 1 + (seed % 300);
      parts.push(resampler.push(input.subarray(at, at + size)));
      at += size;
    }
    parts.push(resampler.flush());
    const cut = joined(parts);
    const at_once = whole(44_100, 16_000, input);
    expect(cut.length).toBe(at_once.length);
    const worst = cut.reduce((most, v, i) => Math.max(most, Math.abs(v - at_once[i]!)), 0);
    expect(worst).toBeLessThan(1e-5);
  });

  it('begins anew after the end', () => {
    const resampler = new Resampler(24_000, 48_000);
    const once = joined([resampler.push(tone(440, 24_000, 0.1)), resampler.flush()]);
    const again = joined([resampler.push(tone(440, 24_000, 0.1)), resampler.flush()]);
    expect(again).toEqual(once);
  });
});
