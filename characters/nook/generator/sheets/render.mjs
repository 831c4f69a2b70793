// Draws sheets of Nook in a headless Chromium: node sheets/render.mjs NAME FILE [json of options]
// Names: look, turntable, face, expressions, poses, clip. Files end in .png, .jpg or .webp.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { chromium } from 'playwright-core';
import { SHEETS } from './layouts.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [, , name = 'look', file = 'look.png', json = '{}'] = process.argv;
const options = JSON.parse(json);
const characterFolder = options.folder ?? here('../..');

const bundle = buildSync({ entryPoints: [here('page.mjs')], bundle: true, format: 'iife', write: false }).outputFiles[0].text;
const server = createServer((request, response) => {
  if (request.url === '/') {
    response.setHeader('content-type', 'text/html');
    response.end('<body style="margin:0"><script src="/page.js"></script>');
  } else if (request.url === '/page.js') {
    response.end(bundle);
  } else if (/^\/(clips\/)?[a-z0-9_-]+\.(vrm|vrma)$/.test(request.url)) {
    response.end(readFileSync(`${characterFolder}${request.url}`));
  } else {
    response.statusCode = 404;
    response.end();
  }
}).listen(0);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'] });
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error.message));
  page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction('window.ready');
  console.log(await page.evaluate((url) => window.load(url), `/${options.model ?? 'nook'}.vrm`));
  const { width, height, items } = SHEETS[name](options);
  const type = file.endsWith('.png') ? 'image/png' : file.endsWith('.webp') ? 'image/webp' : 'image/jpeg';
  const data = await page.evaluate((args) => window.sheet(...args), [width, height, items, type]);
  writeFileSync(file, Buffer.from(data.split(',')[1], 'base64'));
  console.log(file, await page.evaluate(() => window.info()));
} finally {
  await browser.close();
  server.close();
}
