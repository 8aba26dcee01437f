import { describe, expect, it } from 'vitest';
import type { Pending } from '#lib/sync/pending.ts';
import { ME, ROOM, message } from '#lib/sync/testing.ts';
import { Rows, type RowsInput } from './rows.ts';

const make = (more: Partial<RowsInput>) => new Rows().make({ messages: [], pending: [], me: ME, unreadAfter: undefined, ...more });
const kinds = (more: Partial<RowsInput>) => make(more).map((row) => row.kind);
const waiting = (clientId: string): Pending => ({ clientId, roomId: ROOM, text: 'x', mentions: [], createdAt: 1, state: 'waiting' });

describe('rows', () => {
  it('puts a line before each day', () => {
    const messages = [message(1, { sentAt: '2026-11-22T14:59:00Z' }), message(2, { sentAt: '2026-11-22T15:00:00Z' })];
    expect(kinds({ messages })).toEqual(['day', 'message', 'day', 'message']);
  });

  it('marks the first unread message of others, once', () => {
    const messages = [message(1), message(2, { senderId: ME }), message(3), message(4)];
    expect(kinds({ messages, unreadAfter: 1 })).toEqual(['day', 'message', 'message', 'unread', 'message', 'message']);
    expect(kinds({ messages, unreadAfter: 4 })).not.toContain('unread');
  });

  it('groups what one person says within minutes', () => {
    const messages = [message(1), message(2), message(3, { senderId: ME }), message(4), message(30)];
    const firsts = make({ messages }).flatMap((row) => (row.kind === 'message' ? [row.first] : []));
    expect(firsts).toEqual([true, false, true, true, true]);
  });

  it('never shows a message and its echo', () => {
    const messages = [message(1, { senderId: ME, clientId: 'a' })];
    expect(kinds({ messages, pending: [waiting('a'), waiting('b')] })).toEqual(['day', 'message', 'pending']);
  });

  it('keeps rows that did not change', () => {
    const rows = new Rows();
    const messages = [message(1), message(2)];
    const input = { pending: [], me: ME, unreadAfter: undefined };
    const before = rows.make({ messages, ...input });
    const after = rows.make({ messages: [...messages, message(20)], ...input });
    expect(after.slice(0, 2).map((row, at) => row === before[at])).toEqual([true, true]);
  });
});
