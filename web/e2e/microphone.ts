// A WAV as microphone, and an ear at the loudspeaker.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';

const kRate = 48_000;

export interface Sound { rate: number; samples: Float32Array }

export function wav_of({ rate, samples }: Sound): Buffer {
  const out = Buffer.alloc(44 + samples.length * 2);
  out.write('RIFF', 0);
  out.writeUInt32LE(36 + samples.length * 2, 4);
  out.write('WAVEfmt ', 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(rate, 24);
  out.writeUInt32LE(rate * 2, 28);
  out.writeUInt16LE(2, 32);
  out.writeUInt16LE(16, 34);
  out.write('data', 36);
  out.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((s, i) => out.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(s * 32767))), 44 + i * 2));
  return out;
}

/** Parts of a file: seconds of silence (0) or of syllables (1), which the browser plays in a circle. */
export function babble_file(parts: readonly [loud: 0 | 1, seconds: number][]): string {
  const pieces = parts.map(([loud, seconds]) => syllables(Math.round(seconds * kRate), loud));
  const samples = new Float32Array(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  const path = join(mkdtempSync(join(tmpdir(), 'loci-mic-')), 'mic.wav');
  writeFileSync(path, wav_of({ rate: kRate, samples }));
  return path;
}

/** Pulses with a moving formant, four syllables a second: what noise suppression takes for a voice. */
function syllables(count: number, loud: 0 | 1): Float32Array {
  const out = new Float32Array(count);
  let low = 0;
  let band = 0;
  if (!loud) return out.map(() => (Math.random() - 0.5) * 0.0006); // a quiet room
  for (let i = 0; i < count; i += 1) {
    const t = i / kRate;
    const pitch = 115 + 20 * Math.sin(2 * Math.PI * 0.7 * t);
    const pulse = (t * pitch) % 1 < 0.08 ? 1 : 0;
    const formant = 650 + 350 * Math.sin(2 * Math.PI * 1.9 * t);
    const f = 2 * Math.sin((Math.PI * formant) / kRate);
    low += f * band;
    band += f * (pulse - low - 0.12 * band);
    out[i] = 0.32 * band * Math.max(0, Math.sin(2 * Math.PI * 2 * t) ** 2);
  }
  return out;
}

export function microphone_args(file: string): string[] {
  return ['--no-sandbox', '--disable-3d-apis', '--host-resolver-rules=MAP house.lan 127.0.0.1', '--autoplay-policy=user-gesture-required', '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${file}`];
}

/** Before the page is opened: everything that goes to the loudspeaker is also kept. */
export async function listen_in(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const kept: Float32Array[] = [];
    Object.assign(window, { kept_sound: kept });
    const connect = AudioNode.prototype.connect as (this: AudioNode, to: AudioNode) => AudioNode;
    AudioNode.prototype.connect = function (this: AudioNode, to: AudioNode) {
      if (to === this.context.destination) {
        const tap = (this.context as AudioContext).createScriptProcessor(4096, 1, 1);
        Object.assign(window, { kept_rate: this.context.sampleRate });
        tap.onaudioprocess = (e) => kept.push(e.inputBuffer.getChannelData(0).slice());
        connect.call(this, tap);
        connect.call(tap, to);
      }
      return connect.call(this, to);
    } as typeof AudioNode.prototype.connect;
  });
}

/** Where the sound stands now: what comes after it is asked for with `from`. */
export function sound_mark(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { kept_sound: Float32Array[] }).kept_sound.length);
}

/** Seconds after the mark in which something could be heard. */
export function loud_seconds(page: Page, from: number): Promise<number> {
  return page.evaluate((mark) => {
    const { kept_sound, kept_rate } = window as unknown as { kept_sound: Float32Array[]; kept_rate: number };
    return kept_sound.slice(mark).reduce((n, part) => n + part.filter((s) => Math.abs(s) > 0.01).length, 0) / kept_rate;
  }, from);
}

export async function heard_sound(page: Page, from = 0): Promise<Sound> {
  const [rate, text] = await page.evaluate((mark) => {
    const { kept_sound, kept_rate } = window as unknown as { kept_sound: Float32Array[]; kept_rate: number };
    const all = kept_sound.slice(mark).flatMap((part) => [...part]);
    return [kept_rate, all.map((s) => Math.round(s * 32767)).join(' ')] as const;
  }, from);
  return { rate, samples: Float32Array.from(text.split(' '), (s) => Number(s) / 32767) };
}

export function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / Math.max(1, samples.length));
}
