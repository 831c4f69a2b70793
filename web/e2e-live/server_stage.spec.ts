// The figure on the real server: other programs move it, dress it and change its room, a reply moves it,
// and what is put into the folder of the server can be played without a restart.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page, expect, test as base } from '@playwright/test';
import { missing, Program } from '../e2e-server/program';
import { splayed_bvh } from '../src/testing/rigs';
import { kDrawn, open, patient } from './drawn';

const script = join(mkdtempSync(join(tmpdir(), 'loci-stage-')), 'script.json');
writeFileSync(script, JSON.stringify([
  { match: 'greet', repeat: true, steps: [{ text: '[wave] Hello [smile 0.9] over there.' }] },
  { repeat: true, steps: [{ text: 'Yes.' }] },
]));

const test = base.extend<{ program: Program }>({
  program: async ({ page }, use) => {
    const reason = missing('scripted');
    base.skip(reason !== '', reason);
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(error.message));
    const program = new Program('scripted', { LOCI_LLM_SCRIPT: script });
    await program.start();
    await use(program);
    await program.remove();
    expect(broken, 'no error may reach the window').toEqual([]);
  },
});
test.use(kDrawn);
test.setTimeout(240_000);

const kRed = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

async function ask<T>(program: Program, method: string, path: string, body?: Buffer | object): Promise<{ status: number; answer: T }> {
  const raw = Buffer.isBuffer(body);
  const got = await fetch(`${program.url}${path}`, {
    method, headers: { 'content-type': raw ? 'application/octet-stream' : 'application/json' },
    ...(body === undefined ? {} : { body: raw ? new Uint8Array(body) : JSON.stringify(body) }),
  });
  return { status: got.status, answer: (await got.json()) as T };
}

/** How high the right hand is against its shoulder, in parts of the picture: about 0 when it waves, and well below at rest. */
const hand = (page: Page) => page.evaluate(() => {
  const { stage } = window.loci;
  return stage.place_of('rightUpperArm')!.y - stage.place_of('rightHand')!.y;
});
const up = (page: Page, message: string) => expect.poll(() => hand(page), { ...patient, message }).toBeGreaterThan(-0.06);
const down = (page: Page) => expect.poll(() => hand(page), patient).toBeLessThan(-0.12);
const weight = (page: Page, name: string) => page.evaluate((wanted) => {
  const { pose } = window.loci.stage as unknown as { pose: { names: string[]; weights: number[] } };
  return pose.weights[pose.names.indexOf(wanted)] ?? 0;
}, name);

test('a program plays, directs and dresses it', async ({ program, page }) => {
  expect((await ask(program, 'POST', '/api/play/wave')).status, 'no page shows it').toBe(409);
  await open(page, `${program.url}/stage`);
  await up(page, 'its own wave');
  await down(page);

  const { answer: list } = await ask<{ animations: { name: string; duration_s?: number }[] }>(program, 'GET', '/api/animations');
  expect(list.animations.find((a) => a.name === 'wave')?.duration_s).toBeGreaterThan(0.5);
  const played = await ask<{ tick: number }>(program, 'POST', '/api/play/wave');
  expect(played.answer.tick).toBeGreaterThan(0);
  await up(page, 'played by a program');
  expect((await ask(program, 'POST', '/api/play/fly')).status).toBe(404);
  const sad = await ask<{ tick: number }>(program, 'POST', '/api/body/direct', { expression: { name: 'sad', intensity: 0.8, ms: 20_000 } });
  expect(sad.answer.tick).toBeGreaterThan(played.answer.tick);
  await expect.poll(() => weight(page, 'sad'), { ...patient, message: 'it looks sad' }).toBeGreaterThan(0.4);

  const { answer: said } = await ask<{ said: string; directives: number }>(program, 'POST', '/api/body/do', { text: 'turn around slowly and look happy' });
  expect(said.directives).toBe(2);

  // Another figure, for every page, kept for those that come later; then the own one again.
  const elder = await readFile(new URL('../../characters/nook/nook-vrm0.vrm', import.meta.url));
  await ask(program, 'POST', '/api/models3d?name=Elder.vrm', elder);
  expect((await ask(program, 'PATCH', '/api/config/character', { character: 'Elder.vrm' })).status).toBe(200);
  const version = () => page.evaluate(() => (window.loci as unknown as { host: { report?: { version: string } } } | undefined)?.host.report?.version);
  await expect.poll(version, patient).toBe('0.x');
  expect(Buffer.from(await (await fetch(`${program.url}/avatar.vrm`)).arrayBuffer()).equals(elder)).toBe(true);
  await page.reload();
  await expect.poll(version, { ...patient, message: 'a page that comes later shows it' }).toBe('0.x');
  await ask(program, 'DELETE', '/api/models3d/Elder.vrm');
  await expect.poll(version, { ...patient, message: 'one that is gone is not shown' }).toBe('1.0');
});

