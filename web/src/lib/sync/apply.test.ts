import { describe, expect, it, vi } from 'vitest';
import { applyFrame, type Wishes } from './apply.ts';
import { TalkStore } from './store.svelte.ts';
import { AIKO, message, ME, page, ROOM, room } from './testing.ts';
import type { Room, ServerFrame } from './types.ts';

const NEW = '01900000-0000-7000-8000-00000000000b';

function held(more: Partial<Room> = {}) {
  const store = new TalkStore({ id: ME, orgUnitIds: new Set() }, async () => []);
  const state = store.hold(room(more));
  const wishes = {
    fetchRoom: vi.fn(), fill: vi.fn(), countUnread: vi.fn(), refetch: vi.fn(), recount: vi.fn(), gone: vi.fn(),
    arrived: vi.fn(), nudged: vi.fn(), later: vi.fn(), presence: vi.fn(), answered: vi.fn(),
  } satisfies Wishes;
  return { store, state, wishes, apply: (frame: ServerFrame) => applyFrame(store, frame, wishes) };
}

describe('a notice', () => {
  it('is taken from what is held, or the room is asked for', () => {
    const { state, wishes, apply } = held();
    state.addPage(page(1, 2), {});
    apply({ type: 'room', rev: 3, room: { id: ROOM, noticeSeq: 2 } });
    expect(state.info.notice?.seq).toBe(2);
    apply({ type: 'room', rev: 4, room: { id: ROOM, noticeSeq: null } });
    expect(state.info.notice).toBeUndefined();
    expect(wishes.fetchRoom).not.toHaveBeenCalled();
    apply({ type: 'room', rev: 5, room: { id: ROOM, noticeSeq: 99 } });
    expect(wishes.fetchRoom).toHaveBeenCalledExactlyOnceWith(ROOM);
    expect(state.rev).toBe(5);
  });

  it('stays where a patch does not speak of it, and goes where a whole summary lacks it', () => {
    const { state, apply } = held({ notice: message(1) });
    apply({ type: 'room', rev: 3, room: { id: ROOM, title: '別の名前' } });
    expect(state.info).toMatchObject({ title: '別の名前', notice: { seq: 1 } });
    apply({ type: 'room', rev: 4, room: room({ rev: 4 }) });
    expect(state.info.notice).toBeUndefined();
  });
});

describe('a room', () => {
  it('that was between two and takes a third in has no other person any more', () => {
    const { state, wishes, apply } = held({ kind: 'direct', otherUserId: AIKO });
    apply({ type: 'room', rev: 3, room: { id: ROOM, kind: 'group', memberCount: 3 } });
    expect(wishes.fetchRoom).toHaveBeenCalledWith(ROOM);
    apply({ type: 'room', rev: 3, room: room({ rev: 3, kind: 'group' }) });
    expect(state.info.otherUserId).toBeUndefined();
  });

  it('that is new is held when it is whole, else asked for', () => {
    const { store, wishes, apply } = held();
    apply({ type: 'room', room: { id: NEW, kind: 'group' } });
    expect(wishes.fetchRoom).toHaveBeenCalledWith(NEW);
    apply({ type: 'room', room: room({ id: NEW }) });
    expect(store.room(NEW)).toBeDefined();
  });

  it('that is gone for us is told', () => {
    const { wishes, apply } = held();
    apply({ type: 'room', me: 8, room: { id: ROOM, gone: true } });
    expect(wishes.gone).toHaveBeenCalledWith(ROOM);
  });
});

describe('what can no longer be trusted', () => {
  it('stays on screen and keeps its rev until what replaces it has come', () => {
    const { state, wishes, apply } = held();
    state.addPage(page(1, 2), {});
    apply({ type: 'behind', heads: { [ROOM]: { seq: 9, rev: 400 } } });
    expect(wishes.refetch).toHaveBeenCalledWith(ROOM);
    expect(state.segments.tail?.messages).toHaveLength(2);
    apply({ type: 'message', rev: 401, message: message(10, { rev: 401 }) });
    expect(state.rev).toBe(2);
  });

  it('is just a summary where nothing is held', () => {
    const { state, wishes, apply } = held();
    apply({ type: 'reset', roomId: ROOM });
    expect(wishes.fetchRoom).toHaveBeenCalledWith(ROOM);
    expect(state.isStale).toBe(false);
  });

  it('is left alone where nothing was missed', () => {
    const { wishes, apply } = held();
    apply({ type: 'behind', heads: { [ROOM]: { seq: 2, rev: 2 } } });
    expect(wishes.refetch).not.toHaveBeenCalled();
    expect(wishes.fetchRoom).not.toHaveBeenCalled();
  });
});

describe('one’s own read on another device', () => {
  it('asks how much is left where that is not known', () => {
    const { state, wishes, apply } = held({ lastSeq: 9, readSeq: 2, unreadCount: 7 });
    apply({ type: 'read', roomId: ROOM, userId: ME, seq: 5 });
    expect(state.info.readSeq).toBe(5);
    expect(wishes.countUnread).toHaveBeenCalledWith(ROOM);
  });
});

describe('a message', () => {
  it('that leaves a gap asks for what lies between', () => {
    const { state, wishes, apply } = held();
    state.addPage(page(1, 2), {});
    apply({ type: 'message', rev: 5, message: message(5) });
    expect(wishes.fill).toHaveBeenCalledWith(ROOM);
    expect(wishes.arrived).toHaveBeenCalledOnce();
    expect(state.info.lastSeq).toBe(5);
  });
});

describe('a note', () => {
  it('that changes is told to whoever shows notes, and its rev is followed', () => {
    const { state, wishes, apply } = held();
    const hear = vi.fn();
    state.keptListeners.add(hear);
    apply({ type: 'note', rev: 3, roomId: ROOM, no: 4 });
    expect(hear).toHaveBeenCalledExactlyOnceWith({ type: 'note', no: 4 });
    expect(state.rev).toBe(3);
    apply({ type: 'album', rev: 1, roomId: NEW, no: 1 });
    expect(wishes.fetchRoom).toHaveBeenCalledExactlyOnceWith(NEW);
  });
});
