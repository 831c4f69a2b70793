import { defineConfig } from '@playwright/test';

// The page is served from dist/ by the fake server that each test starts for itself: build first.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    trace: 'off',
    // Only the journeys of the stage draw in three dimensions (e2e/stage.spec.ts): without a GPU that is slow.
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-3d-apis'] },
  },
});
