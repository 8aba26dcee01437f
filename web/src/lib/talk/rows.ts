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
  #ofMessages = new WeakMap<Message, Row>();
  #others = new Map<string, Row>();

  make({ messages, pending, me, unreadAfter }: RowsInput): Row[] {
    const rows: Row[] = [];
    const others = new Map<string, Row>();
    const addOther = (row: Row) => {
      const kept = settled(this.#others.get(row.key), row);
      others.set(row.key, kept);
      rows.push(kept);
    };
    let previous: Message | undefined;
    let isMarked = unreadAfter === undefined;
    messages.forEach((message, at) => {
      const { day } = timeOf(message);
      const isNewDay = !previous || timeOf(previous).day !== day;
      if (isNewDay) addOther({ kind: 'day', key: `day ${day}`, day });
      const own = message.senderId === me;
      const isFirstUnread = !isMarked && message.seq > (unreadAfter ?? 0) && !own && message.kind === 'text';
      if (isFirstUnread) {
        addOther({ kind: 'unread', key: 'unread' });
        isMarked = true;
      }
      const next = messages[at + 1];
      const first = isNewDay || isFirstUnread || !isTogether(previous, message);
      rows.push(this.#rowOf(message, own, first, !next || !isTogether(message, next)));
      previous = message;
    });
    if (pending.length > 0) {
      const held = new Set(rows.slice(-200).map((row) => row.key));
      let first = previous?.senderId !== me || previous.kind === 'system';
      for (const each of pending) {
        if (held.has(each.clientId)) continue;
        addOther({ kind: 'pending', key: each.clientId, pending: each, first });
        first = false;
      }
    }
    this.#others = others;
    return rows;
  }

  /** There may be thousands, and all are gone through whenever one comes: most are as they were. */
  #rowOf(message: Message, own: boolean, first: boolean, last: boolean): Row {
    const before = this.#ofMessages.get(message);
    if (before?.kind === 'system' || (before?.kind === 'message' && before.own === own && before.first === first && before.last === last)) return before;
    const key = message.clientId && own ? message.clientId : `seq ${message.seq}`;
    const row: Row = message.kind === 'system' ? { kind: 'system', key, message } : { kind: 'message', key, message, own, first, last };
    this.#ofMessages.set(message, row);
    return row;
  }
}

const times = new WeakMap<Message, { at: number; day: number }>();

/** When it was sent; reading a time from its text once is enough. */
function timeOf(message: Message): { at: number; day: number } {
  let time = times.get(message);
  if (!time) {
    const at = Date.parse(message.sentAt);
    times.set(message, (time = { at, day: dayOf(at) }));
  }
  return time;
}

function isTogether(before: Message | undefined, message: Message): boolean {
  if (!before || before.kind === 'system' || message.kind === 'system') return false;
  const isClose = timeOf(message).at - timeOf(before).at < TOGETHER_MS;
  return isClose && before.senderId === message.senderId && before.actorId === message.actorId && !message.forwardedFrom;
}

function settled(before: Row | undefined, row: Row): Row {
  const names = Object.keys(row) as (keyof Row)[];
  return before && names.every((name) => before[name] === row[name]) ? before : row;
}
