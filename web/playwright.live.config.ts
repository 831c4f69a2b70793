import { defineConfig } from '@playwright/test';
import page from './playwright.config';

// Journeys that draw in three dimensions without a GPU or talk in real time: one after the other, and once
// more where a busy machine could not keep up. Build the page first, and the server for server_voice.
export default defineConfig({ ...page, testDir: 'e2e-live', fullyParallel: false, workers: 1, retries: 2, timeout: 180_000 });
