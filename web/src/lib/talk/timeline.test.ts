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
});
