// What the figure costs where people see it: the real server and page in headless Chromium, drawn in software
// (SwiftShader). Started by body_bench; prints one JSON object with every time taken, in milliseconds:
//   node bench/stage.mjs PROGRAM CACHE RUNS
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { House, open_browser, pause, web } from './house.mjs';

const [program, cache, count = '20'] = process.argv.slice(2);
const runs = Number(count);

/** From the start of the navigation to the first picture in which a hand is not where it was in the one before. */
async function first_movement(browser, url, size) {
  const context = await browser.newContext({ viewport: size });
  const page = await context.newPage();
  // Left by the page itself when its stage is there; watched from its first line on.
  await page.addInitScript(() => {
    const look = (before) => {
      const at = globalThis.loci?.stage.place_of('rightHand');
      const live = document.querySelector('.niche.live') !== null;
      if (live && before && at && (at.x !== before.x || at.y !== before.y)) globalThis.moving_at = performance.now();
      else requestAnimationFrame(() => look(live ? at : undefined));
    };
    requestAnimationFrame(() => look(undefined));
  });
  await page.goto(url);
  await page.waitForFunction(() => globalThis.moving_at !== undefined, undefined, { timeout: 60_000 });
  const ms = await page.evaluate(() => globalThis.moving_at);
  await context.close();
  return ms;
}

/** From the Enter that ends a typed wish to the picture in which the wrist has left its place. */
async function wave(page) {
  await page.getByLabel('Tell Nook what to do').fill('wave');
  await page.evaluate(() => {
    const wrist = () => globalThis.loci.stage.place_of('rightHand');
    let typed;
    let rest;
    globalThis.wrist_moved = undefined;
    addEventListener('keydown', (event) => { if (event.key === 'Enter') { typed = performance.now(); rest = wrist(); } }, { once: true, capture: true });
    const look = () => {
      const at = wrist();
      // Breathing moves it by less than a thousandth of the picture.
      if (rest && Math.hypot(at.x - rest.x, at.y - rest.y) > 0.004) globalThis.wrist_moved = performance.now() - typed;
      else void globalThis.loci.stage.drawn().then(look);
    };
    look();
  });
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => globalThis.wrist_moved !== undefined, undefined, { timeout: 30_000 });
  return page.evaluate(() => globalThis.wrist_moved);
}

const standing_still = (page) => page.waitForFunction(() => globalThis.loci.host.doing === '', undefined, { timeout: 60_000 });

async function opened(browser, url, size) {
  const page = await (await browser.newContext({ viewport: size })).newPage();
  await page.goto(url);
  await page.locator('.niche.live').waitFor({ timeout: 60_000 });
  await pause(2000); // its own wave has begun
  await standing_still(page);
  return page;
}

async function waves(browser, url) {
  const page = await opened(browser, url, { width: 1280, height: 800 });
  await page.getByRole('button', { name: 'Everything Nook can do' }).click();
  const times = [];
  for (let i = 0; i < runs; i += 1) {
    times.push(await wave(page));
    await pause(300);
    await standing_still(page);
    await pause(600 + (i % 7) * 37);
  }
  await page.context().close();
  return times;
}

/** Frames drawn in each second of ten, the figure at work, and how much of a pixel was left of each. */
async function frames(browser, url) {
  const page = await opened(browser, `${url}/stage`, { width: 512, height: 768 });
  const answer = await page.evaluate(async () => {
    const { stage, host } = globalThis.loci;
    host.direct({ action: { name: 'dance', loop: true } });
    const rates = [];
    for (let second = 0; second < 12; second += 1) {
      const from = { at: performance.now(), frames: stage.stats().frames };
      await new Promise((done) => setTimeout(done, 1000));
      rates.push(((stage.stats().frames - from.frames) * 1000) / (performance.now() - from.at));
    }
    return { rates: rates.slice(2), ratio: stage.stats().ratio };
  });
  await page.context().close();
  return answer;
}

/** A directive over HTTP: from the request to the answer with the tick of the body at which it took effect. */
async function acknowledged(browser, url) {
  const page = await opened(browser, `${url}/stage`, { width: 512, height: 768 });
  const times = [];
  for (let i = 0; i < runs * 5; i += 1) {
    const began = performance.now();
    const answer = await fetch(`${url}/api/body/direct`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ expression: { name: i % 2 ? 'happy' : 'sad', intensity: 0.5, ms: 200 } }),
    });
    const { tick } = await answer.json();
    if (!answer.ok || !(tick > 0)) throw new Error(`a directive was not taken: ${answer.status}`);
    times.push(performance.now() - began);
    await pause(90 + (i % 11) * 7);
  }
  await page.context().close();
  return times;
}

