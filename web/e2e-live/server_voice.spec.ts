// A spoken question to the real server and its real engines: recognised, shown, answered aloud, and
// what came out of the loudspeaker is recognised once more.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { heard_sound, listen_in, loud_seconds, microphone_args, sound_mark, wav_of, type Sound } from '../e2e/microphone';
import { Resampler } from '../src/voice/resample';
import { missing, Program, PROGRAM } from '../e2e-server/program';

const CACHE = process.env.LOCI_CACHE ?? join(homedir(), '.cache/loci');
const folder = mkdtempSync(join(tmpdir(), 'loci-voice-'));
const microphone = join(folder, 'mic.wav');
const env = { PATH: process.env.PATH, HOME: folder, LOCI_CACHE: CACHE, LOCI_MODELS_DISCOVER: 'false' };
const kBefore_s = 25;

const script = join(folder, 'script.json');
writeFileSync(script, JSON.stringify([{ repeat: true, steps: [{ text: 'The garden is quiet tonight. ' }, { text: 'All the windows are closed.' }] }]));

function lacks(): string {
  for (const model of ['ggml-tiny.en.bin', 'silero_vad.onnx']) {
    if (!existsSync(join(CACHE, 'models', model))) return `the model is missing: ${model}`;
  }
  return missing('starter');
}

/** The question in the middle of a long silence, as a microphone would have it. */
function record_question(text: string): void {
  const spoken = join(folder, 'question.wav');
  execFileSync(PROGRAM, ['speak', text, '--out', spoken, '--data', join(folder, 'data')], { env, stdio: 'ignore' });
  const { rate, samples } = read_wav(spoken);
  const resampler = new Resampler(rate, 48_000);
  const parts = [new Float32Array(48_000 * kBefore_s), resampler.push(samples), resampler.flush(), new Float32Array(48_000 * 300)];
  const all = new Float32Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  writeFileSync(microphone, wav_of({ rate: 48_000, samples: all }));
}

function read_wav(path: string): { rate: number; samples: Float32Array } {
  const data = readFileSync(path);
  const at = data.indexOf('data') + 8;
  const samples = Float32Array.from({ length: Math.floor((data.length - at) / 2) }, (_, i) => data.readInt16LE(at + i * 2) / 32768);
  return { rate: data.readUInt32LE(24), samples };
}

/** From half a second before the first sound to half a second behind the last. */
function without_waiting({ rate, samples }: Sound): Sound {
  const loud = (s: number) => Math.abs(s) > 0.01;
  const from = Math.max(0, samples.findIndex(loud) - rate / 2);
  return { rate, samples: samples.slice(from, samples.findLastIndex(loud) + rate / 2) };
}

function transcribe(path: string): string {
  return execFileSync(PROGRAM, ['transcribe', path, '--data', join(folder, 'data')], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

test.use({ launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: microphone_args(microphone) } });

test('a spoken question is answered aloud, and the answer can be understood', async ({ page }) => {
  test.setTimeout(180_000);
  const reason = lacks();
  test.skip(reason !== '', reason);
  record_question('Tell me about the garden tonight.');
  const program = new Program('starter', { LOCI_LLM_PROVIDER: 'scripted', LOCI_LLM_SCRIPT: script });
  try {
    await program.start();
    await listen_in(page);
    await page.goto(program.url);
    await page.getByRole('button', { name: 'Wake Nook' }).click();
    const later = page.getByRole('button', { name: 'Decide later' });
    const bar = page.getByRole('region', { name: 'Talking with Nook' });
    await expect(later.or(bar.getByText('Speaking'))).toBeVisible({ timeout: 30_000 });
    if (await later.isVisible()) await later.click();
    await expect(bar).toContainText('Speaking', { timeout: 30_000 });
    await expect(bar).toContainText('Listening', { timeout: 30_000 });
    // The answer may sound before its first word is shown.
    const mark = await sound_mark(page);

    await expect(page.getByRole('article', { name: 'You', exact: true })).toContainText(/garden/i, { timeout: 60_000 });
    await expect(page.getByRole('article', { name: 'Nook', exact: true })).toContainText('The garden is quiet tonight');
    await expect.poll(() => loud_seconds(page, mark), { timeout: 30_000 }).toBeGreaterThan(0.8);
    await expect(bar).toContainText('Listening', { timeout: 30_000 });

    const answer = join(folder, 'answer.wav');
    writeFileSync(answer, wav_of(without_waiting(await heard_sound(page, mark))));
    const words = transcribe(answer).toLowerCase();
    expect(words).toContain('garden');
    expect(words).toContain('quiet');
    expect(words).toContain('windows');
  } finally {
    await program.remove();
  }
});
