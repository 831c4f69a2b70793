import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';

const server = 'http://127.0.0.1:5624';
const version = readFileSync(new URL('../VERSION', import.meta.url), 'utf8').trim();

/** Compiles the room `body` to src/body/body.wasm, for builds, the dev server and tests alike; costs nothing when it is
 * up to date. */
function compiledBody(): Plugin {
  const script = fileURLToPath(new URL('../tools/setup/build_wasm.sh', import.meta.url));
  return {
    name: 'compiled-body',
    configResolved() {
      execFileSync('bash', [script], { stdio: ['ignore', 'inherit', 'inherit'] });
    },
  };
}

/** The server hands out x.br or x.gz when they lie beside x, so that nothing is packed while serving. */
function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    writeBundle(options, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!/\.(js|css|html|wasm)$/.test(name)) continue;
        const path = join(options.dir ?? 'dist', name);
        const raw = readFileSync(path);
        if (raw.length < 1024) continue;
        writeFileSync(`${path}.gz`, gzipSync(raw, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(raw));
      }
    },
  };
}

/** The figure alone, for a streaming program, is the same page at /stage. */
function stage_page(): Plugin {
  return {
    name: 'stage-page',
    apply: 'build',
    writeBundle(options) {
      const dir = options.dir ?? 'dist';
      for (const ending of ['', '.gz', '.br']) {
        const index = join(dir, `index.html${ending}`);
        if (existsSync(index)) copyFileSync(index, join(dir, `stage.html${ending}`));
      }
    },
  };
}

export default defineConfig({
  plugins: [compiledBody(), svelte(), packed(), stage_page()],
  define: { __PAGE_VERSION__: JSON.stringify(version) },
  build: {
    target: 'es2022',
    // The server sends a strict content policy: no data: fonts, no inlined scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The stage, which is fetched after the page.
    chunkSizeWarningLimit: 600,
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: {
      '/api': server,
      '/healthz': server,
      '/readyz': server,
      '/ws': { target: server, ws: true },
    },
  },
  test: {
    include: ['src/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'e2e/**'],
    environment: 'node',
  },
});
