import { describe, expect, it } from 'vitest';
import { RoomState } from '#lib/sync/room.svelte.ts';
import type { Asked } from '#lib/sync/segments.ts';
import type { Sync } from '#lib/sync/sync.svelte.ts';
import { ME, page, ROOM } from '#lib/sync/testing.ts';
import type { MessagePage, Room } from '#lib/sync/types.ts';
import { Timeline } from './timeline.svelte.ts';

/** A room of `lastSeq` messages, read up to `readSeq`, on a server that can be out of reach. */
function surroundings(lastSeq: number, readSeq: number) {
  const info = { id: ROOM, kind: 'group', lastSeq, readSeq, rev: 1, unreadCount: lastSeq - readSeq, visibleFromSeq: 1, memberCount: 2, canPost: true } as Room;
  const room = new RoomState(info, { id: ME, orgUnitIds: new Set() });
  const network = { isUp: true };
  const load = (_: string, asked: Asked) => {
    if (!network.isUp) return Promise.reject(new Error('no network'));
    room.addPage(pageOf(asked, lastSeq), asked);
    return Promise.resolve();
  };
  const sync = { me: { id: ME }, history: { load, fill: () => load(ROOM, {}) } } as unknown as Sync;
  return { room, network, timeline: new Timeline(sync, room) };
}

function pageOf(asked: Asked, lastSeq: number): MessagePage {
  const from = asked.aroundSeq !== undefined ? asked.aroundSeq - 30 : asked.afterSeq !== undefined ? asked.afterSeq + 1 : (asked.beforeSeq ?? lastSeq + 1) - 60;
  const to = asked.beforeSeq !== undefined ? asked.beforeSeq - 1 : Math.min(lastSeq, from + 59);
  const first = Math.max(1, from);
  return page(first, to, { hasBefore: first > 1, hasAfter: to < lastSeq });
}

const seqs = (timeline: Timeline) => timeline.shown.messages.map((message) => message.seq);
const kinds = (timeline: Timeline) => timeline.shown.rows.map((row) => row.kind);

describe('a timeline', () => {
  it('opens at the newest, with the line before the first unread message', async () => {
    const { timeline } = surroundings(100, 90);
    await timeline.open();
    expect([seqs(timeline)[0], seqs(timeline).at(-1)]).toEqual([41, 100]);
    expect(kinds(timeline)).toContain('unread');
    expect(timeline.atNewest).toBe(true);
  });

  it('opens around the first unread message where that lies far back', async () => {
    const { timeline } = surroundings(500, 100);
    await timeline.open();
    expect(seqs(timeline)).toContain(101);
    expect(timeline.atNewest).toBe(false);
    expect(timeline.aim).toBe('unread');
  });

  it('asks again for what failed, and only that', async () => {
    const { timeline, network } = surroundings(200, 200);
    await timeline.open();
    network.isUp = false;
    await timeline.before();
    expect(timeline.failed).toBe('before');
    network.isUp = true;
    await timeline.before();
    expect(seqs(timeline)[0]).toBe(141);
    await timeline.retry();
    expect([timeline.failed, seqs(timeline)[0]]).toEqual([undefined, 81]);
  });

  it('begins a new list where rows do not continue those before, not where they do', async () => {
    const { timeline } = surroundings(500, 100);
    await timeline.open();
    const { list } = timeline.shown;
    await timeline.after();
    expect(timeline.shown.list).toBe(list);
    await timeline.newest();
    expect(timeline.shown.list).toBeGreaterThan(list);
    expect(seqs(timeline).at(-1)).toBe(500);
    expect(timeline.aim).toBe('end');
  });

  it('shows what one sends, also where the newest is out of reach', async () => {
    const { timeline, room, network } = surroundings(500, 100);
    await timeline.open();
    network.isUp = false;
    room.pending = [{ clientId: 'a', roomId: ROOM, text: '圏外から', mentions: [], createdAt: 1, state: 'waiting' }];
    await timeline.newest();
    expect(kinds(timeline).at(-1)).toBe('pending');
  });

  it('draws the line anew for each absence, behind what one has read', async () => {
    const { timeline, room } = surroundings(100, 100);
    await timeline.open();
    timeline.cameUnseen();
    expect(timeline.unreadAfter).toBeUndefined();
    room.info = { ...room.info, lastSeq: 103, unreadCount: 3 };
    timeline.cameUnseen();
    expect(timeline.unreadAfter).toBe(100);
    room.info = { ...room.info, readSeq: 103, lastSeq: 105, unreadCount: 2 };
    timeline.cameUnseen();
    expect(timeline.unreadAfter).toBe(103);
  });
});
