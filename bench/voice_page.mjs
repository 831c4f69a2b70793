// How soon the page falls silent when somebody speaks into what it says: the real server and engines, the page in
// headless Chromium with a WAV as microphone. Started by voice_bench; prints one JSON object with every time taken, in
// milliseconds:
//   node bench/voice_page.mjs PROGRAM CACHE RUNS
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { microphone_args, wav_of } from '../web/e2e/microphone.ts';
import { Resampler } from '../web/src/voice/resample.ts';
import { House, open_browser, pause } from './house.mjs';

const [program, cache, count = '24'] = process.argv.slice(2);
const runs = Number(count);
const kRate = 48_000;
const kWaking_s = 25; // of silence at the beginning: the greeting is over by then
const kTalk = ['Tell me a long story about the river.', 'Wait, stop please.', 'No, that is not what I meant.', 'Hold on a second.',
  'Actually I have another question.', 'Can you say that again?', 'Okay stop talking now.'];
// Without sentences that end, so without silence of its own.
const kStory = [{ repeat: true, steps: [{ text: 'The river ran along the wall and ' }, { text: 'the wind went over the hill and ', times: 60 }] }];

const house = new House(program, cache);

function spoken(text) {
  const path = join(house.home, 'said.wav');
  execFileSync(program, ['speak', text, '--out', path, '--data', join(house.home, 'data')], { env: house.env, stdio: 'ignore' });
  const data = readFileSync(path);
  const at = data.indexOf('data') + 8;
  const samples = Float32Array.from({ length: Math.floor((data.length - at) / 2) }, (_, i) => data.readInt16LE(at + i * 2) / 32768);
  const resampler = new Resampler(data.readUInt32LE(24), kRate);
  return [resampler.push(samples), resampler.flush()];
}

/** The browser plays it in a circle. */
function record_microphone(path) {
  const quiet = (seconds) => Float32Array.from({ length: Math.round(seconds * kRate) }, () => (Math.random() - 0.5) * 0.0006);
  const parts = [quiet(kWaking_s), ...kTalk.flatMap((text, i) => [...spoken(text), quiet(6.3 + (i % 5) * 0.37)])];
  const samples = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  writeFileSync(path, wav_of({ rate: kRate, samples }));
}

/**
 * Before the page is opened. Microphone and loudspeaker of the page hang on one AudioContext, so on one clock: `levels`
 * gets the loudest sample of both for each 128 samples.
 */
function listen_at_both() {
  globalThis.levels = { rate: 0, microphone: [], loudspeaker: [] };
  const code = `registerProcessor('levels', class extends AudioWorkletProcessor {
    kept = [[], []];
    process(inputs) {
      inputs.forEach(([samples], i) => this.kept[i].push((samples ?? []).reduce((most, s) => Math.max(most, Math.abs(s)), 0)));
      if (this.kept[0].length === 50) {
        this.port.postMessage(this.kept);
        this.kept = [[], []];
      }
      return true;
    }
  });`;
  const taps = new WeakMap();
  const { connect } = AudioNode.prototype;
  const tap_of = (context) => {
    if (!taps.has(context)) {
      taps.set(context, context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))).then(() => {
        const node = new AudioWorkletNode(context, 'levels', { numberOfInputs: 2, numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
        globalThis.levels.rate = context.sampleRate / 128;
        node.port.onmessage = ({ data: [microphone, loudspeaker] }) => {
          globalThis.levels.microphone.push(...microphone);
          globalThis.levels.loudspeaker.push(...loudspeaker);
        };
        return node;
      }));
    }
    return taps.get(context);
  };
  AudioNode.prototype.connect = function (to, ...rest) {
    const input = this instanceof MediaStreamAudioSourceNode ? 0 : to === this.context.destination ? 1 : -1;
    if (input >= 0) void tap_of(this.context).then((tap) => connect.call(this, tap, 0, input));
    return connect.call(this, to, ...rest);
  };
}

async function wake(page) {
  await page.getByRole('button', { name: 'Wake Nook' }).click();
  const later = page.getByRole('button', { name: 'Decide later' });
  const bar = page.getByRole('region', { name: 'Talking with Nook' });
  await later.or(bar.getByText('Speaking')).waitFor({ timeout: 60_000 });
  if (await later.isVisible()) await later.click();
  await bar.getByText('Listening').waitFor({ timeout: 60_000 });
}

/**
 * From the first loud sample of each thing said into a reply to the loudspeaker's silence: `paused`, in ms. What was said
 * while nothing sounded is left out; what nothing fell silent for within 3 s is counted in `ignored`.
 */
function find_pauses({ rate, microphone, loudspeaker }) {
  const blocks = (seconds) => Math.round(seconds * rate);
  const any = (levels, from, to, above) => levels.slice(Math.max(0, from), to).some((level) => level > above);
  const paused = [];
  let ignored = 0;
  for (let at = blocks(1.5); at + blocks(3.5) < microphone.length; at += 1) {
    if (microphone[at] <= 0.02 || any(microphone, at - blocks(1.5), at, 0.02)) continue;
    if (!any(loudspeaker, at - blocks(0.2), at, 0.01)) continue;
    let silent = at;
    while (silent < at + blocks(3) && any(loudspeaker, silent, silent + blocks(0.45), 0.003)) silent += 1;
    if (silent < at + blocks(3)) paused.push(((silent - at) * 1000) / rate);
    else ignored += 1;
  }
  return { paused, ignored };
}

let browser;
try {
  const recorded = join(house.home, 'microphone.wav');
  record_microphone(recorded);
  await house.start(kStory);
  browser = await open_browser(microphone_args(recorded));
  const page = await (await browser.newContext({ bypassCSP: true, viewport: { width: 1280, height: 800 } })).newPage();
  await page.addInitScript(listen_at_both);
  await page.goto(house.url);
  await wake(page);
  let found = { paused: [], ignored: 0 };
  for (const end = Date.now() + runs * 20_000; Date.now() < end && found.paused.length + found.ignored < runs;) {
    await pause(5000);
    found = find_pauses(await page.evaluate(() => globalThis.levels));
  }
  process.stdout.write(`${JSON.stringify(found)}\n`);
} finally {
  await browser?.close();
  await house.remove();
}
