// Every test has a fake server of its own and a page that has connected to it.

import { existsSync } from 'node:fs';
import { test as base, expect, type Page } from '@playwright/test';
import { start_fake, type Fake, type FakeOptions } from '../dev/fake-server.mjs';

export const test = base.extend<{ options: FakeOptions; house: Fake }>({
  options: [{}, { option: true }],
  house: async ({ options, page }, use) => {
    expect(existsSync(new URL('../dist/index.html', import.meta.url)), 'run "npm run build" first').toBe(true);
    const fake = await start_fake({ speed: 3, ...options });
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(error.message));
    await page.goto(fake.url);
    await use(fake);
    await fake.close();
    expect(broken, 'no error may reach the window').toEqual([]);
  },
});

export async function say(page: Page, text: string): Promise<void> {
  await page.locator('#composer').fill(text);
  await page.locator('#composer').press('Enter');
}

export const replies = (page: Page) => page.getByRole('article', { name: 'Nook' });
export const said = (page: Page) => page.getByRole('article', { name: 'You' });

export { expect };
