import { expect, replies, said, say, test } from './house';

test('greets at once: greeting, name, three suggestions', async ({ house, page }) => {
  void house;
  await expect(page.getByRole('heading', { name: /I'm Nook/ })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Suggestions' }).getByRole('button')).toHaveCount(3);
  await page.getByLabel('What may I call you?').fill('Ada');
  await page.getByRole('button', { name: 'That’s me' }).click();
  await expect(said(page)).toContainText('My name is Ada.');
});

test('where there is little room the greeting is read from its top', async ({ house, page }) => {
  await page.setViewportSize({ width: 390, height: 500 });
  await page.goto(house.url);
  await expect(page.getByRole('heading', { name: /I'm Nook/ })).toBeInViewport({ ratio: 0.9 });
  await expect(page.getByRole('list', { name: 'Suggestions' }).getByRole('button').last()).not.toBeInViewport();
  await say(page, 'hello');
  await expect(replies(page).last()).toBeInViewport();
});

test('a suggestion is answered, with where it was computed', async ({ house, page }) => {
  void house;
  await page.getByRole('button', { name: 'What can you do?' }).click();
  await expect(replies(page)).toContainText('on this machine: no account');
  await expect(replies(page)).toContainText('without a model');
  await expect(page).toHaveURL(/#\/chat\//);
});

test('streams: words arrive one after the other and the element stays', async ({ house, page }) => {
  void house;
  await say(page, 'a slow one');
  await expect(replies(page)).toContainText('Slowly');
  const handle = await replies(page).elementHandle();
  const early = (await replies(page).innerText()).length;
  await expect.poll(async () => (await replies(page).innerText()).length).toBeGreaterThan(early + 40);
  await page.keyboard.press('Escape');
  await expect(replies(page)).toContainText('You stopped here');
  expect(await handle?.evaluate((node) => node.isConnected)).toBe(true);
});

test('the stop button stops', async ({ house, page }) => {
  await say(page, 'slow please');
  await expect(replies(page)).toContainText('Slowly');
  await page.getByRole('button', { name: 'Stop the reply' }).click();
  await expect(replies(page)).toContainText('You stopped here');
  expect(house.world.log.filter((c) => c.type === 'turn.stop')).toHaveLength(1);
  await expect(page.getByRole('button', { name: 'Stop the reply' })).toHaveCount(0);
});

test('what comes meanwhile waits in line, and is answered in order', async ({ house, page }) => {
  void house;
  await say(page, 'slow first');
  await expect(replies(page)).toContainText('Slowly');
  await say(page, 'second');
  await say(page, 'third');
  await expect(page.getByText('waits, number 2 in line')).toBeVisible();
  await expect(page.getByText('2 messages wait for their turn.')).toBeVisible();
  await expect(page.getByText('2 messages wait for their turn.')).toBeHidden({ timeout: 20_000 });
  await expect(replies(page).last()).toContainText('You said: third');
  const order = await page.getByRole('article').evaluateAll((nodes) => nodes.map((n) => n.getAttribute('aria-label')));
  expect(order).toEqual(['You', 'Nook', 'You', 'Nook', 'You', 'Nook']);
});

test('thoughts are folded', async ({ house, page }) => {
  void house;
  await say(page, 'think first');
  await expect(replies(page)).toContainText('I thought about it');
  await expect(replies(page).locator('details')).not.toHaveAttribute('open', '');
  await replies(page).getByText('What Nook thought first').click();
  await expect(replies(page)).toContainText('I weigh the two ways');
});

test('a withdrawn reply says why, and is replaced', async ({ house, page }) => {
  await say(page, 'hello');
  await expect(replies(page)).toContainText('You said: hello');
  await expect(page.getByRole('button', { name: 'Answer again' })).toBeVisible();
  const of = { session_id: [...house.world.sessions.keys()].at(-1), turn_id: 'by-hand' };
  house.emit({ type: 'turn.started', ...of, message_id: 'm-by-hand', waited_ms: 0 });
  house.emit({ type: 'reply.delta', ...of, text: 'First attempt' });
  await expect(replies(page).last()).toContainText('First attempt');
  house.emit({ type: 'reply.reset', ...of, reason: 'The first provider failed; another one answers.' });
  await expect(replies(page).last()).toContainText('The first provider failed');
  await expect(replies(page).last()).not.toContainText('First attempt');
  house.emit({ type: 'reply.delta', ...of, text: 'Second attempt' });
  await expect(replies(page).last()).toContainText('Second attempt');
  await expect(replies(page).last()).not.toContainText('provider failed');
});

test('an error says what to do, and its button does it', async ({ house, page }) => {
  await say(page, 'please fail');
  const card = replies(page).getByRole('alert');
  await expect(card).toContainText('The model process stopped');
  await expect(card).toContainText('use a smaller model');
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => house.world.log.filter((c) => c.type === 'turn.retry').length).toBe(1);
  await expect(replies(page)).toHaveCount(1);
  await say(page, 'no model');
  await page.getByRole('button', { name: 'Choose a model' }).click();
  await expect(page.getByRole('heading', { name: 'Models' })).toBeVisible();
});

test('a refused message stays, and can be sent again or discarded', async ({ house, page }) => {
  void house;
  await say(page, 'refuse this');
  await expect(said(page).getByRole('alert')).toContainText('too long');
  await said(page).getByRole('button', { name: 'Discard' }).click();
  await expect(said(page)).toHaveCount(0);
});

test('edit and send again answers anew from there', async ({ house, page }) => {
  void house;
  await say(page, 'first words');
  await expect(replies(page)).toContainText('You said: first words');
  await say(page, 'more words');
  await expect(replies(page)).toHaveCount(2);
  await said(page).first().hover();
  await said(page).first().getByRole('button', { name: 'Edit your message' }).click();
  await page.getByLabel('Change your message').fill('better words');
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect(replies(page)).toHaveCount(1);
  await expect(replies(page)).toContainText('You said: better words');
  await expect(said(page)).toHaveText(/better words/);
});

test('details tell how the reply was made', async ({ house, page }) => {
  void house;
  await say(page, 'hello');
  await page.getByRole('button', { name: 'About this reply' }).click();
  const details = page.getByRole('group', { name: 'About this reply' });
  await expect(details).toContainText('38.4 tokens/s');
  await expect(details).toContainText('1240 tokens, 1106 from the cache');
  await expect(details).toContainText('persona');
  await page.keyboard.press('Escape');
  await expect(details).toBeHidden();
});

test('code is coloured and can be copied', async ({ house, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: house.url });
  await say(page, 'show code');
  await expect(replies(page).locator('.hljs-keyword').first()).toHaveText('def');
  await replies(page).getByRole('button', { name: 'Copy the code' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('def greet(name: str)');
});

test('earlier messages are fetched, and what was read stays in place', async ({ house, page }) => {
  const id = [...house.world.sessions.values()].find((s) => s.title === 'Fixing the garden gate')?.id ?? '';
  const many = Array.from({ length: 130 }, (_, i) => ({
    id: `old-${i}`, session_id: id, role: i % 2 ? 'assistant' : 'user', content: `message ${i}`, status: 'complete', created_at: i,
  }));
  house.world.messages.set(id, many);
  await page.goto(`${house.url}/#/chat/${id}`);
  await expect(page.getByRole('article')).toHaveCount(100);
  await expect(page.getByText('message 129', { exact: true })).toBeInViewport();
  const first = page.getByText('message 30', { exact: true });
  await first.scrollIntoViewIfNeeded();
  const before = await first.boundingBox();
  await page.getByRole('button', { name: 'Show earlier messages' }).click();
  await expect(page.getByRole('article')).toHaveCount(130);
  await expect(page.getByRole('button', { name: 'Show earlier messages' })).toHaveCount(0);
  await expect(first).toBeInViewport();
  expect(Math.abs(((await first.boundingBox())?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(120);
});

test('the log follows the newest words unless the reader scrolled up', async ({ house, page }) => {
  void house;
  await say(page, 'tell me a long story');
  const log = page.getByRole('region', { name: 'Messages' });
  const gap = () => log.evaluate((n) => n.scrollHeight - n.scrollTop - n.clientHeight);
  await expect.poll(() => log.evaluate((n) => n.scrollHeight - n.clientHeight)).toBeGreaterThan(300);
  await expect.poll(gap).toBeLessThan(60);
  await log.hover();
  await page.mouse.wheel(0, -2000);
  const pill = page.getByRole('button', { name: 'Jump to newest' });
  await expect(pill).toBeVisible();
  await expect(replies(page)).toContainText('Paragraph 14', { timeout: 15_000 });
  expect(await gap()).toBeGreaterThan(200);
  await pill.click();
  await expect.poll(gap).toBeLessThan(60);
  await expect(pill).toBeHidden();
});
