// Renders the PNG icons from public/icons/logo.svg with the browser that the tests use.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const folder = fileURLToPath(new URL('../public/icons/', import.meta.url));
const svg = readFileSync(`${folder}logo.svg`, 'utf8');
// A maskable icon is cut to any shape: the plate fills the square and the house keeps clear of the rim.
const square = svg.replace('rx="17"', 'rx="0"');
const maskable = square.replace(/<path d="M32 10[\s\S]*(?=<\/svg>)/, (house) => `<g transform="translate(6.400 6.400) scale(.8)">${house}</g>`);

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [name, size, source] of [
  ['icon-192', 192, svg], ['icon-512', 512, svg], ['maskable-512', 512, maskable], ['apple-touch-icon', 180, square],
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${source}`);
  writeFileSync(`${folder}${name}.png`, await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
