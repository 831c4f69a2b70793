// Pictures of the real page for the README and the docs. Build the page first (npm run build), then:
//   npm run screenshots [-- --url http://127.0.0.1:5624] [-- --out FOLDER]
// Without an address the stand-in server is started; with one, a running Loci is photographed.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { start_fake } from './fake-server.mjs';

const given = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? process.argv[at + 1] : undefined;
};
const out = given('out') ?? fileURLToPath(new URL('../../docs/images/', import.meta.url));
mkdirSync(out, { recursive: true });

const fake = given('url') ? undefined : await start_fake({ speed: 6 });
const url = given('url') ?? fake.url;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
});

/** Each: name, size, theme, what is done before the picture is taken. */
const pictures = [
  ['page', [1440, 900], 'light', talk],
  ['page-dark', [1440, 900], 'dark', talk],
  ['page-phone', [390, 844], 'light', talk],
  ['stage', [1280, 800], 'dark', alone],
];

async function talk(page) {
  await page.getByRole('button', { name: 'Open the list of conversations' }).click({ timeout: 1000 }).catch(() => undefined);
  const known = page.getByRole('button', { name: 'Fixing the garden gate', exact: true });
  if (await known.count()) await known.click();
  else await page.keyboard.press('Escape');
}
async function alone(page) {
  await page.locator('body').press('h');
}

const only = given('only')?.split(',');
for (const [name, [width, height], scheme, prepare] of pictures) {
  if (only && !only.includes(name)) continue;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: name === 'page-phone' ? 2 : 1 });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') console.error(`${name}: ${message.text()}`); });
  // As on a machine with a GPU.
  await page.addInitScript(() => localStorage.setItem('loci.look', JSON.stringify({ quality: 'full' })));
  await page.goto(url);
  const live = await page.locator('.niche.live').waitFor({ timeout: 30_000 }).then(() => true, () => false);
  if (!live) console.error(`${name}: the figure did not come: ${await page.locator('.caption').innerText().catch(() => '')}`);
  await prepare(page);
  await page.mouse.move(width / 2, height / 2);
  await page.waitForTimeout(5000);
  if (name !== 'page-dark') await page.evaluate(() => globalThis.loci?.host.direct({ action: { name: 'wave' }, expression: { name: 'happy', intensity: 0.9, ms: 6000 } }));
  // In the middle of the wave, however slow this machine draws.
  await page.waitForFunction(() => { const s = globalThis.loci?.stage; return !s || s.place_of('rightHand').y < s.place_of('rightUpperArm').y - 0.03; }, undefined, { timeout: 15_000, polling: 50 }).catch(() => undefined);
  await page.screenshot({ path: `${out}/${name}.png` });
  const stats = await page.evaluate(() => globalThis.loci?.stage.stats()).catch(() => undefined);
  console.log(name, stats ? JSON.stringify(stats) : '');
  await context.close();
}
await browser.close();
await fake?.close();
