// The stage as people meet it, drawn in software: it comes by itself, moves without a network, looks at
// the pointer, waves once, does what it is told, and takes files.

import { existsSync, readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { mixamo_fbx, splayed_bvh } from '../src/testing/rigs';
import { expect, kDrawn, live, open, patient, test } from './drawn';

test.use(kDrawn);
test.setTimeout(300_000);
const hand = (page: Page) => page.evaluate(() => window.loci.stage.place_of('rightHand')!);
const file = (name: string) => new URL(`../../characters/nook/${name}`, import.meta.url);
const nook = readFileSync(file('nook-light.vrm'));

/** How high the hand is above the elbow's height, in parts of the picture, in every frame from now on: the highest of them. */
async function watch(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const { stage } = window.loci;
    window.top_hand = -1;
    const look = (): void => {
      window.top_hand = Math.max(window.top_hand, stage.place_of('rightUpperArm')!.y - stage.place_of('rightHand')!.y);
      void stage.drawn().then(look);
    };
    look();
  });
  return async () => {
    const top = await page.evaluate(() => window.top_hand);
    await page.evaluate(() => (window.top_hand = -1));
    return top;
  };
}
/** The hand is at the height of the shoulder, or near it. */
const kRaised = -0.06;

test('Nook comes, moves without a network, waves once, and looks at the pointer', async ({ server, page, context }) => {
  await open(page, `${server.url}/stage`);
  const highest = await watch(page);
  const since_start = await page.evaluate(() => performance.now());
  test.info().annotations.push({ type: 'page load to figure', description: `${Math.round(since_start)} ms` });
  await context.setOffline(true);

  await expect.poll(highest, { ...patient, message: 'the hand goes up, although nobody asked' }).toBeGreaterThan(kRaised);
  await expect.poll(async () => (await page.evaluate(() => window.loci.stage.place_of('rightUpperArm')!)).y - (await hand(page)).y, patient).toBeLessThan(kRaised - 0.06);
  await page.waitForTimeout(600);
  await highest();
  await page.waitForTimeout(2500);
  expect(await highest(), 'once').toBeLessThan(kRaised);

  const spots = new Set<string>();
  await expect.poll(async () => spots.add(JSON.stringify(await page.evaluate(() => window.loci.stage.place_of('head')))).size, { ...patient, message: 'it breathes' }).toBeGreaterThan(4);

  const look_to = async (x: number): Promise<number> => {
    await page.mouse.move(x, 150);
    await page.mouse.move(x + 2, 150);
    return page.evaluate(() => window.loci.stage.looking().yaw);
  };
  await expect.poll(() => look_to(6), { ...patient, message: 'it looks to where the pointer is' }).toBeLessThan(-5);
  await expect.poll(() => look_to(290), patient).toBeGreaterThan(5);
});

test('what is asked for is done: a button, plain words, a view, the figure alone', async ({ server: house, page }) => {
  await page.setViewportSize({ width: 1160, height: 520 });
  await open(page, house.url);
  const highest = await watch(page);
  await expect.poll(highest, { ...patient, message: 'its own wave' }).toBeGreaterThan(kRaised);
  await expect.poll(async () => (await page.evaluate(() => window.loci.stage.place_of('rightUpperArm')!)).y - (await hand(page)).y, patient).toBeLessThan(kRaised - 0.06);
  await expect.poll(() => house.world.log.some((c) => c.type === 'body.stage' && (c.actions as string[]).includes('wave'))).toBe(true);
  await highest();
  await page.getByRole('button', { name: 'Everything Nook can do' }).click();
  await page.getByLabel('Tell Nook what to do').fill('wave at me, please');
  await page.keyboard.press('Enter');
  await expect.poll(highest, patient).toBeGreaterThan(kRaised);
  await expect.poll(() => house.world.log.filter((c) => c.type === 'body.ack').length, patient).toBe(1);
  await page.getByLabel('Tell Nook what to do').fill('recite Faust');
  await page.keyboard.press('Enter');
  await expect(page.getByText('I do not know how to do that')).toBeVisible();
  await page.keyboard.press('Escape');

  const head = () => page.evaluate(() => window.loci.stage.place_of('head')!.y - window.loci.stage.place_of('hips')!.y);
  const far = await head();
  await live(page).hover();
  await page.getByRole('button', { name: 'The face' }).click();
  await expect.poll(head, patient).toBeLessThan(far * 1.3);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.locator('body').press('h');
  await expect(page.locator('#composer')).toBeHidden();
  await expect.poll(async () => (await live(page).boundingBox())?.width, patient).toBe(1160);
  await page.locator('body').press('h');
  await expect(page.locator('#composer')).toBeVisible();
});

