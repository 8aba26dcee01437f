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
  /** Changes when these rows do not continue those before: the list starts anew. */
  list: number;
}

/** Which load failed: of what lies before, of what comes after, of the first screen. */
type End = 'before' | 'after' | 'first';

export class Timeline {
  readonly room: RoomState;
  loading: End | 'jump' | undefined = $state();
  failed: End | undefined = $state();
  /** The unread line stands behind this seq. */
  unreadAfter: number | undefined = $state.raw();
  /** What the stretch is shown for. */
  aim: 'unread' | 'end' | number = 'unread';
  #sync: Sync;
  #rows = new Rows();
  #near: number | undefined = $state.raw();
  /** Moves when another stretch is shown. */
  #stretch = $state(0);
  #before: { stretch: number; list: number; first?: number; last?: number } = { stretch: 0, list: 0 };

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
      // Also where newer messages are not held, as without a network: what one sends is seen.
      pending: this.segment === this.room.segments.tail ? this.room.pending : [],
      me: this.#sync.me.id,
      unreadAfter: this.unreadAfter,
    });
    const first = messages[0]?.seq;
    const last = messages.at(-1)?.seq;
    const before = this.#before;
    const isOther = before.stretch !== this.#stretch || areApart(before, { first, last });
    const list = isOther ? before.list + 1 : before.list;
    const shift = !isOther && before.first !== undefined && first !== before.first;
    this.#before = { stretch: this.#stretch, list, first, last };
    return { rows, messages, shift, list };
  });

  /** Brings the first screen in. */
  async open(): Promise<void> {
    const { info, segments } = this.room;
    const unreadFrom = this.unreadAfter === undefined ? undefined : this.unreadAfter + 1;
    const isFarBack = unreadFrom !== undefined && info.lastSeq - unreadFrom >= FIRST_LIMIT;
    if (isFarBack && segments.at(unreadFrom)) this.#near = unreadFrom;
    else if (isFarBack) await this.#openAround(unreadFrom);
    else if (!this.room.isOpened) await this.#ask('first', {});
    else if (!this.room.holdsNewest) await this.#fill();
  }

  async before(): Promise<void> {
    const { segment } = this;
    if (!segment || this.loading || !this.hasBefore || this.failed === 'before') return;
    this.#near ??= segment.to;
    await this.#ask('before', { beforeSeq: segment.from });
    if (this.atNewest && (this.segment?.messages.length ?? 0) <= AT_MOST) this.#near = undefined;
  }

  async after(): Promise<void> {
    const { segment } = this;
    if (!segment || this.loading || this.atNewest || this.failed === 'after') return;
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
    if (!segments.at(seq) && !(await this.#ask('jump', { aroundSeq: seq }))) return 'away';
    const target = segments.at(seq);
    if (!target) return 'gone';
    if (target !== this.segment) this.#show(seq, seq);
    return target.messages.some((message) => message.seq === seq) ? 'there' : 'gone';
  }

  /** Shows the end: first of what is held, then of what there is. */
  async newest(): Promise<void> {
    if (this.segment !== this.room.segments.tail) this.#show(undefined, 'end');
    this.#near = undefined;
    if (this.room.holdsNewest) return;
    this.aim = 'end';
    await this.#ask('after', {});
    this.#near = undefined;
  }

  /** Something came while nobody looked: from where one has read, it is unread. */
  cameUnseen(): void {
    const { unreadCount, readSeq } = this.room.info;
    if (unreadCount > 0 && readSeq > (this.unreadAfter ?? -1)) this.unreadAfter = readSeq;
  }

  /** The seq before the row of this message; below the first, what the stretch begins behind. */
  seqBefore(seq: number): number {
    const { segment } = this;
    if (!segment) return seq - 1;
    const at = segment.messages.findIndex((message) => message.seq === seq);
    return segment.messages[at - 1]?.seq ?? segment.from - 1;
  }

  index(seq: number): number {
    return this.shown.rows.findIndex((row) => 'message' in row && row.message.seq === seq);
  }

  /** Leaves the room: what is far is forgotten. */
  close(): void {
    this.room.segments.keepTail(AT_MOST / 10);
  }

  /** Asks again for what could not be loaded. */
  async retry(): Promise<void> {
    const { failed } = this;
    this.failed = undefined;
    if (failed === 'before') await this.before();
    else if (failed === 'after') await this.after();
    else if (failed === 'first') await this.open();
  }

  #show(near: number | undefined, aim: 'unread' | 'end' | number): void {
    this.aim = aim;
    this.#near = near;
    this.#stretch += 1;
  }

  async #openAround(seq: number): Promise<void> {
    if (await this.#ask('first', { aroundSeq: seq })) this.#show(seq, 'unread');
  }

  /** Held from before, but not up to the newest. */
  async #fill(): Promise<void> {
    const held = this.segment?.to ?? 0;
    await this.#sync.history.fill(this.room.info.id).catch(() => {});
    const hasMore = (this.room.segments.tail?.to ?? 0) > held;
    if (hasMore && this.#near === undefined) this.#show(undefined, this.aim);
  }

  async #ask(what: End | 'jump', asked: object): Promise<boolean> {
    this.loading = what;
    try {
      await this.#sync.history.load(this.room.info.id, asked);
      this.failed = undefined;
      return true;
    } catch {
      if (what !== 'jump') this.failed = what;
      return false;
    } finally {
      this.loading = undefined;
    }
  }
}

/** Whether two stretches neither overlap nor meet. */
function areApart(a: { first?: number; last?: number }, b: { first?: number; last?: number }): boolean {
  if (a.first === undefined || a.last === undefined || b.first === undefined || b.last === undefined) return false;
  return b.first > a.last + 1 || b.last < a.first - 1;
}
