// A busy day's eight hours, replayed in minutes: what the client holds must not grow with what passes by.
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser } from '@playwright/test';
import { type Player, speak } from '../e2e/cast.ts';
import { cost, type Row } from './report.ts';
import { opened } from './room.ts';
import { slowPage, tablet } from './tablet.ts';

const HOURS = 8;
/** Messages that reach one person in an hour. */
const AN_HOUR = 400;
/** Rooms that they look into in an hour. */
const LOOKS = 8;

export async function day(browser: Browser, loginId: string, roomIds: string[], other: Player, minutes: number): Promise<Row[]> {
  const context = await tablet(browser, loginId);
  const { page, cdp } = await slowPage(context);
  await opened(page, roomIds[0]!);
  const hour = (minutes * 60_000) / HOURS;
  const held: number[] = [];
  let said = 0;
  for (let passed = 1; passed <= HOURS; passed += 1) {
    const until = Date.now() + hour;
    for (let message = 0; message < AN_HOUR; message += 1) {
      if (message % (AN_HOUR / LOOKS) === 0) await page.locator(`a[href$="/talk/${roomIds[(said / (AN_HOUR / LOOKS)) % roomIds.length]}"]`).first().click();
      await speak(other, roomIds[said % roomIds.length]!, `${passed}時台の${message}件目。${'現地の確認をお願いします。'.repeat(1 + (message % 4))}`);
      said += 1;
      await pause(Math.max(0, (until - Date.now()) / (AN_HOUR - message)));
    }
    await cdp.send('HeapProfiler.collectGarbage');
    held.push((await cdp.send('Runtime.getHeapUsage')).usedSize / 1e6);
    process.stderr.write(`  after hour ${passed}: ${held.at(-1)?.toFixed(1)} MB\n`);
  }
  await context.close();
  return [
    cost('Client, memory after the first hour of a busy day', held[0]!, 'MB'),
    cost(`Client, memory after 8 hours (in ${minutes} minutes) to that after the first`, held.at(-1)! / held[0]!, '×', [1.3, 1.05]),
  ];
}
