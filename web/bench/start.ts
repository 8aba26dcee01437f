// What a room costs to be seen at first: scripts, and time, cold and warm.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page } from '@playwright/test';
import { cost, median, type Row } from './report.ts';
import { inTalk, slowPage, tablet } from './tablet.ts';

const ROUNDS = 3;
const build = join(import.meta.dirname, '../build');

export async function start(browser: Browser, loginId: string, roomId: string): Promise<Row[]> {
  const [cold, warm]: [number[], number[]] = [[], []];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    // The worker that keeps the files fetches past the slow line: it would hand a cold page what it cannot have yet.
    const without = await tablet(browser, loginId, 'block');
    const first = await firstRoom(await slowPage(without), roomId);
    cold.push(first.shownAt);
    bytes = gzipped(first.scripts);
    await without.close();
    const context = await tablet(browser, loginId);
    await keep(context, roomId);
    warm.push((await firstRoom(await slowPage(context), roomId)).shownAt);
    await context.close();
  }
  return [
    cost('Client, script before the first room shows, gzip', bytes / 1_000, 'kB', [120, 70]),
    cost('Client, first room readable, cold', median(cold) / 1_000, 's', [4, 2.5]),
    cost('Client, first room readable, warm', median(warm) / 1_000, 's', [1.5, 0.7]),
  ];
}

/** Opens the room: when its first message stood there, in ms since the address was asked for, and which scripts had been asked for by then. */
async function firstRoom({ page }: { page: Page }, roomId: string): Promise<{ shownAt: number; scripts: string[] }> {
  await page.addInitScript(() => {
    const look = () => (document.querySelector('article[data-seq]') ? performance.mark('room-shown') : requestAnimationFrame(look));
    requestAnimationFrame(look);
  });
  await page.goto(inTalk(roomId));
  await page.waitForFunction(() => performance.getEntriesByName('room-shown').length > 0, undefined, { timeout: 60_000, polling: 100 });
  return page.evaluate(() => {
    const shownAt = performance.getEntriesByName('room-shown')[0]!.startTime;
    const asked = performance.getEntriesByType('resource').filter(({ startTime }) => startTime < shownAt);
    return { shownAt, scripts: asked.map(({ name }) => new URL(name).pathname).filter((path) => path.endsWith('.js')) };
  });
}

/** Visits once, so that the next start finds what is kept: the files, and what was said. */
async function keep(context: BrowserContext, roomId: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(inTalk(roomId));
  await page.locator('article[data-seq]').first().waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForTimeout(3_000);
  await page.close();
}

/** As the server would send them to a browser that knows no better. */
const gzipped = (paths: string[]) => [...new Set(paths)].reduce((sum, path) => sum + statSync(join(build, `${path}.gz`)).size, 0);
