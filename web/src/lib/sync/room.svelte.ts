// One room as this tab holds it. Small runes, so that a change redraws what shows it and nothing else.
import { SvelteMap } from 'svelte/reactivity';
import type { KeptChange } from './notes.ts';
import type { Pending } from './pending.ts';
import { Quotes } from './quotes.svelte.ts';
import { Reads } from './reads.ts';
import { type Asked, type Segment, Segments } from './segments.ts';
import type { Message, MessagePage, Room } from './types.ts';

const TYPING_MS = 6000;
/** One's own settings of a room: no rev orders them against its changes. */
const OWN = new Set(['muted', 'pinned', 'visibleFromSeq']);
/** What hangs on how far one has read. */
const COUNTED = new Set(['readSeq', 'unreadCount', 'mentionCount']);

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
  readonly quotes = new Quotes();
  /** Told of each message that comes, new or changed, also of one that is not held. */
  readonly listeners = new Set<(message: Message) => void>();
  /** Told of each note and album that comes, changes or goes. */
  readonly keptListeners = new Set<(change: KeptChange) => void>();
  /** The highest rev of which nothing is missing here; named in the hello. */
  rev: number;
  /** What is held can't be trusted and is to be fetched anew; until then the rev stays, so that the next hello asks again. */
  isStale = false;
  /** Whether the unread counts fit how far one has read. */
  isCounted = true;
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

  /** A change has come on the room's stream. */
  follow(rev: number | undefined): void {
    if (rev !== undefined && !this.isStale) this.rev = Math.max(this.rev, rev);
  }

  merge(fields: RoomFields): void {
    // A summary may be older than what the socket has already brought, or than what one has read since.
    const isOlder = (fields.rev ?? Infinity) < this.rev || (fields.lastSeq ?? Infinity) < this.info.lastSeq;
    const readsLess = (fields.readSeq ?? Infinity) < this.info.readSeq;
    const before = this.info;
    const info: Record<string, unknown> = { ...before };
    for (const [name, value] of Object.entries(fields)) {
      const passes = !(isOlder && !OWN.has(name)) && !(readsLess && COUNTED.has(name));
      if (value !== undefined && passes) info[name] = value ?? undefined;
    }
    this.info = info as unknown as Room;
    if (isOlder && fields.readSeq) this.readUpTo(fields.readSeq);
    else if (!readsLess && fields.unreadCount != null) this.isCounted = true;
    if (fields.visibleFromSeq) this.#seeFrom(before.visibleFromSeq, fields.visibleFromSeq);
  }

  /** What is pinned for all. False: that message isn't held. */
  pin(seq: number | null): boolean {
    if (seq === (this.info.notice?.seq ?? null)) return true;
    const message = seq === null ? undefined : (this.segments.get(seq) ?? this.quotes.get(seq) ?? undefined);
    if (seq !== null && !message) return false;
    this.info = { ...this.info, notice: message };
    return true;
  }

  /** A message came, new or changed. False: it leaves a gap to fill. */
  receive(message: Message): boolean {
    this.#settle(message);
    const isNew = message.seq > this.info.lastSeq;
    const placed = this.segments.put(message);
    this.quotes.learn(message);
    const info = { ...this.info };
    if (isNew) this.#arrived(info, message);
    if (info.lastMessage?.seq === message.seq && info.lastMessage.rev <= message.rev) info.lastMessage = message;
    if (info.notice?.seq === message.seq && info.notice.rev <= message.rev) {
      info.notice = message.recalledAt ? undefined : message;
    }
    this.info = info;
    if (placed) this.version += 1;
    for (const listen of this.listeners) listen(message);
    return placed || !this.isOpened || !isNew;
  }

  addPage(page: MessagePage, asked: Asked): void {
    this.segments.addPage(page, asked, this.info.visibleFromSeq - 1);
    for (const message of page.items) {
      this.#learn(message);
    }
    this.version += 1;
  }

  /** Takes what was kept on the device. */
  restore(tail: Segment): void {
    this.segments.restore(tail);
    for (const message of tail.messages) this.reads.counted(message.seq, message.readCount);
    this.version += 1;
  }

  /** What was held is exchanged for these pages; what came while they were on their way stays. */
  renew(pages: { page: MessagePage; asked: Asked }[], rev: number): void {
    this.segments.renew(pages, this.info.visibleFromSeq - 1);
    this.quotes.clear();
    for (const { page } of pages) for (const message of page.items) this.#learn(message);
    this.isStale = false;
    this.follow(rev);
    this.version += 1;
  }

  readUpTo(seq: number): void {
    if (seq <= this.info.readSeq) return;
    const left = this.#unreadAfter(seq);
    this.isCounted = left !== undefined;
    this.info = { ...this.info, readSeq: seq, ...left };
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

  #learn(message: Message): void {
    this.reads.counted(message.seq, message.readCount);
    this.#settle(message);
    this.quotes.learn(message);
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
    const after = this.segments.at(seq + 1);
    if (after && after.to >= this.info.lastSeq) return this.#count(after, seq, this.info.lastSeq);
    const { readSeq, unreadCount, mentionCount } = this.info;
    const passed = this.segments.at(seq);
    if (!this.isCounted || !passed || passed !== this.segments.at(readSeq + 1)) return undefined;
    const read = this.#count(passed, readSeq, seq);
    return { unreadCount: Math.max(0, unreadCount - read.unreadCount), mentionCount: Math.max(0, mentionCount - read.mentionCount) };
  }

  /** Others' messages behind `from`, up to `to`. */
  #count({ messages }: Segment, from: number, to: number): { unreadCount: number; mentionCount: number } {
    const counted = messages.filter(
      ({ seq, senderId, kind, recalledAt }) => from < seq && seq <= to && senderId !== this.#me.id && kind === 'text' && !recalledAt,
    );
    return { unreadCount: counted.length, mentionCount: counted.filter((message) => this.names(message)).length };
  }

  #seeFrom(before: number, seq: number): void {
    if (seq > before) {
      this.segments.dropBefore(seq);
      this.quotes.clear();
      const { notice, lastMessage } = this.info;
      const seen = (message: Message | undefined) => (message && message.seq >= seq ? message : undefined);
      this.info = { ...this.info, notice: seen(notice), lastMessage: seen(lastMessage) };
      this.version += 1;
    } else if (seq < before && this.isOpened) {
      // More may be seen than before: what "the start" was is no longer known.
      this.isStale = true;
    }
  }
}
