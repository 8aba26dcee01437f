// Fixtures for the tests of sync and talk.
import type { Message, MessagePage } from './types.ts';

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
