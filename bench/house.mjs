// The real server and a browser, as the benchmarks of the page start them.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const web = new URL('../web/', import.meta.url);
const { chromium } = createRequire(new URL('package.json', web))('@playwright/test');

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A server with a home of its own and a script in place of the language model. */
export class House {
  url = '';
  home = mkdtempSync(join(tmpdir(), 'loci-page-'));

  constructor(program, cache) {
    this.program = program;
    this.env = { PATH: process.env.PATH, HOME: this.home, LOCI_CACHE: cache, LOCI_MODELS_DISCOVER: 'false' };
  }

  /** Resolves when it is ready. */
  async start(script, env = {}) {
    const path = join(this.home, 'script.json');
    writeFileSync(path, JSON.stringify(script));
    this.child = spawn(this.program, ['serve', '--port', '0', '--data', join(this.home, 'data'), '--no-browser'], {
      env: { ...this.env, LOCI_LLM_PROVIDER: 'scripted', LOCI_LLM_SCRIPT: path, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for await (const line of createInterface({ input: this.child.stdout })) {
      const at = line.indexOf('ready: ');
      if (at < 0) continue;
      this.url = line.slice(at + 7).trim();
      return;
    }
    throw new Error('the server ended before it was ready');
  }

  async remove() {
    if (this.child && this.child.exitCode === null) {
      const gone = new Promise((done) => this.child.once('exit', done));
      this.child.kill('SIGTERM');
      await gone;
    }
    rmSync(this.home, { recursive: true, force: true });
  }
}

export const open_browser = (args) => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', ...args] });
