// Talking, in a real browser with a WAV as microphone, on the fake server.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, replies, test } from '../e2e/house';
import { babble_file, heard_sound, listen_in, loud_seconds, microphone_args, rms, sound_mark } from '../e2e/microphone';

const questions = babble_file([[0, 2.4], [1, 1.6], [0, 2]]);
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
test.use({ launchOptions: { executablePath, args: microphone_args(questions) }, options: { voice: { chosen: 'flite/slt', still: true } } });

const bar = (page: Page) => page.getByRole('region', { name: 'Talking with Nook' });
const wake = (page: Page) => page.getByRole('button', { name: 'Wake Nook' }).click();
const long = 'This is a long answer, which goes on for quite a while, and then for a while more, so that somebody can talk into it, or stop it, before it has come to its end.';

test.describe('first wake', () => {
  test.use({ options: { voice: { sentences: ['What can you do?'] } } });

  test('the voice is chosen by ear; then a spoken question is answered aloud', async ({ house, page }) => {
    await listen_in(page);
    await page.reload();
    await wake(page);
    const choice = page.getByRole('dialog', { name: 'Which voice shall be mine?' });
    await expect(choice).toContainText('restrict commercial use');
    // Both are played, one after the other, and neither is taken.
    await expect.poll(() => house.voice.log.filter((c) => c.type === 'voice.try').map((c) => c.voice), { timeout: 40_000 }).toEqual(['piper/joe', 'flite/slt']);
    expect(house.voice.log.some((c) => c.type === 'voice.configure')).toBe(false);
    await choice.getByRole('radio', { name: /Flite/ }).check();
    await choice.getByRole('button', { name: 'Take Flite' }).click();
    await expect.poll(() => house.voice.log.find((c) => c.type === 'voice.configure')?.voice).toBe('flite/slt');
    await expect.poll(() => house.voice.log.filter((c) => c.type === 'voice.wake').length).toBe(1);
    await expect(page.locator('.captions.figure')).toContainText('it is good to hear you');

    // The question: live, then as a message at the same place, then the answer in text and sound.
    await expect(page.getByRole('article', { name: 'You, speaking' })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('article', { name: 'You', exact: true })).toContainText('What can you do?');
    await expect(page.getByRole('article', { name: 'You, speaking' })).toHaveCount(0);
    await expect(replies(page)).toContainText('this machine');
    await expect(bar(page)).toContainText('Speaking');
    await expect(bar(page)).toContainText('Listening', { timeout: 30_000 });

    expect(house.voice.heard.odd).toBe(0);
    expect(house.voice.heard.loud_ms).toBeGreaterThan(300);
    for (const { response, played_ms } of house.voice.played.slice(1).map((p, i) => ({ ...p, before: house.voice.played[i] })).filter((p) => p.before?.response === p.response && p.played_ms < p.before.played_ms)) {
      expect(played_ms, `the account of ${response} went back`).toBe(-1);
    }
    expect(await loud_seconds(page, 0)).toBeGreaterThan(4);
  });
});

test('the stop silences at once: key, and button', async ({ house, page }) => {
  await listen_in(page);
  await page.reload();
  await wake(page);
  await expect(bar(page)).toContainText('Speaking');
  await page.keyboard.press('Escape');
  await expect(bar(page)).not.toContainText('Speaking');
  expect(house.voice.log.filter((c) => c.type === 'voice.interrupt')).toHaveLength(1);
  await page.waitForTimeout(250);
  const mark = await sound_mark(page);
  await page.waitForTimeout(700);
  expect(rms((await heard_sound(page, mark)).samples)).toBeLessThan(1e-4);
  house.voice.say(long);
  await expect(bar(page)).toContainText('Speaking');
  await page.getByRole('button', { name: 'Silence Nook' }).click();
  await expect(bar(page)).not.toContainText('Speaking');
  expect(house.voice.log.filter((c) => c.type === 'voice.interrupt')).toHaveLength(2);
});

