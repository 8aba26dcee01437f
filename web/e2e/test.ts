// What the specs say `test` of: as Playwright's, but that nothing which a test opened stays open behind it.
import { test as base } from '@playwright/test';

export * from '@playwright/test';

/** Pages left open go on living: a hundred of them take the machine from the tests that follow. */
export const test = base.extend<{ nothingStaysOpen: void }>({
  nothingStaysOpen: [
    async ({ browser }, use) => {
      await use();
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    { auto: true },
  ],
});
