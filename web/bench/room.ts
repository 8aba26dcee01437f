// Within a room: scrolling back through a long past, and what comes in.
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, type Page } from '@playwright/test';
import { type Player, speak } from '../e2e/cast.ts';
import { cost, percentile, type Row } from './report.ts';
import { inTalk, slowPage, tablet } from './tablet.ts';

const SCROLL_MS = 20_000;
const NOTCH = 240;
const RECEIVED = 60;

interface Took {
  fromFrame: number;
  fromSending: number;
}

export async function scroll(browser: Browser, loginId: string, roomId: string, messages: number): Promise<Row[]> {
  const context = await tablet(browser, loginId);
  const { page } = await slowPage(context);
  await opened(page, roomId);
  await page.evaluate(() => {
    const frames: number[] = [];
    const tick = (before: number) => requestAnimationFrame((now) => (frames.push(now - before), tick(now)));
    tick(performance.now());
    Object.assign(globalThis, { frames });
  });
  const seqs = () => page.evaluate(() => Number(document.querySelector('article[data-seq]')?.getAttribute('data-seq')));
  const from = await seqs();
  await page.locator('article[data-seq]').first().hover();
  const until = Date.now() + SCROLL_MS;
  while (Date.now() < until) {
    await page.mouse.wheel(0, -NOTCH);
    await pause(16);
  }
  const frames = await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames);
  const passed = from - (await seqs());
  await context.close();
  if (!(passed > 0)) throw new Error('nothing was scrolled');
  return [
    // In whole ms, as the budget counts: two sixtieths of a second are 33, and the clock's tenths do not make them more.
    cost(`Client, scroll back in a room of ${messages.toLocaleString('en')}, 95th frame`, Math.round(percentile(frames, 0.95)), 'ms', [33, 20]),
    cost('Client, messages passed meanwhile', passed, ''),
  ];
}

/** From the moment that its frame has come until it is painted; and from its sending, which takes the slow line too. */
export async function received(browser: Browser, loginId: string, roomId: string, other: Player): Promise<Row[]> {
  const context = await tablet(browser, loginId);
  const { page } = await slowPage(context);
  await page.addInitScript(() => {
    const came = new Map<string, number>();
    const note = ({ data, timeStamp }: MessageEvent) => {
      const sent = /t=(\d+);/.exec(String(data))?.[1];
      if (sent && !came.has(sent)) came.set(sent, timeStamp);
    };
    class Noting extends WebSocket {
      constructor(...given: ConstructorParameters<typeof WebSocket>) {
        super(...given);
        this.addEventListener('message', note);
      }
    }
    Object.assign(globalThis, { WebSocket: Noting, came });
  });
  await opened(page, roomId);
  await page.evaluate(() => {
    const [seen, took] = [new Set<string>(), [] as Took[]];
    const { came } = globalThis as unknown as { came: Map<string, number> };
    const times = (sent: string) => ({ fromFrame: performance.now() - came.get(sent)!, fromSending: performance.timeOrigin + performance.now() - Number(sent) });
    const painted = (sent: string) => requestAnimationFrame(() => setTimeout(() => took.push(times(sent)), 0));
    const look = (node: Node) => {
      for (const [, sent] of node.textContent?.matchAll(/t=(\d+);/g) ?? []) {
        if (!seen.has(sent!)) painted(sent!);
        seen.add(sent!);
      }
    };
    // The list beside the room tells of the message too, a little later or earlier: only the room counts.
    const room = document.querySelector('article[data-seq]')!.closest('[role=region]')!;
    new MutationObserver((changes) => changes.forEach(({ addedNodes, target }) => (addedNodes.length ? addedNodes.forEach(look) : look(target))))
      .observe(room, { childList: true, subtree: true, characterData: true });
    Object.assign(globalThis, { took });
  });
  for (let index = 0; index < RECEIVED; index += 1) {
    await speak(other, roomId, `t=${Date.now()}; 川東の用水路があふれ始めています。`);
    await pause(400);
  }
  await pause(2_000);
  const took = await page.evaluate(() => (globalThis as unknown as { took: Took[] }).took);
  await context.close();
  if (took.length < RECEIVED) throw new Error(`${took.length} of ${RECEIVED} messages came on screen`);
  const of = (which: keyof Took) => percentile(took.map((times) => times[which]), 0.95);
  return [
    cost('Client, a received message on screen, 95th', of('fromFrame'), 'ms', [100, 50]),
    cost('Client, from its sending, over the slow line, 95th', of('fromSending'), 'ms'),
  ];
}

export async function opened(page: Page, roomId: string): Promise<void> {
  await page.goto(inTalk(roomId));
  await page.locator('article[data-seq]').first().waitFor({ timeout: 60_000 });
  await page.waitForTimeout(3_000);
}