test.describe('interruption', () => {
  test.use({ options: { voice: { chosen: 'flite/slt', interruptible: true, hold_ms: 2500 } } });

  test('what is said into a reply pauses it; when it was nothing, the reply goes on', async ({ house, page }) => {
    await wake(page);
    await expect(bar(page)).toContainText('Speaking');
    house.voice.say(long);
    await expect(bar(page)).toContainText('You have the floor', { timeout: 20_000 });
    const held = house.voice.played.at(-1)?.played_ms ?? 0;
    await expect(bar(page)).toContainText('Speaking');
    await expect.poll(() => house.voice.played.at(-1)?.played_ms ?? 0).toBeGreaterThan(held);
  });
});

test('a pause holds the sample and goes on from there', async ({ house, page }) => {
  await wake(page);
  await expect(bar(page)).toContainText('Speaking');
  await expect.poll(() => house.voice.played.at(-1)?.played_ms ?? 0).toBeGreaterThan(400);
  house.voice.emit({ type: 'voice.pause', response: 1 });
  await expect(bar(page)).toContainText('You have the floor');
  // What is on its way through the sound card is still heard; then nothing more is.
  let held = -1;
  await expect.poll(async () => {
    held = house.voice.played.at(-1)?.played_ms ?? 0;
    await page.waitForTimeout(700);
    return (house.voice.played.at(-1)?.played_ms ?? 0) - held;
  }).toBe(0);
  house.voice.emit({ type: 'voice.resume', response: 1, reason: 'backchannel' });
  await expect(bar(page)).toContainText('Speaking');
  await expect.poll(() => house.voice.played.at(-1)?.played_ms ?? 0).toBeGreaterThan(held + 300);
});

test('exactly one tab speaks, and the other can take over', async ({ house, page, context }) => {
  await wake(page);
  await expect(bar(page)).toContainText('Speaking');
  const other = await context.newPage();
  await other.goto(house.url);
  await wake(other);
  await expect(bar(other)).toContainText('Talking in another tab');
  await other.getByRole('button', { name: 'Talk here' }).click();
  await expect(bar(other)).not.toContainText('another tab');
  await expect(bar(page)).toContainText('Talking in another tab');
});

test('the talk goes on after the connection was lost', async ({ house, page }) => {
  await wake(page);
  await expect(bar(page)).toContainText('Speaking');
  house.voice.drop(true);
  await expect(bar(page)).toContainText('Looking for the server');
  await page.waitForTimeout(4000); // longer than a few tries
  house.voice.allow();
  await expect(bar(page)).toContainText('Listening');
  expect(house.voice.log.filter((c) => c.type === 'voice.wake')).toHaveLength(1);
});

test('button mode: the space bar is held, nothing leaves otherwise', async ({ house, page }) => {
  await wake(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'How we talk' }).click();
  await page.getByText('Button', { exact: true }).click();
  await page.keyboard.press('Escape');
  await expect(bar(page)).toContainText('Ready when you are');
  await page.waitForTimeout(500); // what was on its way
  const before = house.voice.heard.loud_ms;
  await page.waitForTimeout(5000); // the microphone talks meanwhile
  expect(house.voice.heard.loud_ms).toBe(before);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.down(' ');
  await expect(bar(page)).toContainText('Listening');
  await page.waitForTimeout(500);
  await page.keyboard.up(' ');
  await expect(bar(page)).toContainText('Ready when you are');
  expect(house.voice.log.filter((c) => c.type === 'voice.talk').map((c) => c.down)).toEqual([true, false]);
});

test('awake with the page, where that is wished: it listens without a click and says nothing', async ({ house, page, context }) => {
  await context.grantPermissions(['microphone']);
  await page.evaluate(() => localStorage.setItem('loci.voice', JSON.stringify({ by_itself: true })));
  await page.reload();
  await expect(bar(page)).toContainText('Listening', { timeout: 30_000 });
  await expect.poll(() => house.voice.heard.loud_ms, { timeout: 20_000 }).toBeGreaterThan(300);
  expect(house.voice.log.filter((c) => c.type === 'voice.wake')).toHaveLength(0);
});

