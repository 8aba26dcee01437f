// One room as this tab holds it. Small runes, so that a change redraws what shows it and nothing else.
import { SvelteMap } from 'svelte/reactivity';
import type { Pending } from './pending.ts';
import { Reads } from './reads.ts';
import { type Asked, Segments } from './segments.ts';
import type { Message, MessagePage, Room } from './types.ts';

const TYPING_MS = 6000;
/** What moves with every message. */
const COUNTED = new Set(['lastSeq', 'lastMessage', 'unreadCount', 'mentionCount', 'activeAt']);

/** Some fields of a room; `null` takes one away. */
export type RoomFields = { [Name in keyof Room]?: Room[Name] | null };

export interface Typing {
  userId: string;
  name: string;
}

/** Who looks: for counting what names them. */
export interface Me {
  id: string;
  orgUnitIds: ReadonlySet<string>;
}

export class RoomState {
  info: Room;
  /** Moves with every change of the messages held. */
  version = $state(0);
  /** Moves when a consent is asked for or given here: whoever shows them asks again. */
  asked = $state(0);
  typing: Typing[] = $state.raw([]);
  pending: Pending[] = $state.raw([]);
  readonly segments = new Segments();
  readonly readCounts = new SvelteMap<number, number>();
  readonly reads = new Reads(this.readCounts);
  /** The highest rev of which nothing is missing here; named in the hello. */
  rev: number;
  #me: Me;
  #typingTimers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(info: Room, me: Me) {
    this.info = $state.raw(info);
    this.rev = info.rev;
    this.#me = me;
  }

  /** Whether messages are held, so that missed ones matter. */
  get isOpened(): boolean {
    return !this.segments.isEmpty;
  }

  /** Whether the newest message is held. */
  get holdsNewest(): boolean {
    const tail = this.segments.tail;
    return tail !== undefined && tail.to >= this.info.lastSeq;
  }

  merge(fields: RoomFields): void {
    // A summary may be older than what the socket has already brought.
    const isOlder = !!fields.lastSeq && fields.lastSeq < this.info.lastSeq;
    const info: Record<string, unknown> = { ...this.info };
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined || (isOlder && COUNTED.has(name))) continue;
      info[name] = value ?? undefined;
    }
    this.info = info as unknown as Room;
    if (fields.visibleFromSeq) this.#seeFrom(fields.visibleFromSeq);
  }

  /** A message came, new or changed. False: it leaves a gap to fill. */
  receive(message: Message): boolean {
    this.#settle(message);
    const isNew = message.seq > this.info.lastSeq;
    const placed = this.segments.put(message);
    const info = { ...this.info };
    if (isNew) this.#arrived(info, message);
    if (info.lastMessage?.seq === message.seq && info.lastMessage.rev <= message.rev) info.lastMessage = message;
    if (info.notice?.seq === message.seq && info.notice.rev <= message.rev) {
      info.notice = message.recalledAt ? undefined : message;
    }
    this.info = info;
    if (placed) this.version += 1;
    return placed || !this.isOpened || !isNew;
  }

  addPage(page: MessagePage, asked: Asked): void {
    this.segments.addPage(page, asked, this.info.visibleFromSeq - 1);
    for (const message of page.items) {
      this.reads.counted(message.seq, message.readCount);
      this.#settle(message);
    }
    this.version += 1;
  }

  /** Too much has changed: what is held is worthless. */
  reset(): void {
    this.segments.clear();
    this.version += 1;
  }

  readUpTo(seq: number): void {
    if (seq <= this.info.readSeq) return;
    const left = this.#unreadAfter(seq);
    this.info = { ...this.info, readSeq: seq, ...(left ?? {}) };
  }

  isTyping(userId: string, name: string): void {
    clearTimeout(this.#typingTimers.get(userId));
    this.#typingTimers.set(userId, setTimeout(() => this.stoppedTyping(userId), TYPING_MS));
    if (!this.typing.some((each) => each.userId === userId)) this.typing = [...this.typing, { userId, name }];
  }

  stoppedTyping(userId: string): void {
    clearTimeout(this.#typingTimers.get(userId));
    if (this.#typingTimers.delete(userId)) this.typing = this.typing.filter((each) => each.userId !== userId);
  }

  /** Seqs of one's own messages that are held, newest stretch only: those whose 既読 can show. */
  *ownSeqs(): Generator<number> {
    for (const segment of this.segments.all) {
      for (const message of segment.messages) {
        if (message.senderId === this.#me.id && message.kind === 'text' && !message.recalledAt) yield message.seq;
      }
    }
  }

  names(message: Message): boolean {
    return message.mentions.some(
      (mention) =>
        mention.all || mention.userId === this.#me.id || (mention.orgUnitId && this.#me.orgUnitIds.has(mention.orgUnitId)),
    );
  }

  /** The server has it: the local echo goes. */
  #settle(message: Message): void {
    if (message.senderId !== this.#me.id) return;
    if (this.pending.some((pending) => pending.clientId === message.clientId)) {
      this.pending = this.pending.filter((pending) => pending.clientId !== message.clientId);
    }
  }

  #arrived(info: Room, message: Message): void {
    info.lastSeq = message.seq;
    info.lastMessage = message;
    info.hidden = false;
    info.activeAt = message.sentAt;
    if (message.senderId) this.stoppedTyping(message.senderId);
    if (message.senderId === this.#me.id) {
      if (message.kind === 'text') Object.assign(info, { readSeq: message.seq, unreadCount: 0, mentionCount: 0 });
    } else if (message.seq > info.readSeq && message.kind === 'text') {
      info.unreadCount += 1;
      if (this.names(message)) info.mentionCount += 1;
    }
  }

  #unreadAfter(seq: number): { unreadCount: number; mentionCount: number } | undefined {
    if (seq >= this.info.lastSeq) return { unreadCount: 0, mentionCount: 0 };
    const held = this.segments.at(seq + 1);
    if (!held || held.to < this.info.lastSeq) return undefined;
    const unread = held.messages.filter(
      (message) => message.seq > seq && message.senderId !== this.#me.id && message.kind === 'text' && !message.recalledAt,
    );
    return { unreadCount: unread.length, mentionCount: unread.filter((message) => this.names(message)).length };
  }

  #seeFrom(seq: number): void {
    // More may be seen than before: what "the start" was is no longer known.
    const first = this.segments.all[0];
    if (first && first.from < seq) this.segments.dropBefore(seq);
    else if (first && first.messages[0] && first.messages[0].seq > seq) this.reset();
  }
}