test('files: figures old and new, a broken one, a BVH and an FBX', async ({ server: house, page }) => {
  await page.setViewportSize({ width: 1160, height: 520 });
  await open(page, house.url);
  await live(page).hover();
  const give = async (name: string, buffer: Buffer) => {
    await live(page).hover();
    await page.getByRole('button', { name: 'Settings of the stage' }).click();
    await page.getByLabel('Files for the stage').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
    await page.keyboard.press('Escape');
  };
  await give('Guest.vrm', nook);
  await expect(page.getByRole('status').filter({ hasText: 'VRM 1.0' })).toContainText('Triangles');
  expect([...(house.world.kept?.models3d?.keys() ?? [])]).toEqual(['Guest.vrm']);

  const shapes = () => page.evaluate(() => window.loci.stage.drawn().then(() => window.loci.stage.stats().geometries));
  const before = await shapes();
  await give('Half.vrm', nook.subarray(0, nook.length / 2));
  await expect(page.getByRole('alert')).toContainText('The file ends too early');
  expect(await shapes(), 'the old figure stays').toBe(before);
  await give('Chair.vrm', Buffer.from('solid chair'));
  await expect(page.getByRole('alert')).toContainText('cannot be used');

  if (existsSync(file('nook-vrm0.vrm'))) {
    await give('Elder.vrm', readFileSync(file('nook-vrm0.vrm')));
    await expect(page.getByRole('status').filter({ hasText: 'VRM 0.x' })).toBeVisible();
    const ahead = await page.evaluate(() => window.loci.stage.looking().yaw);
    expect(Math.abs(ahead), 'it faces the room, as the new ones do').toBeLessThan(60);
  }

  const rise = Array.from({ length: 40 }, (_, i) => i * 2);
  await give('Arm up.bvh', Buffer.from(splayed_bvh(rise)));
  await expect(page.getByRole('status').filter({ hasText: 'Arm up' })).toContainText('1.3 s');
  const at_rest = 1 - (await page.evaluate(() => window.loci.stage.place_of('leftHand')!)).y;
  await page.getByRole('button', { name: 'Play it' }).click();
  await expect.poll(async () => 1 - (await page.evaluate(() => window.loci.stage.place_of('leftHand')!)).y, patient).toBeGreaterThan(at_rest + 0.08);
  await give('Raise.fbx', Buffer.from(mixamo_fbx(80)));
  await expect(page.getByRole('status').filter({ hasText: 'Raise' })).toContainText('1.0 s');
  expect([...(house.world.kept?.animations?.keys() ?? [])]).toEqual(['Arm up.vrma', 'Raise.vrma']);
  const kept = house.world.kept!.animations!.get('Raise.vrma')!;
  expect(kept.subarray(0, 4).toString('latin1'), 'kept as VRMA').toBe('glTF');
  await give('tune.mid', Buffer.from('MThd'));
  await expect(page.getByRole('alert')).toContainText('The stage takes figures');
});

test('a hundred figures one after another leave nothing behind; on nothing for a streaming program', async ({ server: house, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, `${house.url}/stage?transparent=1`);
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgba(0, 0, 0, 0)');
  expect(await page.evaluate(() => Array.from(window.loci.stage.picture().data.slice(0, 4)))).toEqual([0, 0, 0, 0]);
  await expect(page.locator('#composer')).toHaveCount(0);
  house.world.kept = { ...house.world.kept, models3d: new Map([['Guest', nook]]) };
  const session = await page.context().newCDPSession(page);
  const used = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    return ((await session.send('Runtime.getHeapUsage')) as { usedSize: number }).usedSize / 1e6;
  };
  const switches = (count: number) => page.evaluate(async (n) => {
    const bytes = await (await fetch('/api/models3d/Guest')).arrayBuffer();
    for (let i = 0; i < n; i += 1) await window.loci.stage.load(bytes);
    await window.loci.stage.drawn();
    await window.loci.stage.drawn();
    return window.loci.stage.stats();
  }, count);
  const first = await switches(5);
  const heap = await used();
  const last = await switches(95);
  const later = await used();
  test.info().annotations.push({ type: 'heap', description: `${heap.toFixed(1)} MB after 5 figures, ${later.toFixed(1)} MB after 100` });
  expect(last.geometries).toBe(first.geometries);
  expect(last.textures).toBe(first.textures);
  expect(later - heap).toBeLessThan(12);
});

test('a phone has both: the figure above, the conversation below', async ({ server, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, server.url);
  const stage = (await live(page).boundingBox())!;
  const composer = (await page.locator('#composer').boundingBox())!;
  expect(stage.y + stage.height).toBeLessThan(composer.y);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const edge = page.getByRole('separator', { name: 'Size of the stage' });
  await edge.focus();
  for (let i = 0; i < 3; i += 1) await edge.press('ArrowDown');
  await expect.poll(async () => (await live(page).boundingBox())!.height).toBeGreaterThan(stage.height + 50);
  await page.getByRole('button', { name: 'Show Nook' }).click();
  await expect(live(page)).toHaveCount(0);
});
