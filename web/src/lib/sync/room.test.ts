import { describe, expect, it, vi } from 'vitest';
import { RoomState } from './room.svelte.ts';
import { AIKO, message, ME, page, room } from './testing.ts';
import type { Message, Room } from './types.ts';

const state = (more: Partial<Room> = {}) => new RoomState(room(more), { id: ME, orgUnitIds: new Set() });
const counts = ({ info }: RoomState) => [info.readSeq, info.unreadCount, info.mentionCount];

describe('what is unread', () => {
  it('grows with what others write and ends with what one writes', () => {
    const held = state();
    held.receive(message(3));
    held.receive(message(4, { mentions: [{ userId: ME }] }));
    expect(counts(held)).toEqual([2, 2, 1]);
    held.receive(message(5, { senderId: ME }));
    expect(counts(held)).toEqual([5, 0, 0]);
  });

  it('shrinks by what is read on the way to the newest', () => {
    const held = state({ lastSeq: 100, readSeq: 10, unreadCount: 90, rev: 100 });
    held.addPage(page(5, 40, { hasBefore: true, hasAfter: true }), { aroundSeq: 11 });
    held.readUpTo(30);
    expect(counts(held)).toEqual([30, 70, 0]);
    expect(held.isCounted).toBe(true);
  });

  it('is unknown after a jump, until the server says', () => {
    const held = state({ lastSeq: 100, readSeq: 10, unreadCount: 90, rev: 100 });
    held.readUpTo(50);
    expect(held.isCounted).toBe(false);
    held.merge(room({ lastSeq: 100, readSeq: 50, unreadCount: 47, rev: 100 }));
    expect(held.isCounted).toBe(true);
    expect(counts(held)).toEqual([50, 47, 0]);
  });

  it('is not raised again by a summary from before one read', () => {
    const held = state({ lastSeq: 5, readSeq: 2, unreadCount: 3 });
    held.readUpTo(5);
    held.merge(room({ lastSeq: 5, readSeq: 2, unreadCount: 3 }));
    expect(counts(held)).toEqual([5, 0, 0]);
  });
});

describe('a summary', () => {
  it('from before what the stream brought changes nothing but one’s own settings', () => {
    const held = state({ title: '新しい名前' });
    held.receive(message(3));
    held.follow(9);
    held.merge(room({ rev: 8, title: '古い名前', muted: true }));
    expect(held.info).toMatchObject({ lastSeq: 3, title: '新しい名前', muted: true, unreadCount: 1 });
  });

  it('tells that one sees less: what is before goes from everywhere', () => {
    const held = state({ lastSeq: 5, notice: message(2), lastMessage: message(5) });
    held.addPage(page(1, 5), {});
    held.quotes.want(1, async () => message(1));
    const before = held.version;
    held.merge({ visibleFromSeq: 4 });
    expect(held.segments.tail?.messages.map(({ seq }) => seq)).toEqual([4, 5]);
    expect(held.info.notice).toBeUndefined();
    expect(held.info.lastMessage?.seq).toBe(5);
    expect(held.version).toBeGreaterThan(before);
  });

  it('tells that one sees more: what is held is to be fetched anew', () => {
    const held = state({ lastSeq: 5, visibleFromSeq: 4 });
    held.addPage(page(4, 5), {});
    held.merge({ visibleFromSeq: 1 });
    expect(held.isStale).toBe(true);
    held.follow(12);
    expect(held.rev).toBe(2);
    held.renew([{ page: page(1, 5), asked: {} }], 12);
    expect([held.isStale, held.rev, held.segments.tail?.messages.length]).toEqual([false, 12, 5]);
  });
});

describe('renewed', () => {
  it('keeps what came while the pages were on their way, and nothing else', () => {
    const held = state({ lastSeq: 5, rev: 5 });
    held.addPage(page(1, 5), {});
    held.receive(message(2, { rev: 8, text: '直した' }));
    held.receive(message(6, { rev: 9 }));
    held.renew([{ page: page(3, 5, { hasBefore: true }), asked: {} }, { page: { ...page(1, 2, { hasAfter: true }) }, asked: { aroundSeq: 2 } }], 7);
    expect(held.segments.tail?.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(held.segments.get(2)?.text).toBe('直した');
    expect(held.holdsNewest).toBe(true);
  });
});

describe('a quoted original', () => {
  it('is fetched once and follows its message', async () => {
    const held = state();
    const fetch = vi.fn(async () => message(1));
    held.quotes.want(1, fetch);
    held.quotes.want(1, fetch);
    await vi.waitFor(() => expect(held.quotes.get(1)?.text).toBe('1'));
    held.receive(message(1, { rev: 7, text: '', recalledAt: '2026-11-23T02:00:00Z' }));
    expect(held.quotes.get(1)?.recalledAt).toBeDefined();
    expect(fetch).toHaveBeenCalledOnce();
  });

  it('that was asked for before it went is not shown after', async () => {
    const held = state();
    let answer: (original: Message) => void = () => {};
    const asked = new Promise<Message>((resolve) => (answer = resolve));
    held.quotes.want(1, () => asked);
    held.quotes.clear();
    answer(message(1, { senderId: AIKO }));
    await asked;
    expect(held.quotes.get(1)).toBeUndefined();
  });
});