/**
 * Ten minutes of random wishes, lived through without drawing: how many properties of the drawn figure (meshes, materials,
 * colours, textures) and numbers of its neutral pose are others than before.
 */
async function differences(browser, url) {
  const page = await opened(browser, `${url}/stage`, { width: 300, height: 400 });
  const count = await page.evaluate(() => {
    const { stage, host } = globalThis.loci;
    const { body, puppet } = host.performer;
    cancelAnimationFrame(stage.frame);
    stage.soon = () => undefined;
    let now = performance.now();
    const live = (seconds) => {
      for (let i = 0; i < seconds * 60; i += 1) puppet.pose_at((now += 1000 / 60));
    };
    /** Nothing that anybody asked for, no life of its own; the lids are open. */
    const neutral = () => {
      body.activity('idle');
      body.mood({ valence: 0, arousal: 0 });
      body.gaze({ kind: 'camera' });
      for (const name of ['stop', 'stand_up']) {
        body.direct({ action: { name } });
        live(10);
      }
      for (let i = 0; i < 4 && Math.abs(puppet.pose_at(now).rotations[1]) > 0.5; i += 1) {
        body.direct({ action: { name: 'turn_around' } });
        live(10);
      }
      body.reducedMotion(true);
      live(50);
      for (let i = 0; i < 600 && puppet.pose_at(now).weights.some((w) => w !== 0); i += 1) live(1 / 60);
      const { rotations: r, hips, weights } = puppet.pose_at(now);
      // A quaternion and its negative are the same turn.
      const turns = Array.from(r, (v, i) => (r[i - (i % 4) + 3] < 0 ? -v : v));
      const pose = [...turns, ...hips, ...weights].map((v) => Math.round(v * 1e5) + 0);
      body.reducedMotion(false);
      return pose;
    };
    const worn = () => {
      stage.draw(now);
      const seen = [host.report.name, host.report.triangles];
      stage.scene.traverse((o) => {
        if (!o.isMesh) return;
        seen.push(o.name, o.visible, o.geometry.attributes.position.count);
        for (const m of [o.material].flat()) {
          seen.push(m.name);
          for (const [name, { value }] of Object.entries(m.uniforms ?? {})) {
            if (value?.isColor) seen.push(`${name} ${value.getHexString()}`);
            if (value?.isTexture) seen.push(`${name} ${value.uuid}`);
          }
        }
      });
      return seen;
    };
    const before = [...neutral(), ...worn()];
    let seed = 7;
    const dice = (n) => (seed = (seed * 48271) % 2147483647) % n;
    const movements = [...host.actions, 'stop', 'nonsense'];
    const looks = ['happy', 'angry', 'sad', 'relaxed', 'surprised'];
    for (let tick = 0; tick < 600 * 60; tick += 1) {
      if (dice(33) === 0) {
        body.direct({
          action: { name: movements[dice(movements.length)] },
          expression: { name: looks[dice(looks.length)], intensity: dice(100) / 100, ms: dice(3000) },
          gaze: { kind: 'point', x: dice(400) / 100 - 2, y: 1, z: dice(200) / 100 },
        });
      }
      live(1 / 60);
    }
    const after = [...neutral(), ...worn()];
    return before.filter((value, i) => value !== after[i]).length + Math.abs(before.length - after.length);
  });
  await page.context().close();
  return count;
}

/** Kilobytes (1,000 bytes) that the scripts of the stage, fetched after the page, have packed with gzip. */
function packed() {
  const folder = fileURLToPath(new URL('dist/assets/', web));
  const mine = readdirSync(folder).filter((name) => /^(stage|performer|GLTFLoader)-.*\.js\.gz$/.test(name));
  if (mine.length !== 3) throw new Error(`the scripts of the stage have other names by now: ${mine.join(', ')}`);
  return mine.reduce((sum, name) => sum + statSync(join(folder, name)).size / 1000, 0);
}

const house = new House(program, cache);
let browser;
try {
  await house.start([{ repeat: true, steps: [{ text: 'Yes.' }] }], { LOCI_ENGINE_MODE: 'off' });
  browser = await open_browser(['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist']);
  const { url } = house;
  const moving = [];
  for (let i = 0; i < Math.ceil(runs / 2); i += 1) moving.push(await first_movement(browser, url, { width: 1280, height: 800 }));
  const answer = {
    moving, waves: await waves(browser, url), frames: await frames(browser, url),
    acknowledged: await acknowledged(browser, url), differences: await differences(browser, url), packed_kb: packed(),
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
} finally {
  await browser?.close();
  await house.remove();
}
