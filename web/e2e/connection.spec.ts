import { expect, replies, said, say, test } from './house';

test('a broken connection is resumed in the middle of a reply, with no word lost or doubled', async ({ house, page }) => {
  await say(page, 'tell me a story');
  await expect(replies(page)).toContainText('Paragraph 2');
  house.drop();
  await expect(replies(page)).toContainText('Paragraph 14', { timeout: 20_000 });
  const hellos = house.world.log.filter((c) => c.type === 'hello');
  expect(hellos).toHaveLength(2);
  expect(hellos[1]).toMatchObject({ epoch: house.world.epoch });
  expect(hellos[1]?.last_seq).toBeGreaterThan(5);
  const session = hellos[1]?.session_id as string;
  await expect.poll(() => house.world.messages.get(session)?.length).toBe(2);
  const stored = house.world.messages.get(session)?.[1]?.content ?? '';
  const shown = await replies(page).locator('.markdown p').allInnerTexts();
  expect(shown).toEqual(stored.split('\n\n'));
});

test('what is written while the server is away is sent once when it is back, also after a reload', async ({ house, page }) => {
  await say(page, 'first');
  await expect(replies(page)).toContainText('You said: first');
  house.drop(true);
  await expect(page.getByText('Server unreachable.')).toBeVisible();
  await say(page, 'written in the dark');
  await expect(said(page).last()).toContainText('Kept here');
  house.allow();
  // The page may be back by itself before the click.
  await page.getByRole('button', { name: 'Try now' }).click({ timeout: 2_000 }).catch(() => undefined);
  await expect(replies(page).last()).toContainText('You said: written in the dark');
  house.drop(true);
  await expect(page.getByText('Server unreachable.')).toBeVisible();
  await say(page, 'before the reload');
  house.allow();
  await page.reload();
  await expect(replies(page).last()).toContainText('You said: before the reload');
  const session = [...house.world.messages.values()].find((m) => m.some((x) => x.content === 'first')) ?? [];
  expect(session.filter((m) => m.role === 'user').map((m) => m.content)).toEqual(['first', 'written in the dark', 'before the reload']);
});

test('a reload comes back to the same conversation', async ({ house, page }) => {
  void house;
  await page.getByRole('button', { name: 'Fixing the garden gate', exact: true }).click();
  await expect(replies(page)).toContainText('upper hinge');
  await page.reload();
  await expect(replies(page)).toContainText('upper hinge');
  await page.goBack();
  await expect(page.getByRole('heading', { name: /I'm Nook/ })).toBeVisible();
});

test.describe('a locked house', () => {
  test.use({ options: { auth_key: 'sesame' } });
  test('asks for the key', async ({ house, page }) => {
    void house;
    await page.getByLabel('Key', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Unlock' }).click();
    await expect(page.getByRole('alert')).toContainText('not right');
    await page.getByLabel('Key', { exact: true }).fill('sesame');
    await page.getByRole('button', { name: 'Unlock' }).click();
    await say(page, 'hello');
    await expect(replies(page)).toContainText('You said: hello');
    await page.goto(`${house.url}/#/persona`);
    await expect(page.getByLabel('Text of SOUL.md')).toHaveValue(/You are Nook/);
  });
});

test.describe('a page that is too old', () => {
  test.use({ options: { stale: true } });
  test('reloads once, not for ever', async ({ house, page }) => {
    await expect(page.getByText('This page is older than the server.')).toBeVisible();
    await expect.poll(() => house.world.log.filter((c) => c.type === 'hello').length).toBe(2);
    await page.waitForLoadState('networkidle');
    expect(house.world.log.filter((c) => c.type === 'hello')).toHaveLength(2);
  });
});

test.describe('while models load', () => {
  test.use({ options: { loading: true } });
  test('it says what it can already do', async ({ house, page }) => {
    void house;
    await expect(page.getByText('I am still waking up:')).toBeVisible();
    await expect(page.getByText('You can write already')).toBeVisible();
    await expect(page.getByRole('list', { name: 'Suggestions' }).getByRole('button')).toHaveCount(3);
  });
});

test('the offline shell says that the server cannot be reached, and comes back', async ({ house, page }) => {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  const port = Number(new URL(house.url).port);
  await house.close();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Server unreachable' })).toBeVisible();
  const { start_fake } = await import('../dev/fake-server.mjs');
  const again = await start_fake({ port });
  await expect(page.getByRole('heading', { name: /I'm Nook/ })).toBeVisible({ timeout: 10_000 });
  await again.close();
});