test('movements and pictures that the server is given are there at once', async ({ program, page }) => {
  await open(page, `${program.url}/stage`);
  await up(page, 'its own wave');
  await down(page);
  const rise = Array.from({ length: 60 }, (_, i) => i * 1.5);
  expect((await ask(program, 'POST', '/api/animations?name=Lift.bvh', Buffer.from(splayed_bvh(rise)))).status).toBe(200);
  const names = async () => (await ask<{ animations: { name: string }[] }>(program, 'GET', '/api/animations')).answer.animations.map((a) => a.name);
  expect(await names()).toContain('Lift.bvh');
  const left = () => page.evaluate(() => window.loci.stage.place_of('leftUpperArm')!.y - window.loci.stage.place_of('leftHand')!.y);
  const before = await left();
  expect((await ask<{ tick: number }>(program, 'POST', '/api/play/Lift')).answer.tick).toBeGreaterThan(0);
  await expect.poll(left, patient).toBeGreaterThan(before + 0.05);
  await expect.poll(names, { ...patient, message: 'read once, kept as VRMA' }).toContain('Lift.vrma');

  const niche = page.locator('.niche');
  await ask(program, 'POST', '/api/backgrounds?name=Red.png', kRed);
  expect((await ask(program, 'PATCH', '/api/config/background', { background: 'image:Red.png' })).status).toBe(200);
  await expect(niche).toHaveClass(/image/);
  await expect.poll(() => niche.evaluate((e) => getComputedStyle(e).backgroundImage), patient).toContain('blob:');
  expect((await ask(program, 'PATCH', '/api/config/background', { background: 'image:Blue.png' })).status).toBe(404);
  await ask(program, 'PATCH', '/api/config/background', { background: 'gradient:#102030,#a0b0c0' });
  await expect(niche).toHaveClass(/gradient/);
  await expect.poll(() => niche.evaluate((e) => getComputedStyle(e).backgroundImage)).toContain('rgb(16, 32, 48)');
  await ask(program, 'PATCH', '/api/config/background', { background: 'room' });
  await expect(niche).toHaveClass(/niche niche|idle niche/);
});

test('what a reply does is done, and not read out', async ({ program, page }) => {
  await page.setViewportSize({ width: 1160, height: 520 });
  await open(page, program.url);
  await up(page, 'its own wave');
  await down(page);
  await page.locator('#composer').fill('please greet them');
  await page.locator('#composer').press('Enter');
  await expect(page.getByRole('article', { name: 'Nook', exact: true }).last()).toContainText('Hello over there.');
  await up(page, 'the direction of the reply');
  await expect.poll(() => weight(page, 'happy'), { ...patient, message: 'it smiles' }).toBeGreaterThan(0.3);
  await page.locator('#composer').fill('sit down');
  await page.locator('#composer').press('Enter');
  await expect.poll(() => page.evaluate(() => (window.loci as unknown as { host: { stance: string } }).host.stance), patient).toBe('sitting');
});
