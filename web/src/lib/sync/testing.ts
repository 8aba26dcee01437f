// Fixtures for the tests of sync and talk.
import type { Message, MessagePage, Room } from './types.ts';

export const ROOM = '01900000-0000-7000-8000-00000000000a';
export const ME = '01900000-0000-7000-8000-000000000001';
export const AIKO = '01900000-0000-7000-8000-000000000002';
export const KENJI = '01900000-0000-7000-8000-000000000003';

export function message(seq: number, more: Partial<Message> = {}): Message {
  return {
    roomId: ROOM, seq, rev: seq, clientId: `client-${seq}`, kind: 'text', senderId: AIKO,
    sentAt: new Date(Date.UTC(2026, 10, 23, 1, seq)).toISOString(),
    text: `${seq}`, mentions: [], attachments: [], reactions: [], ...more,
  };
}

export function page(from: number, to: number, more: Partial<MessagePage> = {}): MessagePage {
  const items = Array.from({ length: to - from + 1 }, (_, at) => message(from + at));
  return { items, hasBefore: false, hasAfter: false, ...more };
}

export function room(more: Partial<Room> = {}): Room {
  return {
    id: ROOM, kind: 'group', title: '防災係', lastSeq: 2, rev: 2, readSeq: 2, visibleFromSeq: 1, unreadCount: 0, mentionCount: 0, incident: false,
    memberCount: 3, muted: false, hidden: false, pinned: false, canPost: true, createdAt: '2026-11-23T01:00:00Z', ...more,
  };
}
