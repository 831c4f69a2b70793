import { readFile } from 'node:fs/promises';
import { expect, replies, say, test } from './house';

test('conversations: search, rename, save, delete after asking', async ({ house, page }) => {
  const list = page.getByRole('navigation', { name: 'Conversations and rooms' });
  await page.keyboard.press('Control+k');
  await page.keyboard.type('hinge');
  await expect(list.getByText('1 match')).toBeVisible();
  await expect(list.getByRole('button', { name: 'Fixing the garden gate', exact: true })).toBeVisible();
  await expect(list.getByRole('button', { name: 'A week of simple dinners', exact: true })).toHaveCount(0);
  await page.keyboard.press('Escape');

  const item = list.getByRole('button', { name: 'Fixing the garden gate', exact: true });
  await item.click();
  await item.dblclick();
  await page.getByLabel('New name of the conversation').fill('The gate');
  await page.keyboard.press('Enter');
  await expect(list.getByRole('button', { name: 'The gate', exact: true })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The gate');

  const download = page.waitForEvent('download');
  await page.locator('.chat-header').getByRole('button', { name: 'What to do with “The gate”' }).click();
  await page.getByRole('button', { name: 'Save as JSON' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('The gate.json');
  expect(await readFile(await file.path(), 'utf8')).toContain('upper hinge');

  await page.locator('.chat-header').getByRole('button', { name: 'What to do with “The gate”' }).click();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(list.getByRole('button', { name: 'The gate', exact: true })).toBeVisible();
  await page.locator('.chat-header').getByRole('button', { name: 'What to do with “The gate”' }).click();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(list.getByRole('button', { name: 'The gate', exact: true })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: /I'm Nook/ })).toBeVisible();
  expect([...house.world.sessions.values()].map((s) => s.title)).not.toContain('The gate');
});

test('persona: edit, mark as unsaved, save with Ctrl+S', async ({ house, page }) => {
  await page.getByRole('button', { name: 'Persona' }).click();
  const text = page.getByLabel('Text of SOUL.md');
  await text.fill('# Nook\n\nA little braver now.\n');
  await expect(page.getByRole('tab', { name: /SOUL.md/ })).toContainText('not saved');
  await page.getByRole('tab', { name: 'USER.md' }).click();
  await page.getByRole('tab', { name: /SOUL.md/ }).click();
  await expect(text).toHaveValue(/braver/);
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('button', { name: 'Saved' })).toBeVisible();
  expect(house.world.files[0]?.content).toContain('braver');
});

test('settings: from the schema, checked here and by the server', async ({ house, page }) => {
  await page.keyboard.press('Control+,');
  const port = page.getByLabel('Port', { exact: true });
  await port.fill('99999');
  await expect(page.getByRole('alert')).toContainText('At most 65535.');
  await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
  await port.fill('5700');
  await page.getByLabel('Stream reasoning').click();
  await page.getByLabel('Queue').selectOption('steer');
  await expect(page.getByText('3 changes')).toBeVisible();
  await page.keyboard.press('Control+s');
  await expect(page.getByText('A restart is needed for: server.port')).toBeVisible();
  expect(house.world.config.values.server?.port).toBe(5700);
  expect(house.world.config.values.chat).toMatchObject({ stream_reasoning: false, queue: 'steer' });
  await expect(page.getByLabel('Level')).toBeDisabled(); // set by the environment
  await page.getByLabel('Find a setting').fill('api');
  await expect(page.getByLabel('API key')).toHaveAttribute('type', 'password');
  await expect(port).toHaveCount(0);
});

test('models: an offer, a download with progress, a warning before the cloud', async ({ house, page }) => {
  await page.getByRole('button', { name: 'Models' }).click();
  await page.getByRole('button', { name: 'Use it' }).click();
  await expect(page.getByText('ollama has qwen3:8b')).toHaveCount(0);
  const row = page.getByRole('listitem').filter({ hasText: 'Qwen3 4B' });
  await row.getByRole('button', { name: 'Fetch' }).click();
  await expect(row.getByRole('progressbar')).toBeVisible();
  await expect(row.getByRole('button', { name: 'Use' })).toBeVisible({ timeout: 10_000 });
  await page.getByRole('listitem').filter({ hasText: 'Claude' }).getByRole('button', { name: 'Use' }).click();
  await expect(page.getByRole('dialog')).toContainText('will leave this machine');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  expect(house.world.models.find((m) => m.id === 'claude')?.state).toBe('ready');
});

test('the house: every part, where the data lies, the log', async ({ house, page }) => {
  void house;
  await page.getByRole('button', { name: /House/ }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'embeddings' })).toContainText('limited');
  await page.getByRole('button', { name: 'Where is my data?' }).click();
  await expect(page.getByText('/home/ada/.local/share/loci/loci.db')).toBeVisible();
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await expect(page.getByRole('row')).toHaveCount(6);
  await page.getByLabel('From level').selectOption('error');
  await expect(page.getByRole('row')).toHaveCount(2);
});

test('wishes in the conversation are carried out', async ({ house, page }) => {
  void house;
  await say(page, 'theme dark please');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await say(page, 'open the settings');
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
});

test('everything can be done by keyboard', async ({ house, page }) => {
  void house;
  await page.locator('body').press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await expect(page.locator('#composer')).toBeFocused();
  await page.keyboard.type('one');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('two');
  await page.keyboard.press('Enter');
  await expect(replies(page)).toContainText('You said: one');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByLabel('Change your message')).toHaveValue('one\ntwo');
  await page.keyboard.press('Escape');
  await expect(page.locator('#composer')).toBeFocused();
  await page.keyboard.press('Control+Shift+O');
  await expect(page.getByRole('heading', { name: /I'm Nook/ })).toBeVisible();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(page).toHaveURL(/#\/chat\//);
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: 'Conversation' })).toBeVisible();
});

test('the house shows how a telephone finds the server', async ({ house, page }) => {
  await page.goto(`${house.url}/#/status`);
  await expect(page.getByRole('link', { name: 'https://192.168.7.20:5624' })).toBeVisible();
  await expect(page.getByRole('img', { name: 'QR code of https://192.168.7.20:5624' })).toBeVisible();
});

test.describe('a model server that runs beside', () => {
  test.use({ options: { neighbour: true } });
  test('is offered with the greeting and taken into use by one click', async ({ house, page }) => {
    await expect(page.getByText('Ollama has qwen3:8b: shall I think with it?')).toBeVisible();
    await page.getByRole('button', { name: 'Use qwen3:8b' }).click();
    await expect(page.getByText('shall I think with it?')).toHaveCount(0);
    await expect(page.getByText('qwen3:8b').first()).toBeVisible();
    expect(house.world.models.find((m) => m.id === 'ollama/qwen3:8b')?.state).toBe('loaded');
  });
});