test('settings: voice, speed and eagerness are told, and tried', async ({ house, page }) => {
  await wake(page);
  await page.goto(`${house.url}/#/settings/talking`);
  const card = page.getByRole('region', { name: 'Talking from this browser' });
  await card.getByLabel('Voice').selectOption('piper/joe');
  await card.getByLabel('Answers').selectOption('high');
  await card.getByLabel('Speed').fill('1.2');
  await card.getByRole('button', { name: 'Try it' }).click();
  await expect.poll(() => house.voice.log.filter((c) => c.type === 'voice.try').at(-1)).toEqual({ type: 'voice.try', voice: 'piper/joe', speed: 1.2 });
  expect(house.voice.log.filter((c) => c.type === 'voice.configure').map(({ type: _, ...rest }) => rest)).toEqual([{ voice: 'piper/joe' }, { eagerness: 'high' }, { speed: 1.2 }]);
});

test.describe('what stands in the way is said', () => {
  test('a microphone that is refused, or not there', async ({ house, page }) => {
    void house;
    for (const [name, words] of [['NotAllowedError', 'was refused'], ['NotFoundError', 'No microphone was found'], ['NotReadableError', 'cannot be opened']] as const) {
      await page.evaluate((n) => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', n)); }, name);
      await wake(page);
      await expect(page.getByRole('alert')).toContainText(words);
      await expect(page.getByRole('button', { name: 'Wake Nook' })).toBeVisible();
    }
  });

  test('a page over plain http', async ({ house, page }) => {
    await page.goto(house.url.replace('127.0.0.1', 'house.lan'));
    await wake(page);
    await expect(page.getByRole('alert')).toContainText('plain http');
    await page.getByRole('button', { name: 'Show the address' }).click();
    await expect(page.getByRole('heading', { name: 'House' })).toBeVisible();
  });

  test.describe('no recogniser', () => {
    test.use({ options: { voice: { chosen: 'flite/slt', deaf: true } } });
    test('the hint of the server is shown', async ({ house, page }) => {
      void house;
      await wake(page);
      await expect(page.getByRole('alert')).toContainText('loci models pull whisper-tiny.en');
    });
  });
});

async function axe(page: Page, where: string): Promise<void> {
  // Colours are measured at rest.
  await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => undefined))));
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.flatMap((v) => v.nodes.map((n) => `${where}: ${v.id}: ${n.target.join(' ')}: ${n.failureSummary ?? ''}`))).toEqual([]);
}

for (const [scheme, width] of [['light', 1440], ['dark', 390]] as const) {
  test(`axe finds nothing while talking: ${scheme}, ${width} wide`, async ({ house, page }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 860 });
    await axe(page, 'asleep');
    await wake(page);
    await expect(bar(page)).toContainText('Speaking');
    await axe(page, 'speaking');
    expect(await page.evaluate(() => document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations === Infinity).length)).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'How we talk' }).click();
    await expect(page.getByRole('group', { name: 'When Nook listens' })).toBeVisible();
    await axe(page, 'panel');
    await page.keyboard.press('Escape');
    if (width > 519) await page.getByRole('button', { name: 'Live monitor' }).click();
    house.voice.emit({ type: 'voice.error', error: { code: 'engine_crashed', message: 'The voice stopped.', hint: 'It was started again.' } });
    await expect(page.getByRole('alert')).toBeVisible();
    await axe(page, 'monitor and notice');
    await page.goto(`${house.url}/#/settings/talking`);
    await expect(page.getByRole('region', { name: 'Talking from this browser' })).toBeVisible();
    await axe(page, 'settings');
  });
}
