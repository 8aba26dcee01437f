// The lines of a conversation, made from messages: days, the unread line, who stands above a bubble. Pure.
import type { Pending } from '#lib/sync/pending.ts';
import type { Message } from '#lib/sync/types.ts';
import { dayOf } from './time.ts';

export type Row =
  | { kind: 'day'; key: string; day: number }
  | { kind: 'unread'; key: string }
  | { kind: 'system'; key: string; message: Message }
  | { kind: 'message'; key: string; message: Message; own: boolean; first: boolean; last: boolean }
  | { kind: 'pending'; key: string; pending: Pending; first: boolean };

/** Bubbles of one person this close together share one name and one face. */
const TOGETHER_MS = 5 * 60_000;

export interface RowsInput {
  messages: readonly Message[];
  /** Only where the newest message is among them. */
  pending: readonly Pending[];
  me: string;
  /** The first unread one's line stands before the first message of others behind this. */
  unreadAfter: number | undefined;
}

/** Rows keep their identity while nothing in them changes, so that only what changed is drawn again. */
export class Rows {
  #before = new Map<string, Row>();

  make({ messages, pending, me, unreadAfter }: RowsInput): Row[] {
    const rows: Row[] = [];
    let previous: Message | undefined;
    let isMarked = unreadAfter === undefined;
    messages.forEach((message, at) => {
      const day = dayOf(message.sentAt);
      const isNewDay = !previous || dayOf(previous.sentAt) !== day;
      if (isNewDay) rows.push({ kind: 'day', key: `day ${day}`, day });
      const own = message.senderId === me;
      const isFirstUnread = !isMarked && message.seq > (unreadAfter ?? 0) && !own && message.kind === 'text';
      if (isFirstUnread) {
        rows.push({ kind: 'unread', key: 'unread' });
        isMarked = true;
      }
      const key = message.clientId && own ? message.clientId : `seq ${message.seq}`;
      if (message.kind === 'system') rows.push({ kind: 'system', key, message });
      else {
        const first = isNewDay || isFirstUnread || !isTogether(previous, message);
        const next = messages[at + 1];
        rows.push({ kind: 'message', key, message, own, first, last: !next || !isTogether(message, next) });
      }
      previous = message;
    });
    this.#addPending(rows, pending, previous, me);
    return this.#settled(rows);
  }

  #addPending(rows: Row[], pending: readonly Pending[], last: Message | undefined, me: string): void {
    if (pending.length === 0) return;
    const held = new Set(rows.slice(-200).map((row) => row.key));
    let first = last?.senderId !== me || last.kind === 'system';
    for (const each of pending) {
      if (held.has(each.clientId)) continue;
      rows.push({ kind: 'pending', key: each.clientId, pending: each, first });
      first = false;
    }
  }

  #settled(rows: Row[]): Row[] {
    const now = new Map<string, Row>();
    const settled = rows.map((row) => {
      const before = this.#before.get(row.key);
      const kept = before && isSame(before, row) ? before : row;
      now.set(row.key, kept);
      return kept;
    });
    this.#before = now;
    return settled;
  }
}

function isTogether(before: Message | undefined, message: Message): boolean {
  if (!before || before.kind === 'system' || message.kind === 'system') return false;
  const isClose = Date.parse(message.sentAt) - Date.parse(before.sentAt) < TOGETHER_MS;
  return isClose && before.senderId === message.senderId && before.actorId === message.actorId && !message.forwardedFrom;
}

function isSame(a: Row, b: Row): boolean {
  const names = Object.keys(b) as (keyof Row)[];
  return names.every((name) => a[name] === b[name]);
}
