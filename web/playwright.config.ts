import { defineConfig, devices } from '@playwright/test';

/** Debian's browser; as root it needs no sandbox, and nothing may look up its maker's hosts. */
export const launchOptions = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
};

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/serve.ts',
  workers: 2,
  retries: 0,
  // A slow machine looks through a full screen's contrasts for many seconds; what a test waits for is bounded by itself.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: { launchOptions, locale: 'ja-JP', timezoneId: 'Asia/Tokyo', trace: 'retain-on-failure' },
  projects: [
    // What needs a keyboard or a finger is run where there is one.
    { name: 'pc', grepInvert: /@touch/, use: { viewport: { width: 1440, height: 900 } } },
    { name: 'phone', grepInvert: /@keyboard/, use: { ...devices['Pixel 7'], viewport: { width: 390, height: 844 }, locale: 'ja-JP' } },
  ],
});
