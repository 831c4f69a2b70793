import { defineConfig } from '@playwright/test';
import page from './playwright.config';

// Journeys that draw in three dimensions or talk in real time. They need a machine that keeps up with
// both, so they are run by hand: npm run e2e:live. Build the page first, and the server for server_voice.
export default defineConfig({ ...page, testDir: 'e2e-live', workers: 1, timeout: 180_000 });
