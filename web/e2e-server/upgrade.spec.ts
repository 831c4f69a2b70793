// A question that needs a better model, from the offer to the answer in its place, on the real server
// with the real engine; the hub is a local one that serves a small model under the big one's name.

import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { FakeHub } from './fake_hub';
import { missing, Program, STARTER } from './program';

async function visit(page: Page, environment: Record<string, string>, walk: (hub: FakeHub, program: Program) => Promise<void>): Promise<void> {
  const reason = missing('starter');
  test.skip(reason !== '', reason);
  test.setTimeout(300_000);
  const hub = new FakeHub(readFileSync(STARTER));
  await hub.start();
  const program = new Program('starter', { LOCI_MODELS_HUB_URL: hub.url, LOCI_LLM_MAX_TOKENS: '16', ...environment });
  try {
    await program.start();
    await page.goto(program.url);
    await walk(hub, program);
  } finally {
    await program.remove();
    await hub.close();
  }
}

const bare = { LOCI_CACHE: join(tmpdir(), 'loci-no-models') };
const offer = (page: Page) => page.getByRole('region', { name: 'A better model' });

/** Its name stands under the only reply, which has words and is no error. */
async function answered_by_the_better_one(page: Page): Promise<void> {
  const reply = page.getByRole('article', { name: 'Nook' });
  await expect(offer(page)).toHaveCount(0, { timeout: 60_000 });
  await expect(reply).toHaveCount(1);
  // Loading it and reading the prompt take their time on a busy machine.
  await expect(reply.locator('.bubble')).toContainText(/\p{L}/u, { timeout: 120_000 });
  await expect(reply.getByText(/Qwen3|Llama|Gemma/)).toBeVisible({ timeout: 60_000 });
  await expect(reply.getByRole('alert')).toHaveCount(0);
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator('#composer').fill(text);
  await page.locator('#composer').press('Enter');
}

test('one button fetches the better model, and the question is answered in its place', async ({ page }) => {
  await visit(page, bare, async (hub) => {
    hub.limit = 40_000_000;
    await say(page, 'Why is the sea salty?');
    const get = offer(page).getByRole('button', { name: /^Get Qwen3/ });
    await expect(get).toBeVisible();
    await expect(offer(page)).toContainText('Apache-2.0');
    await expect(offer(page)).toContainText(/\d GB/);
    await expect(offer(page)).toContainText(/about \d+ min/);
    await expect(offer(page)).toContainText(/assuming/);
    await get.click();
    await expect(offer(page)).toContainText('is on its way');
    await expect(offer(page).getByRole('progressbar')).toHaveAttribute('value', /^0\.[34]/);
    await page.reload();
    await expect(offer(page)).toContainText('is on its way');
    await expect(offer(page)).toContainText('I answer your question as soon as it is here');
    hub.open();
    await expect(offer(page)).toHaveCount(0, { timeout: 60_000 });
    await answered_by_the_better_one(page);
    await expect(page.getByText('Why is the sea salty?').last()).toBeVisible();
  });
});

test('a reply that the starter had to withdraw leads to a better one', async ({ page }) => {
  await visit(page, {}, async (hub) => {
    hub.limit = 40_000_000;
    await say(page, 'Почему море солёное?');
    const get = offer(page).getByRole('button', { name: /^Get / });
    await expect(get).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText(/My starter mind/).first()).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await get.click();
    await expect(offer(page)).toContainText('is on its way');
    await offer(page).getByRole('button', { name: 'Cancel' }).click();
    await expect(get).toBeVisible();
    hub.open();
    await get.click();
    await answered_by_the_better_one(page);
    await expect(page.getByText(/My starter mind/)).toHaveCount(0);
  });
});

test('a download that fails says why there, and goes on when tried again', async ({ page }) => {
  await visit(page, bare, async (hub) => {
    hub.broken = true;
    await say(page, 'Why is the sea salty?');
    await offer(page).getByRole('button', { name: /^Get / }).click();
    await expect(offer(page)).toContainText('did not arrive');
    await expect(offer(page).getByRole('alert')).toContainText('web page instead of a model');
    hub.broken = false;
    await offer(page).getByRole('button', { name: 'Try again' }).click();
    await answered_by_the_better_one(page);
  });
});
