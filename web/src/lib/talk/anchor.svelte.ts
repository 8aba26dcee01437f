// Where one reads: keeps the newest in sight for who is at the end, and nothing moving for who is not.
import { tick } from 'svelte';
import type { VirtualizerHandle } from 'virtua/svelte';
import { isAttentive } from './attention.ts';
import type { Conversation } from './conversation.svelte.ts';
import { Progress } from './progress.ts';
import type { Row } from './rows.ts';

/** This close to the end counts as there. */
const NEAR_END = 48;
/** More is asked for this many pixels before it is seen. */
const AHEAD = 1_500;

export class Anchor {
  /** At the end of the newest stretch: new messages come into sight by themselves. */
  atEnd = $state(false);
  /** Where reading goes on, when unread ones were passed over and lie above. */
  passed: number | undefined = $state.raw();
  #conversation: Conversation;
  #handle: () => VirtualizerHandle | undefined;
  #scroller: () => HTMLElement | undefined;
  #progress = new Progress();
  /** Counts the first looks; the last one begun is the one that ends the settling. */
  #look = 0;
  #settling = true;

  constructor(conversation: Conversation, handle: () => VirtualizerHandle | undefined, scroller: () => HTMLElement | undefined) {
    this.#conversation = conversation;
    this.#handle = handle;
    this.#scroller = scroller;
  }

  get isAttentive(): boolean {
    return isAttentive(this.#scroller());
  }

  /** The first look at a stretch: what it was shown for, the unread line near the top, or the end. */
  async begin(): Promise<void> {
    const look = ++this.#look;
    this.#settling = true;
    const { timeline } = this.#conversation;
    const { aim } = timeline;
    await tick();
    this.atEnd = typeof aim !== 'number' && this.#unseenLine() < 0;
    if (typeof aim === 'number') this.toSeq(aim);
    else this.#follow();
    // Measuring goes on for a frame or two; only then does a scroll mean that somebody scrolled.
    await frames(3);
    if (look !== this.#look) return;
    this.#settling = false;
    timeline.aim = 'unread';
    this.scrolled();
  }

  toEnd(): void {
    this.atEnd = true;
    const last = this.#rows().length - 1;
    if (last >= 0) this.#handle()?.scrollToIndex(last, { align: 'end' });
  }

  toSeq(seq: number): void {
    const index = this.#conversation.timeline.index(seq);
    if (index < 0) return;
    this.atEnd = false;
    this.#handle()?.scrollToIndex(index, { align: 'center' });
  }

  /** Rows changed, or the room for them: whoever is at the end stays there. */
  changed(): void {
    if (!this.#settling && this.atEnd && this.#conversation.timeline.atNewest) this.#follow();
  }

  scrolled(): void {
    const handle = this.#handle();
    if (!handle || this.#settling) return;
    const { timeline } = this.#conversation;
    const offset = handle.getScrollOffset();
    const left = handle.getScrollSize() - handle.getViewportSize() - offset;
    this.atEnd = timeline.atNewest && left <= NEAR_END;
    if (offset < AHEAD) void timeline.before().then(() => timeline.trim('start'));
    if (left < AHEAD && !timeline.atNewest) void timeline.after().then(() => timeline.trim('end'));
    this.look();
  }

  /** Somebody is back: sizes are measured again first, for a hidden page has none. */
  async returned(): Promise<void> {
    await frames(3);
    this.scrolled();
  }

  /** Says what is on screen, and that it is read when somebody is there to read it. */
  look(): void {
    const handle = this.#handle();
    if (!handle || this.#settling) return;
    const rows = this.#rows();
    const offset = handle.getScrollOffset();
    const from = seqNear(rows, handle.findItemIndex(offset), 1);
    const to = seqNear(rows, handle.findItemIndex(offset + handle.getViewportSize() - 8), -1);
    if (from === undefined || to === undefined) return;
    const { sync, id, timeline, room } = this.#conversation;
    sync.watching.room(id, from, to);
    // Until the stretch with the unread ones is there, what is on screen is not where reading goes on.
    const reads = this.isAttentive && timeline.failed !== 'first' && timeline.loading !== 'first';
    const before = timeline.seqBefore(from);
    this.#progress.from(timeline.unreadAfter);
    if (reads) this.#progress.saw(before, to);
    this.passed = this.#progress.passedBy(before);
    if (reads) sync.reading.upTo(id, this.atEnd ? room.info.lastSeq : to);
  }

  /** To the end, but never past a line that nobody has looked behind. */
  #follow(): void {
    const line = this.#unseenLine();
    if (line >= 0) this.#handle()?.scrollToIndex(Math.max(0, line - 1), { align: 'start' });
    else this.toEnd();
  }

  /** The index of the unread line; -1 where there is none, or what lies behind it was seen. */
  #unseenLine(): number {
    this.#progress.from(this.#conversation.timeline.unreadAfter);
    return this.#progress.isAtLine ? this.#rows().findIndex((row) => row.kind === 'unread') : -1;
  }

  #rows(): readonly Row[] {
    return this.#conversation.timeline.shown.rows;
  }
}

function seqNear(rows: readonly Row[], index: number, step: 1 | -1): number | undefined {
  for (let at = Math.min(index, rows.length - 1); at >= 0 && at < rows.length; at += step) {
    const row = rows[at];
    if (row && 'message' in row) return row.message.seq;
  }
  return undefined;
}

async function frames(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
}
