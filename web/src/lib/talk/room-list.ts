// Which rooms the list shows, and in which order.
import type { RoomState } from '#lib/sync/room.svelte.ts';

export const filters = ['all', 'unread', 'mentions', 'sections', 'groups'] as const;
export type Filter = (typeof filters)[number];

const FREQUENT_AT_MOST = 8;

const fits: Record<Filter, (room: RoomState) => boolean> = {
  all: () => true,
  unread: (room) => room.info.unreadCount > 0,
  mentions: (room) => room.info.mentionCount > 0,
  sections: (room) => room.info.kind === 'orgUnit',
  groups: (room) => room.info.kind === 'group',
};

/** Pinned ones first, then by what happened last. The open room stays, whatever the filter says. */
export function listed(rooms: RoomState[], filter: Filter, openId: string | undefined): RoomState[] {
  return rooms
    .filter((room) => (!room.info.hidden && fits[filter](room)) || (room.info.id === openId && filter !== 'all'))
    .sort((a, b) => Number(b.info.pinned) - Number(a.info.pinned) || momentOf(b) - momentOf(a));
}

/** People whom one talks with alone, the last first: the nearest to 「よく連絡する人」 that this device can tell. */
export function frequent(rooms: RoomState[]): RoomState[] {
  const direct = rooms.filter(({ info }) => info.kind === 'direct' && info.otherUserId !== undefined && info.lastMessage !== undefined);
  return direct.sort((a, b) => momentOf(b) - momentOf(a)).slice(0, FREQUENT_AT_MOST);
}

function momentOf(room: RoomState): number {
  const waiting = room.pending.at(-1)?.createdAt ?? 0;
  return Math.max(waiting, Date.parse(room.info.activeAt ?? room.info.lastMessage?.sentAt ?? room.info.createdAt));
}
