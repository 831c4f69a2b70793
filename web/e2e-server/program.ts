// Starts the real program on a free port with a home of its own, for one test.

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '../..');
export const PROGRAM = process.env.LOCI_PROGRAM ?? join(ROOT, 'build/release/apps/loci/loci');
const CACHE = process.env.LOCI_CACHE ?? join(homedir(), '.cache/loci');

export const STARTER = join(CACHE, 'models/SmolLM2-135M-Instruct.Q4_1.gguf');

export type Mind = 'scripted' | 'starter';

/** Why a test with this mind cannot run here; empty when it can. */
export function missing(mind: Mind): string {
  if (!existsSync(PROGRAM)) return `the program is not built: ${PROGRAM}`;
  if (mind === 'starter' && !existsSync(STARTER)) return `the model is missing: ${STARTER}`;
  return '';
}

const SCRIPT: readonly object[] = [
  { match: 'long story', repeat: true, steps: [{ text: 'and then ', delay_ms: 40, times: 400 }] },
  { repeat: true, steps: [{ text: 'It is ', delay_ms: 30 }, { text: '**bold** ', delay_ms: 30 }, { text: 'and kept.', delay_ms: 30 }] },
];

export class Program {
  url = '';
  private readonly home = mkdtempSync(join(tmpdir(), 'loci-journey-'));
  private process: ChildProcess | undefined;

  constructor(private readonly mind: Mind, private readonly environment: Record<string, string> = {}) {}

  async start(port = 0, lines = SCRIPT): Promise<void> {
    const script = join(this.home, 'script.json');
    writeFileSync(script, JSON.stringify(lines));
    const scripted = { LOCI_LLM_PROVIDER: 'scripted', LOCI_LLM_SCRIPT: script, LOCI_ENGINE_MODE: 'off' };
    this.process = spawn(PROGRAM, ['serve', '--port', String(port), '--data', join(this.home, 'data'), '--no-browser'], {
      env: { PATH: process.env.PATH, HOME: this.home, LOCI_CACHE: CACHE, LOCI_MODELS_DISCOVER: 'false', ...(this.mind === 'scripted' ? scripted : {}), ...this.environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for await (const line of createInterface({ input: this.process.stdout! })) {
      const at = line.indexOf('ready: ');
      if (at >= 0) {
        this.url = line.slice(at + 7).trim();
        return;
      }
    }
    throw new Error('the program ended before it was ready');
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const running = this.process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((done) => running.once('exit', done));
    running.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.end();
    rmSync(this.home, { recursive: true, force: true });
  }
}
