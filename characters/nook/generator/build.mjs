// Makes Nook: `node build.mjs [folder]` writes the figures and clips (default: the folder above).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outputs } from './src/outputs.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
for (const [name, bytes] of await outputs()) {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
  console.log(`${name}  ${bytes.length} bytes`);
}
