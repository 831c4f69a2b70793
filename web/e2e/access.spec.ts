// Axe in both themes over every room and the states of the conversation; phone width; reduced motion.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, replies, say, test } from './house';

async function check(page: Page, where: string): Promise<void> {
  // Colours are measured at rest.
  await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => undefined))));
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.flatMap((v) => v.nodes.map((n) => `${where}: ${v.id}: ${n.target.join(' ')}: ${n.failureSummary ?? ''}`));
  expect(told).toEqual([]);
}

for (const scheme of ['light', 'dark'] as const) {
  for (const [width, height] of [[1440, 900], [390, 844]] as const) {
    test(`axe finds nothing: ${scheme}, ${width} wide`, async ({ house, page }) => {
      test.setTimeout(240_000);
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height });
      await expect(page.getByRole('heading', { name: /I'm Nook/ })).toBeVisible();
      await check(page, 'greeting');
      await say(page, 'think about code');
      await expect(replies(page)).toContainText('I thought about it');
      await say(page, 'show code');
      await expect(replies(page).locator('.hljs-keyword').first()).toBeVisible();
      await say(page, 'please fail');
      await expect(page.getByRole('alert')).toBeVisible();
      await check(page, 'conversation');
      await page.getByRole('button', { name: 'About this reply' }).first().click();
      await check(page, 'details');
      await page.keyboard.press('Escape');
      for (const room of ['persona', 'models', 'settings', 'status', 'data', 'logs']) {
        await page.goto(`${house.url}/#/${room}`);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await expect(page.getByRole('status')).toHaveCount(0);
        await check(page, room);
      }
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog')).toBeVisible();
      await check(page, 'shortcuts');
    });
  }
}

test('phone: nothing is wider than the screen, the list is a drawer', async ({ house, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await say(page, 'show code');
  await expect(replies(page)).toContainText('Try it in a shell');
  for (const room of ['', 'models', 'settings', 'status', 'data', 'logs', 'persona']) {
    if (room) await page.goto(`${house.url}/#/${room}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), room).toBeLessThanOrEqual(390);
  }
  await page.getByRole('button', { name: 'Open the list of conversations' }).click();
  await page.getByRole('button', { name: 'Fixing the garden gate', exact: true }).click();
  await expect(replies(page)).toContainText('upper hinge');
  await expect(page.getByRole('button', { name: 'Close the list' })).toHaveCount(0);
});

test('nothing moves for those who asked for that', async ({ house, page }) => {
  void house;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect(page.getByRole('heading', { name: /I'm Nook/ })).toBeVisible();
  const moving = await page.evaluate(() => document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations === Infinity).length);
  expect(moving).toBe(0);
});

test('can be installed: manifest, icons, service worker', async ({ house, page }) => {
  const manifest = (await (await page.request.get(`${house.url}/manifest.webmanifest`)).json()) as { icons: { src: string; sizes: string }[]; start_url: string };
  expect(manifest.start_url).toBe('/');
  for (const icon of manifest.icons) expect((await page.request.get(house.url + icon.src)).ok(), icon.src).toBe(true);
  const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
  expect(scope).toBe(`${house.url}/`);
});
