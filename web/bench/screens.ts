// Each main screen: what axe finds in light and dark, and what Lighthouse gives.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, chromium, type Page } from '@playwright/test';
import lighthouse from 'lighthouse';
import { address } from '../e2e/people.ts';
import { launchOptions } from '../playwright.config.ts';
import { cost, type Row, score } from './report.ts';
import { DOWN_KBIT, LATENCY_MS, signIn, SLOWDOWN, tablet, VIEWPORT } from './tablet.ts';

interface Screen {
  name: string;
  path: string;
  /** Nobody is signed in. */
  outside?: boolean;
}

const screens = (roomId: string): Screen[] => [
  { name: 'sign-in', path: '/city/signin', outside: true },
  { name: 'talk list', path: '/city/talk' },
  { name: 'conversation', path: `/city/talk/${roomId}` },
  { name: '検索', path: `/city/search?q=${encodeURIComponent('点検')}` },
  { name: 'アドレス帳', path: '/city/addressbook' },
  { name: 'その他', path: '/city/more' },
];

export async function axe(browser: Browser, loginId: string, roomId: string): Promise<Row[]> {
  let violations = 0;
  const look = async (page: Page, screen: Screen) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(address(screen.path));
      await page.waitForTimeout(2_000);
      const found = (await new AxeBuilder({ page }).analyze()).violations;
      violations += found.length;
      for (const { id, nodes } of found) process.stderr.write(`  axe, ${screen.name}, ${colorScheme}: ${id}: ${nodes[0]?.html}\n`);
    }
  };
  const outside = await browser.newContext({ viewport: VIEWPORT, locale: 'ja-JP' });
  const inside = await tablet(browser, loginId);
  const pages = { outside: await outside.newPage(), inside: await inside.newPage() };
  for (const screen of screens(roomId)) await look(screen.outside ? pages.outside : pages.inside, screen);
  await Promise.all([outside.close(), inside.close()]);
  return [cost('Client, axe violations on the main screens, light and dark', violations, '', [0, 0])];
}

export async function scores(loginId: string, roomId: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const screen of screens(roomId)) {
    const given = await judged(loginId, screen);
    rows.push(
      score(`Lighthouse, ${screen.name}, performance`, given.performance, '', [90, 95]),
      score(`Lighthouse, ${screen.name}, accessibility`, given.accessibility, '', [100, 100]),
      score(`Lighthouse, ${screen.name}, best practices`, given['best-practices'], '', [95, 100]),
    );
  }
  return rows;
}

const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;

/** In a profile of its own that holds a session and nothing else: Lighthouse opens the address cold. */
async function judged(loginId: string, screen: Screen): Promise<Record<(typeof CATEGORIES)[number], number>> {
  const folder = mkdtempSync(join(tmpdir(), 'irori-lighthouse-'));
  const port = await freePort();
  const context = await chromium.launchPersistentContext(folder, { ...launchOptions, args: [...launchOptions.args, `--remote-debugging-port=${port}`] });
  try {
    if (!screen.outside) await signIn(context, loginId);
    const result = await lighthouse(address(screen.path), {
      port, logLevel: 'error', onlyCategories: [...CATEGORIES], disableStorageReset: true, locale: 'ja',
      formFactor: 'mobile', screenEmulation: { mobile: true, ...VIEWPORT, deviceScaleFactor: 1 },
      throttlingMethod: 'devtools',
      throttling: { requestLatencyMs: LATENCY_MS, downloadThroughputKbps: DOWN_KBIT, uploadThroughputKbps: DOWN_KBIT / 2, cpuSlowdownMultiplier: SLOWDOWN },
    });
    if (!result) throw new Error(`Lighthouse gave nothing for ${screen.name}`);
    for (const audit of Object.values(result.lhr.audits)) {
      if (audit.score !== null && audit.score < 0.9) process.stderr.write(`  ${screen.name}: ${audit.id} ${audit.score} ${audit.displayValue ?? ''}\n`);
    }
    const of = (category: string) => Math.round((result.lhr.categories[category]?.score ?? 0) * 100);
    return { performance: of('performance'), accessibility: of('accessibility'), 'best-practices': of('best-practices') };
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
