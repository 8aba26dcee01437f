import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '#lib/api/problem.ts';
import type { TalkApi } from './api.ts';
import { Rooms } from './rooms.ts';
import { TalkStore } from './store.svelte.ts';
import { ME, page, ROOM, room } from './testing.ts';
import type { Room } from './types.ts';

function rooms(seen?: { fromSeq: number }) {
  const store = new TalkStore({ id: ME, orgUnitIds: new Set() }, async () => []);
  const api = {
    allRooms: vi.fn(async (): Promise<Room[]> => []),
    room: vi.fn(async () => room()),
    messages: vi.fn(async () => page(1, 2)),
  };
  const gone = vi.fn((id: string) => store.forget(id));
  const asking = new Rooms({ store, api: api as unknown as TalkApi, seen: () => seen, changed: () => {}, gone });
  return { store, api, gone, asking };
}

const away = () => Promise.reject(new ApiProblem(0, {}));
const notFound = () => Promise.reject(new ApiProblem(404, {}));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the list', () => {
  it('that could not be asked for is not an empty one', async () => {
    const { store, api, asking } = rooms();
    api.allRooms.mockImplementationOnce(away);
    await asking.list();
    expect(store.listed).toBe(false);
    expect(store.unreachable).toBe(new ApiProblem(0, {}).detail);
    await asking.list();
    expect([store.listed, store.unreachable]).toEqual([true, undefined]);
  });

  it('asks for a room that it lacks before it is taken for gone', async () => {
    const { store, api, gone, asking } = rooms();
    store.hold(room());
    await asking.list();
    expect(store.room(ROOM)).toBeDefined();
    api.room.mockImplementation(notFound);
    await asking.list();
    await vi.waitFor(() => expect(gone).toHaveBeenCalledWith(ROOM));
  });
});

describe('one room', () => {
  it('is gone only if the server says so', async () => {
    const { api, gone, asking } = rooms();
    api.room.mockImplementationOnce(away);
    expect(await asking.fetch(ROOM)).toBe('away');
    expect(gone).not.toHaveBeenCalled();
    api.room.mockImplementationOnce(notFound);
    expect(await asking.fetch(ROOM)).toBe('gone');
    expect(await asking.fetch(ROOM)).toBe('held');
  });

  it('is asked for once more when it changed while the answer was on its way', async () => {
    const { store, api, asking } = rooms();
    api.room.mockResolvedValueOnce(room({ title: '前' })).mockResolvedValueOnce(room({ title: '後' }));
    await Promise.all([asking.fetch(ROOM), asking.fetch(ROOM)]);
    await vi.waitFor(() => expect(store.room(ROOM)?.info.title).toBe('後'));
    expect(api.room).toHaveBeenCalledTimes(2);
  });

  it('is counted a moment later, once for many reads', async () => {
    const { api, asking } = rooms();
    for (let at = 0; at < 5; at += 1) asking.count(ROOM);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(api.room).toHaveBeenCalledOnce();
  });
});

describe('what can’t be trusted', () => {
  it('is exchanged for the newest page and the one that somebody looks at', async () => {
    const { store, api, asking } = rooms({ fromSeq: 20 });
    const held = store.hold(room({ lastSeq: 200, rev: 200 }));
    held.addPage(page(15, 25, { hasBefore: true, hasAfter: true }), { aroundSeq: 20 });
    held.isStale = true;
    api.room.mockResolvedValue(room({ lastSeq: 500, rev: 900 }));
    api.messages.mockResolvedValueOnce(page(441, 500, { hasBefore: true })).mockResolvedValueOnce(page(10, 30, { hasBefore: true, hasAfter: true }));
    await asking.refetch(ROOM);
    expect(api.messages).toHaveBeenLastCalledWith(ROOM, { aroundSeq: 20 }, 60);
    expect(held.segments.all.map(({ from, to }) => [from, to])).toEqual([[10, 30], [441, 500]]);
    expect([held.isStale, held.rev]).toEqual([false, 900]);
  });

  it('stays, and is asked for again, while the server is away', async () => {
    const { store, api, asking } = rooms();
    const held = store.hold(room());
    held.addPage(page(1, 2), {});
    held.isStale = true;
    api.messages.mockImplementationOnce(away);
    await asking.refetch(ROOM);
    expect([held.isStale, held.segments.tail?.messages.length]).toEqual([true, 2]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(held.isStale).toBe(false);
  });
});
