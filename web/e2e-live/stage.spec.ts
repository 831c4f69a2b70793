// The stage as people meet it, drawn in software: it comes by itself, moves without a network, looks at
// the pointer, waves once, does what it is told, and takes files.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { mixamo_fbx, splayed_bvh } from '../src/testing/rigs';
import { start_fake, type Fake } from '../dev/fake-server.mjs';
import { expect, test as base } from '../e2e/house';

/** A server of its own; the test opens the page that it needs, because a figure on a large page is slow to draw. */
const test = base.extend<{ server: Fake }>({
  server: async ({ page }, use) => {
    const fake = await start_fake({ speed: 3 });
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(error.message));
    await use(fake);
    await fake.close();
    expect(broken, 'no error may reach the window').toEqual([]);
  },
});

const kSmall = { width: 300, height: 400 };
test.use({
  viewport: kSmall,
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
  },
});

interface Place { x: number; y: number }
interface Pose { bones: string[]; rotations: number[]; hips: number[]; names: string[]; weights: number[]; look: number[] }
interface StageHandle {
  stats(): { frames: number; geometries: number; textures: number; weak: boolean };
  place_of(bone: string): Place | undefined;
  place_in(x: number, y: number, z: number): Place;
  looking(): { yaw: number; pitch: number };
  picture(): ImageData;
  drive(driver: { pose_at: () => Pose } | undefined): void;
  load(bytes: ArrayBuffer): Promise<{ expressions: string[] }>;
  view(view: string): void;
  drawn(): Promise<void>;
}
declare global {
  interface Window { loci: { stage: StageHandle }; top_hand: number }
}

const live = (page: Page) => page.locator('.niche.live');
/** Drawn in software the figure takes its time where something else runs, too: all waiting is for what happens. */
async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(live(page)).toBeVisible({ timeout: 120_000 });
}
const patient = { timeout: 45_000, intervals: [60] };

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

