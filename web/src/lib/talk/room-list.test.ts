import { describe, expect, it } from 'vitest';
import type { RoomState } from '#lib/sync/room.svelte.ts';
import { frequent, listed } from './room-list.ts';

const room = (id: string, fields: object = {}, pending: object[] = []) =>
  ({ info: { id, kind: 'group', createdAt: '2026-11-23T00:00:00Z', unreadCount: 0, mentionCount: 0, pinned: false, hidden: false, ...fields }, pending }) as unknown as RoomState;
const ids = (rooms: RoomState[]) => rooms.map((each) => each.info.id);

describe('the list of rooms', () => {
  const old = room('old', { activeAt: '2026-11-20T00:00:00Z' });
  const fresh = room('fresh', { activeAt: '2026-11-23T01:00:00Z', unreadCount: 2 });
  const pinned = room('pinned', { activeAt: '2026-11-01T00:00:00Z', pinned: true });
  const hidden = room('hidden', { hidden: true });

  it('puts pinned rooms first, then the last active', () => {
    expect(ids(listed([old, fresh, pinned, hidden], 'all', undefined))).toEqual(['pinned', 'fresh', 'old']);
  });
  it('shows what fits the filter, and the open room', () => {
    expect(ids(listed([old, fresh, pinned], 'unread', undefined))).toEqual(['fresh']);
    expect(ids(listed([old, fresh, pinned], 'unread', 'old'))).toEqual(['fresh', 'old']);
  });
  it('knows whom one talks with alone, the last first', () => {
    const direct = (id: string, activeAt: string, more = {}) => room(id, { kind: 'direct', otherUserId: id, activeAt, lastMessage: {}, ...more });
    const kenji = direct('kenji', '2026-11-20T00:00:00Z');
    const mei = direct('mei', '2026-11-22T00:00:00Z');
    const silent = direct('silent', '2026-11-23T00:00:00Z', { lastMessage: undefined });
    expect(ids(frequent([kenji, fresh, silent, mei]))).toEqual(['mei', 'kenji']);
  });
  it('counts what waits to be sent as activity', () => {
    const waiting = room('waiting', { activeAt: '2026-11-20T00:00:00Z' }, [{ createdAt: Date.parse('2026-11-24T00:00:00Z') }]);
    expect(ids(listed([fresh, waiting], 'all', undefined))).toEqual(['waiting', 'fresh']);
  });
});
