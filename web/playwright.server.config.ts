import { defineConfig } from '@playwright/test';
import page from './playwright.config';

// Journeys against the real program: build the server and the page first.
export default defineConfig({ ...page, testDir: 'e2e-server', workers: 1, timeout: 90_000, expect: { timeout: 20_000 }, use: { ...page.use, actionTimeout: 15_000 } });
