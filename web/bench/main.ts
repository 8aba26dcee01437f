// The client's part of `make bench`: prints the table, writes it as JSON, and ends with 1 where a first is missed.
//
//     scripts/node npm --prefix web run bench -- --only start,scroll --minutes 4 --json target/bench/client.json
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { call, type Player, speak, tokenOf } from '../e2e/cast.ts';
import { ownServer } from '../e2e/serve.ts';
import { launchOptions } from '../playwright.config.ts';
import { day } from './day.ts';
import { type Row, table } from './report.ts';
import { received, scroll } from './room.ts';
import { axe, scores } from './screens.ts';
import { start } from './start.ts';

const PAST = 100_000;
const root = join(import.meta.dirname, '../..');
const PARTS = ['start', 'scroll', 'received', 'day', 'axe', 'lighthouse'] as const;

const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'string' }, minutes: { type: 'string', default: process.env.BENCH_DAY_MINUTES ?? '15' } },
});
const wanted = values.only?.split(',') ?? PARTS;

interface Room {
  id: string;
  lastSeq: number;
}

/** The demo city, who looks, who speaks, and rooms that they share; one of them with a long past. */
async function stage() {
  const server = await ownServer('full');
  process.env.IRORI_E2E_ORIGIN = server.origin;
  const [viewer, speaker] = [await player('staff001'), await player('staff002')];
  const rooms: string[] = [];
  // Few enough to stand in the list without scrolling it.
  for (let index = 0; index < 5; index += 1) rooms.push(await group(viewer, [speaker], `計測 ${index}`));
  const shared = await group(viewer, [speaker], '長い会話');
  if (wanted.includes('scroll')) {
    // Written by the load generator, into the data of a server that does not run.
    await server.kill();
    const past = ['--data', server.folder, '--room', shared, '--sender', speaker.id, '--messages', String(PAST)];
    execFileSync(join(root, 'target/release/load'), ['past', ...past], { stdio: 'inherit' });
    await server.start();
    // A room opens at what is unread: here at its end.
    const { lastSeq } = await call<Room>(viewer.token, 'GET', `/rooms/${shared}`);
    await call(viewer.token, 'POST', `/rooms/${shared}/read`, { seq: lastSeq });
  }
  const { items } = await call<{ items: Room[] }>(viewer.token, 'GET', '/rooms?limit=200');
  const busiest = items.filter(({ id }) => id !== shared).sort((a, b) => b.lastSeq - a.lastSeq)[0]!;
  return { server, viewer, speaker, rooms, long: shared, busiest: busiest.id };
}

async function player(loginId: string): Promise<Player> {
  const token = await tokenOf(loginId);
  const me = await call<{ id: string; name: string }>(token, 'GET', '/me');
  return { ...me, loginId, token };
}

async function group(maker: Player, others: Player[], title: string): Promise<string> {
  const body = { kind: 'group', title, memberIds: others.map(({ id }) => id), clientId: crypto.randomUUID() };
  const { id } = await call<{ id: string }>(maker.token, 'POST', '/rooms', body);
  await speak(maker, id, 'ここから始めます。');
  return id;
}

const { server, viewer, speaker, rooms, long, busiest } = await stage();
const browser = await chromium.launch(launchOptions);
const parts: Record<(typeof PARTS)[number], () => Promise<Row[]>> = {
  start: () => start(browser, viewer.loginId, busiest),
  scroll: () => scroll(browser, viewer.loginId, long, PAST),
  received: () => received(browser, viewer.loginId, rooms[0]!, speaker),
  day: () => day(browser, viewer.loginId, rooms, speaker, Number(values.minutes)),
  axe: () => axe(browser, viewer.loginId, busiest),
  lighthouse: () => scores(viewer.loginId, busiest),
};
const rows: Row[] = [];
try {
  for (const part of PARTS.filter((name) => wanted.includes(name))) {
    process.stderr.write(`— client: ${part}\n`);
    const figures = await parts[part]();
    process.stderr.write(table(figures));
    rows.push(...figures);
  }
} finally {
  await browser.close();
  await server.end();
}
process.stdout.write(table(rows));
if (values.json) writeFileSync(resolve(root, values.json), JSON.stringify({ rows }, undefined, 2));
if (rows.some(({ met }) => met === 'missed')) process.exitCode = 1;
