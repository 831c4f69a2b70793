// The page against the real server: first start, conversation, stop, restart in the middle, theme.

import { expect, test, type Page } from '@playwright/test';
import { missing, Program, type Mind } from './program';

async function visit(mind: Mind, page: Page, walk: (program: Program) => Promise<void>): Promise<void> {
  const reason = missing(mind);
  test.skip(reason !== '', reason);
  const program = new Program(mind);
  try {
    await program.start();
    await page.goto(program.url);
    await walk(program);
  } finally {
    await program.remove();
  }
}

const composer = (page: Page) => page.locator('#composer');

async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

test('first start: a name, a sum, a theme, all without a model of any size', async ({ page }) => {
  await visit('scripted', page, async () => {
    await page.getByPlaceholder('Your name').fill('Ada');
    await page.getByPlaceholder('Your name').press('Enter');
    await expect(page.getByText('Nice to meet you, Ada.').first()).toBeVisible();
    await say(page, 'Switch to dark mode');
    await expect(page.getByText('Switched to the dark theme.').first()).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });
});

test('a reply streams, is formatted, and is still there after a reload', async ({ page }) => {
  await visit('scripted', page, async () => {
    await say(page, 'Why do houses have spirits?');
    await expect(page.locator('strong', { hasText: 'bold' })).toBeVisible();
    await expect(page.getByText('and kept.').first()).toBeVisible();
    await page.reload();
    await expect(page.getByText('and kept.').first()).toBeVisible();
    await expect(page.getByText('Why do houses have spirits?').last()).toBeVisible();
  });
});

test('stop ends a reply and keeps what was said', async ({ page }) => {
  await visit('scripted', page, async () => {
    await say(page, 'Tell me a long story');
    await expect(page.getByText(/and then and then/).first()).toBeVisible();
    await page.getByRole('button', { name: /stop/i }).first().click();
    await expect(page.getByRole('button', { name: /^stop/i })).toHaveCount(0);
    await expect(page.getByText(/and then and then/).first()).toBeVisible();
  });
});

test('the server dies in the middle of a reply and comes back: nothing is lost', async ({ page }) => {
  await visit('scripted', page, async (program) => {
    await say(page, 'Tell me a long story');
    await expect(page.getByText(/and then and then/).first()).toBeVisible();
    await page.waitForTimeout(1_500); // longer than the interval between drafts
    const port = program.port;
    await program.end('SIGKILL');
    await program.start(port);
    await expect(page.getByText(/and then and then/).first()).toBeVisible({ timeout: 20_000 });
    await say(page, 'And now?');
    await expect(page.getByText('and kept.').first()).toBeVisible({ timeout: 20_000 });
  });
});

test('the server dies before the first word: the page says so, and one button answers', async ({ page }) => {
  await visit('scripted', page, async (program) => {
    const port = program.port;
    await program.end();
    await program.start(port, [{ repeat: true, steps: [{ text: 'Too late.', delay_ms: 60_000 }] }]);
    await say(page, 'Tell me something');
    await expect(page.getByRole('status', { name: 'Nook is thinking' })).toBeVisible({ timeout: 20_000 });
    await program.end('SIGKILL');
    await program.start(port);
    await expect(page.getByText('Interrupted: the server ended before')).toBeVisible({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText('and kept.').first()).toBeVisible();
    await expect(page.getByText('Interrupted')).toHaveCount(0);
  });
});

test('the starter mind answers and is honest about itself', async ({ page }) => {
  await visit('starter', page, async () => {
    await say(page, 'Tell me about the sea.');
    await expect(page.getByText(/starter mind/i).first()).toBeVisible({ timeout: 60_000 });
  });
});

test('a reset begins a conversation that leads back to the one before', async ({ page }) => {
  await visit('scripted', page, async () => {
    await say(page, 'Why do houses have spirits?');
    await expect(page.getByText('and kept.').first()).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Why do houses have spirits?' })).toBeVisible();
    await say(page, '/reset');
    await expect(page.getByText('I still know what we said in').first()).toBeVisible();
    await page.getByRole('button', { name: 'Show the conversation before' }).click();
    await expect(page.getByText('and kept.').first()).toBeVisible();
    await expect(page.getByText('/reset', { exact: true })).toHaveCount(0);
  });
});
