import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Body } from './body';
import { newBody } from './testing/figure';
import type { Activity, SpeechTimeline } from './types';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The newest body_script of any build that is newer than the room's source; a stale one proves nothing. */
function nativeScript(): string | undefined {
  const source = join(root, 'src/body');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[ch]pp$/.test(name));
  const changed = Math.max(...files.map((name) => statSync(join(source, name)).mtimeMs));
  const built = ['ci', 'dev', 'release', 'asan']
    .map((preset) => join(root, 'build', preset, 'src/body/body_script'))
    .filter((path) => existsSync(path) && statSync(path).mtimeMs > changed);
  return built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}

const gazes = ['none', 'camera', 'point'] as const;

const real = (bits: number) => new Float32Array(Uint32Array.of(bits).buffer)[0] ?? NaN;

/** A line of body_script; numbers that were floats are given by their bits. */
interface Input {
  do: string;
  name: string;
  hex: string;
  hand: string;
  ms: number;
  kind: number;
  on: boolean;
  bands: number[];
  segment: number;
  phonemes: SpeechTimeline['phonemes'];
  [float: string]: unknown;
}

/** Does in the page's body what the server's body was told. */
function repeat(body: Body, input: Input, tick: number): void {
  const number = (name: string) => real(input[name] as number);
  switch (input.do) {
    case 'clip':
      body.addClip(Uint8Array.from(Buffer.from(input.hex, 'hex')));
      break;
    case 'act':
      body.direct({
        action: {
          name: input.name,
          params: { speed: number('speed'), seconds: number('seconds'), hand: input.hand },
        },
      });
      break;
    case 'feel':
      body.emotion(input.name, number('intensity'), input.ms);
      break;
    case 'look':
      body.gaze({ kind: gazes[input.kind] ?? 'none', x: number('x'), y: number('y'), z: number('z') });
      break;
    case 'activity':
      body.activity(input.name as Activity);
      break;
    case 'say':
      body.say({ segment: input.segment, at: tick + 3.5, phonemes: input.phonemes });
      break;
    case 'level':
      body.audioLevel(number('level'), input.bands.map(real));
      break;
    case 'mood':
      body.mood({ valence: number('valence'), arousal: number('arousal') });
      break;
    case 'still':
      body.reducedMotion(input.on);
      break;
    default:
      throw new Error(`unknown input ${input.do}`);
  }
}

describe('one body, two machines', () => {
  const script = nativeScript();
  const required = Boolean(process.env['CI']);
  if (!script && !required) console.warn('skipped: no body_script newer than src/body; build it: ./loci build dev');

  it.skipIf(!script && !required)('has the same pose at every tick of a minute', async () => {
    expect(script, 'body_script was not built').toBeDefined();
    const lines = execFileSync(script ?? '', ['60'], { encoding: 'utf8', maxBuffer: 1 << 28 }).trimEnd().split('\n');
    const body = await newBody();
    let tick = 0;
    for (const line of lines) {
      if (line.startsWith('{')) {
        repeat(body, JSON.parse(line) as Input, tick);
        continue;
      }
      tick++;
      body.step(tick);
      body.events();
      expect(body.poseHash(), `tick ${tick}`).toBe(line);
    }
    expect(tick).toBe(3600);
  });
});