test('every expression and every mouth changes its part of the face, and only that', async ({ server, page }) => {
  // The camera arrives at once, hair and hood hang still.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, `${server.url}/stage`);
  const { change, sheets } = await page.evaluate(async () => {
    const { stage } = window.loci;
    // Pictures of one quality, however busy this machine is.
    const inner = stage as unknown as { governor: object; shape: () => void };
    Object.assign(inner.governor, { level: 2, drew: () => false });
    inner.shape();
    stage.view('head');
    const pose: Pose = { bones: [], rotations: [], hips: [0, 0, 0], names: [], weights: [], look: [0, 0] };
    stage.drive({ pose_at: () => pose });
    const all = ['happy', 'angry', 'sad', 'relaxed', 'surprised', 'aa', 'ih', 'ou', 'ee', 'oh', 'blink', 'blinkLeft', 'blinkRight'];
    pose.names = all;
    const take = async (name: string): Promise<ImageData> => {
      pose.weights = all.map((n) => (n === name ? 1 : 0));
      await new Promise((done) => setTimeout(done, 30));
      return stage.picture();
    };
    let rest = await take('');
    /** Part of the pixels of a region of the face that differ; the region is given in metres. */
    const differs = (a: ImageData, [left, right, low, high]: number[]): number => {
      const from = stage.place_in(left!, high!, 0.13);
      const to = stage.place_in(right!, low!, 0.13);
      let count = 0;
      let all_of_them = 0;
      for (let y = Math.round(from.y * a.height); y < to.y * a.height; y += 1) {
        for (let x = Math.round(from.x * a.width); x < to.x * a.width; x += 1) {
          const i = (y * a.width + x) * 4;
          all_of_them += 1;
          if (Math.abs(a.data[i]! - rest.data[i]!) + Math.abs(a.data[i + 1]! - rest.data[i + 1]!) + Math.abs(a.data[i + 2]! - rest.data[i + 2]!) > 40) count += 1;
        }
      }
      return count / all_of_them;
    };
    // The camera arrives, hood and hair come to hang.
    for (let i = 0, same = 0; i < 100 && same < 3; i += 1) {
      const now = await take('');
      same = differs(now, [-0.13, 0.13, 0.57, 0.77]) < 0.0005 ? same + 1 : 0;
      rest = now;
    }
    const regions = { eyes: [-0.13, 0.13, 0.645, 0.77], left: [0.03, 0.13, 0.645, 0.77], right: [-0.13, -0.03, 0.645, 0.77], mouth: [-0.06, 0.06, 0.57, 0.64] };
    /** The mean brightness of the cells of a grid over a region: the same face however many pixels it has. */
    const sheet = (a: ImageData, [left, right, low, high]: number[], columns: number, rows: number): number[] => {
      const from = stage.place_in(left!, high!, 0.13);
      const to = stage.place_in(right!, low!, 0.13);
      const wide = Math.max(1, Math.round(((to.x - from.x) / columns) * a.width));
      const tall = Math.max(1, Math.round(((to.y - from.y) / rows) * a.height));
      const cells: number[] = [];
      for (let row = 0; row < rows; row += 1) for (let column = 0; column < columns; column += 1) {
        const top = Math.round((from.y + ((to.y - from.y) * row) / rows) * a.height);
        const side = Math.round((from.x + ((to.x - from.x) * column) / columns) * a.width);
        let sum = 0;
        for (let y = top; y < top + tall; y += 1) for (let x = side; x < side + wide; x += 1) {
          const i = (y * a.width + x) * 4;
          sum += (a.data[i]! * 2 + a.data[i + 1]! * 5 + a.data[i + 2]!) / 8;
        }
        cells.push(Math.round(sum / (wide * tall)));
      }
      return cells;
    };
    const out: Record<string, { eyes: number; left: number; right: number; mouth: number }> = {};
    const sheets: Record<string, number[]> = {};
    for (const name of all) {
      const taken = await take(name);
      out[name] = { eyes: differs(taken, regions.eyes), left: differs(taken, regions.left), right: differs(taken, regions.right), mouth: differs(taken, regions.mouth) };
      sheets[name] = [...sheet(taken, regions.eyes, 26, 12), ...sheet(taken, regions.mouth, 18, 10)];
    }
    return { change: out, sheets };
  });
  test.info().annotations.push({ type: 'changes', description: JSON.stringify(change) });
  for (const mouth of ['aa', 'ih', 'ou', 'ee', 'oh']) {
    expect(change[mouth]!.mouth, `${mouth} moves the mouth`).toBeGreaterThan(0.004);
    expect(change[mouth]!.eyes, `${mouth} leaves the eyes alone`).toBeLessThan(change[mouth]!.mouth / 3);
  }
  for (const blink of ['blink', 'blinkLeft', 'blinkRight']) {
    expect(change[blink]!.eyes, `${blink} shuts`).toBeGreaterThan(0.02);
    expect(change[blink]!.mouth, `${blink} leaves the mouth alone`).toBeLessThan(change[blink]!.eyes / 3);
  }
  // The figure's left is at the right of the picture.
  expect(change.blinkLeft!.left).toBeGreaterThan(change.blinkLeft!.right * 3);
  expect(change.blinkRight!.right).toBeGreaterThan(change.blinkRight!.left * 3);
  for (const mood of ['happy', 'angry', 'sad', 'relaxed', 'surprised']) expect(change[mood]!.eyes + change[mood]!.mouth, mood).toBeGreaterThan(0.01);

  // Each is the face that was looked at and kept (faces.json), and like no other of them. LOCI_KEEP_FACES=1 keeps those of now.
  const stored = new URL('faces.json', import.meta.url);
  if (process.env.LOCI_KEEP_FACES) {
    const packed = Object.entries(sheets).map(([name, cells]) => [name, Buffer.from(cells).toString('base64')]);
    writeFileSync(stored, `${JSON.stringify(Object.fromEntries(packed), null, 1)}\n`);
  }
  const kept = Object.entries(JSON.parse(readFileSync(stored, 'utf8')) as Record<string, string>).map(([name, text]) => ({ name, cells: Buffer.from(text, 'base64') }));
  expect(kept.map(({ name }) => name)).toEqual(Object.keys(sheets));
  for (const [name, cells] of Object.entries(sheets)) {
    const unlike = (other: Buffer) => cells.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / cells.length;
    const nearest = kept.map((face) => ({ name: face.name, by: unlike(face.cells) })).sort((a, b) => a.by - b.by);
    test.info().annotations.push({ type: `face ${name}`, description: JSON.stringify(nearest.slice(0, 2)) });
    expect(nearest[0]!.name, `${name} against the kept faces: ${JSON.stringify(nearest.slice(0, 3))}`).toBe(name);
    expect(nearest[0]!.by, name).toBeLessThan(6);
  }
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
