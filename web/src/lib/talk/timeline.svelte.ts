// Which stretch of a room's history is on screen, and how more of it comes in.
import type { RoomState } from '#lib/sync/room.svelte.ts';
import type { Segment } from '#lib/sync/segments.ts';
import type { Sync } from '#lib/sync/sync.svelte.ts';
import type { Message } from '#lib/sync/types.ts';
import { type Row, Rows } from './rows.ts';

/** More messages than this are not held on screen; the far end is let go. */
const AT_MOST = 2_000;
/** Unread further back than this is jumped to by loading around it. */
const FIRST_LIMIT = 60;

export interface Shown {
  rows: Row[];
  messages: readonly Message[];
  /** Rows came or went at the start: what is on screen must not move. */
  shift: boolean;
}

export class Timeline {
  readonly room: RoomState;
  loading: 'before' | 'after' | 'first' | undefined = $state();
  failed = $state(false);
  /** The unread line stands behind this seq. */
  unreadAfter: number | undefined = $state.raw();
  /** Changes when another stretch is shown: the list starts anew. */
  stretch = $state(0);
  #sync: Sync;
  #rows = new Rows();
  #near: number | undefined = $state.raw();
  #firstSeq: number | undefined;
  #lastStretch = 0;

  constructor(sync: Sync, room: RoomState) {
    this.#sync = sync;
    this.room = room;
    if (room.info.unreadCount > 0) this.unreadAfter = room.info.readSeq;
  }

  readonly segment: Segment | undefined = $derived.by(() => {
    void this.room.version;
    const { segments } = this.room;
    return (this.#near === undefined ? undefined : segments.at(this.#near)) ?? segments.tail;
  });

  readonly atNewest: boolean = $derived.by(() => {
    void this.room.version;
    return this.segment !== undefined && this.segment === this.room.segments.tail && this.room.holdsNewest;
  });

  readonly hasBefore: boolean = $derived.by(() => {
    void this.room.version;
    return this.segment !== undefined && this.segment.from > 1;
  });

  readonly shown: Shown = $derived.by(() => {
    void this.room.version;
    const messages = this.segment?.messages ?? [];
    const rows = this.#rows.make({
      messages,
      pending: this.atNewest || !this.room.isOpened ? this.room.pending : [],
      me: this.#sync.me.id,
      unreadAfter: this.unreadAfter,
    });
    const first = messages[0]?.seq;
    const shift = this.#lastStretch === this.stretch && this.#firstSeq !== undefined && first !== this.#firstSeq;
    this.#firstSeq = first;
    this.#lastStretch = this.stretch;
    return { rows, messages, shift };
  });

  /** Brings the first screen in. */
  async open(): Promise<void> {
    const { info, segments } = this.room;
    const unreadFrom = this.unreadAfter === undefined ? undefined : this.unreadAfter + 1;
    const isFarBack = unreadFrom !== undefined && info.lastSeq - unreadFrom >= FIRST_LIMIT;
    if (isFarBack && !segments.at(unreadFrom)) await this.#ask('first', { aroundSeq: unreadFrom }, unreadFrom);
    else if (isFarBack) this.#near = unreadFrom;
    else if (!this.room.isOpened) await this.#ask('first', {});
    else if (!this.room.holdsNewest) void this.#sync.history.fill(info.id).catch(() => {});
  }

  async before(): Promise<void> {
    const { segment } = this;
    if (!segment || this.loading || !this.hasBefore || this.failed) return;
    this.#near ??= segment.to;
    await this.#ask('before', { beforeSeq: segment.from });
    if (this.atNewest && (this.segment?.messages.length ?? 0) <= AT_MOST) this.#near = undefined;
  }

  async after(): Promise<void> {
    const { segment } = this;
    if (!segment || this.loading || this.atNewest || this.failed) return;
    await this.#ask('after', { afterSeq: segment.to });
    if (this.atNewest) this.#near = undefined;
  }

  /** Lets go of what is far from what one reads, at the other end than where one reads. */
  trim(reading: 'start' | 'end'): void {
    const { segment } = this;
    if (!segment || segment.messages.length <= AT_MOST) return;
    this.room.segments.trim(segment, AT_MOST, reading === 'start' ? 'end' : 'start');
    if (reading === 'start') this.#near = segment.from;
    this.room.version += 1;
  }

  /** Makes sure that `seq` is among the rows. `gone`: it can't be seen; `away`: it could not be asked for. */
  async bring(seq: number): Promise<'there' | 'gone' | 'away'> {
    const { segments } = this.room;
    if (!segments.at(seq) && !(await this.#ask('first', { aroundSeq: seq }))) return 'away';
    const target = segments.at(seq);
    if (!target) return 'gone';
    if (target !== this.segment) this.#show(seq);
    return target.messages.some((message) => message.seq === seq) ? 'there' : 'gone';
  }

  async newest(): Promise<void> {
    if (!this.room.holdsNewest) await this.#ask('after', {});
    if (this.segment !== this.room.segments.tail) this.#show(undefined);
    this.#near = undefined;
  }

  /** The first message of a day or after; nothing when there is none. */
  async seqOn(date: string): Promise<number | undefined> {
    const { seq } = await this.#sync.api.findSeq(this.room.info.id, date);
    return seq ?? undefined;
  }

  index(seq: number): number {
    return this.shown.rows.findIndex((row) => 'message' in row && row.message.seq === seq);
  }

  /** Leaves the room: what is far is forgotten. */
  close(): void {
    if (this.room.holdsNewest) this.room.segments.keepTail(AT_MOST / 10);
    else this.room.segments.clear();
  }

  retry(): void {
    this.failed = false;
    if (!this.room.isOpened) void this.open();
  }

  #show(near: number | undefined): void {
    this.#near = near;
    this.stretch += 1;
  }

  async #ask(what: 'before' | 'after' | 'first', asked: object, near?: number): Promise<boolean> {
    this.loading = what;
    try {
      await this.#sync.history.load(this.room.info.id, asked);
      if (near !== undefined) this.#near = near;
      this.failed = false;
      return true;
    } catch {
      this.failed = true;
      return false;
    } finally {
      this.loading = undefined;
    }
  }
}
