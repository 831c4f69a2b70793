// A page with the figure drawn in software, for journeys that look at it.

import type { Page } from '@playwright/test';
import { type Fake, start_fake } from '../dev/fake-server.mjs';
import { expect, test as base } from '../e2e/house';

export { expect };

/** A server of its own; the test opens the page that it needs, because a figure on a large page is slow to draw. */
export const test = base.extend<{ server: Fake }>({
  server: async ({ page }, use) => {
    const fake = await start_fake({ speed: 3 });
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(error.message));
    await use(fake);
    await fake.close();
    expect(broken, 'no error may reach the window').toEqual([]);
  },
});

/** For test.use: little to draw, and by the processor. */
export const kDrawn = {
  viewport: { width: 300, height: 400 },
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
  },
};

interface Place { x: number; y: number }
export interface Pose { bones: string[]; rotations: number[]; hips: number[]; names: string[]; weights: number[]; look: number[] }
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

export const live = (page: Page) => page.locator('.niche.live');
/** Drawn in software the figure takes its time where something else runs, too: all waiting is for what happens. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(live(page)).toBeVisible({ timeout: 120_000 });
}
export const patient = { timeout: 45_000, intervals: [60] };
