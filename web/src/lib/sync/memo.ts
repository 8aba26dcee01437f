// 自分だけのメモ: the room that one has with oneself. It is made when it is first wanted.
import { m } from '#lib/paraglide/messages.js';
import type { TalkApi } from './api.ts';
import type { RoomState } from './room.svelte.ts';
import type { TalkStore } from './store.svelte.ts';
import type { Room } from './types.ts';
import { uuidv7 } from './uuid.ts';

export function isMemo({ kind, otherUserId }: Pick<Room, 'kind' | 'otherUserId'>): boolean {
  return kind === 'direct' && !otherUserId;
}

/** The room as it is called in the reader's language: what the server calls it is Japanese. */
export function titled<T extends Room>(room: T): T {
  return isMemo(room) ? { ...room, title: m.memo_title() } : room;
}

export async function memoOf({ store, api, me }: { store: TalkStore; api: TalkApi; me: { id: string } }): Promise<RoomState> {
  const held = [...store.rooms.values()].find((room) => isMemo(room.info) && !room.info.hidden);
  return held ?? store.hold(await api.createRoom({ clientId: uuidv7(), kind: 'direct', memberIds: [me.id] }));
}
